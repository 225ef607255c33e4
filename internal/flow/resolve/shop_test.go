package resolve

import (
	"context"
	"testing"

	"github.com/tillpost/tillpost/internal/base/id"
	"github.com/tillpost/tillpost/internal/base/money"
	"github.com/tillpost/tillpost/internal/base/qty"
	"github.com/tillpost/tillpost/internal/domain/catalog"
	"github.com/tillpost/tillpost/internal/domain/inventory"
	"github.com/tillpost/tillpost/internal/domain/ledger"
	"github.com/tillpost/tillpost/internal/domain/org"
	"github.com/tillpost/tillpost/internal/domain/payments"
	"github.com/tillpost/tillpost/internal/domain/receipt"
	"github.com/tillpost/tillpost/internal/domain/sales"
	"github.com/tillpost/tillpost/internal/domain/tasks"
	"github.com/tillpost/tillpost/internal/flow/posting"
	"github.com/tillpost/tillpost/internal/platform/db"
	"github.com/tillpost/tillpost/internal/platform/dbtest"
)

// shop is a database with a US shop of two stores that knows cash and one item.
type shop struct {
	t      *testing.T
	d      *db.DB
	number int64
}

func open(t *testing.T, d *db.DB) *shop {
	s := &shop{t: t, d: d}
	s.write(func(tx *db.Tx) error {
		for _, set := range [][2]string{{org.SettingBook, "USD"}, {org.SettingChart, "us"}} {
			if err := org.PutSetting(tx, set[0], set[1]); err != nil {
				return err
			}
		}
		for _, code := range []string{"S01", "S02"} {
			if err := org.AddStore(tx, org.Store{Code: code, Name: code, Zone: "UTC", TaxRounding: "line"}); err != nil {
				return err
			}
		}
		if err := ledger.Setup(tx, "us", "USD"); err != nil {
			return err
		}
		if err := payments.AddTender(tx, payments.TenderType{Code: "cash", Name: "Cash", Kind: payments.Cash}); err != nil {
			return err
		}
		return catalog.Save(tx, catalog.Item{SKU: "known", Name: "Known"})
	})
	return s
}

func (s *shop) write(body func(tx *db.Tx) error) {
	s.t.Helper()
	if err := s.d.Write(context.Background(), body); err != nil {
		s.t.Fatal(err)
	}
}

// ring makes a receipt of one line and one tender.
func (s *shop) ring(store string, l receipt.Line, tender string) receipt.Receipt {
	s.number++
	l.No = 1
	if l.Kind == "" {
		l.Kind = receipt.Item
	}
	return receipt.Receipt{ID: id.Derive(dbtest.Now, store, string(rune(s.number))), Kind: receipt.Sale, Store: store, Register: "R1",
		BusinessDay: "2026-03-10", DeviceTime: dbtest.Now, Currency: "USD", Lines: []receipt.Line{l},
		Tenders: []receipt.Tender{{Type: tender, Amount: l.Total()}}}
}

// record records a receipt, its stock, its entry and its tasks, as the checkout does.
func record(tx *db.Tx, r receipt.Receipt, unexplained money.Minor) error {
	r.Tenders[0].Amount += unexplained
	if _, _, err := sales.Record(tx, sales.Arrival{Receipt: &r, Unexplained: unexplained}); err != nil {
		return err
	}
	l := &r.Lines[0]
	items, err := catalog.Find(tx, []string{l.Item})
	if err != nil {
		return err
	}
	seq, err := ledger.Upcoming(tx)
	if err != nil {
		return err
	}
	var costs []inventory.Cost
	if items[l.Item] != nil {
		if costs, err = inventory.Take(tx, seq, r.BusinessDay, "USD", []inventory.Issue{{Line: 1, Item: l.Item, Location: r.Store,
			Kind: inventory.Sale, Qty: l.Qty, Fallback: items[l.Item].Cost}}); err != nil {
			return err
		}
	} else if l.Item != "" {
		inventory.Wait(tx, seq, []inventory.Waiting{{Line: 1, Item: l.Item, Location: r.Store, Qty: l.Qty}})
	}
	books, err := posting.LoadBooks(tx, "USD")
	if err != nil {
		return err
	}
	books.Items = func(sku string) bool { return items[sku] != nil }
	e, unknown, err := posting.Sale(&r, costs, unexplained, *books)
	if err != nil {
		return err
	}
	for _, u := range unknown {
		if err := tasks.Open(tx, tasks.Task{Kind: u.Kind, Key: u.Key, Store: r.Store, Doc: r.ID, Message: u.Message}); err != nil {
			return err
		}
	}
	return ledger.Post(tx, &e)
}

func (s *shop) sell(r receipt.Receipt) {
	s.t.Helper()
	s.write(func(tx *db.Tx) error { return record(tx, r, 0) })
}

func (s *shop) mapping(m Mapping) Outcome {
	s.t.Helper()
	o, err := Map(context.Background(), s.d, m)
	if err != nil {
		s.t.Fatal(err)
	}
	return o
}

// balances are all accounts that are not at zero; what is in suspense is told by key.
func (s *shop) balances() map[string]money.Minor {
	s.t.Helper()
	out := map[string]money.Minor{}
	err := s.d.Read(context.Background(), func(v *db.View) error {
		return ledger.Each(v, 1, func(e *ledger.Entry) error {
			for _, l := range e.Lines {
				key := l.Account
				if l.Unknown != "" {
					key += " " + l.Unknown
				}
				if out[key] += l.Amount; out[key] == 0 {
					delete(out, key)
				}
			}
			return nil
		})
	})
	if err != nil {
		s.t.Fatal(err)
	}
	return out
}

func (s *shop) holds(want map[string]money.Minor) {
	s.t.Helper()
	got := s.balances()
	for k := range got {
		if _, ok := want[k]; !ok {
			s.t.Errorf("%s holds %d, want nothing", k, got[k])
		}
	}
	for k, v := range want {
		if got[k] != v {
			s.t.Errorf("%s holds %d, want %d", k, got[k], v)
		}
	}
}

func (s *shop) openTasks() []string {
	s.t.Helper()
	var keys []string
	err := s.d.Read(context.Background(), func(v *db.View) error {
		list, err := tasks.List(v, tasks.StateOpen)
		for _, t := range list {
			keys = append(keys, t.Key)
		}
		return err
	})
	if err != nil {
		s.t.Fatal(err)
	}
	return keys
}

func item(sku string, net money.Minor) receipt.Line {
	return receipt.Line{Kind: receipt.Item, Item: sku, Qty: qty.One, Net: net}
}
