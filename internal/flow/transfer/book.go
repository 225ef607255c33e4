package transfer

import (
	"strconv"

	"github.com/tillpost/tillpost/internal/base/money"
	"github.com/tillpost/tillpost/internal/domain/catalog"
	"github.com/tillpost/tillpost/internal/domain/inventory"
	"github.com/tillpost/tillpost/internal/domain/ledger"
	"github.com/tillpost/tillpost/internal/domain/tasks"
	"github.com/tillpost/tillpost/internal/flow/posting"
	"github.com/tillpost/tillpost/internal/platform/db"
)

// known are the catalogue's items by SKU.
type known map[string]*catalog.Item

func (k known) department(sku string) string {
	if it := k[sku]; it != nil {
		return it.Department
	}
	return ""
}

// goods looks up the items of n lines. A code that is not in the catalogue, or not kept in stock, is
// refused: goods that nobody can sell would stay on the books for ever.
func goods(tx *db.Tx, n int, sku func(i int) string) (known, error) {
	skus := make([]string, n)
	for i := range skus {
		skus[i] = sku(i)
	}
	items, err := catalog.Find(tx, skus)
	if err != nil {
		return nil, err
	}
	for i, s := range skus {
		if it := items[s]; it == nil || it.Kind != "item" {
			return nil, inventory.ErrUnknownItem.At(path(i))
		}
	}
	return items, nil
}

// path is the place of a line in the document.
func path(line int) string { return "lines[" + strconv.Itoa(line) + "]" }

// post posts the entry and opens a task for whatever the chart does not know.
func post(tx *db.Tx, entry *ledger.Entry, unknown []posting.Unknown) error {
	if err := ledger.Post(tx, entry); err != nil {
		return err
	}
	for _, u := range unknown {
		task := tasks.Task{Kind: u.Kind, Key: u.Key, Store: entry.Store, Doc: entry.Doc, Message: u.Message}
		if err := tasks.Open(tx, task); err != nil {
			return err
		}
	}
	return nil
}

// book books a document that moved stock.
func book(tx *db.Tx, currency money.Currency, doc posting.StockDoc) error {
	books, err := loadBooks(tx, currency)
	if err != nil {
		return err
	}
	entry, unknown, err := posting.Stock(doc, *books)
	if err != nil {
		return err
	}
	return post(tx, &entry, unknown)
}

type booksKey struct{}

// loadBooks reads what the posting rules need, once per group commit.
func loadBooks(tx *db.Tx, currency money.Currency) (*posting.Books, error) {
	return db.Shared(tx, booksKey{}, func() (*posting.Books, error) { return posting.LoadBooks(tx, currency) })
}
