package httpapi

import (
	"context"

	"github.com/tillpost/tillpost/internal/base/id"
	"github.com/tillpost/tillpost/internal/domain/ledger"
	"github.com/tillpost/tillpost/internal/flow/journal"
	"github.com/tillpost/tillpost/internal/platform/auth"
	"github.com/tillpost/tillpost/internal/platform/db"
)

// entries registers the operations on the journal.
func (a *API) entries() {
	get(a, operation{ID: "listEntries", Path: "/entries", Tag: tagBooks, Scope: auth.BooksRead, Summary: "Journal entries",
		Doc: "In the order in which they were posted. Days are those on which they count. A positive amount is a debit."}, listEntries)
	get(a, operation{ID: "getEntry", Path: "/entries/{id}", Tag: tagBooks, Scope: auth.BooksRead, Summary: "One journal entry"}, getEntry)
	post(a, operation{ID: "postJournalEntry", Path: "/journal-entries", Tag: tagBooks, Scope: auth.BooksWrite, Conflicts: true, Summary: "Post an entry by hand",
		Doc: "Debits and credits must be equal. The accounts of the stock, the drawers and of suspense follow their own documents and are refused."},
		func(c *Call, _ *struct{}, doc journal.Entry) (ledger.Entry, bool, error) {
			if err := c.Who.NeedStore(doc.Store); err != nil {
				return ledger.Entry{}, false, err
			}
			return journal.Post(c, c.DB(), doc)
		})
	post(a, operation{ID: "reverseEntry", Path: "/reversals", Tag: tagBooks, Scope: auth.BooksWrite, Conflicts: true, Summary: "Take an entry by hand back",
		Doc: "Its mirror is posted, and both stay. Entries of documents are taken back with their documents: a sale is voided, a count counted again."},
		onEntry(journal.Reverse, func(v *db.View, doc *journal.Reversal) (ledger.Entry, error) { return ledger.Get(v, doc.Entry) }))
	post(a, operation{ID: "correctDocument", Path: "/corrections", Tag: tagBooks, Scope: auth.BooksWrite, Conflicts: true, Summary: "Correct what a document booked",
		Doc: "The lines are all that the entries of the document should say together; the difference to what they do say is posted. The stock, the drawers and suspense cannot be corrected this way."},
		onEntry(journal.Correct, func(v *db.View, doc *journal.Correction) (ledger.Entry, error) {
			entries, err := ledger.ByDoc(v, doc.Doc)
			if err != nil || len(entries) == 0 {
				return ledger.Entry{}, err // the flow says what is wrong
			}
			return entries[0], nil
		}))
}

// onEntry is a command on what is in the books already: its store is that of the entry.
func onEntry[T any](run func(context.Context, *db.DB, T) (ledger.Entry, bool, error), find func(v *db.View, doc *T) (ledger.Entry, error)) func(*Call, *struct{}, T) (ledger.Entry, bool, error) {
	return func(c *Call, _ *struct{}, doc T) (ledger.Entry, bool, error) {
		err := c.Read(func(v *db.View) error {
			e, err := find(v, &doc)
			if err != nil {
				return err
			}
			return c.Who.NeedStore(e.Store)
		})
		if err != nil {
			return ledger.Entry{}, false, err
		}
		return run(c, c.DB(), doc)
	}
}

func listEntries(c *Call, in *struct {
	Span
	Account string `query:"account" doc:"Only those with a line on this account."`
	Kind    string `query:"kind" doc:"Only these: sale, void, shift, stock, reclass, manual, reversal, correction …"`
	Doc     id.ID  `query:"doc" doc:"Only those of this receipt, delivery, count …"`
	Paged
}) (Page[ledger.Entry], error) {
	var place ledger.Place
	s, err := in.scope()
	if err == nil {
		err = in.after(&place)
	}
	if err == nil {
		err = c.Who.NeedStore(in.Store)
	}
	if err != nil {
		return Page[ledger.Entry]{}, err
	}
	w := ledger.Wanted{From: s.From, To: s.To, Store: s.Store, Kind: in.Kind, Account: in.Account, Doc: in.Doc}
	var rows []ledger.Entry
	err = c.Read(func(v *db.View) (err error) {
		rows, place.Last, err = ledger.Page(v, w, place, in.Limit+1)
		return err
	})
	for i := range rows {
		rows[i].Lines = filled(rows[i].Lines)
	}
	return page(rows, in.Limit, func(e ledger.Entry) any { return ledger.Place{Seq: e.Seq, Last: place.Last} }), err
}

func getEntry(c *Call, in *struct {
	ID id.ID `path:"id"`
}) (e ledger.Entry, err error) {
	err = c.Read(func(v *db.View) error {
		if e, err = ledger.Get(v, in.ID); err != nil {
			return err
		}
		e.Lines = filled(e.Lines)
		return c.Who.NeedStore(e.Store)
	})
	return e, err
}
