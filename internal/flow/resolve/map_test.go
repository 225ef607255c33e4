package resolve

import (
	"context"
	"strings"
	"testing"

	"github.com/tillpost/tillpost/internal/base/day"
	"github.com/tillpost/tillpost/internal/base/fault"
	"github.com/tillpost/tillpost/internal/base/money"
	"github.com/tillpost/tillpost/internal/base/qty"
	"github.com/tillpost/tillpost/internal/domain/inventory"
	"github.com/tillpost/tillpost/internal/domain/ledger"
	"github.com/tillpost/tillpost/internal/domain/payments"
	"github.com/tillpost/tillpost/internal/domain/receipt"
	"github.com/tillpost/tillpost/internal/flow/posting"
	"github.com/tillpost/tillpost/internal/platform/db"
	"github.com/tillpost/tillpost/internal/platform/dbtest"
)

func TestTender(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		s := open(t, d)
		s.sell(s.ring("S01", item("", 3000), "PayLater-X"))
		s.sell(s.ring("S01", item("", 1000), "PayLater-X"))
		s.sell(s.ring("S02", item("", 500), "PayLater-X"))
		back := item("", -200)
		back.Return = &receipt.Return{Disposition: "none"}
		s.sell(s.ring("S02", back, "PayLater-X"))
		s.holds(map[string]money.Minor{"4010": -4500, "4090": 200, "9999 tender:PayLater-X": 4300})

		m := Mapping{Key: "tender:PayLater-X", Kind: payments.Card}
		if _, err := Map(context.Background(), d, Mapping{Key: m.Key}); fault.CodeOf(err) != ErrNeedKind.Code {
			t.Errorf("without a kind: %v", err)
		}
		o := s.mapping(m)
		if len(o.Entries) != 2 || o.Lines != 4 || !o.Closed {
			t.Errorf("outcome %+v", o)
		}
		if e := o.Entries[0]; e.Store != "S01" || e.Kind != Kind || e.BusinessDay != day.Of(dbtest.Now) || e.Memo != "tender:PayLater-X: 2 lines" {
			t.Errorf("entry %+v", e)
		}
		after := map[string]money.Minor{"4010": -4500, "4090": 200, "1150": 4300}
		s.holds(after)
		if o = s.mapping(m); len(o.Entries) != 0 || o.Lines != 0 || o.Closed {
			t.Errorf("second run: %+v", o)
		}
		s.holds(after)
		if keys := s.openTasks(); len(keys) != 0 {
			t.Errorf("open: %v", keys)
		}
		s.sell(s.ring("S01", item("", 700), "PayLater-X"))
		after["4010"], after["1150"] = -5200, 5000
		s.holds(after)
	})
}

// TestTenderOwnAccount gives the tender a clearing account of its own.
func TestTenderOwnAccount(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		s := open(t, d)
		s.sell(s.ring("S01", item("", 3000), "PayLater-X"))
		s.write(func(tx *db.Tx) error {
			return ledger.EnsureAccount(tx, "1151", "PayLater-X clearing", ledger.Asset, "")
		})
		s.mapping(Mapping{Key: "tender:PayLater-X", Kind: payments.Card, Account: "1151"})
		s.sell(s.ring("S01", item("", 500), "PayLater-X"))
		s.holds(map[string]money.Minor{"4010": -3500, "1151": 3500})
		if _, err := Map(context.Background(), d, Mapping{Key: "tender:coins", Kind: payments.Cash, Account: "1151"}); fault.CodeOf(err) != ErrCashAccount.Code {
			t.Errorf("cash on an account: %v", err)
		}
	})
}

// TestCash: a tender that turns out to be cash goes into the drawers that it was taken at.
func TestCash(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		s := open(t, d)
		s.write(func(tx *db.Tx) error {
			if err := ledger.EnsureAccount(tx, "1110-R1", "Drawer R1", ledger.Asset, ""); err != nil {
				return err
			}
			return ledger.MapRole(tx, posting.RoleDrawer, posting.DrawerKey("S01", "R1", "USD"), "1110-R1")
		})
		s.sell(s.ring("S01", item("", 3000), "coins"))
		other := s.ring("S01", item("", 500), "coins")
		other.Register = "R2"
		s.sell(other)
		m := Mapping{Key: "tender:coins", Kind: payments.Cash}
		if o := s.mapping(m); len(o.Entries) != 2 || o.Entries[0].Register != "R1" || o.Entries[1].Register != "R2" {
			t.Errorf("outcome %+v", o)
		}
		s.holds(map[string]money.Minor{"4010": -3500, "1110-R1": 3000, "1110": 500})
		if o := s.mapping(m); len(o.Entries) != 0 {
			t.Errorf("second run: %+v", o)
		}
	})
}

func TestTax(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		s := open(t, d)
		l := item("", 1000)
		l.Taxes = []receipt.Tax{{Code: "MOON", Amount: 70}}
		s.sell(s.ring("S01", l, "cash"))
		s.holds(map[string]money.Minor{"1110": 1070, "4010": -1000, "9999 tax:MOON": -70})
		if _, err := Map(context.Background(), d, Mapping{Key: "tax:MOON"}); fault.CodeOf(err) != ErrNeedAccount.Code {
			t.Errorf("without an account: %v", err)
		}
		s.mapping(Mapping{Key: "tax:MOON", Account: "2100"})
		s.sell(s.ring("S01", l, "cash"))
		s.holds(map[string]money.Minor{"1110": 2140, "4010": -2000, "2100": -140})
	})
}

// TestItem: the revenue of an unknown SKU goes to its department, what came back to returns, and the
// goods leave the stock once.
func TestItem(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		s := open(t, d)
		sold := item("new", 900)
		sold.Qty, sold.NetDiscount = qty.Of(3), 100
		s.sell(s.ring("S01", sold, "cash"))
		back := item("new", -300)
		back.Qty, back.Return = -qty.One, &receipt.Return{}
		s.sell(s.ring("S01", back, "cash"))
		gift := item("new", 0)
		s.sell(s.ring("S01", gift, "cash"))
		s.holds(map[string]money.Minor{"1110": 600, "4080": 100, "9999 item:new": -700})

		m := Mapping{Key: "item:new", Name: "New thing", Department: "toys", Cost: 1_500_000}
		o := s.mapping(m)
		if o.Taken != qty.Of(3) || o.Lines != 2 || !o.Closed {
			t.Errorf("outcome %+v", o)
		}
		after := map[string]money.Minor{"1110": 600, "4080": 100, "4010": -1000, "4090": 300, "5000": 450, "1300": -450}
		s.holds(after)
		if o = s.mapping(m); len(o.Entries) != 0 || o.Taken != 0 {
			t.Errorf("second run: %+v", o)
		}
		s.holds(after)
		var level inventory.Level
		s.write(func(tx *db.Tx) (err error) {
			level, err = inventory.LevelOf(tx, "S01", "new")
			return err
		})
		if level.Qty != qty.Of(-3) || level.Value != -450 {
			t.Errorf("level %+v", level)
		}
		s.sell(s.ring("S01", item("new", 400), "cash"))
		if o = s.mapping(m); len(o.Entries) != 0 || o.Taken != 0 {
			t.Errorf("after a sale that knew the item: %+v", o)
		}
	})
}

// TestWorthless: goods that were given away and cost nothing leave the stock too.
func TestWorthless(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		s := open(t, d)
		s.sell(s.ring("S01", item("gift", 0), "cash"))
		if keys := s.openTasks(); len(keys) != 1 || keys[0] != "item:gift" {
			t.Fatalf("open: %v", keys)
		}
		if o := s.mapping(Mapping{Key: "item:gift"}); o.Taken != qty.One || len(o.Entries) != 1 || !o.Closed {
			t.Errorf("outcome %+v", o)
		}
		if o := s.mapping(Mapping{Key: "item:gift"}); o.Taken != 0 || len(o.Entries) != 0 {
			t.Errorf("second run: %+v", o)
		}
		s.sell(s.ring("S01", item("", 100), "cash"))
		s.holds(map[string]money.Minor{"1110": 100, "4010": -100})
	})
}

// TestNetsToNothing: what stands in suspense is zero and a piece is gone. It leaves the stock once, and
// what happens to its receipts later is not taken for the same piece again.
func TestNetsToNothing(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		s := open(t, d)
		two := item("new", 1000)
		two.Qty = qty.Of(2)
		sale := s.ring("S02", two, "cash")
		s.sell(sale)
		less := item("new", -1000)
		less.Qty = -qty.One
		s.sell(s.ring("S02", less, "cash"))
		m := Mapping{Key: "item:new", Cost: 1_500_000}
		if o := s.mapping(m); o.Taken != qty.One || len(o.Entries) != 1 || o.Lines != 2 {
			t.Errorf("outcome %+v", o)
		}
		back := two
		back.Net, back.Qty = -back.Net, -back.Qty
		void := s.ring("S02", back, "cash")
		void.Kind, void.Voids = receipt.Void, sale.ID
		s.sell(void) // it knows the item
		if o := s.mapping(m); len(o.Entries) != 0 || o.Taken != 0 {
			t.Errorf("second run: %+v", o)
		}
	})
}

// TestVoidedItem: a sale of an unknown item and its void leave nothing to settle.
func TestVoidedItem(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		s := open(t, d)
		r := s.ring("S01", item("new", 900), "cash")
		s.sell(r)
		v := s.ring("S01", item("new", -900), "cash")
		v.Kind, v.Voids, v.Lines[0].Qty = receipt.Void, r.ID, -qty.One
		s.sell(v)
		if o := s.mapping(Mapping{Key: "item:new"}); len(o.Entries) != 0 || !o.Closed || o.Taken != 0 {
			t.Errorf("outcome %+v", o)
		}
		s.holds(map[string]money.Minor{})
	})
}

// TestVoidFirst: a void arrives before its sale and has the sign of a return; each mapping settles what
// waits once, and to where it belongs.
func TestVoidFirst(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		s := open(t, d)
		r := s.ring("S01", item("new", 900), "cash")
		s.sell(s.ring("S01", item("new", 200), "cash"))
		back := item("new", -300)
		back.Qty, back.Return = -qty.One, &receipt.Return{}
		s.sell(s.ring("S01", back, "cash"))
		v := s.ring("S01", item("new", -900), "cash")
		v.Kind, v.Voids, v.Lines[0].Qty = receipt.Void, r.ID, -qty.One
		s.sell(v)
		m := Mapping{Key: "item:new"}
		if o := s.mapping(m); len(o.Entries) != 2 || !o.Closed {
			t.Errorf("outcome %+v", o)
		}
		after := map[string]money.Minor{"1110": -1000, "4010": 700, "4090": 300}
		s.holds(after)
		if o := s.mapping(m); len(o.Entries) != 0 {
			t.Errorf("second run: %+v", o)
		}
		s.holds(after)
		s.sell(r)
		if o := s.mapping(m); len(o.Entries) != 0 {
			t.Errorf("after the sale came: %+v", o)
		}
		s.holds(map[string]money.Minor{"1110": -100, "4010": -200, "4090": 300})
	})
}

// TestAccount: a role without an account, and what a mapping can bring up in its place.
func TestAccount(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		s := open(t, d)
		r := s.ring("S01", item("", 1000), "cash")
		r.Tenders[0].Foreign = money.Amount{Minor: 900, Currency: "EUR"}
		s.sell(r)
		key := "account:drawer/S01/R1/EUR"
		s.holds(map[string]money.Minor{"4010": -1000, "9999 " + key: 1000})
		s.write(func(tx *db.Tx) error { return ledger.EnsureAccount(tx, "1110-EUR", "Drawer EUR", ledger.Asset, "EUR") })
		o := s.mapping(Mapping{Key: key, Account: "1110-EUR"})
		s.holds(map[string]money.Minor{"4010": -1000, "1110-EUR": 1000})
		if f := o.Entries[0].Lines[0].Foreign; f.Minor != 900 || f.Currency != "EUR" {
			t.Errorf("the drawer got %v", f)
		}
	})
}

func TestDifference(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		s := open(t, d)
		r := s.ring("S01", item("", 1000), "cash")
		r.Source = "till"
		s.write(func(tx *db.Tx) error { return record(tx, r, 7) })
		s.holds(map[string]money.Minor{"1110": 1007, "4010": -1000, "9999 difference:till": -7})
		for account, want := range map[string]string{"": ErrNeedAccount.Code, "1300": ErrControl.Code, "4711": ledger.ErrUnknownAccount.Code} {
			if _, err := Map(context.Background(), d, Mapping{Key: "difference:till", Account: account}); fault.CodeOf(err) != want {
				t.Errorf("account %q: %v", account, err)
			}
		}
		s.mapping(Mapping{Key: "difference:till", Account: "6200"})
		s.holds(map[string]money.Minor{"1110": 1007, "4010": -1000, "6200": -7})
	})
}

// TestSameGroup: a sale that commits together with the mapping is settled too.
func TestSameGroup(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		s := open(t, d)
		r := s.ring("S01", item("", 3000), "PayLater-X")
		m := Mapping{Key: "tender:PayLater-X", Kind: payments.Card}
		s.write(func(tx *db.Tx) error {
			if err := record(tx, r, 0); err != nil {
				return err
			}
			_, err := InTx(tx, m)
			return err
		})
		if keys := s.openTasks(); len(keys) != 1 {
			t.Fatalf("the sale's task must stay open: %v", keys)
		}
		s.mapping(m)
		s.holds(map[string]money.Minor{"4010": -3000, "1150": 3000})
		if keys := s.openTasks(); len(keys) != 0 {
			t.Errorf("open: %v", keys)
		}
	})
}

func TestRefused(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		s := open(t, d)
		for name, c := range map[string]struct {
			m    Mapping
			want string
		}{
			"no key":      {Mapping{}, ErrKey.Code},
			"odd key":     {Mapping{Key: "colour:red"}, ErrKey.Code},
			"no name":     {Mapping{Key: "tender:"}, ErrKey.Code},
			"kind":        {Mapping{Key: "tender:x", Kind: "shells"}, payments.ErrTenderKind.Code},
			"other kind":  {Mapping{Key: "tender:cash", Kind: payments.Card}, payments.ErrTenderDiffers.Code},
			"account":     {Mapping{Key: "tax:x", Account: "nope"}, ledger.ErrUnknownAccount.Code},
			"long name":   {Mapping{Key: "item:x", Name: strings.Repeat("x", 121)}, ErrText.Code},
			"card number": {Mapping{Key: "item:x", Name: "4111 1111 1111 1111"}, ErrCard.Code},
		} {
			if _, err := Map(context.Background(), d, c.m); fault.CodeOf(err) != c.want {
				t.Errorf("%s: %v", name, err)
			}
		}
		s.holds(map[string]money.Minor{})
	})
}
