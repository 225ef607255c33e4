package receipt_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/tillpost/tillpost/internal/base/fault"
	"github.com/tillpost/tillpost/internal/base/id"
	"github.com/tillpost/tillpost/internal/base/money"
	"github.com/tillpost/tillpost/internal/base/qty"
	"github.com/tillpost/tillpost/internal/domain/receipt"
)

func TestValidateAccepts(t *testing.T) {
	t.Parallel()
	if err := receipt.Validate(j11(), now); err != nil {
		t.Error(err)
	}
	rapid.Check(t, func(rt *rapid.T) {
		if err := receipt.Validate(genReceipt(rt), now); err != nil {
			rt.Fatal(err)
		}
	})
}

func TestValidateRefuses(t *testing.T) {
	t.Parallel()
	const card = "4111 1111 1111 1111"
	type change = func(*receipt.Receipt)
	line := func(f func(*receipt.Line)) change { return func(r *receipt.Receipt) { f(&r.Lines[0]) } }
	tender := func(f func(*receipt.Tender)) change { return func(r *receipt.Receipt) { f(&r.Tenders[0]) } }
	for name, c := range map[string]struct {
		change     change
		code, path string
	}{
		"no id":            {func(r *receipt.Receipt) { r.ID = id.ID{} }, "receipt_id_missing", "id"},
		"kind":             {func(r *receipt.Receipt) { r.Kind = "gift" }, "receipt_kind_unknown", "kind"},
		"no store":         {func(r *receipt.Receipt) { r.Store = "" }, "text_missing", "store"},
		"no register":      {func(r *receipt.Receipt) { r.Register = "" }, "text_missing", "register"},
		"number":           {func(r *receipt.Receipt) { r.Number = -1 }, "receipt_number", "number"},
		"sealed unnumberd": {func(r *receipt.Receipt) { r.Seal(receipt.Hash{}); r.Number = 0 }, "receipt_number", "number"},
		"first with prev":  {func(r *receipt.Receipt) { r.PrevHash[0] = 1 }, "receipt_number", "number"},
		"future":           {func(r *receipt.Receipt) { r.DeviceTime = now.AddDate(1, 0, 0) }, "device_time_future", "device_time"},
		"no time":          {func(r *receipt.Receipt) { r.DeviceTime = time.Time{} }, "device_time_past", "device_time"},
		"stone age":        {func(r *receipt.Receipt) { r.DeviceTime = time.Date(1969, 7, 20, 0, 0, 0, 0, time.UTC) }, "device_time_past", "device_time"},
		"no day":           {func(r *receipt.Receipt) { r.BusinessDay = "" }, "business_day", "business_day"},
		"30 february":      {func(r *receipt.Receipt) { r.BusinessDay = "2026-02-30" }, "business_day", "business_day"},
		"future day":       {func(r *receipt.Receipt) { r.BusinessDay = "2026-04-14" }, "business_day", "business_day"},
		"currency":         {func(r *receipt.Receipt) { r.Currency = "EUX" }, "unknown_currency", "currency"},
		"tax rounding":     {func(r *receipt.Receipt) { r.TaxRounding = "" }, "tax_rounding_unknown", "tax_rounding"},
		"tax mode":         {func(r *receipt.Receipt) { r.TaxMode = "dice" }, "tax_rounding_unknown", "tax_mode"},
		"no lines":         {func(r *receipt.Receipt) { r.Lines, r.Tenders = nil, nil }, "receipt_empty", "lines"},
		"aborted":          {func(r *receipt.Receipt) { r.Kind = receipt.Aborted }, "aborted_not_empty", "kind"},
		"void of nothing":  {func(r *receipt.Receipt) { r.Kind = receipt.Void }, "void_reference", "voids"},
		"sale that voids":  {func(r *receipt.Receipt) { r.Voids = uid(7) }, "void_reference", "voids"},
		"void of itself":   {func(r *receipt.Receipt) { r.Kind, r.Voids = receipt.Void, r.ID }, "void_reference", "voids"},
		"too many lines":   {func(r *receipt.Receipt) { r.Lines = make([]receipt.Line, 10_000) }, "too_many_lines", "lines"},
		"too many tenders": {func(r *receipt.Receipt) { r.Tenders = make([]receipt.Tender, 101) }, "too_many_parts", "tenders"},
		"rounding":         {func(r *receipt.Receipt) { r.Rounding = 1001; r.Tenders[0].Amount += 1001 }, "rounding_too_large", "rounding"},
		"short":            {func(r *receipt.Receipt) { r.Tenders[0].Amount-- }, "tenders_do_not_foot", "tenders"},
		"note card":        {func(r *receipt.Receipt) { r.Note = "paid with " + card + " by phone" }, "card_number", "note"},
		"customer card":    {func(r *receipt.Receipt) { r.Customer = "5500005555555559" }, "card_number", "customer"},
		"external card":    {func(r *receipt.Receipt) { r.External = "4111111111111111" }, "card_number", "external"},
		"note utf8":        {func(r *receipt.Receipt) { r.Note = "caf\xe9" }, "text_not_utf8", "note"},
		"note newline":     {func(r *receipt.Receipt) { r.Note = "a\nb" }, "text_control_character", "note"},
		"note c1":          {func(r *receipt.Receipt) { r.Note = "a\u0085b" }, "text_control_character", "note"},
		"note long":        {func(r *receipt.Receipt) { r.Note = strings.Repeat("x", 2001) }, "text_too_long", "note"},
		"line number":      {line(func(l *receipt.Line) { l.No = 2 }), "line_number", "lines[0].no"},
		"line kind":        {line(func(l *receipt.Line) { l.Kind = "" }), "line_kind_unknown", "lines[0].kind"},
		"line card":        {line(func(l *receipt.Line) { l.Name = "card " + card }), "card_number", "lines[0].name"},
		"line nul":         {line(func(l *receipt.Line) { l.Item = "A\x00" }), "text_control_character", "lines[0].item"},
		"qty":              {line(func(l *receipt.Line) { l.Qty = 0 }), "qty_zero", "lines[0].qty"},
		"price":            {line(func(l *receipt.Line) { l.UnitPrice = -1 }), "unit_price_negative", "lines[0].unit_price"},
		"huge":             {line(func(l *receipt.Line) { l.Net = money.MaxMinor + 1 }), "amount_too_large", "lines[0].net"},
		"huge tax":         {line(func(l *receipt.Line) { l.Taxes[0].Amount = -1 << 63 }), "amount_too_large", "lines[0].taxes[0].amount"},
		"sign":             {line(func(l *receipt.Line) { l.Qty = -l.Qty }), "sign_mismatch", "lines[0].extended"},
		"tax sign":         {line(func(l *receipt.Line) { l.Taxes[0].Amount = -1 }), "sign_mismatch", "lines[0].taxes[0].amount"},
		"foot":             {line(func(l *receipt.Line) { l.Net-- }), "line_does_not_foot", "lines[0].net"},
		"reduced":          {line(func(l *receipt.Line) { l.Reductions = []receipt.Reduction{{Kind: "line", Amount: 2998}} }), "reduced_below_zero", "lines[0].reductions"},
		"reduction kind":   {line(func(l *receipt.Line) { l.Reductions = []receipt.Reduction{{Kind: "gift", Amount: 1}} }), "reduction_kind_unknown", "lines[0].reductions[0].kind"},
		"reduction reason": {line(func(l *receipt.Line) { l.Reductions = []receipt.Reduction{{Kind: "line", Reason: card, Amount: 1}} }), "card_number", "lines[0].reductions[0].reason"},
		"net discount":     {line(func(l *receipt.Line) { l.NetDiscount = 1 }), "net_discount", "lines[0].net_discount"},
		"tax code":         {line(func(l *receipt.Line) { l.Taxes[0].Code = "" }), "text_missing", "lines[0].taxes[0].code"},
		"tax twice":        {line(func(l *receipt.Line) { l.Taxes = append(l.Taxes, l.Taxes[0]) }), "tax_twice", "lines[0].taxes[1].code"},
		"commission":       {line(func(l *receipt.Line) { l.Commission = 1 }), "commission", "lines[0].commission"},
		"large commission": {line(func(l *receipt.Line) { l.Kind, l.Commission = receipt.Consignment, 2478 }), "commission", "lines[0].commission"},
		"positive return":  {line(func(l *receipt.Line) { l.Return = &receipt.Return{} }), "return_reference", "lines[0].return"},
		"tender type":      {tender(func(x *receipt.Tender) { x.Type = "" }), "text_missing", "tenders[0].type"},
		"tender card":      {tender(func(x *receipt.Tender) { x.Reference = "378282246310005" }), "card_number", "tenders[0].reference"},
		"tender huge":      {tender(func(x *receipt.Tender) { x.Amount = money.MaxMinor * 2 }), "amount_too_large", "tenders[0].amount"},
		"foreign":          {tender(func(x *receipt.Tender) { x.Foreign.Minor = 3 }), "foreign_tender", "tenders[0].foreign"},
		"foreign at home":  {tender(func(x *receipt.Tender) { x.Foreign, x.FX = money.Amount{Minor: 2997, Currency: "EUR"}, money.OneRate }), "foreign_tender", "tenders[0].foreign"},
		"foreign unknown":  {tender(func(x *receipt.Tender) { x.Foreign, x.FX = money.Amount{Minor: 2997, Currency: "XXX"}, money.OneRate }), "unknown_currency", "tenders[0].foreign.currency"},
		"foreign worth":    {tender(func(x *receipt.Tender) { x.Foreign, x.FX = money.Amount{Minor: 2000, Currency: "USD"}, money.OneRate }), "foreign_tender", "tenders[0].amount"},
		"tender twice":     {func(r *receipt.Receipt) { r.Tenders = append(r.Tenders, r.Tenders[0]) }, "tender_twice", "tenders[1].id"},
	} {
		r := j11()
		c.change(&r)
		err := receipt.Validate(r, now)
		var f *fault.Error
		if !errors.As(err, &f) || f.Code != c.code || f.Path != c.path {
			t.Errorf("%s: %v, want %s at %s", name, err, c.code, c.path)
		}
		if err != nil && (strings.Contains(err.Error(), "1111") || strings.Contains(err.Error(), "5555") || strings.Contains(err.Error(), "2463")) {
			t.Errorf("%s: the fault repeats the number", name)
		}
	}
}

// GTINs and other systems' order numbers look like short card numbers; in fields for codes they pass.
func TestCodesAreNotCards(t *testing.T) {
	t.Parallel()
	r := j11()
	r.Lines[0].Item = "4006381333931"
	r.External = "4222222222222"
	if err := receipt.Validate(r, now); err != nil {
		t.Error(err)
	}
}

func TestReturnsOfAVoid(t *testing.T) {
	t.Parallel()
	sale := j11()
	back, err := receipt.Refund(&sale, nil, []receipt.Take{{Line: 1, Qty: qty.One}})
	if err != nil {
		t.Fatal(err)
	}
	refund := must(receipt.Build(head(2), sale.Terms(), back, receipt.Settlement{Payments: []receipt.Payment{{Type: "card", Rest: true}}}))
	void := must(receipt.Voiding(&refund, head(3)))
	if err := receipt.Validate(void, now); err != nil {
		t.Error(err)
	}
	void.Lines[0].Qty = -void.Lines[0].Qty
	if fault.CodeOf(receipt.Validate(void, now)) != "return_reference" {
		t.Error("a negative return line in a void passes")
	}
	refund.Lines[0].Return.Disposition = "eaten"
	if fault.CodeOf(receipt.Validate(refund, now)) != "disposition_unknown" {
		t.Error("an unknown disposition passes")
	}
}

func TestImportsMayBeUnexplained(t *testing.T) {
	t.Parallel()
	r := j11()
	r.TaxRounding = receipt.RoundAsGiven
	r.Number = 0
	r.Lines[0].Net, r.Tenders[0].Amount = 2400, 3000
	if fault.CodeOf(receipt.Validate(r, now)) != "tenders_do_not_foot" {
		t.Error("a till's receipt must foot")
	}
	if err := receipt.ValidateImport(r, 3000-2400-520, now); err != nil {
		t.Error(err)
	}
}

// Thousands of the largest amounts cannot wrap around to a small sum.
func TestSumsDoNotOverflow(t *testing.T) {
	t.Parallel()
	r := j11()
	l := r.Lines[0]
	l.Extended, l.Net, l.Taxes = money.MaxMinor, money.MaxMinor, nil
	r.PricesInclude, r.Lines = false, nil
	for i := range receipt.MaxLines {
		l.No = i + 1
		r.Lines = append(r.Lines, l)
	}
	if fault.CodeOf(receipt.Validate(r, now)) != "amount_too_large" {
		t.Error("the sum passes")
	}
}

func TestClean(t *testing.T) {
	t.Parallel()
	for in, want := range map[string]string{
		" a ": "a", "a\nb": "a b", "caf\xe9": "caf\ufffd", "€€€€": "€€€", strings.Repeat("x", 12): strings.Repeat("x", 10), "\x00": "",
	} {
		if got := receipt.Clean(in, 10); got != want {
			t.Errorf("Clean(%q) = %q, want %q", in, got, want)
		}
	}
}

// sale20 is a receipt of twenty lines as a supermarket makes them.
func sale20() receipt.Receipt {
	r := j11()
	l := r.Lines[0]
	r.Lines = nil
	for i := range 20 {
		l.No, l.Name, l.Item, l.Department = i+1, fmt.Sprintf("Organic oat drink 1 l no. %d", i), fmt.Sprintf("40063813339%02d", i), "drinks"
		l.Reductions = []receipt.Reduction{{Kind: "promotion", Reason: "3 for 2", Promotion: "P12", Amount: 100}}
		l.Extended = 3097
		l.NetDiscount = 83
		r.Lines = append(r.Lines, l)
	}
	r.Tenders[0].Amount = r.Total()
	return r
}

func BenchmarkValidate20(b *testing.B) {
	r := sale20()
	b.ReportAllocs()
	for b.Loop() {
		if err := receipt.Validate(r, now); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkCanonical20(b *testing.B) {
	r := sale20()
	var buf []byte
	b.ReportAllocs()
	for b.Loop() {
		buf = r.Canonical(buf[:0])
	}
}

func BenchmarkSum20(b *testing.B) {
	r := sale20()
	buf := make([]byte, 0, 8192)
	b.ReportAllocs()
	for b.Loop() {
		r.Sum(buf)
	}
}
