package shift

import (
	"context"

	"github.com/tillpost/tillpost/internal/base/money"
	"github.com/tillpost/tillpost/internal/domain/ledger"
	"github.com/tillpost/tillpost/internal/domain/org"
	"github.com/tillpost/tillpost/internal/domain/sales"
	"github.com/tillpost/tillpost/internal/domain/tasks"
	"github.com/tillpost/tillpost/internal/flow/posting"
	"github.com/tillpost/tillpost/internal/platform/db"
)

const selectPosted db.SQL = `SELECT CAST(COALESCE(MAX(seq), 0) AS BIGINT) FROM entries`

// alone refuses a transaction in which receipts or entries wait to be written: what the drawer holds
// could not be read. A group commit that is refused runs again one by one, and then it is alone.
func alone(tx *db.Tx) error {
	next, err := ledger.Upcoming(tx)
	if err != nil {
		return err
	}
	var posted int64
	if err := tx.QueryRow(selectPosted).Scan(&posted); err != nil {
		return err
	}
	receipt, err := tx.Next("receipts", 0)
	if err != nil {
		return err
	}
	last, err := sales.Last(tx)
	if err != nil {
		return err
	}
	if next != posted+1 || receipt > last+1 {
		return ErrCrowded
	}
	return nil
}

// till is what a flow knows of the shop while it runs.
type till struct {
	tx    *db.Tx
	shop  org.Shop
	books posting.Books
}

func open(tx *db.Tx) (till, error) {
	shop, err := org.LoadShared(tx)
	if err != nil {
		return till{}, err
	}
	if shop.Book == "" {
		return till{}, org.ErrNotConfigured
	}
	roles, err := ledger.RolesIn(tx)
	return till{tx, shop, posting.Books{Roles: roles, Book: shop.Book}}, err
}

// post books what a rule made and opens a task for what it could not place.
func (t till) post(e ledger.Entry, unknown []posting.Unknown, err error) error {
	if err != nil || len(e.Lines) == 0 {
		return err
	}
	if err := ledger.Post(t.tx, &e); err != nil {
		return err
	}
	for _, u := range unknown {
		if err := tasks.Open(t.tx, tasks.Task{Kind: u.Kind, Key: u.Key, Store: e.Store, Doc: e.Doc, Message: u.Message}); err != nil {
			return err
		}
	}
	return nil
}

// accounts makes sure that the drawer has an account for each currency.
func (t till) accounts(store, drawer string, list []money.Currency) error {
	for _, c := range list {
		if _, err := EnsureDrawerAccount(t.tx, store, drawer, c); err != nil {
			return err
		}
	}
	return nil
}

// write runs one flow in a transaction.
func write[T any](ctx context.Context, d *db.DB, fn func(tx *db.Tx) (T, bool, error)) (T, error) {
	var out T
	err := d.Write(ctx, func(tx *db.Tx) (err error) {
		out, _, err = fn(tx)
		return err
	})
	return out, err
}
