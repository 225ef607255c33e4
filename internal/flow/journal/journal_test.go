package journal

import (
	"context"
	"strings"
	"sync"
	"testing"

	"github.com/tillpost/tillpost/internal/base/fault"
	"github.com/tillpost/tillpost/internal/base/id"
	"github.com/tillpost/tillpost/internal/base/money"
	"github.com/tillpost/tillpost/internal/domain/ledger"
	"github.com/tillpost/tillpost/internal/domain/org"
	"github.com/tillpost/tillpost/internal/platform/db"
	"github.com/tillpost/tillpost/internal/platform/dbtest"
)

func setup(t *testing.T, d *db.DB) {
	t.Helper()
	err := d.Write(context.Background(), func(tx *db.Tx) error {
		if err := org.PutSetting(tx, org.SettingBook, "USD"); err != nil {
			return err
		}
		if err := org.AddStore(tx, org.Store{Code: "S01", Name: "One", Zone: "UTC", TaxRounding: "line"}); err != nil {
			return err
		}
		if err := ledger.Setup(tx, "us", "USD"); err != nil {
			return err
		}
		if err := ledger.EnsureAccount(tx, "4020", "Sales footwear", ledger.Income, ""); err != nil {
			return err
		}
		return ledger.EnsureAccount(tx, "1145", "Bank EUR", ledger.Asset, "EUR")
	})
	if err != nil {
		t.Fatal(err)
	}
}

func entryID(name string) id.ID { return id.Derive(dbtest.Now, "test", name) }

// rent is a good entry by hand.
func rent() Entry {
	return Entry{ID: entryID("rent"), Store: "S01", BusinessDay: "2026-03-01", Memo: "Rent of March", Attachment: "scans/2026/0301.pdf",
		Lines: []Line{{Account: "6300", Amount: 120000, Party: "landlord"}, {Account: "1140", Amount: -120000}}}
}

func balances(t *testing.T, d *db.DB) map[string]money.Minor {
	t.Helper()
	out := map[string]money.Minor{}
	err := d.Read(context.Background(), func(v *db.View) error {
		return ledger.Each(v, 1, func(e *ledger.Entry) error {
			for _, l := range e.Lines {
				if out[l.Account] += l.Amount; out[l.Account] == 0 {
					delete(out, l.Account)
				}
			}
			return nil
		})
	})
	if err != nil {
		t.Fatal(err)
	}
	return out
}

func holds(t *testing.T, d *db.DB, want map[string]money.Minor) {
	t.Helper()
	got := balances(t, d)
	for k := range got {
		if got[k] != want[k] {
			t.Errorf("%s holds %d, want %d", k, got[k], want[k])
		}
	}
	for k := range want {
		if _, ok := got[k]; !ok {
			t.Errorf("%s holds nothing, want %d", k, want[k])
		}
	}
}

func TestPost(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		setup(t, d)
		first, fresh, err := Post(context.Background(), d, rent())
		if err != nil || !fresh || first.Seq != 1 {
			t.Fatal(first, fresh, err)
		}
		again, fresh, err := Post(context.Background(), d, rent())
		if err != nil || fresh || again.Hash != first.Hash || again.Attachment != "scans/2026/0301.pdf" {
			t.Fatal(again, fresh, err)
		}
		other := rent()
		other.Memo = "Rent of April"
		if _, _, err := Post(context.Background(), d, other); fault.CodeOf(err) != ErrOther.Code {
			t.Errorf("the same id with other content: %v", err)
		}
		holds(t, d, map[string]money.Minor{"6300": 120000, "1140": -120000})
	})
}

// TestPostAtOnce: the same entry from many hands at the same time is in the books once.
func TestPostAtOnce(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		setup(t, d)
		var wg sync.WaitGroup
		errs := make([]error, 8)
		for i := range errs {
			wg.Go(func() { _, _, errs[i] = Post(context.Background(), d, rent()) })
		}
		wg.Wait()
		for _, err := range errs {
			if err != nil {
				t.Error(err)
			}
		}
		holds(t, d, map[string]money.Minor{"6300": 120000, "1140": -120000})
	})
}

func TestRefused(t *testing.T) {
	t.Parallel()
	long := strings.Repeat("x", 501)
	cases := map[string]struct {
		change func(e *Entry)
		want   string
	}{
		"no id":         {func(e *Entry) { e.ID = id.ID{} }, ErrID.Code},
		"no day":        {func(e *Entry) { e.BusinessDay = "" }, ErrDay.Code},
		"far future":    {func(e *Entry) { e.BusinessDay = "2062-03-01" }, ErrDay.Code},
		"no memo":       {func(e *Entry) { e.Memo = " " }, ErrMemo.Code},
		"long memo":     {func(e *Entry) { e.Memo = long }, ErrMemo.Code},
		"bytes":         {func(e *Entry) { e.Memo = "\xff" }, ErrMemo.Code},
		"control":       {func(e *Entry) { e.Attachment = "a\x00b" }, ErrAttachment.Code},
		"card in memo":  {func(e *Entry) { e.Memo = "refund of 4111111111111111" }, ErrCard.Code},
		"card in line":  {func(e *Entry) { e.Lines[0].Party = "4111-1111-1111-1111" }, ErrCard.Code},
		"card attached": {func(e *Entry) { e.Attachment = "378282246310005.pdf" }, ErrCard.Code},
		"one line":      {func(e *Entry) { e.Lines = e.Lines[:1] }, ErrLines.Code},
		"many lines":    {func(e *Entry) { e.Lines = make([]Line, linesMost+1) }, ErrLines.Code},
		"zero":          {func(e *Entry) { e.Lines[0].Amount = 0 }, ErrAmount.Code},
		"huge":          {func(e *Entry) { e.Lines[0].Amount = money.MaxMinor + 1 }, ErrAmount.Code},
		"unbalanced":    {func(e *Entry) { e.Lines[0].Amount++ }, ErrUnbalanced.Code},
		"no account":    {func(e *Entry) { e.Lines[0].Account = "4711" }, ledger.ErrUnknownAccount.Code},
		"stock":         {func(e *Entry) { e.Lines[0].Account = "1300" }, ErrControl.Code},
		"drawer":        {func(e *Entry) { e.Lines[0].Account = "1110" }, ErrControl.Code},
		"suspense":      {func(e *Entry) { e.Lines[0].Account = "9999" }, ErrControl.Code},
		"no store":      {func(e *Entry) { e.Store = "S99" }, org.ErrNoStore.Code},
		"no foreign":    {func(e *Entry) { e.Lines[1].Account = "1145" }, ErrForeign.Code},
		"needless":      {func(e *Entry) { e.Lines[1].Foreign = money.Amount{Minor: -1, Currency: "EUR"} }, ErrForeign.Code},
		"wrong sign": {func(e *Entry) {
			e.Lines[1].Account, e.Lines[1].Foreign = "1145", money.Amount{Minor: 1, Currency: "EUR"}
		}, ErrForeign.Code},
		"wrong currency": {func(e *Entry) {
			e.Lines[1].Account, e.Lines[1].Foreign = "1145", money.Amount{Minor: -1, Currency: "CHF"}
		}, ErrForeign.Code},
		"long party": {func(e *Entry) { e.Lines[1].Party = long }, ErrText.Code},
	}
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		setup(t, d)
		for name, c := range cases {
			e := rent()
			c.change(&e)
			if _, _, err := Post(context.Background(), d, e); fault.CodeOf(err) != c.want {
				t.Errorf("%s: %v, want %s", name, err, c.want)
			}
		}
		holds(t, d, nil)
	})
}

func TestForeign(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		setup(t, d)
		e := rent()
		e.Lines[1] = Line{Account: "1145", Amount: -120000, Foreign: money.Amount{Minor: -110000, Currency: "EUR"}}
		if _, _, err := Post(context.Background(), d, e); err != nil {
			t.Fatal(err)
		}
		if _, fresh, err := Post(context.Background(), d, e); err != nil || fresh {
			t.Error(fresh, err)
		}
	})
}

func TestReverse(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		setup(t, d)
		if _, _, err := Post(context.Background(), d, rent()); err != nil {
			t.Fatal(err)
		}
		r := Reversal{Entry: entryID("rent"), BusinessDay: "2026-03-02", Memo: "booked twice"}
		e, fresh, err := Reverse(context.Background(), d, r)
		if err != nil || !fresh || e.Reverses != r.Entry || e.Kind != ledger.KindReversal {
			t.Fatal(e, fresh, err)
		}
		holds(t, d, nil)
		if again, fresh, err := Reverse(context.Background(), d, r); err != nil || fresh || again.ID != e.ID {
			t.Error(again, fresh, err)
		}
		r.Memo = "another reason"
		if _, _, err := Reverse(context.Background(), d, r); fault.CodeOf(err) != ledger.ErrAlreadyReversed.Code {
			t.Errorf("a second reversal: %v", err)
		}
		if _, _, err := Reverse(context.Background(), d, Reversal{Entry: entryID("none"), BusinessDay: "2026-03-02", Memo: "x"}); fault.CodeOf(err) != ledger.ErrUnknownEntry.Code {
			t.Errorf("an unknown entry: %v", err)
		}
		holds(t, d, nil)
	})
}

// soldAs posts a sale of 20.00 on clearing, as the checkout would.
func soldAs(t *testing.T, d *db.DB, account string) ledger.Entry {
	t.Helper()
	e := ledger.Entry{ID: entryID("sale"), Kind: "sale", Doc: entryID("receipt"), Store: "S01", BusinessDay: "2026-03-01", Lines: []ledger.Line{
		{Account: "1150", Amount: 2000, Store: "S01", Tender: "card"}, {Account: account, Amount: -2000, Store: "S01", Department: "apparel"},
		{Account: "5000", Amount: 800, Store: "S01", Department: "apparel"}, {Account: "1300", Amount: -800, Store: "S01"}}}
	if err := d.Write(context.Background(), func(tx *db.Tx) error { return ledger.Post(tx, &e) }); err != nil {
		t.Fatal(err)
	}
	return e
}

// should is what the sale should have said.
func should(account, department string) []Line {
	return []Line{{Account: "1150", Amount: 2000, Tender: "card"}, {Account: account, Amount: -2000, Department: department},
		{Account: "5000", Amount: 800, Department: "apparel"}, {Account: "1300", Amount: -800}}
}

// TestJ21: the delta of a sale in the wrong category; both entries stay and the total is the same.
func TestJ21(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		setup(t, d)
		soldAs(t, d, "4010")
		c := Correction{ID: entryID("fix"), Doc: entryID("receipt"), BusinessDay: "2026-03-05", Memo: "was footwear", Lines: should("4020", "footwear")}
		e, fresh, err := Correct(context.Background(), d, c)
		if err != nil || !fresh || e.Kind != KindCorrection || e.BusinessDay != "2026-03-05" {
			t.Fatal(e, fresh, err)
		}
		want := []ledger.Line{{Account: "4010", Amount: 2000, Store: "S01", Department: "apparel"}, {Account: "4020", Amount: -2000, Store: "S01", Department: "footwear"}}
		if len(e.Lines) != 2 || e.Lines[0] != want[0] || e.Lines[1] != want[1] {
			t.Errorf("delta %+v", e.Lines)
		}
		fixed := map[string]money.Minor{"1150": 2000, "4020": -2000, "5000": 800, "1300": -800}
		holds(t, d, fixed)
		if _, fresh, err = Correct(context.Background(), d, c); err != nil || fresh {
			t.Error(fresh, err)
		}
		c.ID = entryID("fix 2")
		if _, _, err = Correct(context.Background(), d, c); fault.CodeOf(err) != ErrNothing.Code {
			t.Errorf("nothing to correct: %v", err)
		}
		c.Lines = should("4010", "apparel")
		if _, fresh, err = Correct(context.Background(), d, c); err != nil || !fresh {
			t.Error(fresh, err)
		}
		fixed["4010"] = -2000
		delete(fixed, "4020")
		holds(t, d, fixed)
		if _, _, err := Reverse(context.Background(), d, Reversal{Entry: entryID("sale"), BusinessDay: "2026-03-06", Memo: "x"}); fault.CodeOf(err) != ErrNotByHand.Code {
			t.Errorf("a sale taken back by hand: %v", err)
		}
		if _, _, err := Reverse(context.Background(), d, Reversal{Entry: entryID("fix 2"), BusinessDay: "2026-03-06", Memo: "x"}); err != nil {
			t.Error(err)
		}
	})
}

func TestCorrectRefused(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		setup(t, d)
		soldAs(t, d, "4010")
		good := Correction{ID: entryID("fix"), Doc: entryID("receipt"), BusinessDay: "2026-03-05", Memo: "was footwear", Lines: should("4020", "footwear")}
		stock := should("4010", "apparel")
		stock[2].Amount, stock[3].Amount = 900, -900
		for name, c := range map[string]struct {
			change func(c *Correction)
			want   string
		}{
			"no id":       {func(c *Correction) { c.ID = id.ID{} }, ErrID.Code},
			"no document": {func(c *Correction) { c.Doc = entryID("none") }, ErrUnknownDoc.Code},
			"zero":        {func(c *Correction) { c.Doc = id.ID{} }, ErrUnknownDoc.Code},
			"stock":       {func(c *Correction) { c.Lines = stock }, ErrControl.Code},
			"unbalanced":  {func(c *Correction) { c.Lines[0].Amount++ }, ErrUnbalanced.Code},
			"no memo":     {func(c *Correction) { c.Memo = "" }, ErrMemo.Code},
		} {
			bad := good
			bad.Lines = append([]Line(nil), good.Lines...)
			c.change(&bad)
			if _, _, err := Correct(context.Background(), d, bad); fault.CodeOf(err) != c.want {
				t.Errorf("%s: %v", name, err)
			}
		}
		holds(t, d, map[string]money.Minor{"1150": 2000, "4010": -2000, "5000": 800, "1300": -800})
	})
}

// TestCorrectAtOnce: two people correct the same sale at the same time; the books say what the last
// one said, not both.
func TestCorrectAtOnce(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		setup(t, d)
		soldAs(t, d, "4010")
		var wg sync.WaitGroup
		errs := make([]error, 6)
		for i := range errs {
			c := Correction{ID: entryID("fix" + string(rune('a'+i))), Doc: entryID("receipt"), BusinessDay: "2026-03-05", Memo: "was footwear",
				Lines: should("4020", "footwear")}
			wg.Go(func() { _, _, errs[i] = Correct(context.Background(), d, c) })
		}
		wg.Wait()
		good := 0
		for _, err := range errs {
			if err == nil {
				good++
			} else if fault.CodeOf(err) != ErrNothing.Code {
				t.Error(err)
			}
		}
		if good != 1 {
			t.Errorf("%d corrections posted", good)
		}
		holds(t, d, map[string]money.Minor{"1150": 2000, "4020": -2000, "5000": 800, "1300": -800})
	})
}
