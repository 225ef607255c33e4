package pricing_test

import (
	"slices"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/tillpost/tillpost/internal/base/money"
	"github.com/tillpost/tillpost/internal/base/qty"
	"github.com/tillpost/tillpost/internal/domain/pricing"
)

var (
	food   = pricing.Match{Departments: []string{"food"}}
	toys   = pricing.Match{Departments: []string{"toys"}}
	tagged = pricing.Match{Tags: []string{"set"}}
	free   = pricing.Benefit{Rate: rate("1")}
)

func part(n int64, m pricing.Match) *pricing.Part { return &pricing.Part{Match: m, Count: n} }

func TestSchemes(t *testing.T) {
	t.Parallel()
	threeForTwo := pricing.Promotion{Code: "P", Name: "3 for 2", Scheme: pricing.BuyGet, Buy: part(2, tagged), Get: part(1, pricing.Match{}), Benefit: free}
	anyThree := pricing.Promotion{Code: "P", Name: "any 3 for 20", Scheme: pricing.MixMatch, Parts: []pricing.Part{*part(3, tagged)}, Benefit: pricing.Benefit{Price: price("20")}}
	menu := pricing.Promotion{Code: "P", Name: "menu", Scheme: pricing.Bundle, Benefit: pricing.Benefit{Price: price("12.50")},
		Parts: []pricing.Part{*part(1, pricing.Match{Items: []string{"A"}}), *part(2, pricing.Match{Items: []string{"D", "E"}})}}
	cake := pricing.Promotion{Code: "P", Name: "a toy with two foods", Scheme: pricing.BuyGet, Buy: part(2, food), Get: part(1, toys), Benefit: pricing.Benefit{Rate: rate("0.5")}}
	dearest := cake
	dearest.Dearest = true
	breaks := pricing.Promotion{Code: "P", Name: "more is less", Scheme: pricing.QuantityBreak, Match: food, Tiers: []pricing.Tier{
		{Min: qty.Of(3), Benefit: pricing.Benefit{Rate: rate("0.1")}}, {Min: qty.Of(6), Benefit: pricing.Benefit{Amount: minor(150)}}}}
	together := breaks
	together.Together = true
	limited := threeForTwo
	limited.Limit = 1
	happy := pricing.Promotion{Code: "P", Name: "happy hour", Scheme: pricing.PerUnit, Match: pricing.Match{Except: []string{"B"}}, Benefit: pricing.Benefit{Rate: rate("0.15")}}
	twoFixed := pricing.Promotion{Code: "P", Name: "two at 7", Scheme: pricing.PerUnit, Match: food, Benefit: pricing.Benefit{Price: price("7")}, Limit: 2}
	perKilo := pricing.Promotion{Code: "P", Name: "cheese week", Scheme: pricing.PerUnit, Match: pricing.Match{Items: []string{"CHEESE"}}, Benefit: pricing.Benefit{Amount: minor(200)}}
	spend := pricing.Promotion{Code: "P", Name: "5 off from 25", Scheme: pricing.Spend, Match: food, MinSpend: 2500, Benefit: pricing.Benefit{Amount: minor(500)}}
	for name, c := range map[string]struct {
		promo   pricing.Promotion
		entries []pricing.Entry
		saved   money.Minor
		times   int64
	}{
		"3 for 2: the cheapest of the group":      {threeForTwo, []pricing.Entry{of("A", 1), of("B", 1), of("C", 1)}, 500, 1},
		"3 for 2: too few":                        {threeForTwo, []pricing.Entry{of("A", 1), of("B", 1)}, 0, 0},
		"3 for 2: groups from the dearest":        {threeForTwo, []pricing.Entry{of("A", 3), of("C", 3)}, 1500, 2},
		"3 for 2: seven":                          {threeForTwo, []pricing.Entry{of("A", 7)}, 2000, 2},
		"3 for 2: once only":                      {limited, []pricing.Entry{of("A", 7)}, 1000, 1},
		"3 for 2: other goods do not count":       {threeForTwo, []pricing.Entry{of("A", 2), of("D", 1)}, 0, 0},
		"any 3: dearest first":                    {anyThree, []pricing.Entry{of("A", 2), of("B", 1), of("C", 1)}, 800, 1},
		"any 3: no saving, no promotion":          {anyThree, []pricing.Entry{of("C", 3)}, 0, 0},
		"any 3: again and again":                  {anyThree, []pricing.Entry{of("A", 100_000)}, 33_333_000, 33_333},
		"menu":                                    {menu, []pricing.Entry{of("A", 1), of("D", 1), of("E", 1)}, 250, 1},
		"menu: incomplete":                        {menu, []pricing.Entry{of("A", 2), of("D", 1)}, 0, 0},
		"half a toy: the cheapest":                {cake, []pricing.Entry{of("A", 2), of("D", 1), of("E", 1)}, 100, 1},
		"half a toy: the dearest":                 {dearest, []pricing.Entry{of("A", 2), of("D", 1), of("E", 1)}, 150, 1},
		"break: second tier needs one item":       {breaks, []pricing.Entry{of("A", 3), of("B", 3)}, 540, 2},
		"break: second tier, all together":        {together, []pricing.Entry{of("A", 3), of("B", 3)}, 900, 1},
		"break: lines of one item count together": {breaks, []pricing.Entry{of("A", 1), of("B", 1), of("A", 2)}, 300, 1},
		"rate with an exception":                  {happy, []pricing.Entry{of("A", 3), of("B", 1)}, 450, 3},
		"fixed price, the two dearest":            {twoFixed, []pricing.Entry{of("C", 1), of("B", 1), of("A", 2)}, 600, 2},
		"amount off a kilogram":                   {perKilo, []pricing.Entry{{Item: "CHEESE", Qty: amount("1.255")}}, 251, 1},
		"spend: not reached":                      {spend, []pricing.Entry{of("A", 2), of("D", 9)}, 0, 0},
		"spend: reached":                          {spend, []pricing.Entry{of("A", 2), of("C", 1)}, 500, 1},
		"returns take no part":                    {threeForTwo, []pricing.Entry{of("A", 3), of("A", -3)}, 1000, 1},
		"manual prices take no part":              {happy, []pricing.Entry{{Item: "A", Qty: qty.One, Price: price("9"), Reason: "x"}}, 100, 0},
		"free of promotions":                      {happy, []pricing.Entry{{Item: "A", Qty: qty.One, NoPromotion: true}}, 0, 0},
		"not discountable":                        {happy, []pricing.Entry{of("BOOK", 1)}, 0, 0},
		"deposits take no part":                   {happy, []pricing.Entry{of("COLA", 2)}, 45, 2},
	} {
		q := quote(t, basket(c.entries...), shop(c.promo))
		var times int64
		if len(q.Promotions) > 0 {
			times = q.Promotions[0].Times
		}
		if q.Reduced != c.saved || times != c.times {
			t.Errorf("%s: saved %d in %d, want %d in %d\n%s", name, q.Reduced, times, c.saved, c.times, show(q.Lines))
		}
	}
}

func TestMixMatchSpreadsByLargestRemainder(t *testing.T) {
	t.Parallel()
	p := pricing.Promotion{Code: "P", Name: "any 3 for 22.99", Scheme: pricing.MixMatch, Parts: []pricing.Part{*part(3, tagged)}, Benefit: pricing.Benefit{Price: price("22.99")}}
	q := quote(t, basket(of("A", 1), of("B", 1), of("C", 1)), shop(p))
	// 0.01 off 10.00, 8.00 and 5.00 is nobody's exact share; the largest remainder is A's.
	if q.Total != 2299 || len(q.Lines[0].Reductions) != 1 || q.Lines[0].Reductions[0].Promotion != "P" || q.Lines[0].Reductions[0].Kind != "promotion" {
		t.Errorf("%s", show(q.Lines))
	}
}

func TestWindows(t *testing.T) {
	t.Parallel()
	zone := time.FixedZone("", -5*3600)
	at := func(day, hour, min int) time.Time { return time.Date(2026, 3, day, hour, min, 0, 0, zone) }
	fri := pricing.Window{Days: []string{"fri"}, Hours: []pricing.Hours{{From: "22:00", To: "02:00"}}}
	evening := pricing.Window{Hours: []pricing.Hours{{From: "11:00", To: "12:00"}, {From: "17:00", To: "24:00"}}}
	for _, c := range []struct {
		name string
		w    pricing.Window
		at   time.Time
		open bool
	}{
		{"friday night", fri, at(13, 22, 0), true},
		{"saturday after midnight", fri, at(14, 1, 59), true},
		{"saturday at two", fri, at(14, 2, 0), false},
		{"friday after midnight is thursday's", fri, at(13, 1, 0), false},
		{"saturday night", fri, at(14, 23, 0), false},
		{"by the wall clock, not by UTC", evening, at(14, 17, 0).Round(0), true},
		{"before", evening, at(14, 16, 59), false},
		{"second span", evening, at(14, 11, 30), true},
		{"the end is not included", evening, at(14, 12, 0), false},
		{"last minute of the day", evening, at(14, 23, 59), true},
		{"store", pricing.Window{Stores: []string{"S2"}}, at(14, 9, 0), false},
		{"group", pricing.Window{Groups: []string{"club"}}, at(14, 9, 0), true},
		{"over", pricing.Window{To: "2026-03-13"}, at(14, 9, 0), false},
		{"not yet", pricing.Window{From: "2026-03-15"}, at(14, 9, 0), false},
		{"first and last day", pricing.Window{From: "2026-03-14", To: "2026-03-14"}, at(14, 9, 0), true},
	} {
		b := basket(of("A", 1))
		b.At, b.Groups = c.at, []string{"club"}
		q := quote(t, b, shop(pricing.Promotion{Code: "P", Name: "P", Scheme: pricing.PerUnit, When: c.w, Benefit: free}))
		if (q.Total == 0) != c.open {
			t.Errorf("%s: open %v, want %v", c.name, q.Total == 0, c.open)
		}
	}
}

func TestCoupons(t *testing.T) {
	t.Parallel()
	p := pricing.Promotion{Code: "P", Name: "spring", Scheme: pricing.PerUnit, Coupon: "SPRING", Benefit: pricing.Benefit{Rate: rate("0.1")}, Match: food}
	b := basket(of("A", 1))
	if q := quote(t, b, shop(p)); q.Total != 1000 {
		t.Error("no coupon, no discount")
	}
	b.Coupons = []string{"SPRING", "OTHER", "OTHER"}
	q := quote(t, b, shop(p))
	if q.Total != 900 || q.Lines[0].Reductions[0].Kind != "coupon" || !slices.Equal(q.UnusedCoupons, []string{"OTHER"}) {
		t.Errorf("%s", show(q))
	}
	b.Entries = []pricing.Entry{of("D", 1)}
	if q := quote(t, b, shop(p)); !slices.Equal(q.UnusedCoupons, []string{"SPRING", "OTHER"}) {
		t.Error("a coupon without matching goods is not used up")
	}
}

func TestStacking(t *testing.T) {
	t.Parallel()
	unit := func(code, off string, prio int, m pricing.Match, s pricing.Stacking) pricing.Promotion {
		return pricing.Promotion{Code: code, Name: code, Scheme: pricing.PerUnit, Priority: prio, Match: m, Stacking: s, Benefit: pricing.Benefit{Rate: rate(off)}}
	}
	for name, c := range map[string]struct {
		promos []pricing.Promotion
		total  money.Minor
		codes  []string
	}{
		"the better one":        {[]pricing.Promotion{unit("P1", "0.1", 0, food, ""), unit("P2", "0.2", 0, food, "")}, 800, []string{"P2"}},
		"priority comes first":  {[]pricing.Promotion{unit("P1", "0.1", 5, food, ""), unit("P2", "0.2", 0, food, "")}, 900, []string{"P1"}},
		"equal: by code":        {[]pricing.Promotion{unit("P2", "0.2", 0, food, ""), unit("P1", "0.2", 0, food, "")}, 800, []string{"P1"}},
		"shared comes on top":   {[]pricing.Promotion{unit("P1", "0.5", 0, food, ""), unit("P2", "0.1", 0, food, pricing.Shared)}, 450, []string{"P1", "P2"}},
		"two shared":            {[]pricing.Promotion{unit("P1", "0.5", 0, food, pricing.Shared), unit("P2", "0.1", 9, food, pricing.Shared)}, 450, []string{"P2", "P1"}},
		"exclusive wins":        {[]pricing.Promotion{unit("P1", "0.2", 0, food, ""), unit("P2", "0.1", 0, food, pricing.Shared), unit("X", "0.3", 0, food, pricing.Exclusive)}, 700, []string{"X"}},
		"exclusive loses":       {[]pricing.Promotion{unit("P1", "0.2", 0, food, ""), unit("P2", "0.2", 0, food, pricing.Shared), unit("X", "0.3", 0, food, pricing.Exclusive)}, 640, []string{"P1", "P2"}},
		"exclusive ends it all": {[]pricing.Promotion{unit("P1", "0.9", 0, food, ""), unit("X", "0.3", 1, food, pricing.Exclusive)}, 700, []string{"X"}},
		"exclusive comes late":  {[]pricing.Promotion{unit("P1", "0.1", 1, food, ""), unit("X", "0.3", 0, food, pricing.Exclusive)}, 900, []string{"P1"}},
	} {
		q := quote(t, basket(of("A", 1)), shop(c.promos...))
		var codes []string
		for _, a := range q.Promotions {
			codes = append(codes, a.Code)
		}
		if q.Total != c.total || !slices.Equal(codes, c.codes) {
			t.Errorf("%s: %d by %v, want %d by %v", name, q.Total, codes, c.total, c.codes)
		}
	}
}

// The largest single saving first is not always the best: a pair that saves 3.00 blocks two that
// save 2.00 each.
func TestBestOrderIsFound(t *testing.T) {
	t.Parallel()
	one := func(code, sku string) pricing.Promotion {
		return pricing.Promotion{Code: code, Name: code, Scheme: pricing.PerUnit, Match: pricing.Match{Items: []string{sku}}, Benefit: pricing.Benefit{Amount: minor(200)}}
	}
	pair := pricing.Promotion{Code: "PAIR", Name: "pair", Scheme: pricing.Bundle, Benefit: pricing.Benefit{Amount: minor(300)},
		Parts: []pricing.Part{*part(1, pricing.Match{Items: []string{"A"}}), *part(1, pricing.Match{Items: []string{"B"}})}}
	q := quote(t, basket(of("A", 1), of("B", 1)), shop(pair, one("P1", "A"), one("P2", "B")))
	if q.Reduced != 400 {
		t.Errorf("saved %d by %s", q.Reduced, show(q.Promotions))
	}
}

func TestPromotionFaults(t *testing.T) {
	t.Parallel()
	ok := pricing.Promotion{Code: "P", Name: "P", Scheme: pricing.PerUnit, Benefit: free}
	for path, change := range map[string]func(*pricing.Promotion){
		"code":     func(p *pricing.Promotion) { p.Code = "" },
		"scheme":   func(p *pricing.Promotion) { p.Scheme = "lottery" },
		"stacking": func(p *pricing.Promotion) { p.Stacking = "tower" },
		"limit":    func(p *pricing.Promotion) { p.Limit = -1 },
		"benefit":  func(p *pricing.Promotion) { p.Benefit.Amount = minor(1) },
		"buy":      func(p *pricing.Promotion) { p.Scheme = pricing.BuyGet },
		"parts":    func(p *pricing.Promotion) { p.Scheme = pricing.Bundle },
		"count":    func(p *pricing.Promotion) { p.Scheme, p.Parts = pricing.MixMatch, []pricing.Part{{}} },
		"tiers":    func(p *pricing.Promotion) { p.Scheme = pricing.QuantityBreak },
		"tiers[0]": func(p *pricing.Promotion) { p.Scheme, p.Tiers = pricing.QuantityBreak, []pricing.Tier{{}} },
		"when":     func(p *pricing.Promotion) { p.When.Days = []string{"Monday"} },
		"when.":    func(p *pricing.Promotion) { p.When.Hours = []pricing.Hours{{From: "25:00", To: "26:00"}} },
	} {
		p := ok
		change(&p)
		code := "promotion_invalid"
		if path[0] == 'w' {
			code, path = "window_invalid", "when"
		}
		wantFault(t, basket(), shop(p), code, "book.promotions[0]."+path)
	}
	wantFault(t, basket(), shop(ok, ok), "promotion_twice", "book.promotions[1].code")
}

func genPromotion(t *rapid.T, code string) pricing.Promotion {
	set := rapid.SampledFrom([]pricing.Match{{}, food, toys, tagged, {Items: []string{"A", "D"}}, {Except: []string{"C"}}})
	p := pricing.Promotion{Code: code, Name: code, Priority: rapid.IntRange(0, 1).Draw(t, "priority"),
		Stacking: rapid.SampledFrom([]pricing.Stacking{"", "", "", pricing.Shared, pricing.Exclusive}).Draw(t, "stacking"),
		Scheme:   rapid.SampledFrom([]pricing.Scheme{pricing.PerUnit, pricing.BuyGet, pricing.MixMatch, pricing.Bundle, pricing.QuantityBreak, pricing.Spend}).Draw(t, "scheme"),
		Limit:    rapid.Int64Range(0, 3).Draw(t, "limit"), MinSpend: money.Minor(rapid.Int64Range(0, 3000).Draw(t, "min")), Match: set.Draw(t, "match")}
	count := rapid.Int64Range(1, 3)
	switch rapid.IntRange(0, 2).Draw(t, "benefit") {
	case 0:
		r := money.Rate(rapid.Int64Range(1, int64(money.OneRate)).Draw(t, "rate"))
		p.Benefit.Rate = &r
	case 1:
		p.Benefit.Amount = minor(money.Minor(rapid.Int64Range(1, 3000).Draw(t, "amount")))
	default:
		if p.Scheme == pricing.Spend {
			p.Benefit.Amount = minor(1)
			break
		}
		m := money.Price(rapid.Int64Range(0, 20_000_000).Draw(t, "price"))
		p.Benefit.Price = &m
	}
	switch p.Scheme {
	case pricing.BuyGet:
		p.Buy = part(count.Draw(t, "buy"), set.Draw(t, "bought"))
		p.Get = part(count.Draw(t, "get"), set.Draw(t, "got"))
		p.Dearest = rapid.Bool().Draw(t, "dearest")
	case pricing.MixMatch:
		p.Parts = []pricing.Part{*part(count.Draw(t, "count"), set.Draw(t, "set"))}
	case pricing.Bundle:
		p.Parts = []pricing.Part{*part(count.Draw(t, "count"), set.Draw(t, "set")), *part(count.Draw(t, "count2"), set.Draw(t, "set2"))}
	case pricing.QuantityBreak:
		p.Tiers = []pricing.Tier{{Min: qty.Of(2), Benefit: p.Benefit}}
		p.Together = rapid.Bool().Draw(t, "together")
	}
	return p
}

func genBasket(t *rapid.T) pricing.Basket {
	b := basket()
	for range rapid.IntRange(1, 8).Draw(t, "lines") {
		e := of(rapid.SampledFrom([]string{"A", "B", "C", "D", "E", "COLA", "BOOK"}).Draw(t, "sku"), rapid.Int64Range(-1, 7).Filter(func(n int64) bool { return n != 0 }).Draw(t, "qty"))
		if rapid.IntRange(0, 9).Draw(t, "odd") == 0 {
			e = pricing.Entry{Item: "CHEESE", Qty: qty.Qty(rapid.Int64Range(1, 3_000_000).Draw(t, "kg"))}
		}
		if rapid.IntRange(0, 9).Draw(t, "discount") == 0 && e.Item != "BOOK" {
			e.Discounts = []pricing.Discount{{Rate: rate("0.07"), Reason: "r"}}
		}
		b.Entries = append(b.Entries, e)
	}
	if rapid.Bool().Draw(t, "basket discount") {
		b.Discounts = []pricing.Discount{{Amount: minor(money.Minor(rapid.Int64Range(0, 5000).Draw(t, "off"))), Reason: "r"}}
	}
	return b
}

// Whatever the promotions: no line falls below zero, sums are sums, the order in which the shop wrote
// its promotions down does not matter, and a limit on the number of promotions cannot make the
// customer pay more than without promotions.
func TestAnyPromotions(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(rt *rapid.T) {
		b := genBasket(rt)
		var promos []pricing.Promotion
		for i := range rapid.IntRange(0, 6).Draw(rt, "promotions") {
			promos = append(promos, genPromotion(rt, string(rune('a'+i))))
		}
		q, err := pricing.Price(b, shop(promos...))
		if err != nil {
			rt.Fatal(err)
		}
		checkQuote(rt, q)
		slices.Reverse(promos)
		again, err := pricing.Price(b, shop(promos...))
		if err != nil || show(again) != show(q) {
			rt.Fatalf("another order of promotions gives another quote: %v\n%s\n%s", err, show(q), show(again))
		}
		b.Discounts = nil
		with, _ := pricing.Price(b, shop(promos...))
		without, _ := pricing.Price(b, shop())
		if with.Total > without.Total {
			rt.Fatalf("promotions made it dearer: %d, not %d", with.Total, without.Total)
		}
		for _, p := range promos {
			single, _ := pricing.Price(b, shop(p))
			if len(promos) <= 4 && !slices.ContainsFunc(promos, func(o pricing.Promotion) bool { return o.Priority != p.Priority || o.Stacking != "" }) && single.Total < with.Total {
				rt.Fatalf("%s alone is cheaper: %d, not %d", p.Code, single.Total, with.Total)
			}
		}
	})
}

func BenchmarkQuote20(b *testing.B) {
	book := shop(
		pricing.Promotion{Code: "P1", Name: "3 for 2", Scheme: pricing.BuyGet, Buy: part(2, tagged), Get: part(1, pricing.Match{}), Benefit: free},
		pricing.Promotion{Code: "P2", Name: "toys", Scheme: pricing.PerUnit, Match: toys, Benefit: pricing.Benefit{Rate: rate("0.1")}},
	)
	rules, err := book.Compile()
	if err != nil {
		b.Fatal(err)
	}
	bk := basket()
	for i := range 20 {
		bk.Entries = append(bk.Entries, of([]string{"A", "B", "C", "D", "E"}[i%5], int64(1+i%3)))
	}
	for b.Loop() {
		if _, err := rules.Quote(bk); err != nil {
			b.Fatal(err)
		}
	}
}

// A basket as long as allowed, with ten promotions that fight for every unit, must not stop the till.
func BenchmarkQuoteWorst(b *testing.B) {
	book := shop()
	for i := range 10 {
		book.Promotions = append(book.Promotions, pricing.Promotion{Code: string(rune('a' + i)), Name: "n", Scheme: pricing.Bundle,
			Parts: []pricing.Part{*part(2, pricing.Match{}), *part(3, pricing.Match{})}, Benefit: pricing.Benefit{Rate: rate("0.01")}})
	}
	bk := basket()
	for i := range pricing.MaxEntries {
		sku := "N" + qty.Of(int64(i)).String()
		book.Items = append(book.Items, pricing.Item{SKU: sku, Price: price(qty.Of(int64(1 + i%1000)).String())})
		bk.Entries = append(bk.Entries, of(sku, int64(1+i%4)))
	}
	rules, err := book.Compile()
	if err != nil {
		b.Fatal(err)
	}
	for b.Loop() {
		if _, err := rules.Quote(bk); err != nil {
			b.Fatal(err)
		}
	}
}
