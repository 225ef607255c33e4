package stockdoc

import (
	"strconv"

	"github.com/tillpost/tillpost/internal/base/money"
	"github.com/tillpost/tillpost/internal/domain/catalog"
	"github.com/tillpost/tillpost/internal/domain/inventory"
	"github.com/tillpost/tillpost/internal/domain/ledger"
	"github.com/tillpost/tillpost/internal/domain/org"
	"github.com/tillpost/tillpost/internal/domain/tasks"
	"github.com/tillpost/tillpost/internal/flow/posting"
	"github.com/tillpost/tillpost/internal/platform/db"
)

// Work is a document that is being carried out.
type Work struct {
	Currency money.Currency // of the books
	Seq      int64          // the ledger entry that will book it, for the moves to name
	Doc      *inventory.Doc // as it will be kept: done, without lines, until the flow says otherwise

	tx   *db.Tx
	head inventory.Head
	shop org.Shop
}

// Store refuses a code that is not that of one of the shop's stores; field is where the document has it.
func (w *Work) Store(field, code string) error {
	if _, err := w.shop.Store(code); err != nil {
		return org.ErrNoStore.Named(field, code)
	}
	return nil
}

// Goods looks up the items of n lines, by SKU. A code that is not in the catalogue, or not kept in
// stock, is refused: goods that nobody can sell would stay on the books for ever.
func (w *Work) Goods(n int, sku func(line int) string) (map[string]*catalog.Item, error) {
	skus := make([]string, n)
	for i := range skus {
		skus[i] = sku(i)
	}
	items, err := catalog.Find(w.tx, skus)
	if err != nil {
		return nil, err
	}
	for i, s := range skus {
		if it := items[s]; it == nil || it.Kind != "item" {
			return nil, inventory.ErrUnknownItem.At(Line(i))
		}
	}
	return items, nil
}

// Move books what the document moved, by the rules for its kind. doc says what the head does not: the
// costs, and whom the goods come from or go to. Nothing moved is nothing to book.
func (w *Work) Move(doc posting.StockDoc) error {
	if len(doc.Costs) == 0 {
		return nil
	}
	items, err := w.Goods(len(doc.Costs), func(i int) string { return doc.Costs[i].Item })
	if err != nil {
		return err
	}
	doc.Department = func(sku string) string { return items[sku].Department }
	w.Describe(&doc)
	return w.Post(func(books posting.Books) (ledger.Entry, []posting.Unknown, error) { return posting.Stock(doc, books) })
}

// Describe says of the document, for the rules, what its head does.
func (w *Work) Describe(doc *posting.StockDoc) {
	doc.ID, doc.Kind, doc.Store, doc.Day, doc.Memo = w.Doc.ID, w.Doc.Kind, w.Doc.Location, w.Doc.BusinessDay, w.head.Memo()
}

// Post posts what a rule makes of the document, and opens a task for whatever the chart does not know.
func (w *Work) Post(rule func(books posting.Books) (ledger.Entry, []posting.Unknown, error)) error {
	roles, err := ledger.RolesIn(w.tx)
	if err != nil {
		return err
	}
	entry, unknown, err := rule(posting.Books{Roles: roles, Book: w.Currency})
	if err != nil {
		return err
	}
	if err := ledger.Post(w.tx, &entry); err != nil {
		return err
	}
	w.Doc.EntrySeq = entry.Seq
	for _, u := range unknown {
		task := tasks.Task{Kind: u.Kind, Key: u.Key, Store: entry.Store, Doc: entry.Doc, Message: u.Message}
		if err := tasks.Open(w.tx, task); err != nil {
			return err
		}
	}
	return nil
}

// Line is the place of a line in a document, for faults; lines count from 0.
func Line(i int) string { return "lines[" + strconv.Itoa(i) + "]" }
