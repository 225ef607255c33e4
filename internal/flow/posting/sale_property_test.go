package posting

import (
	"math"
	"slices"
	"strings"
	"testing"

	"github.com/tillpost/tillpost/internal/base/fault"
	"github.com/tillpost/tillpost/internal/base/fixed"
	"github.com/tillpost/tillpost/internal/base/id"
	"github.com/tillpost/tillpost/internal/base/money"
	"github.com/tillpost/tillpost/internal/base/qty"
	"github.com/tillpost/tillpost/internal/domain/inventory"
	"github.com/tillpost/tillpost/internal/domain/ledger"
	"github.com/tillpost/tillpost/internal/domain/receipt"
	"pgregory.net/rapid"
)

var lineKinds = []receipt.LineKind{receipt.Item, receipt.Item, receipt.Item, receipt.Service, receipt.ServiceCharge, receipt.Tip, receipt.GiftCard,
	receipt.StoreCredit, receipt.Deposit, receipt.BottleDeposit, receipt.Charity, receipt.Consignment, receipt.Fee, receipt.OnAccount, "odd"}

var tenderTypes = []string{"cash", "card", "amex", "giftcard", "credit", "account", "coupon", "points", "market", "transfer", "check",
	"unspecified", "other", "PayLater-X"}

// anyReceipt draws a receipt that foots, with its costs and its unexplained difference. Departments,
// tax codes, items and tender types are sometimes unknown.
func anyReceipt(t *rapid.T) (*receipt.Receipt, []inventory.Cost, money.Minor) {
	r := sale(1, nil)
	r.Source = "file"
	lines := rapid.IntRange(0, 80).Draw(t, "lines")
	var costs []inventory.Cost
	for i := range lines {
		l := anyLine(t)
		l.No = i + 1
		r.Lines = append(r.Lines, l)
		if l.Kind == receipt.Item {
			c := inventory.Cost{Line: l.No, Location: "S01", Kind: inventory.Sale, Value: money.Minor(rapid.Int64Range(-5000, 5000).Draw(t, "cost"))}
			if l.Return != nil && rapid.Bool().Draw(t, "damaged") {
				c.Kind = inventory.Damaged
			}
			costs = append(costs, c)
		}
	}
	r.Rounding = money.Minor(rapid.Int64Range(-4, 4).Draw(t, "rounding"))
	unexplained := money.Minor(rapid.SampledFrom([]int64{0, 0, 0, -150, 99}).Draw(t, "unexplained"))
	due := r.Total() + r.Rounding + unexplained
	for due != 0 {
		part := due
		if len(r.Tenders) < 3 && rapid.Bool().Draw(t, "split") {
			part = money.Minor(rapid.Int64Range(-10000, 10000).Draw(t, "part"))
		}
		tender := receipt.Tender{Type: rapid.SampledFrom(tenderTypes).Draw(t, "tender"), Amount: part, Party: rapid.SampledFrom([]string{"", "17"}).Draw(t, "party")}
		if rapid.IntRange(0, 5).Draw(t, "foreign") == 0 {
			tender.Foreign = money.Amount{Minor: part / 2, Currency: "EUR"}
		}
		r.Tenders = append(r.Tenders, tender)
		due -= part
	}
	return r, costs, unexplained
}

func anyLine(t *rapid.T) receipt.Line {
	l := receipt.Line{Kind: rapid.SampledFrom(lineKinds).Draw(t, "kind"), Qty: qty.One,
		Item:       rapid.SampledFrom([]string{"", "a", "b", "unknown"}).Draw(t, "item"),
		Department: rapid.SampledFrom([]string{"", "apparel", "footwear", "new"}).Draw(t, "department"),
		Party:      rapid.SampledFrom([]string{"", "K7", "K8"}).Draw(t, "party"),
		Net:        money.Minor(rapid.Int64Range(-20000, 50000).Draw(t, "net")), NetDiscount: money.Minor(rapid.Int64Range(0, 300).Draw(t, "discount"))}
	if l.Kind == receipt.Consignment {
		l.Commission = l.Net / 3
	}
	if rapid.IntRange(0, 4).Draw(t, "return") == 0 {
		l.Return = &receipt.Return{}
	}
	for _, code := range rapid.SliceOfN(rapid.SampledFrom([]string{"US-STATE", "US-COUNTY", "NEW-TAX"}), 0, 2).Draw(t, "taxes") {
		l.Taxes = append(l.Taxes, tax(code, money.Minor(rapid.Int64Range(-900, 900).Draw(t, "tax"))))
	}
	return l
}

func anyBooks() Books {
	b := workedBooks("USD")
	b.Items = func(sku string) bool { return sku != "unknown" }
	return b
}

// TestSaleBalances: every receipt that foots gives a balanced entry, no line is zero, every line in
// suspense says why and is told of, and no amount gets lost.
func TestSaleBalances(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		r, costs, unexplained := anyReceipt(t)
		e, unknown, err := Sale(r, costs, unexplained, anyBooks())
		if err != nil {
			t.Fatal(err)
		}
		if sum, err := e.Sum(); err != nil || sum != 0 {
			t.Fatalf("sum %d, %v", sum, err)
		}
		suspended, told := map[string]money.Minor{}, map[string]money.Minor{}
		var taxes money.Minor
		for _, l := range e.Lines {
			if l.Amount == 0 || l.Store != "S01" || (l.Account == "9999") != (l.Unknown != "") {
				t.Fatalf("line %+v", l)
			}
			if l.Unknown != "" {
				suspended[l.Unknown] += l.Amount
			}
			if l.TaxCode != "" {
				taxes -= l.Amount
			}
		}
		for _, u := range unknown {
			told[u.Key] = u.Amount
		}
		for k, v := range suspended {
			if told[k] != v {
				t.Fatalf("%s: %d in suspense, %d told", k, v, told[k])
			}
		}
		var want money.Minor
		for i := range r.Lines {
			want += r.Lines[i].Tax()
		}
		if taxes != want {
			t.Fatalf("taxes %d, receipt %d", taxes, want)
		}
	})
}

// TestVoidIsMirror: the void of a receipt undoes its entry line by line.
func TestVoidIsMirror(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		r, costs, unexplained := anyReceipt(t)
		e, _, err := Sale(r, costs, unexplained, anyBooks())
		if err != nil {
			t.Fatal(err)
		}
		v, turned := void(r, costs)
		m, _, err := Sale(v, turned, -unexplained, anyBooks())
		if err != nil {
			t.Fatal(err)
		}
		if m.Kind != "void" || !slices.Equal(m.Lines, Mirror(e.Lines)) {
			t.Fatalf("void is not the mirror:\n%s%s", block("sale", e.Lines), block("void", m.Lines))
		}
	})
}

// void turns all signs.
func void(r *receipt.Receipt, costs []inventory.Cost) (*receipt.Receipt, []inventory.Cost) {
	v := *r
	v.ID, v.Kind, v.Voids, v.Rounding = id.Derive(noon, "void", r.ID.String()), receipt.Void, r.ID, -r.Rounding
	v.Lines = slices.Clone(r.Lines)
	for i := range v.Lines {
		l := &v.Lines[i]
		l.Qty, l.Extended, l.Net, l.NetDiscount, l.Commission = -l.Qty, -l.Extended, -l.Net, -l.NetDiscount, -l.Commission
		l.Taxes = slices.Clone(l.Taxes)
		for j := range l.Taxes {
			l.Taxes[j].Base, l.Taxes[j].Amount = -l.Taxes[j].Base, -l.Taxes[j].Amount
		}
	}
	v.Tenders = slices.Clone(r.Tenders)
	for i := range v.Tenders {
		v.Tenders[i].Amount, v.Tenders[i].Foreign.Minor = -v.Tenders[i].Amount, -v.Tenders[i].Foreign.Minor
	}
	turned := slices.Clone(costs)
	for i := range turned {
		turned[i].Value, turned[i].Qty = -turned[i].Value, -turned[i].Qty
	}
	return &v, turned
}

// TestRefundPartition: refunding a sale in any partition posts exactly the sale back: tax, cost and
// tender accounts return to zero, and returns equal sales less discounts.
func TestRefundPartition(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		net, discount := money.Minor(rapid.Int64Range(1, 1e6).Draw(t, "net")), money.Minor(rapid.Int64Range(0, 1e4).Draw(t, "discount"))
		state, county := money.Minor(rapid.Int64Range(0, 1e5).Draw(t, "state")), money.Minor(rapid.Int64Range(0, 1e4).Draw(t, "county"))
		value := money.Minor(rapid.Int64Range(0, 1e5).Draw(t, "cost"))
		weights := rapid.SliceOfN(rapid.Int64Range(1, 20), 1, 9).Draw(t, "parts")
		books := workedBooks("USD")
		sold := sale(1, []receipt.Line{goods("apparel", net, discount, us(state, county)...)}, pay("card", net+state+county))
		e, _, err := Sale(sold, []inventory.Cost{cost(1, value)}, 0, books)
		if err != nil {
			t.Fatal(err)
		}
		lines := slices.Clone(e.Lines)
		split := func(total money.Minor) []money.Minor {
			s, err := money.Split(total, weights)
			if err != nil {
				t.Fatal(err)
			}
			return s
		}
		nets, states, counties, values := split(net), split(state), split(county), split(value)
		for i := range weights {
			line := back(goods("apparel", -nets[i], -nets[i]/50, us(-states[i], -counties[i])...))
			refund := sale(int64(i+2), []receipt.Line{line}, pay("card", -nets[i]-states[i]-counties[i]))
			e, _, err := Sale(refund, []inventory.Cost{cost(1, -values[i])}, 0, books)
			if err != nil {
				t.Fatal(err)
			}
			lines = append(lines, e.Lines...)
		}
		left := map[string]money.Minor{}
		for _, l := range ledger.Fold(lines) {
			left[l.Account] += l.Amount
		}
		for account, amount := range left {
			want := map[string]money.Minor{"4010": -(net + discount), "4080": discount, "4090": net}[account]
			if amount != want {
				t.Fatalf("%s holds %d, want %d", account, amount, want)
			}
		}
	})
}

// TestNotPosted: training and aborted receipts give no entry.
func TestNotPosted(t *testing.T) {
	t.Parallel()
	for _, kind := range []receipt.Kind{receipt.Training, receipt.Aborted} {
		r := sale(1, []receipt.Line{goods("apparel", 100, 0)}, pay("cash", 100))
		r.Kind = kind
		e, unknown, err := Sale(r, nil, 0, workedBooks("USD"))
		if err != nil || len(e.Lines) != 0 || len(unknown) != 0 {
			t.Errorf("%s: %v, %d lines", kind, err, len(e.Lines))
		}
	}
}

// TestRefused: what can never be an entry.
func TestRefused(t *testing.T) {
	t.Parallel()
	books := workedBooks("USD")
	good := func() *receipt.Receipt { return sale(1, []receipt.Line{goods("apparel", 100, 0)}, pay("cash", 100)) }
	for name, c := range map[string]struct {
		change func(r *receipt.Receipt, b *Books)
		want   string
	}{
		"another currency": {func(r *receipt.Receipt, _ *Books) { r.Currency = "EUR" }, ErrCurrency.Code},
		"does not foot":    {func(r *receipt.Receipt, _ *Books) { r.Tenders[0].Amount = 99 }, ErrFooting.Code},
		"no suspense": {func(r *receipt.Receipt, b *Books) {
			b.Roles = ledger.NewRoles()
		}, ErrNoSuspense.Code},
		"overflow": {func(r *receipt.Receipt, _ *Books) {
			r.Lines = append(r.Lines, goods("apparel", math.MaxInt64, 0), goods("apparel", math.MaxInt64, 0))
		}, fault.CodeOf(fixed.ErrOverflow)},
	} {
		r, b := good(), books
		c.change(r, &b)
		if _, _, err := Sale(r, nil, 0, b); fault.CodeOf(err) != c.want {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// TestUnknowns names each thing that is not known, and where it waits.
func TestUnknowns(t *testing.T) {
	t.Parallel()
	books := workedBooks("USD")
	books.Roles = ledger.NewRoles()
	for _, c := range chart {
		if c.role != RoleTips {
			books.Roles.Set(c.role, c.key, c.account)
		}
	}
	books.Items = func(sku string) bool { return sku == "known" }
	r := sale(42, []receipt.Line{
		{Kind: receipt.Item, Item: "new", Net: 900, NetDiscount: 100, Taxes: []receipt.Tax{tax("MOON", 77)}},
		{Kind: receipt.Item, Item: "known", Net: 500},
		plain(receipt.Tip, 50), {Kind: "wish", Net: 5},
	}, pay("cash", 1000), pay("shells", 534))
	r.Tenders[0].Foreign = money.Amount{Minor: 900, Currency: "EUR"}
	r.Source = "old till"
	e, unknown, err := Sale(r, nil, 2, books)
	if err != nil {
		t.Fatal(err)
	}
	if e.Memo != "S01/R1 #42" || e.Doc != r.ID || e.ID == r.ID || e.ID != EntryID(r.ID) {
		t.Errorf("header %+v", e)
	}
	var keys []string
	for _, u := range unknown {
		keys = append(keys, u.Kind+" "+u.Key)
		if u.Message == "" || !strings.Contains(u.Message, u.Key) {
			t.Errorf("%s says %q", u.Key, u.Message)
		}
	}
	slices.Sort(keys)
	want := []string{"unexplained difference:old till", "unknown_account account:drawer/S01/R1/EUR", "unknown_account account:tips_payable",
		"unknown_item item:new", "unknown_line line:wish", "unknown_tax tax:MOON", "unknown_tender tender:shells"}
	if !slices.Equal(keys, want) {
		t.Errorf("got %q\nwant %q", keys, want)
	}
	golden(t, "unknowns", block("Everything unknown", e.Lines))
}

// TestManyParties: thousands of consignors cost time in proportion.
func TestManyParties(t *testing.T) {
	t.Parallel()
	var lines []receipt.Line
	for i := range 10_000 {
		lines = append(lines, receipt.Line{Kind: receipt.Consignment, Party: "K" + string(rune('a'+i%26)) + strings.Repeat("x", i/26%400), Net: 10})
	}
	e := booked(t, workedBooks("USD"), sale(1, lines, pay("cash", 100_000)))
	if len(e.Lines) < 5000 {
		t.Errorf("%d lines", len(e.Lines))
	}
}

// BenchmarkSale books a year of 25,900 receipts with 21 lines, as the demo shop has it.
func BenchmarkSale(b *testing.B) {
	books := workedBooks("USD")
	departments := []string{"apparel", "footwear", "gifts"}
	var lines []receipt.Line
	var costs []inventory.Cost
	for i := range 21 {
		lines = append(lines, goods(departments[i%3], 1200, 100, tax("US-STATE", 72)))
		costs = append(costs, cost(i+1, 700))
	}
	r := sale(1, lines, pay("card", 21*1272))
	b.ReportAllocs()
	for b.Loop() {
		if _, _, err := Sale(r, costs, 0, books); err != nil {
			b.Fatal(err)
		}
	}
}
