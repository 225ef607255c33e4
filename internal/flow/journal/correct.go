package journal

import (
	"context"

	"github.com/tillpost/tillpost/internal/base/day"
	"github.com/tillpost/tillpost/internal/base/id"
	"github.com/tillpost/tillpost/internal/domain/ledger"
	"github.com/tillpost/tillpost/internal/flow/posting"
	"github.com/tillpost/tillpost/internal/platform/db"
)

// Correction says what the books should say about a document.
type Correction struct {
	ID          id.ID   `json:"id"`
	Doc         id.ID   `json:"doc"` // the receipt, movement … or the entry by hand
	BusinessDay day.Day `json:"business_day"`
	Memo        string  `json:"memo"`
	Attachment  string  `json:"attachment,omitempty"`
	Lines       []Line  `json:"lines"` // all that the document's entries should say together
}

// entriesMost bounds how many entries of a document are added up.
const entriesMost = 1000

// Correct posts the difference between what a document's entries say together, earlier corrections
// included, and what they should say (J21). The total of both stays to be seen; the correction counts
// on its own day. It cannot touch the stock's, the drawers' and the suspense accounts: those follow
// their own documents. The second result is false when the same correction was posted before.
func Correct(ctx context.Context, d *db.DB, c Correction) (ledger.Entry, bool, error) {
	var posted ledger.Entry
	var fresh bool
	err := d.Write(ctx, func(tx *db.Tx) (err error) {
		posted, fresh, err = CorrectInTx(tx, c)
		return err
	})
	return posted, fresh, err
}

// CorrectInTx is Correct inside a transaction.
func CorrectInTx(tx *db.Tx, c Correction) (ledger.Entry, bool, error) {
	if c.ID.IsZero() {
		return ledger.Entry{}, false, ErrID
	}
	if err := checkHead(c.BusinessDay, c.Memo, c.Attachment, tx.Now); err != nil {
		return ledger.Entry{}, false, err
	}
	if err := alone(tx, c.Doc); err != nil {
		return ledger.Entry{}, false, err
	}
	said, first, err := saidOf(tx, c)
	if err != nil {
		return ledger.Entry{}, false, err
	}
	accounts, err := accountsOf(tx)
	if err != nil {
		return ledger.Entry{}, false, err
	}
	want, err := lines(accounts, first.Store, c.Lines)
	if err != nil {
		return ledger.Entry{}, false, err
	}
	delta, err := posting.Delta(said, want)
	if err != nil {
		return ledger.Entry{}, false, err
	}
	if len(delta) == 0 {
		return ledger.Entry{}, false, ErrNothing
	}
	if err := checkControls(tx, delta); err != nil {
		return ledger.Entry{}, false, err
	}
	return postOnce(tx, ledger.Entry{ID: c.ID, Kind: KindCorrection, Doc: c.Doc, Store: first.Store, BusinessDay: c.BusinessDay,
		Memo: c.Memo, Attachment: c.Attachment, Lines: delta})
}

type groupKey struct{}

// alone fails when the document is corrected twice in one group commit: the second could not see the
// first. The group is then undone and each correction runs by itself.
func alone(tx *db.Tx, doc id.ID) error {
	met, err := db.Shared(tx, groupKey{}, func() (map[id.ID]bool, error) { return map[id.ID]bool{}, nil })
	if err != nil {
		return err
	}
	if met[doc] {
		return ErrTwice.At(doc.String())
	}
	met[doc] = true
	return nil
}

// saidOf is what the document's entries say together without this correction and what came after it,
// and the first of them.
func saidOf(tx *db.Tx, c Correction) ([]ledger.Line, ledger.Entry, error) {
	entries, err := ledger.ByDoc(tx, c.Doc)
	if err != nil {
		return nil, ledger.Entry{}, err
	}
	if c.Doc.IsZero() || len(entries) == 0 {
		return nil, ledger.Entry{}, ErrUnknownDoc.Named("doc", c.Doc.String())
	}
	if len(entries) > entriesMost {
		return nil, ledger.Entry{}, ErrManyEntries
	}
	var said []ledger.Line
	for i := range entries {
		if entries[i].ID == c.ID {
			break
		}
		said = append(said, entries[i].Lines...)
	}
	return said, entries[0], nil
}
