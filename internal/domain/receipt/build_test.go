package receipt_test

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strconv"
	"testing"

	"pgregory.net/rapid"

	"github.com/tillpost/tillpost/internal/base/fault"
	"github.com/tillpost/tillpost/internal/base/fixed"
	"github.com/tillpost/tillpost/internal/base/money"
	"github.com/tillpost/tillpost/internal/base/qty"
	"github.com/tillpost/tillpost/internal/domain/pricing"
	"github.com/tillpost/tillpost/internal/domain/receipt"
)

// quoteOf is a tax-free quote of one service worth total; below zero it is a return.
func quoteOf(c money.Currency, total money.Minor) pricing.Quote {
	q := pricing.Quote{Currency: c, TaxRounding: "line", TaxMode: fixed.HalfUp}
	n := qty.One
	if total < 0 {
		n = -n
	}
	q.Lines = []pricing.Line{{No: 1, Kind: pricing.ServiceLine, Name: "x", Qty: n, UnitPrice: must(money.PriceOf(total.Abs(), c)), Extended: total, Net: total, Reason: "r"}}
	return q
}

// nothing is a quote without lines.
func nothing() pricing.Quote {
	q := quoteOf("EUR", 0)
	q.Lines = nil
	return q
}

func cash(n money.Minor) receipt.Payment {
	return receipt.Payment{Type: "cash", Cash: true, Amount: n, Drawer: "D1"}
}
func card(n money.Minor) receipt.Payment { return receipt.Payment{Type: "card", Amount: n} }
func rest(p receipt.Payment) receipt.Payment {
	p.Rest = true
	return p
}
func foreign(c money.Currency, n money.Minor, fx string) receipt.Payment {
	return receipt.Payment{Type: "cash", Cash: true, Amount: n, Currency: c, FX: rateOf(fx), Drawer: "D-" + string(c)}
}

func step(c money.Currency, n money.Minor, mode fixed.Rounding) []receipt.CashStep {
	return []receipt.CashStep{{Currency: c, Step: n, Mode: mode}}
}

func TestSettlement(t *testing.T) {
	t.Parallel()
	type p = []receipt.Payment
	five := step("CHF", 5, "")
	for name, c := range map[string]struct {
		cur      money.Currency
		total    money.Minor
		pay      receipt.Settlement
		tenders  []money.Minor
		rounding money.Minor
		fault    string
	}{
		"card":                         {"EUR", 1250, receipt.Settlement{Payments: p{card(1250)}}, []money.Minor{1250}, 0, ""},
		"exact cash":                   {"EUR", 1250, receipt.Settlement{Payments: p{cash(1250)}}, []money.Minor{1250}, 0, ""},
		"change":                       {"EUR", 1250, receipt.Settlement{Payments: p{cash(2000)}}, []money.Minor{1250}, 0, ""},
		"two notes are one tender":     {"EUR", 2250, receipt.Settlement{Payments: p{cash(2000), cash(500)}}, []money.Minor{2250}, 0, ""},
		"split":                        {"EUR", 2250, receipt.Settlement{Payments: p{card(1000), cash(2000)}}, []money.Minor{1000, 1250}, 0, ""},
		"the rest by card":             {"EUR", 2250, receipt.Settlement{Payments: p{cash(1000), rest(card(0))}}, []money.Minor{1000, 1250}, 0, ""},
		"the rest in cash":             {"EUR", 2250, receipt.Settlement{Payments: p{card(1000), rest(cash(0))}}, []money.Minor{1000, 1250}, 0, ""},
		"short":                        {"EUR", 2250, receipt.Settlement{Payments: p{card(1000), cash(1000)}}, nil, 0, "tenders_short"},
		"nothing paid":                 {"EUR", 2250, receipt.Settlement{}, nil, 0, "tenders_short"},
		"card short":                   {"EUR", 2250, receipt.Settlement{Payments: p{card(2249)}}, nil, 0, "tenders_short"},
		"card too much":                {"EUR", 2250, receipt.Settlement{Payments: p{card(2251)}}, nil, 0, "over_tendered"},
		"card too much, change asked":  {"EUR", 2250, receipt.Settlement{Payments: p{card(5000), rest(cash(0))}}, nil, 0, "over_tendered"},
		"card pays all, cash returned": {"EUR", 2250, receipt.Settlement{Payments: p{card(2250), cash(500)}}, []money.Minor{2250}, 0, ""},
		"free":                         {"EUR", 0, receipt.Settlement{}, nil, 0, ""},
		"cash rounding up":             {"CHF", 1253, receipt.Settlement{Payments: p{cash(2000)}, Steps: five}, []money.Minor{1255}, 2, ""},
		"cash rounding down":           {"CHF", 1252, receipt.Settlement{Payments: p{cash(2000)}, Steps: five}, []money.Minor{1250}, -2, ""},
		"a card is not rounded":        {"CHF", 1253, receipt.Settlement{Payments: p{card(1253)}, Steps: five}, []money.Minor{1253}, 0, ""},
		"only the cash is rounded":     {"CHF", 1253, receipt.Settlement{Payments: p{card(600), rest(cash(0))}, Steps: five}, []money.Minor{600, 655}, 2, ""},
		"short by the rounding":        {"CHF", 1253, receipt.Settlement{Payments: p{cash(1250)}, Steps: five}, nil, 0, "tenders_short"},
		"refund in cash":               {"CHF", -1253, receipt.Settlement{Payments: p{rest(cash(0))}, Steps: five}, []money.Minor{-1255}, -2, ""},
		"refund by card":               {"CHF", -1253, receipt.Settlement{Payments: p{card(-1253)}, Steps: five}, []money.Minor{-1253}, 0, ""},
		"refund split":                 {"CHF", -1253, receipt.Settlement{Payments: p{card(-1000), rest(cash(0))}, Steps: five}, []money.Minor{-1000, -255}, -2, ""},
		"refund short":                 {"CHF", -1253, receipt.Settlement{Payments: p{card(-1000)}}, nil, 0, "tenders_short"},
		"refund too much":              {"CHF", -1253, receipt.Settlement{Payments: p{card(-2000)}}, nil, 0, "over_tendered"},
		"cash out over a card":         {"CHF", -500, receipt.Settlement{Payments: p{card(1000), rest(cash(0))}}, nil, 0, "over_tendered"},
		"refund with a note":           {"CHF", -500, receipt.Settlement{Payments: p{cash(1000)}}, []money.Minor{-500}, 0, ""},
		// J13: 47.50 USD of goods at 36.62, paid with 50 USD, change in cordobas.
		"change in another currency": {"NIO", 173945, receipt.Settlement{Payments: p{foreign("USD", 5000, "36.62")}}, []money.Minor{183100, -9155}, 0, ""},
		"change into the local cash": {"NIO", 173945, receipt.Settlement{Payments: p{foreign("USD", 4000, "36.62"), cash(30000)}}, []money.Minor{146480, 27465}, 0, ""},
		"change in the foreign currency": {"NIO", 173940, receipt.Settlement{Payments: p{foreign("USD", 5000, "36.62")},
			Change: &receipt.Change{Type: "cash", Currency: "USD", FX: rateOf("36.62"), Drawer: "D-USD"}}, []money.Minor{173945}, 5, ""},
		"change abroad without a rate": {"NIO", 173940, receipt.Settlement{Payments: p{foreign("USD", 5000, "36.62")},
			Change: &receipt.Change{Type: "cash", Currency: "USD"}}, nil, 0, "foreign_tender"},
		"change in coins that exist": {"CHF", 7317, receipt.Settlement{Payments: p{foreign("USD", 10000, "0.9074")}, Steps: step("CHF", 10, "")}, []money.Minor{9074, -1760}, -3, ""},
		"foreign rest":               {"NIO", 173940, receipt.Settlement{Payments: p{rest(foreign("USD", 0, "36.62"))}}, []money.Minor{173945}, 5, ""},
		"yen for dinars":             {"KWD", 12_345, receipt.Settlement{Payments: p{foreign("JPY", 6000, "0.00208"), card(-1)}}, []money.Minor{12480, -1, -134}, 0, ""},
		"no rate":                    {"NIO", 100, receipt.Settlement{Payments: p{{Type: "cash", Cash: true, Amount: 5, Currency: "USD"}}}, nil, 0, "payment_invalid"},
		"rate at home":               {"NIO", 100, receipt.Settlement{Payments: p{{Type: "cash", Cash: true, Amount: 100, FX: 5}}}, nil, 0, "payment_invalid"},
		"amount and rest":            {"EUR", 100, receipt.Settlement{Payments: p{rest(cash(100))}}, nil, 0, "payment_invalid"},
		"two rests":                  {"EUR", 100, receipt.Settlement{Payments: p{rest(cash(0)), rest(card(0))}}, nil, 0, "payment_invalid"},
		"neither":                    {"EUR", 100, receipt.Settlement{Payments: p{cash(0)}}, nil, 0, "payment_invalid"},
		"no type":                    {"EUR", 100, receipt.Settlement{Payments: p{{Amount: 100}}}, nil, 0, "text_missing"},
		"huge":                       {"EUR", 100, receipt.Settlement{Payments: p{cash(money.MaxMinor + 1)}}, nil, 0, "amount_too_large"},
		"worth too much":             {"EUR", 100, receipt.Settlement{Payments: p{foreign("USD", money.MaxMinor, "99999")}}, nil, 0, "amount_too_large"},
		"unknown currency":           {"EUR", 100, receipt.Settlement{Payments: p{foreign("ABC", 100, "1")}}, nil, 0, "unknown_currency"},
		"rounding like none":         {"EUR", 100_000, receipt.Settlement{Payments: p{cash(200_000)}, Steps: step("EUR", 15_000, fixed.Up)}, nil, 0, "rounding_too_large"},
	} {
		r, err := receipt.Build(head(1), quoteOf(c.cur, c.total), nil, c.pay)
		if fault.CodeOf(err) != c.fault {
			t.Errorf("%s: %v, want %q", name, err, c.fault)
		}
		if err != nil || c.fault != "" {
			continue
		}
		ok := len(r.Tenders) == len(c.tenders) && r.Rounding == c.rounding
		for i := range c.tenders {
			ok = ok && r.Tenders[i].Amount == c.tenders[i]
		}
		if !ok {
			t.Errorf("%s: rounding %d, %+v", name, r.Rounding, r.Tenders)
		}
	}
}

func TestForeignCashKeepsItsDrawer(t *testing.T) {
	t.Parallel()
	r := must(receipt.Build(head(1), quoteOf("NIO", 173945), nil, receipt.Settlement{Payments: []receipt.Payment{foreign("USD", 5000, "36.62")}}))
	in, out := r.Tenders[0], r.Tenders[1]
	if in.Foreign != (money.Amount{Minor: 5000, Currency: "USD"}) || in.FX != rateOf("36.62") || in.Drawer != "D-USD" {
		t.Errorf("taken: %+v", in)
	}
	if out.Foreign.Currency != "" || out.FX != 0 || out.Drawer != "" || out.Type != "cash" {
		t.Errorf("given: %+v", out)
	}
}

// Whatever is paid: tenders are total and rounding, cash rounding stays below the step, and cards
// are what was asked of them.
func TestAnySettlement(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(rt *rapid.T) {
		total := money.Minor(rapid.Int64Range(-50_000, 50_000).Draw(rt, "total"))
		s := receipt.Settlement{Steps: step("CHF", money.Minor(rapid.Int64Range(1, 50).Draw(rt, "step")), rapid.SampledFrom([]fixed.Rounding{"", fixed.Up, fixed.Down, fixed.HalfEven}).Draw(rt, "mode"))}
		var cards money.Minor
		for range rapid.IntRange(0, 3).Draw(rt, "cards") {
			n := money.Minor(rapid.Int64Range(1, 20_000).Draw(rt, "card"))
			if total < 0 {
				n = -n
			}
			cards += n
			s.Payments = append(s.Payments, card(n))
		}
		for range rapid.IntRange(0, 2).Draw(rt, "notes") {
			s.Payments = append(s.Payments, cash(money.Minor(rapid.Int64Range(1, 300).Draw(rt, "note")*100)))
		}
		if rapid.Bool().Draw(rt, "dollars") {
			s.Payments = append(s.Payments, foreign("USD", money.Minor(rapid.Int64Range(1, 300).Draw(rt, "usd")*100), "0.8765"))
			if rapid.Bool().Draw(rt, "back") {
				s.Change = &receipt.Change{Type: "cash", Currency: "USD", FX: rateOf("0.8765"), Drawer: "D-USD"}
			}
		}
		if rapid.Bool().Draw(rt, "rest") {
			s.Payments = append(s.Payments, rest(cash(0)))
		}
		r, err := receipt.Build(head(1), quoteOf("CHF", total), nil, s)
		if err != nil {
			return // short or over; what is refused is the table's matter
		}
		if r.Tendered() != total+r.Rounding || r.Total() != total {
			rt.Fatalf("%+v", r)
		}
		var paid money.Minor
		for _, x := range r.Tenders {
			if x.Type == "card" {
				paid += x.Amount
			}
		}
		if paid != cards || r.Rounding.Abs() > s.Steps[0].Step+1 {
			rt.Fatalf("cards %d, rounding %d", paid, r.Rounding)
		}
	})
}

func TestExchange(t *testing.T) {
	t.Parallel()
	sale := j11()
	back := must(receipt.Refund(&sale, nil, []receipt.Take{{Line: 1, Qty: qty.One, Reason: "colour"}}))
	q := sale.Terms()
	q.Lines = []pricing.Line{{No: 1, Kind: pricing.ItemLine, Item: "CUP", Qty: qty.One, UnitPrice: priceOf("12"), Extended: 1200, Net: 1200}}
	r, err := receipt.Build(head(2), q, back, receipt.Settlement{Payments: []receipt.Payment{cash(500)}})
	if err != nil {
		t.Fatal(err)
	}
	if r.Total() != 201 || r.Lines[0].Return == nil || r.Lines[1].No != 2 || r.Tendered() != 201 || r.Kind != receipt.Sale {
		t.Errorf("%+v", r)
	}
}

func TestSpecialReceipts(t *testing.T) {
	t.Parallel()
	h := head(1)
	h.Kind = receipt.Training
	r := must(receipt.Build(h, quoteOf("EUR", 500), nil, receipt.Settlement{Payments: []receipt.Payment{cash(1000)}}))
	if r.Posts() || r.Number != 1 {
		t.Error("a training receipt keeps its number and posts nothing")
	}
	h.Kind = receipt.Aborted
	if r = must(receipt.Build(h, nothing(), nil, receipt.Settlement{})); r.Posts() || len(r.Lines) != 0 {
		t.Errorf("%+v", r)
	}
	if _, err := receipt.Build(h, quoteOf("EUR", 500), nil, receipt.Settlement{Payments: []receipt.Payment{cash(500)}}); fault.CodeOf(err) != "aborted_not_empty" {
		t.Errorf("%v", err)
	}
	h.Kind = receipt.Void
	if _, err := receipt.Build(h, nothing(), nil, receipt.Settlement{}); fault.CodeOf(err) != "void_reference" {
		t.Errorf("%v", err)
	}
	q := quoteOf("EUR", -500)
	r = must(receipt.Build(head(1), q, nil, receipt.Settlement{Payments: []receipt.Payment{rest(cash(0))}}))
	if r.Lines[0].Return == nil || r.Lines[0].Return.Reason != "r" || !r.Lines[0].Return.Receipt.IsZero() {
		t.Error("goods that come back without a receipt are returns too")
	}
}

// The kinds of line are the same in a quote and on a receipt.
func TestKindsAgree(t *testing.T) {
	t.Parallel()
	for q, r := range map[pricing.Kind]receipt.LineKind{
		pricing.ItemLine: receipt.Item, pricing.ServiceLine: receipt.Service, pricing.ServiceCharge: receipt.ServiceCharge,
		pricing.Tip: receipt.Tip, pricing.GiftCard: receipt.GiftCard, pricing.StoreCredit: receipt.StoreCredit,
		pricing.Deposit: receipt.Deposit, pricing.BottleDeposit: receipt.BottleDeposit, pricing.Charity: receipt.Charity,
		pricing.Consignment: receipt.Consignment, pricing.Fee: receipt.Fee, pricing.OnAccount: receipt.OnAccount,
	} {
		if string(q) != string(r) {
			t.Errorf("%s is %s on the receipt", q, r)
		}
	}
}

// roundingFact is a total, a cash step and what is paid: our own, and those of another till when the
// shared data is there (amounts in major units, as they are written there).
type roundingFact struct {
	ID      string      `json:"id"`
	Total   json.Number `json:"total"`
	Order   json.Number `json:"order_total"`
	Step    json.Number `json:"step"`
	Method  string      `json:"method"`
	Payable json.Number `json:"payable"`
	Paid    json.Number `json:"amount_paid"`
}

func TestCashRoundingFacts(t *testing.T) {
	t.Parallel()
	facts := []roundingFact{
		{ID: "own-1", Total: "19.98", Step: "0.05", Method: "HALF-UP", Payable: "20.00"},
		{ID: "own-2", Total: "-19.98", Step: "0.05", Method: "DOWN", Payable: "-19.95"},
		{ID: "own-3", Total: "0.02", Step: "0.05", Method: "HALF-UP", Payable: "0"},
	}
	facts = append(facts, sharedFacts(t)...)
	modes := map[string]fixed.Rounding{"HALF-UP": fixed.HalfUp, "UP": fixed.Up, "DOWN": fixed.Down}
	for _, f := range facts {
		total, s := eur(t, f.Total, f.Order), eur(t, f.Step, "0")
		want := eur(t, f.Payable, f.Paid)
		pay := receipt.Settlement{Payments: []receipt.Payment{rest(cash(0))}, Steps: step("EUR", s, modes[f.Method])}
		if f.Payable == "" && want%s != 0 { // paid in parts: the odd cents by card, the rest in cash
			pay.Payments = append(pay.Payments, card(want%s))
		}
		r, err := receipt.Build(head(1), quoteOf("EUR", total), nil, pay)
		if err != nil || r.Tendered() != want || r.Rounding != want-total {
			t.Errorf("%s: %v, paid %d with rounding %d, want %d", f.ID, err, r.Tendered(), r.Rounding, want)
		}
	}
}

func sharedFacts(t *testing.T) []roundingFact {
	root := os.Getenv("TILLPOST_SHARED")
	if root == "" {
		root = filepath.Join("..", "..", "..", "..", "shared")
	}
	text, err := os.ReadFile(filepath.Join(root, "data", "tax-rounding", "cases.json"))
	if err != nil {
		return nil
	}
	var doc struct {
		Facts []roundingFact `json:"cash_rounding"`
	}
	if err := json.Unmarshal(text, &doc); err != nil || len(doc.Facts) < 15 {
		t.Fatalf("%d facts: %v", len(doc.Facts), err)
	}
	return doc.Facts
}

func eur(t *testing.T, a, b json.Number) money.Minor {
	t.Helper()
	if a == "" {
		a = b
	}
	f, err := strconv.ParseFloat(string(a), 64) // test data only: 15.7 is written there, not 15.70
	if err != nil {
		t.Fatal(err)
	}
	n, err := money.Currency("EUR").Parse(strconv.FormatFloat(f, 'f', 2, 64))
	if err != nil {
		t.Fatal(err)
	}
	return n
}
