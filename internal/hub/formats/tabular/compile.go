package tabular

import (
	"fmt"
	"sort"
	"strings"

	"github.com/tillpost/tillpost/internal/domain/receipt"
	"github.com/tillpost/tillpost/internal/hub/intake"
)

// program is a layout with its names resolved, so that reading a row looks nothing up by name.
type program struct {
	layout   *Layout
	keys     [][]string // column keys by table (0 is the main file) and slot
	tables   []table
	currency *value
	group    []ref
	doc      document
	rules    []rule
	balance  *balance
	payouts  *payouts
	numbers  map[ref]bool // columns that hold numbers, for the guess at the decimal sign
	clocks   []*clock
}

// ref is a column: the table (0 is the main file) and its slot there.
type ref struct{ table, slot int }

type table struct {
	name     string
	key      []int // slots
	match    []ref
	optional bool
	whole    bool
}

type document struct {
	number, suffix, store, register, employee, customer, channel, note *value
	at                                                                 *clock
	inclusive                                                          string
	total, discount, rounding                                          *amount
	taxes                                                              []taxField
	lines                                                              []rule
	tenders                                                            []tenderField
	fees                                                               []feeField
	refund                                                             *refundField
	expect                                                             []expect
	skip                                                               []skip
}

// what a row is, beside the kinds of receipt lines.
const (
	isDiscount   receipt.LineKind = "discount"
	isAdjustment receipt.LineKind = "adjustment"
	isMovement   receipt.LineKind = "movement"
	isControl    receipt.LineKind = "control"
)

var lineKinds = map[receipt.LineKind]bool{
	receipt.Item: true, receipt.Service: true, receipt.ServiceCharge: true, receipt.Tip: true, receipt.GiftCard: true,
	receipt.StoreCredit: true, receipt.Deposit: true, receipt.BottleDeposit: true, receipt.Charity: true,
	receipt.Consignment: true, receipt.Fee: true, receipt.OnAccount: true, isDiscount: true, isAdjustment: true,
	isMovement: true, isControl: true,
}

type rule struct {
	when []test
	is   receipt.LineKind
	fields
}

type fields struct {
	item, name, department, party, discountReason, taxable, returnReason, disposition, reason, note *value
	id, kind, reference, payout, processor                                                          *value
	qty, price, amount, discount, gross, fee, net                                                   *amount
	taxes                                                                                           []taxField
	neverReturn                                                                                     bool
	at                                                                                              *clock
}

type taxField struct {
	code, rate *value
	amount     *amount
}

type tenderField struct {
	when                  []test
	typ, reference, party *value
	amount                *amount
}

type feeField struct {
	amount               *amount
	processor, reference *value
}

type refundField struct {
	amount *amount
	at     *clock
}

type expect struct {
	of, lines string
	amount    *amount
}

type skip struct {
	when   []test
	reason string
}

type balance struct {
	amount *amount
	by     *value
}

type payouts struct {
	id *value
	at *clock
}

// compiler collects the first error, so that the layout's tree can be walked without an if at each step.
type compiler struct {
	*program
	slots []map[string]int
	err   error
}

func compile(l *Layout) (*program, error) {
	c := &compiler{program: &program{layout: l, numbers: map[ref]bool{}}}
	c.addTable(l.Columns)
	for _, t := range l.Tables {
		c.addTable(t.Columns)
	}
	for i, t := range l.Tables {
		c.tables = append(c.tables, c.table(i, t))
	}
	c.currency = c.value(l.Currency)
	for _, g := range l.Document.Group {
		c.group = append(c.group, c.ref(g))
	}
	c.document(&l.Document)
	for i := range l.Rows {
		c.rules = append(c.rules, c.rule(&l.Rows[i], fmt.Sprintf("rows[%d]", i)))
	}
	if l.Balance != nil {
		c.balance = &balance{c.amount(l.Balance.Amount), c.value(l.Balance.By)}
		if c.balance.amount == nil {
			c.fail("balance: \"amount\" is missing")
		}
	}
	if l.Payouts != nil {
		c.payouts = &payouts{c.value(l.Payouts.ID), c.clock(l.Payouts.Time, "payouts")}
		if c.payouts.id == nil || c.payouts.at == nil {
			c.fail("payouts: \"id\" and \"time\" are needed")
		}
	}
	return c.program, c.err
}

func (c *compiler) fail(format string, args ...any) {
	if c.err == nil {
		c.err = fmt.Errorf(format, args...)
	}
}

func (c *compiler) addTable(cols map[string]Column) {
	keys := make([]string, 0, len(cols))
	for k, col := range cols {
		keys = append(keys, k)
		if len(col.Header) == 0 {
			c.fail("column %q has no header", k)
		}
	}
	sort.Strings(keys)
	slots := make(map[string]int, len(keys))
	for i, k := range keys {
		slots[k] = i
	}
	c.keys = append(c.keys, keys)
	c.slots = append(c.slots, slots)
}

func (c *compiler) table(i int, t Table) table {
	out := table{name: t.Name, optional: t.Optional, whole: t.Whole}
	if t.Name == "" || strings.Contains(t.Name, ".") || len(t.Files) == 0 {
		c.fail("tables[%d] needs a \"name\" without a point, and \"files\"", i)
	}
	if len(t.Key) == 0 || len(t.Key) != len(t.Match) {
		c.fail("table %q: \"key\" and \"match\" must name the same number of columns", t.Name)
	}
	for _, k := range t.Key {
		slot, ok := c.slots[i+1][k]
		if !ok {
			c.fail("table %q: key %q is not one of its columns", t.Name, k)
		}
		out.key = append(out.key, slot)
	}
	for _, m := range t.Match {
		r := c.ref(m)
		if r.table > i {
			c.fail("table %q: %q stands in a table that comes later", t.Name, m)
		}
		out.match = append(out.match, r)
	}
	return out
}

// ref resolves "column" or "table.column".
func (c *compiler) ref(name string) ref {
	t := 0
	col := name
	if before, after, ok := strings.Cut(name, "."); ok {
		col = after
		t = -1
		for i, tab := range c.layout.Tables {
			if tab.Name == before {
				t = i + 1
			}
		}
	}
	if t >= 0 && t < len(c.slots) {
		if slot, ok := c.slots[t][col]; ok {
			return ref{t, slot}
		}
	}
	c.fail("%q is not a column of this layout", name)
	return ref{}
}

func (c *compiler) document(d *Document) {
	c.doc = document{
		number: c.value(d.Number), suffix: c.value(d.Suffix), store: c.value(d.Store), register: c.value(d.Register),
		employee: c.value(d.Employee), customer: c.value(d.Customer), channel: c.value(d.Channel), note: c.value(d.Note),
		at: c.clock(d.Time, "document"), inclusive: d.Inclusive,
		total: c.amount(d.Total), discount: c.amount(d.Discount), rounding: c.amount(d.Rounding), taxes: c.taxes(d.Taxes),
	}
	if d.Inclusive != "" && d.Inclusive != "no" && d.Inclusive != "yes" && d.Inclusive != "detect" {
		c.fail("\"prices_include_tax\" is \"no\", \"yes\" or \"detect\"")
	}
	if d.Inclusive == "detect" && d.Total == nil {
		c.fail("\"prices_include_tax\": \"detect\" needs a \"total\" to compare with")
	}
	if d.Number == nil && len(d.Group) > 0 {
		c.doc.number = c.value(&Value{Column: d.Group[0]})
	}
	for i := range d.Lines {
		c.doc.lines = append(c.doc.lines, c.extraLine(&d.Lines[i], i))
	}
	for _, t := range d.Tenders {
		if t.Type == nil {
			c.fail("a tender needs a \"type\"")
		}
		c.doc.tenders = append(c.doc.tenders, tenderField{c.tests(t.When), c.value(t.Type), c.value(t.Reference), c.value(t.Party), c.amount(t.Amount)})
	}
	for _, f := range d.Fees {
		if f.Amount == nil || f.Processor == nil {
			c.fail("a fee needs an \"amount\" and a \"processor\"")
		}
		c.doc.fees = append(c.doc.fees, feeField{c.amount(f.Amount), c.value(f.Processor), c.value(f.Reference)})
	}
	if d.Refund != nil {
		if d.Refund.Amount == nil {
			c.fail("\"refund\" needs an \"amount\"")
		}
		c.doc.refund = &refundField{c.amount(d.Refund.Amount), c.clock(d.Refund.Time, "refund")}
	}
	for _, e := range d.Expect {
		if _, ok := sums[e.Of]; !ok || e.Amount == nil {
			c.fail("\"expect\" is of gross, discount, net, tax or total and needs an \"amount\"")
		}
		c.doc.expect = append(c.doc.expect, expect{e.Of, e.Lines, c.amount(e.Amount)})
	}
	for _, s := range d.Skip {
		if len(s.When) == 0 || s.Reason == "" {
			c.fail("\"skip\" needs \"when\" and a \"reason\"")
		}
		c.doc.skip = append(c.doc.skip, skip{c.tests(s.When), s.Reason})
	}
}

func (c *compiler) extraLine(r *Rule, i int) rule {
	out := c.rule(r, fmt.Sprintf("document.lines[%d]", i))
	if r.Amount == nil {
		c.fail("document.lines[%d] needs an \"amount\"", i)
	}
	switch out.is {
	case isAdjustment, isMovement, isControl:
		c.fail("document.lines[%d] must be a line of the receipt", i)
	}
	return out
}

func (c *compiler) rule(r *Rule, at string) rule {
	kind := receipt.LineKind(r.Is)
	if !lineKinds[kind] {
		c.fail("%s: \"is\": %q is not known", at, r.Is)
	}
	f := r.Fields
	if strings.HasPrefix(at, "rows") {
		f = inherit(f, c.layout.Line)
	}
	if f.Return != "" && f.Return != "negative" && f.Return != "never" {
		c.fail("%s: \"return\" is \"negative\" or \"never\"", at)
	}
	out := rule{when: c.tests(r.When), is: kind, fields: fields{
		item: c.value(f.Item), name: c.value(f.Name), department: c.value(f.Department), party: c.value(f.Party),
		discountReason: c.value(f.DiscountReason), taxable: c.value(f.Taxable), returnReason: c.value(f.ReturnReason),
		disposition: c.value(f.Disposition), reason: c.value(f.Reason), note: c.value(f.Note), id: c.value(f.ID),
		kind: c.value(f.Kind), reference: c.value(f.Reference), payout: c.value(f.Payout), processor: c.value(f.Processor),
		qty: c.amount(f.Qty), price: c.amount(f.Price), amount: c.amount(f.Amount), discount: c.amount(f.Discount),
		gross: c.amount(f.Gross), fee: c.amount(f.Fee), net: c.amount(f.Net), taxes: c.taxes(f.Taxes),
		neverReturn: f.Return == "never", at: c.clock(f.Time, at),
	}}
	switch kind {
	case isControl:
	case isMovement:
		if out.kind == nil || out.gross == nil && out.net == nil && out.price == nil {
			c.fail("%s: a movement needs a \"kind\", and a \"gross\", \"net\" or \"price\"", at)
		}
	case isAdjustment:
		if out.item == nil || out.qty == nil {
			c.fail("%s: an adjustment needs \"item\" and \"qty\"", at)
		}
	default:
		if out.amount == nil && (out.price == nil || out.qty == nil) {
			c.fail("%s: a line needs an \"amount\", or \"qty\" and \"price\"", at)
		}
		if kind == receipt.Item && out.item == nil {
			c.fail("%s: goods need an \"item\"", at)
		}
	}
	return out
}

// inherit fills what f leaves out from what all lines have in common.
func inherit(f, line Fields) Fields {
	for _, p := range [][2]**Value{
		{&f.Item, &line.Item}, {&f.Name, &line.Name}, {&f.Department, &line.Department}, {&f.Party, &line.Party},
		{&f.DiscountReason, &line.DiscountReason}, {&f.Taxable, &line.Taxable}, {&f.ReturnReason, &line.ReturnReason},
		{&f.Disposition, &line.Disposition}, {&f.Reason, &line.Reason}, {&f.Note, &line.Note}, {&f.ID, &line.ID},
		{&f.Kind, &line.Kind}, {&f.Reference, &line.Reference}, {&f.Payout, &line.Payout}, {&f.Processor, &line.Processor},
	} {
		if *p[0] == nil {
			*p[0] = *p[1]
		}
	}
	for _, p := range [][2]**Amount{
		{&f.Qty, &line.Qty}, {&f.Price, &line.Price}, {&f.Amount, &line.Amount}, {&f.Discount, &line.Discount},
		{&f.Gross, &line.Gross}, {&f.Fee, &line.Fee}, {&f.Net, &line.Net},
	} {
		if *p[0] == nil {
			*p[0] = *p[1]
		}
	}
	if f.Taxes == nil {
		f.Taxes = line.Taxes
	}
	if f.Time == nil {
		f.Time = line.Time
	}
	if f.Return == "" {
		f.Return = line.Return
	}
	return f
}

func (c *compiler) taxes(in []TaxField) []taxField {
	var out []taxField
	for _, t := range in {
		if t.Code == nil || t.Amount == nil {
			c.fail("a tax needs a \"code\" and an \"amount\"")
		}
		out = append(out, taxField{c.value(t.Code), c.value(t.Rate), c.amount(t.Amount)})
	}
	return out
}

// movementKinds are the kinds that a layout's map may lead to.
var movementKinds = map[intake.MovementKind]bool{
	intake.Charge: true, intake.Refund: true, intake.FeeOnly: true, intake.Payout: true, intake.Hold: true, intake.Release: true,
	intake.Dispute: true, intake.Adjust: true, intake.BadDebt: true, intake.ServiceFee: true,
}

// group0 is the column that names the document, for messages about a row as a whole.
func (p *program) group0() ref {
	if len(p.group) > 0 {
		return p.group[0]
	}
	return ref{}
}
