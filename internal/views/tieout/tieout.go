// Package tieout is the proof: for a day or a span of days, a store or all of them, receipts =
// tenders = journal = stock, each sum read from its own rows and not from another's.
package tieout

import (
	"github.com/tillpost/tillpost/internal/base/day"
	"github.com/tillpost/tillpost/internal/base/money"
	"github.com/tillpost/tillpost/internal/base/qty"
	"github.com/tillpost/tillpost/internal/platform/db"
)

// Scope is what a proof is about. Store "" means all stores.
type Scope struct {
	Store    string
	From, To day.Day // business days, both included
}

// Equation is two figures that must be equal. Amounts are minor units; quantities are millionths.
type Equation struct {
	Name  string `json:"name"`
	Left  Side   `json:"left"`
	Right Side   `json:"right"`
	Qty   bool   `json:"qty,omitempty"` // the figures are quantities, not money
}

// Side is one figure and where it was read.
type Side struct {
	From  string `json:"from"`
	Value int64  `json:"value"`
}

// Holds tells whether both sides are equal.
func (e Equation) Holds() bool { return e.Left.Value == e.Right.Value }

// Proof is the outcome.
type Proof struct {
	Scope     Scope          `json:"scope"`
	Currency  money.Currency `json:"currency"`
	Receipts  int64          `json:"receipts"`
	Lines     int64          `json:"lines"`
	Returns   int64          `json:"return_lines"`
	Items     qty.Qty        `json:"items"` // goods out less goods back
	Entries   int64          `json:"entries"`
	Moves     int64          `json:"stock_moves"`
	Suspense  money.Minor    `json:"suspense"` // what waits for a decision within these receipts
	OpenTasks int64          `json:"open_tasks"`
	Equations []Equation     `json:"equations"`
}

// Holds tells whether every equation does.
func (p *Proof) Holds() bool {
	for _, e := range p.Equations {
		if !e.Holds() {
			return false
		}
	}
	return true
}

const (
	scopeReceipts = ` r.business_day BETWEEN $1 AND $2 AND ($3 = '' OR r.store = $3) AND r.kind IN ('sale','void')`

	sumReceipts db.SQL = `SELECT count(*), CAST(COALESCE(SUM(r.total), 0) AS BIGINT), CAST(COALESCE(SUM(r.rounding + r.unexplained), 0) AS BIGINT)
		FROM receipts r WHERE` + scopeReceipts

	sumLines db.SQL = `SELECT count(*), CAST(COALESCE(SUM(CASE WHEN l.is_return THEN 1 ELSE 0 END), 0) AS BIGINT),
		CAST(COALESCE(SUM(l.net + l.tax), 0) AS BIGINT), CAST(COALESCE(SUM(l.tax), 0) AS BIGINT),
		CAST(COALESCE(SUM(CASE WHEN l.kind IN ('item','service','service_charge') THEN l.net ELSE l.commission END), 0) AS BIGINT)
		FROM receipts r JOIN receipt_lines l ON l.receipt_seq = r.seq WHERE` + scopeReceipts

	sumTenders db.SQL = `SELECT CAST(COALESCE(SUM(t.amount), 0) AS BIGINT)
		FROM receipts r JOIN receipt_tenders t ON t.receipt_seq = r.seq WHERE` + scopeReceipts

	sumTaxes db.SQL = `SELECT CAST(COALESCE(SUM(t.amount), 0) AS BIGINT)
		FROM receipts r JOIN receipt_taxes t ON t.receipt_seq = r.seq WHERE` + scopeReceipts

	scopeEntries = ` e.business_day BETWEEN $1 AND $2 AND ($3 = '' OR e.store = $3) AND e.kind IN ('sale','void')`

	// Lines of a sale's entry carry the tender or the tax code that they book; the rest is revenue,
	// liabilities and cost. What waits in suspense for a tender or a tax still carries it.
	sumJournal db.SQL = `SELECT CAST(COUNT(DISTINCT e.seq) AS BIGINT),
		CAST(COALESCE(SUM(CASE WHEN l.tender <> '' THEN l.amount ELSE 0 END), 0) AS BIGINT),
		CAST(COALESCE(SUM(CASE WHEN l.tax_code <> '' THEN -l.amount ELSE 0 END), 0) AS BIGINT),
		CAST(COALESCE(SUM(CASE WHEN l.amount > 0 THEN l.amount ELSE 0 END), 0) AS BIGINT),
		CAST(COALESCE(SUM(CASE WHEN l.amount < 0 THEN -l.amount ELSE 0 END), 0) AS BIGINT),
		CAST(COALESCE(SUM(CASE WHEN l.unknown <> '' THEN l.amount ELSE 0 END), 0) AS BIGINT),
		CAST(COALESCE(SUM(CASE WHEN l.unknown LIKE 'item:%' THEN -l.amount ELSE 0 END), 0) AS BIGINT)
		FROM entries e JOIN entry_lines l ON l.entry_seq = e.seq WHERE` + scopeEntries

	sumIncome db.SQL = `SELECT CAST(COALESCE(SUM(-l.amount), 0) AS BIGINT)
		FROM entries e JOIN entry_lines l ON l.entry_seq = e.seq JOIN account_roles ar ON ar.account = l.account
		WHERE ar.role IN ('sales','discounts','returns','services','commission') AND ar.key = (SELECT MIN(x.key) FROM account_roles x
		WHERE x.account = l.account AND x.role IN ('sales','discounts','returns','services','commission')) AND` + scopeEntries

	sumInventory db.SQL = `SELECT CAST(COALESCE(SUM(l.amount), 0) AS BIGINT)
		FROM entries e JOIN entry_lines l ON l.entry_seq = e.seq
		WHERE l.account IN (SELECT account FROM account_roles WHERE role = 'inventory') AND` + scopeEntries

	sumMoves db.SQL = `SELECT count(*), CAST(COALESCE(SUM(m.qty), 0) AS BIGINT), CAST(COALESCE(SUM(m.value), 0) AS BIGINT)
		FROM entries e JOIN stock_moves m ON m.entry_seq = e.seq WHERE` + scopeEntries

	// Goods that went out, or came back for stock. What was sold before the catalogue knew it moved no
	// stock then: its moves belong to the reclass.
	sumGoods db.SQL = `SELECT CAST(COALESCE(SUM(l.qty), 0) AS BIGINT)
		FROM receipts r JOIN receipt_lines l ON l.receipt_seq = r.seq JOIN items i ON i.sku = l.item AND i.kind = 'item'
		LEFT JOIN (SELECT DISTINCT e.doc AS doc, u.unknown AS unknown FROM entry_lines u JOIN entries e ON e.seq = u.entry_seq
		WHERE u.unknown <> '' AND e.kind IN ('sale','void')) x ON x.doc = r.id AND x.unknown = 'item:' || l.item
		WHERE x.doc IS NULL AND l.kind = 'item' AND l.disposition NOT IN ('none','damaged') AND` + scopeReceipts

	countTasks db.SQL = `SELECT count(*) FROM tasks WHERE state = 'open'`

	levelsValue db.SQL = `SELECT CAST(COALESCE(SUM(value), 0) AS BIGINT) FROM stock_levels
		WHERE location NOT LIKE 'transit:%' AND ($1 = '' OR location = $1)`

	inventoryBalance db.SQL = `SELECT CAST(COALESCE(SUM(debit - credit), 0) AS BIGINT) FROM account_days
		WHERE ($1 = '' OR store = $1) AND account IN (SELECT account FROM account_roles WHERE role = 'inventory')`

	totalsReceipts db.SQL = `SELECT CAST(COALESCE(SUM(r.total), 0) AS BIGINT) FROM totals_receipts r
		WHERE r.day BETWEEN $1 AND $2 AND ($3 = '' OR r.store = $3)`
)

// Prove reads the figures from their own rows and sets them side by side.
func Prove(q db.Q, currency money.Currency, s Scope) (Proof, error) {
	p := Proof{Scope: s, Currency: currency}
	var f figures
	if err := f.read(q, s, &p); err != nil {
		return p, err
	}
	add := func(name, left string, l int64, right string, r int64) {
		p.Equations = append(p.Equations, Equation{Name: name, Left: Side{left, l}, Right: Side{right, r}})
	}
	add("receipts = their lines", "receipt totals", f.total, "lines, net + tax", f.lines)
	add("receipts = tenders", "totals + rounding", f.total+f.extra, "tenders", f.tenders)
	add("tenders = journal", "tenders", f.tenders, "journal, tender accounts", f.journalTenders)
	add("revenue = journal", "lines, net revenue", f.revenue, "journal, revenue accounts", f.journalIncome+f.unknownItems)
	add("taxes = journal", "line taxes", f.taxes, "journal, tax accounts", f.journalTaxes)
	add("debits = credits", "journal debits", f.debits, "journal credits", f.credits)
	add("receipts = running totals", "receipt totals", f.total, "totals by day", f.dayTotals)
	p.Equations = append(p.Equations, Equation{Name: "goods sold = stock moves", Qty: true,
		Left: Side{"lines, goods", f.goods}, Right: Side{"stock moves", -f.moved}})
	add("stock moves = journal", "stock moves, cost", f.movedValue, "journal, inventory", f.journalInventory)
	add("stock value = books", "stock levels, now", f.levels, "inventory accounts, now", f.inventory)
	p.Items = qty.Qty(f.goods)
	return p, nil
}

type figures struct {
	total, extra, lines, revenue, taxes, tenders                                   int64
	journalTenders, journalTaxes, journalIncome, journalInventory, debits, credits int64
	goods, moved, movedValue, levels, inventory, dayTotals                         int64
	unknownItems                                                                   int64
	lineTax                                                                        int64
}

func (f *figures) read(q db.Q, s Scope, p *Proof) error {
	from, to := string(s.From), string(s.To)
	for _, step := range []struct {
		query db.SQL
		args  []any
		into  []any
	}{
		{sumReceipts, []any{from, to, s.Store}, []any{&p.Receipts, &f.total, &f.extra}},
		{sumLines, []any{from, to, s.Store}, []any{&p.Lines, &p.Returns, &f.lines, &f.lineTax, &f.revenue}},
		{sumTenders, []any{from, to, s.Store}, []any{&f.tenders}},
		{sumTaxes, []any{from, to, s.Store}, []any{&f.taxes}},
		{sumJournal, []any{from, to, s.Store}, []any{&p.Entries, &f.journalTenders, &f.journalTaxes, &f.debits, &f.credits, &p.Suspense, &f.unknownItems}},
		{sumIncome, []any{from, to, s.Store}, []any{&f.journalIncome}},
		{sumInventory, []any{from, to, s.Store}, []any{&f.journalInventory}},
		{sumMoves, []any{from, to, s.Store}, []any{&p.Moves, &f.moved, &f.movedValue}},
		{sumGoods, []any{from, to, s.Store}, []any{&f.goods}},
		{totalsReceipts, []any{from, to, s.Store}, []any{&f.dayTotals}},
		{countTasks, nil, []any{&p.OpenTasks}},
		{levelsValue, []any{s.Store}, []any{&f.levels}},
		{inventoryBalance, []any{s.Store}, []any{&f.inventory}},
	} {
		if err := q.QueryRow(step.query, step.args...).Scan(step.into...); err != nil {
			return err
		}
	}
	return nil
}
