package zreport_test

import (
	"context"
	"encoding/json"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/tillpost/tillpost/internal/base/day"
	"github.com/tillpost/tillpost/internal/base/id"
	"github.com/tillpost/tillpost/internal/base/money"
	"github.com/tillpost/tillpost/internal/base/qty"
	"github.com/tillpost/tillpost/internal/domain/org"
	"github.com/tillpost/tillpost/internal/domain/payments"
	"github.com/tillpost/tillpost/internal/domain/receipt"
	"github.com/tillpost/tillpost/internal/domain/sales"
	"github.com/tillpost/tillpost/internal/domain/shifts"
	"github.com/tillpost/tillpost/internal/platform/db"
	"github.com/tillpost/tillpost/internal/platform/dbtest"
	"github.com/tillpost/tillpost/internal/views/zreport"
)

var update = flag.Bool("update", false, "write the golden files")

const vat20 = money.Rate(2_000_000_000)

type shop struct {
	t testing.TB
	d *db.DB
	n int
}

func newShop(t testing.TB, d *db.DB) *shop {
	t.Helper()
	s := &shop{t: t, d: d}
	s.write(func(tx *db.Tx) error {
		if err := org.PutSetting(tx, org.SettingBook, "GBP"); err != nil {
			return err
		}
		if err := org.AddStore(tx, org.Store{Code: "S01", Name: "Corner shop, High Street", Zone: "Europe/London", CutOver: 3 * time.Hour, TaxRounding: "rate"}); err != nil {
			return err
		}
		for _, x := range []payments.TenderType{{Code: "cash", Name: "Cash", Kind: payments.Cash}, {Code: "card", Name: "Card", Kind: payments.Card},
			{Code: "gift_card", Name: "Gift card", Kind: payments.GiftCard}} {
			if err := payments.AddTender(tx, x); err != nil {
				return err
			}
		}
		return nil
	})
	return s
}

func (s *shop) write(fn func(tx *db.Tx) error) {
	s.t.Helper()
	n := s.n
	if err := s.d.Write(context.Background(), func(tx *db.Tx) error { s.n = n; return fn(tx) }); err != nil {
		s.t.Fatal(err)
	}
}

func (s *shop) id() id.ID {
	s.n++
	return id.Derive(dbtest.Now, "z report test", fmt.Sprint(s.n))
}

// record stores receipts as the tills made them; shift, register and day come from the first argument.
func (s *shop) record(like receipt.Receipt, list ...receipt.Receipt) {
	s.t.Helper()
	s.write(func(tx *db.Tx) error {
		for _, r := range list {
			r.ID, r.Store, r.Register, r.BusinessDay, r.Shift = s.id(), "S01", like.Register, like.BusinessDay, like.Shift
			r.DeviceTime, r.Currency, r.TaxRounding = dbtest.Now, "GBP", receipt.RoundPerRate
			if r.Kind == "" {
				r.Kind = receipt.Sale
			}
			for i := range r.Lines {
				r.Lines[i].No = i + 1
			}
			unexplained := r.Tendered() - r.Total() - r.Rounding
			if r.Number != 0 {
				r.Hash = r.Sum(nil)
			}
			if _, _, err := sales.Record(tx, sales.Arrival{Receipt: &r, Unexplained: unexplained}); err != nil {
				return err
			}
		}
		return nil
	})
}

// line is one position of net minor units with VAT at 20 %.
func line(kind receipt.LineKind, net, discount money.Minor) receipt.Line {
	l := receipt.Line{Kind: kind, Name: string(kind), Qty: qty.One, Extended: net + discount, Net: net, NetDiscount: discount}
	if l.Revenue() {
		l.Taxes = []receipt.Tax{{Code: "GB-VAT-20", Rate: vat20, Base: net, Amount: net / 5}}
	}
	return l
}

func back(net money.Minor) receipt.Line {
	l := line(receipt.Item, net, 0)
	l.Return = &receipt.Return{Reason: "unwanted"}
	return l
}

func paid(kind string, amount money.Minor) receipt.Tender {
	return receipt.Tender{Type: kind, Amount: amount}
}

// theDay is a shift with something of everything.
func (s *shop) theDay() shifts.Shift {
	s.t.Helper()
	x := shifts.Shift{ID: s.id(), Store: "S01", Register: "R1", Drawer: "R1", Employee: "E7", Day: "2026-03-14"}
	s.write(func(tx *db.Tx) (err error) {
		if x, _, err = shifts.Start(tx, x); err != nil {
			return err
		}
		_, err = shifts.RecordCounts(tx, x, []shifts.Count{
			{Shift: x.ID, Stage: shifts.AtOpen, Currency: "GBP", Expected: 20000, Counted: 20000, Book: 20000, Pieces: []shifts.Piece{{Value: 2000, Number: 10}}},
			{Shift: x.ID, Stage: shifts.AtOpen, Currency: "USD"}}, 0)
		return err
	})
	like := receipt.Receipt{Register: "R1", BusinessDay: x.Day, Shift: x.ID}
	s.record(like,
		receipt.Receipt{Lines: []receipt.Line{line(receipt.Item, 100000, 5000), line(receipt.Service, 1000, 0), line(receipt.Tip, 500, 0)},
			Tenders: []receipt.Tender{paid("card", 70000), paid("cash", 51702)}, Rounding: 2},
		receipt.Receipt{Lines: []receipt.Line{back(-2500)}, Tenders: []receipt.Tender{paid("cash", -3000)}},
		receipt.Receipt{Lines: []receipt.Line{line(receipt.GiftCard, 2500, 0)}, Tenders: []receipt.Tender{paid("card", 2500)}},
		receipt.Receipt{Lines: []receipt.Line{line(receipt.Item, 1000, 0)}, Tenders: []receipt.Tender{{Type: "cash", Amount: 1600,
			Foreign: money.Amount{Minor: 2000, Currency: "USD"}, FX: 8_000_000_000}, paid("cash", -400)}},
		receipt.Receipt{Kind: receipt.Void, Lines: []receipt.Line{line(receipt.Item, -500, 0)}, Tenders: []receipt.Tender{paid("card", -600)}},
		receipt.Receipt{Kind: receipt.Training, Lines: []receipt.Line{line(receipt.Item, 99900, 0)}, Tenders: []receipt.Tender{paid("cash", 119880)}},
		receipt.Receipt{Kind: receipt.Aborted})
	s.record(receipt.Receipt{Register: "R1", BusinessDay: x.Day}, // names no shift
		receipt.Receipt{Lines: []receipt.Line{line(receipt.Item, 500, 0)}, Tenders: []receipt.Tender{paid("gift_card", 600)}},
		receipt.Receipt{Number: 12, Lines: []receipt.Line{line(receipt.Item, 500, 0)}, Tenders: []receipt.Tender{paid("PayLater-X", 600)}})
	s.write(func(tx *db.Tx) error {
		for _, m := range []shifts.Movement{
			{Kind: "paid_out", Purpose: "expense", Amount: money.Amount{Minor: -1200, Currency: "GBP"}, Book: -1200, Tax: 200},
			{Kind: "drop", Amount: money.Amount{Minor: -40000, Currency: "GBP"}, Book: -40000},
			{Kind: "tips_out", Amount: money.Amount{Minor: -500, Currency: "GBP"}, Book: -500},
		} {
			m.ID, m.Shift = s.id(), x.ID
			if _, err := shifts.Move(tx, x.Store, m); err != nil {
				return err
			}
		}
		return nil
	})
	return x
}

// finish counts 2.00 too little and closes; then one more receipt arrives.
func (s *shop) finish(x shifts.Shift) {
	s.t.Helper()
	s.write(func(tx *db.Tx) error {
		last, err := sales.Last(tx)
		if err != nil {
			return err
		}
		x, err := shifts.RecordCounts(tx, x, []shifts.Count{{Shift: x.ID, Stage: shifts.AtClose, Currency: "GBP", Expected: 26602, Counted: 26402, Book: 26602},
			{Shift: x.ID, Stage: shifts.AtClose, Currency: "USD", Expected: 2000, Counted: 2000, Book: 1600}}, last)
		if err != nil {
			return err
		}
		m := shifts.Movement{ID: s.id(), Shift: x.ID, Kind: "skim", Amount: money.Amount{Minor: -6402, Currency: "GBP"}, Book: -6402}
		if _, err := shifts.Move(tx, x.Store, m); err != nil {
			return err
		}
		_, err = shifts.Finish(tx, x, last)
		return err
	})
	s.record(receipt.Receipt{Register: "R1", BusinessDay: x.Day, Shift: x.ID},
		receipt.Receipt{Lines: []receipt.Line{line(receipt.Item, 700, 0)}, Tenders: []receipt.Tender{paid("cash", 840)}})
}

func (s *shop) shiftReport(shift id.ID, o zreport.Options) (r zreport.Report) {
	s.t.Helper()
	err := s.d.Read(context.Background(), func(v *db.View) (err error) { r, err = zreport.Shift(v, shift, dbtest.Now, o); return err })
	if err != nil {
		s.t.Fatal(err)
	}
	return r
}

func (s *shop) dayReport(d day.Day, register string) (r zreport.Report) {
	s.t.Helper()
	err := s.d.Read(context.Background(), func(v *db.View) (err error) {
		r, err = zreport.Day(v, "S01", d, register, dbtest.Now, zreport.Options{})
		return err
	})
	if err != nil {
		s.t.Fatal(err)
	}
	return r
}

// The X and Z report of a shift, and the day's, as printed and as JSON.
func TestGolden(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		s := newShop(t, d)
		x := s.theDay()
		golden(t, "x-shift", s.shiftReport(x.ID, zreport.Options{}))
		golden(t, "x-day", s.dayReport(x.Day, ""))
		s.finish(x)
		golden(t, "z-shift", s.shiftReport(x.ID, zreport.Options{}))
		s.write(func(tx *db.Tx) error {
			for _, seal := range []shifts.Seal{{Register: "R1", First: 1, Last: 12, Receipts: 9, Missing: 3, Gaps: []shifts.Gap{{First: 9, Last: 11}}, LastSeq: 9}, {LastSeq: 9}} {
				seal.Store, seal.Day = "S01", x.Day
				if _, err := shifts.PutSeal(tx, seal); err != nil {
					return err
				}
			}
			return nil
		})
		golden(t, "z-day", s.dayReport(x.Day, ""))
	})
}

func golden(t *testing.T, name string, r zreport.Report) {
	t.Helper()
	var sum money.Minor
	for _, x := range r.Tenders {
		sum += x.Book
	}
	if want := r.Sales.Total + r.Rounding + r.Unexplained; want != sum {
		t.Errorf("%s: the tenders are %d, the rest %d", name, sum, want)
	}
	r.Shift = id.ID{} // ids hold a clock in their first digits and noise in the others
	for i := range r.Cash {
		r.Cash[i].Shift = id.ID{}
	}
	js, err := json.MarshalIndent(r, "", "  ")
	if err != nil {
		t.Fatal(err)
	}
	compare(t, name+".txt.golden", r.Text())
	compare(t, name+".json.golden", string(js)+"\n")
	narrow(t, r.Text())
}

func compare(t *testing.T, file, got string) {
	t.Helper()
	name := filepath.Join("testdata", file)
	if *update {
		if err := os.WriteFile(name, []byte(got), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	if got != string(want) {
		t.Errorf("%s differs:\n%s", file, got)
	}
}

func narrow(t testing.TB, text string) {
	t.Helper()
	for _, l := range strings.Split(text, "\n") {
		if zreport.Columns(l) > zreport.Width || strings.TrimRight(l, " ") != l {
			t.Errorf("line %q has %d columns", l, zreport.Columns(l))
		}
	}
}

// What a blind count must not know is shown only to who asks for it, and after the count to everybody.
func TestBlind(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		s := newShop(t, d)
		x := s.theDay()
		for _, c := range s.shiftReport(x.ID, zreport.Options{}).Cash {
			if c.Expected != nil || c.Takings != nil {
				t.Errorf("the blind report shows %+v", c)
			}
		}
		for _, r := range []zreport.Report{s.shiftReport(x.ID, zreport.Options{}), s.dayReport(x.Day, "")} {
			blind := r.Blinded()
			if !blind.Blind || blind.Sales != nil || blind.Taxes != nil || blind.Other != nil || blind.Tenders != nil || blind.Receipts.Count != r.Receipts.Count {
				t.Errorf("%+v", blind)
			}
			for i, l := range blind.Registers {
				if l.Total != nil || r.Registers[i].Total == nil {
					t.Errorf("register %s: %v", l.Register, l.Total)
				}
			}
			narrow(t, blind.Text())
		}
		open := s.shiftReport(x.ID, zreport.Options{Expected: true})
		if r := open.Blinded(); r.Blind || r.Sales == nil {
			t.Errorf("who may see what is expected sees a blind report")
		}
		if c := open.Cash[0]; c.Currency != "GBP" || *c.Expected != 26602 || *c.Takings != 48302 || c.Counted != nil {
			t.Errorf("%+v", c)
		}
		s.finish(x)
		closed := s.shiftReport(x.ID, zreport.Options{})
		if r := closed.Blinded(); r.Blind || r.Sales == nil {
			t.Errorf("the report stays blind after the count")
		}
		for i, c := range closed.Cash {
			if *c.Expected != *open.Cash[i].Expected || c.Float+*c.Takings+c.Moved != *c.Expected {
				t.Errorf("expected %d was sealed, %+v", *open.Cash[i].Expected, c)
			}
		}
		if closed.Kind != zreport.Z || closed.Number != 1 || closed.Late != (zreport.Late{Count: 1, Total: 840}) || closed.Receipts.Count != 9 {
			t.Errorf("%+v", closed)
		}
		if r := s.dayReport(x.Day, "R2"); r.Receipts.Count != 0 || len(r.Cash) != 0 || len(r.Text()) == 0 {
			t.Errorf("a register without receipts: %+v", r)
		}
	})
}
