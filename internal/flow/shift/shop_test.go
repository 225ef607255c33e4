package shift

import (
	"context"
	"fmt"
	"testing"
	"time"

	"github.com/tillpost/tillpost/internal/base/day"
	"github.com/tillpost/tillpost/internal/base/id"
	"github.com/tillpost/tillpost/internal/base/money"
	"github.com/tillpost/tillpost/internal/base/qty"
	"github.com/tillpost/tillpost/internal/domain/ledger"
	"github.com/tillpost/tillpost/internal/domain/org"
	"github.com/tillpost/tillpost/internal/domain/payments"
	"github.com/tillpost/tillpost/internal/domain/receipt"
	"github.com/tillpost/tillpost/internal/domain/sales"
	"github.com/tillpost/tillpost/internal/domain/shifts"
	"github.com/tillpost/tillpost/internal/flow/posting"
	"github.com/tillpost/tillpost/internal/platform/db"
	"github.com/tillpost/tillpost/internal/platform/dbtest"
)

// shop is a British shop with two tills, on an empty database.
type shop struct {
	t testing.TB
	d *db.DB
	n int // ids made so far
}

func newShop(t testing.TB, d *db.DB) *shop {
	t.Helper()
	s := &shop{t: t, d: d}
	s.write(func(tx *db.Tx) error {
		for name, value := range map[string]string{org.SettingBook: "GBP", org.SettingChart: "uk"} {
			if err := org.PutSetting(tx, name, value); err != nil {
				return err
			}
		}
		if err := org.AddStore(tx, org.Store{Code: "S01", Name: "High Street", Zone: "Europe/London", CutOver: 3 * time.Hour, TaxRounding: "rate"}); err != nil {
			return err
		}
		for _, code := range []string{"R1", "R2"} {
			if err := org.AddRegister(tx, org.Register{Store: "S01", Code: code, Name: code, Kind: org.Till}); err != nil {
				return err
			}
		}
		for code, kind := range map[string]string{"cash": payments.Cash, "card": payments.Card} {
			if err := payments.AddTender(tx, payments.TenderType{Code: code, Name: code, Kind: kind}); err != nil {
				return err
			}
		}
		return ledger.Setup(tx, "uk", "GBP")
	})
	return s
}

func (s *shop) write(fn func(tx *db.Tx) error) {
	s.t.Helper()
	if err := s.d.Write(context.Background(), fn); err != nil {
		s.t.Fatal(err)
	}
}

func (s *shop) id() id.ID {
	s.n++
	return id.Derive(dbtest.Now, "shift test", fmt.Sprint(s.n))
}

// sold is a receipt of one line, paid by the given tenders.
type sold struct {
	shift    id.ID
	register string
	day      day.Day
	tenders  []receipt.Tender
}

func cash(minor money.Minor) []receipt.Tender { return []receipt.Tender{{Type: "cash", Amount: minor}} }

// dollars pays foreign cash: so much of it, worth so much.
func dollars(own, book money.Minor) []receipt.Tender {
	return []receipt.Tender{{Type: "cash", Amount: book, Foreign: money.Amount{Minor: own, Currency: "USD"}, FX: 8_000_000_000}}
}

// sell records and books a receipt.
func (s *shop) sell(tx *db.Tx, x sold) error {
	r := receipt.Receipt{ID: s.id(), Kind: receipt.Sale, Store: "S01", Register: x.register, BusinessDay: x.day, DeviceTime: dbtest.Now,
		Currency: "GBP", Shift: x.shift, TaxRounding: receipt.RoundPerRate, Tenders: x.tenders}
	if r.Register == "" {
		r.Register = "R1"
	}
	if r.BusinessDay == "" {
		r.BusinessDay = "2026-03-14"
	}
	var total money.Minor
	for _, t := range x.tenders {
		total += t.Amount
	}
	r.Lines = []receipt.Line{{No: 1, Kind: receipt.Service, Name: "repair", Qty: qty.One, Extended: total, Net: total}}
	sale, fresh, err := sales.Record(tx, sales.Arrival{Receipt: &r})
	if err != nil || !fresh {
		return fmt.Errorf("fresh %v: %w", fresh, err)
	}
	books, err := posting.LoadBooks(tx, "GBP")
	if err != nil {
		return err
	}
	e, _, err := posting.Sale(&sale.Receipt, nil, 0, *books)
	if err != nil {
		return err
	}
	return ledger.Post(tx, &e)
}

// pounds counts an amount in pennies and pounds.
func pounds(minor money.Minor) Counting {
	return Counting{Currency: "GBP", Pieces: []shifts.Piece{{Value: 100, Number: int64(minor / 100)}, {Value: 1, Number: int64(minor % 100)}}}
}

func usDollars(minor money.Minor) Counting {
	return Counting{Currency: "USD", Pieces: []shifts.Piece{{Value: 1, Number: int64(minor)}}}
}

// account is a balance in the ledger.
func (s *shop) account(code string) money.Minor {
	s.t.Helper()
	var n money.Minor
	err := s.d.Read(context.Background(), func(v *db.View) error { return v.QueryRow(selectBalance, code).Scan(&n) })
	if err != nil {
		s.t.Fatal(err)
	}
	return n
}

const countEntries db.SQL = `SELECT COUNT(*) FROM entries`

func (s *shop) entries() (n int64) {
	s.t.Helper()
	if err := s.d.Read(context.Background(), func(v *db.View) error { return v.QueryRow(countEntries).Scan(&n) }); err != nil {
		s.t.Fatal(err)
	}
	return n
}

func must[T any](t testing.TB) func(T, error) T {
	return func(v T, err error) T {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
		return v
	}
}

func (s *shop) read(fn func(v *db.View) error) {
	s.t.Helper()
	if err := s.d.Read(context.Background(), fn); err != nil {
		s.t.Fatal(err)
	}
}

// shift opens, counts and closes a shift at R1; nil counts what it was opened with.
func (s *shop) shift(o Opening, count func(o Opening) money.Minor) id.ID {
	s.t.Helper()
	o.ID, o.Store, o.Register = s.id(), "S01", "R1"
	opened := must[Opened](s.t)(Open(context.Background(), s.d, o))
	counted := opened.Counts[0].Counted
	if count != nil {
		counted = count(o)
	}
	s.end(o.ID, counted, nil)
	return o.ID
}

func (s *shop) end(shift id.ID, counted money.Minor, keep []money.Amount) Ended {
	s.t.Helper()
	must[Counted](s.t)(Count(context.Background(), s.d, Blind{Shift: shift, Counts: []Counting{pounds(counted)}}))
	return must[Ended](s.t)(Close(context.Background(), s.d, Closing{Shift: shift, Keep: keep}))
}

// sound fails the test unless every drawer's account is what its documents say.
func (s *shop) sound() {
	s.t.Helper()
	s.read(func(v *db.View) error {
		f, err := Verify(v)
		if len(f) > 0 {
			s.t.Errorf("findings %+v", f)
		}
		return err
	})
}
