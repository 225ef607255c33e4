// Package checkout turns a finished receipt into a sale: one command, one transaction, every domain's
// part in it. A sale that happened is never refused: what is unknown goes to suspense and opens a task.
package checkout

import (
	"context"
	"errors"

	"github.com/tillpost/tillpost/internal/base/money"
	"github.com/tillpost/tillpost/internal/domain/catalog"
	"github.com/tillpost/tillpost/internal/domain/inventory"
	"github.com/tillpost/tillpost/internal/domain/ledger"
	"github.com/tillpost/tillpost/internal/domain/org"
	"github.com/tillpost/tillpost/internal/domain/payments"
	"github.com/tillpost/tillpost/internal/domain/receipt"
	"github.com/tillpost/tillpost/internal/domain/sales"
	"github.com/tillpost/tillpost/internal/domain/tasks"
	"github.com/tillpost/tillpost/internal/domain/totals"
	"github.com/tillpost/tillpost/internal/flow/posting"
	"github.com/tillpost/tillpost/internal/platform/db"
	"github.com/tillpost/tillpost/internal/platform/outbox"
)

// Arrival is a receipt on its way in.
type Arrival struct {
	Receipt *receipt.Receipt
	// Unexplained is what the tenders of an imported document differ by from its total. A till's receipt
	// must foot: there it is zero.
	Unexplained money.Minor
}

// Complete validates a receipt of a till and records it. The second result is false when the same
// receipt was recorded before.
func Complete(ctx context.Context, d *db.DB, r receipt.Receipt) (sales.Sale, bool, error) {
	if err := receipt.Validate(r, d.Now()); err != nil {
		return sales.Sale{}, false, err
	}
	var sale sales.Sale
	var fresh bool
	err := d.WritePlanned(ctx, func(tx *db.Tx) error { return plan(tx, &r) }, func(tx *db.Tx) (err error) {
		sale, fresh, err = Record(tx, Arrival{Receipt: &r})
		return err
	})
	return sale, fresh, err
}

// plan says what Record will read of a receipt.
func plan(tx *db.Tx, r *receipt.Receipt) error {
	skus := make([]string, 0, len(r.Lines))
	levels := make([]inventory.Key, 0, len(r.Lines))
	for i := range r.Lines {
		if l := &r.Lines[i]; l.Kind == receipt.Item && l.Item != "" {
			skus = append(skus, l.Item)
			levels = append(levels, inventory.Key{Location: r.Store, Item: l.Item})
		}
	}
	return errors.Join(sales.Want(tx, r.ID, r.Store, r.Register), catalog.Want(tx, skus), inventory.Want(tx, levels))
}

// Record is Complete inside a transaction, for a receipt that was validated.
func Record(tx *db.Tx, a Arrival) (sales.Sale, bool, error) {
	shop, err := org.LoadShared(tx)
	if err != nil {
		return sales.Sale{}, false, err
	}
	store, err := shop.Store(a.Receipt.Store)
	if err != nil {
		return sales.Sale{}, false, err
	}
	if _, err := shop.Register(a.Receipt.Store, a.Receipt.Register); err != nil {
		return sales.Sale{}, false, err
	}
	if a.Receipt.Currency != shop.Book {
		return sales.Sale{}, false, posting.ErrCurrency.At("currency")
	}
	sale, fresh, err := sales.Record(tx, sales.Arrival{Receipt: a.Receipt, Rule: store.Rule(), Unexplained: a.Unexplained})
	if err != nil || !fresh {
		return sale, false, err
	}
	if sale.Receipt.Posts() {
		if err := book(tx, &sale, shop.Book); err != nil {
			return sale, false, err
		}
	}
	if err := reportGap(tx, &sale); err != nil {
		return sale, false, err
	}
	if err := reportClaims(tx, &sale, store.Rule()); err != nil {
		return sale, false, err
	}
	return sale, true, outbox.Add(tx, outbox.SaleCompleted, sale.Receipt.ID.String(), sale.Receipt.Store)
}

// book moves the stock and posts the entry.
func book(tx *db.Tx, sale *sales.Sale, currency money.Currency) error {
	r := &sale.Receipt
	books, err := LoadBooks(tx, currency)
	if err != nil {
		return err
	}
	issues, waiting, err := issuesOf(tx, r)
	if err != nil {
		return err
	}
	seq, err := ledger.Upcoming(tx)
	if err != nil {
		return err
	}
	costs, err := inventory.Take(tx, seq, r.BusinessDay, currency, issues)
	if err != nil {
		return err
	}
	inventory.Wait(tx, seq, waiting)
	entry, unknown, err := posting.Sale(r, costs, sale.Unexplained, *books)
	if err != nil {
		return err
	}
	// An entry of no lines stands for a receipt that moved nothing of value: each has exactly one.
	if err := ledger.Post(tx, &entry); err != nil {
		return err
	}
	for _, u := range unknown {
		task := tasks.Task{Kind: u.Kind, Key: u.Key, Store: r.Store, Doc: r.ID, Message: u.Message}
		if err := tasks.Open(tx, task); err != nil {
			return err
		}
	}
	return totals.Add(tx, r, sale.Hour, sale.Unexplained)
}

type booksKey struct{}

// LoadBooks reads what the posting rules need, once per group. Its maps follow what the group changes.
func LoadBooks(tx *db.Tx, currency money.Currency) (*posting.Books, error) {
	return db.Shared(tx, booksKey{}, func() (*posting.Books, error) {
		roles, err := ledger.RolesIn(tx)
		if err != nil {
			return nil, err
		}
		tenders, err := payments.TendersIn(tx)
		if err != nil {
			return nil, err
		}
		items, err := catalog.Find(tx, nil)
		if err != nil {
			return nil, err
		}
		// issuesOf has looked the receipt's items up before the rules ask for them.
		return &posting.Books{Roles: roles, Book: currency, Tenders: tenders, Items: func(sku string) bool { return items[sku] != nil }}, nil
	})
}
