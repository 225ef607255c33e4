package salesreport

import (
	"database/sql"

	"github.com/tillpost/tillpost/internal/base/money"
	"github.com/tillpost/tillpost/internal/base/qty"
	"github.com/tillpost/tillpost/internal/platform/db"
)

// figures are the sums of one group. They mean what domain/totals says.
type figures struct {
	receipts                                     int64
	qty                                          qty.Qty
	gross, discounts, returns, taxes, other, net money.Minor
}

// total is what the receipts of the group come to.
func (f *figures) total() money.Minor { return f.net + f.taxes + f.other }

func (f *figures) add(o *figures) {
	f.receipts += o.receipts
	f.qty += o.qty
	f.gross += o.gross
	f.discounts += o.discounts
	f.returns += o.returns
	f.taxes += o.taxes
	f.other += o.other
	f.net += o.net
}

// The flags behind $4 say which dimensions are told apart; the others fall together as ” or -1.
const (
	salesTotals db.SQL = `SELECT CASE WHEN $4 = 1 THEN day WHEN $4 = 2 THEN substr(day, 1, 7) ELSE '' END, CASE WHEN $5 = 1 THEN hour ELSE -1 END,
		CASE WHEN $6 = 1 THEN store ELSE '' END, CASE WHEN $7 = 1 THEN register ELSE '' END, CASE WHEN $8 = 1 THEN employee ELSE '' END,
		CASE WHEN $9 = 1 THEN department ELSE '' END, CAST(SUM(qty) AS BIGINT), CAST(SUM(gross) AS BIGINT), CAST(SUM(discounts) AS BIGINT),
		CAST(SUM(returns) AS BIGINT), CAST(SUM(tax) AS BIGINT), CAST(SUM(other) AS BIGINT)
		FROM totals_sales WHERE day BETWEEN $1 AND $2 AND ($3 = '' OR store = $3) GROUP BY 1, 2, 3, 4, 5, 6`

	receiptTotals db.SQL = `SELECT CASE WHEN $4 = 1 THEN day WHEN $4 = 2 THEN substr(day, 1, 7) ELSE '' END, CASE WHEN $5 = 1 THEN hour ELSE -1 END,
		CASE WHEN $6 = 1 THEN store ELSE '' END, CASE WHEN $7 = 1 THEN register ELSE '' END, CASE WHEN $8 = 1 THEN employee ELSE '' END,
		CAST(SUM(receipts) AS BIGINT)
		FROM totals_receipts WHERE day BETWEEN $1 AND $2 AND ($3 = '' OR store = $3) GROUP BY 1, 2, 3, 4, 5`
)

// fromTotals answers from the running totals: the work grows with days and not with receipts.
func fromTotals(q db.Q, s *span, g *grouping, p *pile[figures]) error {
	args := []any{s.from, s.to, s.store, g.dayFlag(), g.flag(Hour), g.flag(Store), g.flag(Register), g.flag(Employee)}
	err := each(q, salesTotals, append(args, g.flag(Department)), func(rows *sql.Rows) error {
		var c coordinates
		var f figures
		if err := rows.Scan(&c.period, &c.hour, &c.store, &c.register, &c.employee, &c.department, &f.qty, &f.gross, &f.discounts, &f.returns,
			&f.taxes, &f.other); err != nil {
			return err
		}
		f.net = f.gross - f.discounts - f.returns
		return p.put(c.key(g), &f)
	})
	if err != nil || g.has(Department) { // a receipt may be in several departments
		return err
	}
	return each(q, receiptTotals, args, func(rows *sql.Rows) error {
		var c coordinates
		var f figures
		if err := rows.Scan(&c.period, &c.hour, &c.store, &c.register, &c.employee, &f.receipts); err != nil {
			return err
		}
		return p.put(c.key(g), &f)
	})
}

// Lines are counted as domain/totals counts them: goods, services and service charges are revenue, what
// is returned is apart from what is sold, the rest is money taken that is not revenue.
const salesLines db.SQL = `SELECT CASE WHEN $4 = 1 THEN r.business_day WHEN $4 = 2 THEN substr(r.business_day, 1, 7) ELSE '' END,
	CASE WHEN $5 = 1 THEN r.hour ELSE -1 END, CASE WHEN $6 = 1 THEN r.store ELSE '' END, CASE WHEN $7 = 1 THEN r.register ELSE '' END,
	CASE WHEN $8 = 1 THEN r.employee ELSE '' END, CASE WHEN $9 = 1 THEN l.department ELSE '' END, CASE WHEN $10 = 1 THEN l.item ELSE '' END,
	CASE WHEN $11 = 1 THEN r.customer ELSE '' END, CASE WHEN $12 = 1 THEN r.channel ELSE '' END, COUNT(DISTINCT r.seq),
	CAST(COALESCE(SUM(CASE WHEN l.kind = 'item' THEN l.qty ELSE 0 END), 0) AS BIGINT),
	CAST(COALESCE(SUM(CASE WHEN l.kind IN ('item','service','service_charge') AND NOT l.is_return THEN l.net + l.net_discount ELSE 0 END), 0) AS BIGINT),
	CAST(COALESCE(SUM(CASE WHEN l.kind IN ('item','service','service_charge') AND NOT l.is_return THEN l.net_discount ELSE 0 END), 0) AS BIGINT),
	CAST(COALESCE(SUM(CASE WHEN l.kind IN ('item','service','service_charge') AND l.is_return THEN -l.net ELSE 0 END), 0) AS BIGINT),
	CAST(COALESCE(SUM(l.tax), 0) AS BIGINT),
	CAST(COALESCE(SUM(CASE WHEN l.kind IN ('item','service','service_charge') THEN 0 ELSE l.net END), 0) AS BIGINT)
	FROM receipts r LEFT JOIN receipt_lines l ON l.receipt_seq = r.seq
	WHERE r.business_day BETWEEN $1 AND $2 AND ($3 = '' OR r.store = $3) AND r.kind IN ('sale','void')
	AND ($9 + $10 = 0 OR l.receipt_seq IS NOT NULL) GROUP BY 1, 2, 3, 4, 5, 6, 7, 8, 9`

// fromLines answers from the receipts themselves: the work grows with the lines of the span.
func fromLines(q db.Q, s *span, g *grouping, p *pile[figures]) error {
	args := []any{s.from, s.to, s.store, g.dayFlag(), g.flag(Hour), g.flag(Store), g.flag(Register), g.flag(Employee), g.flag(Department),
		g.flag(Item), g.flag(Customer), g.flag(Channel)}
	return each(q, salesLines, args, func(rows *sql.Rows) error {
		var c coordinates
		var f figures
		if err := rows.Scan(&c.period, &c.hour, &c.store, &c.register, &c.employee, &c.department, &c.item, &c.customer, &c.channel,
			&f.receipts, &f.qty, &f.gross, &f.discounts, &f.returns, &f.taxes, &f.other); err != nil {
			return err
		}
		f.net = f.gross - f.discounts - f.returns
		return p.put(c.key(g), &f)
	})
}

// coordinates are the columns by which a statement groups.
type coordinates struct {
	period                                                         string
	hour                                                           int64
	store, register, employee, department, item, customer, channel string
	tender                                                         string
}

func (c *coordinates) key(g *grouping) key {
	var k key
	g.when(&k, c.period, c.hour)
	g.set(&k, Store, c.store)
	g.set(&k, Register, c.register)
	g.set(&k, Employee, c.employee)
	g.set(&k, Department, c.department)
	g.set(&k, Item, c.item)
	g.set(&k, Customer, c.customer)
	g.set(&k, Channel, c.channel)
	g.set(&k, Tender, c.tender)
	return k
}

// each calls fn for every row of a query.
func each(q db.Q, query db.SQL, args []any, fn func(*sql.Rows) error) error {
	rows, err := q.Query(query, args...)
	if err != nil {
		return err
	}
	defer rows.Close()
	for rows.Next() {
		if err := fn(rows); err != nil {
			return err
		}
	}
	return rows.Err()
}
