package salesreport

import (
	"database/sql"

	"github.com/tillpost/tillpost/internal/base/money"
	"github.com/tillpost/tillpost/internal/base/qty"
	"github.com/tillpost/tillpost/internal/domain/receipt"
	"github.com/tillpost/tillpost/internal/platform/db"
)

// figures are the sums of one group. They mean what domain/totals says.
type figures struct {
	receipts                                int64
	qty                                     qty.Qty
	gross, discounts, returns, taxes, other money.Minor
	last                                    int64 // the receipt that was counted last
}

func (f *figures) net() money.Minor { return f.gross - f.discounts - f.returns }

// total is what the receipts of the group come to.
func (f *figures) total() money.Minor { return f.net() + f.taxes + f.other }

func (f *figures) add(o *figures) {
	f.receipts += o.receipts
	f.qty += o.qty
	f.gross += o.gross
	f.discounts += o.discounts
	f.returns += o.returns
	f.taxes += o.taxes
	f.other += o.other
}

// The flags behind $4 say which dimensions are told apart; the others fall together as ” or -1.
const (
	salesTotals db.SQL = `SELECT CASE WHEN $4 = 1 THEN day WHEN $4 = 2 THEN substr(day, 1, 7) ELSE '' END, CASE WHEN $5 = 1 THEN hour ELSE -1 END,
		CASE WHEN $6 = 1 THEN store ELSE '' END, CASE WHEN $7 = 1 THEN register ELSE '' END, CASE WHEN $8 = 1 THEN employee ELSE '' END,
		CASE WHEN $9 = 1 THEN department ELSE '' END, CAST(SUM(qty) AS BIGINT), CAST(SUM(gross) AS BIGINT), CAST(SUM(discounts) AS BIGINT),
		CAST(SUM(returns) AS BIGINT), CAST(SUM(tax) AS BIGINT), CAST(SUM(other) AS BIGINT)
		FROM totals_sales WHERE day BETWEEN $1 AND $2 AND ($3 = '' OR store = $3) GROUP BY 1, 2, 3, 4, 5, 6`

	// Of all stores, when nothing finer is asked for: few rows, whatever the number of stores and receipts.
	dayTotals db.SQL = `SELECT CASE WHEN $3 = 1 THEN day WHEN $3 = 2 THEN substr(day, 1, 7) ELSE '' END, -1, '', '', '', CASE WHEN $4 = 1 THEN department ELSE '' END,
		CAST(SUM(qty) AS BIGINT), CAST(SUM(gross) AS BIGINT), CAST(SUM(discounts) AS BIGINT), CAST(SUM(returns) AS BIGINT), CAST(SUM(tax) AS BIGINT),
		CAST(SUM(other) AS BIGINT)
		FROM totals_days WHERE day BETWEEN $1 AND $2 GROUP BY 1, 6`

	receiptTotals db.SQL = `SELECT CASE WHEN $4 = 1 THEN day WHEN $4 = 2 THEN substr(day, 1, 7) ELSE '' END, CASE WHEN $5 = 1 THEN hour ELSE -1 END,
		CASE WHEN $6 = 1 THEN store ELSE '' END, CASE WHEN $7 = 1 THEN register ELSE '' END, CASE WHEN $8 = 1 THEN employee ELSE '' END,
		CAST(SUM(receipts) AS BIGINT)
		FROM totals_receipts WHERE day BETWEEN $1 AND $2 AND ($3 = '' OR store = $3) GROUP BY 1, 2, 3, 4, 5`
)

// fromTotals answers from the running totals: the work grows with days and not with receipts.
func fromTotals(q db.Q, s *span, p *pile[figures]) error {
	g := p.g
	args := []any{s.from, s.to, s.store, g.dayFlag(), g.flag(Hour), g.flag(Store), g.flag(Register), g.flag(Employee)}
	query, of := salesTotals, append(args, g.flag(Department))
	if s.store == "" && !g.has(Hour, Store, Register, Employee) {
		query, of = dayTotals, []any{s.from, s.to, g.dayFlag(), g.flag(Department)}
	}
	var c coordinates
	err := each(q, query, of, func(rows *sql.Rows) error {
		var f figures
		if err := rows.Scan(&c.period, &c.hour, &c.store, &c.register, &c.employee, &c.department, &f.qty, &f.gross, &f.discounts, &f.returns,
			&f.taxes, &f.other); err != nil {
			return err
		}
		into, err := p.at(&c)
		if err == nil {
			into.add(&f)
		}
		return err
	})
	if err != nil || g.has(Department) { // a receipt may be in several departments
		return err
	}
	return each(q, receiptTotals, args, func(rows *sql.Rows) error {
		var n int64
		if err := rows.Scan(&c.period, &c.hour, &c.store, &c.register, &c.employee, &n); err != nil {
			return err
		}
		into, err := p.at(&c)
		if err == nil {
			into.receipts += n
		}
		return err
	})
}

const (
	// Days are taken one by one, so that the lines of a receipt come together without being sorted.
	nextDay  db.SQL = `SELECT MIN(business_day) FROM receipts WHERE business_day >= $1 AND business_day <= $2`
	laterDay db.SQL = `SELECT MIN(business_day) FROM receipts WHERE business_day > $1 AND business_day <= $2`

	dayLines db.SQL = `SELECT r.seq, r.hour, r.store, r.register, r.employee, r.customer, r.channel, COALESCE(l.department, ''), COALESCE(l.item, ''),
		COALESCE(l.kind, ''), COALESCE(l.qty, 0), COALESCE(l.net, 0), COALESCE(l.net_discount, 0), COALESCE(l.tax, 0), COALESCE(l.is_return, FALSE)
		FROM receipts r LEFT JOIN receipt_lines l ON l.receipt_seq = r.seq
		WHERE r.business_day = $1 AND ($2 = '' OR r.store = $2) AND r.kind IN ('sale','void') AND ($3 = 0 OR l.receipt_seq IS NOT NULL)
		ORDER BY r.store, r.seq`
)

// fromLines answers from the receipts themselves: the work grows with the lines of the span. Adding
// them up here takes a third of the time that the database needs for its groups.
func fromLines(q db.Q, s *span, p *pile[figures]) error {
	var next sql.NullString
	if err := q.QueryRow(nextDay, s.from, s.to).Scan(&next); err != nil {
		return err
	}
	for next.Valid {
		day := next.String
		if err := linesOf(q, day, s, p); err != nil {
			return err
		}
		if err := q.QueryRow(laterDay, day, s.to).Scan(&next); err != nil {
			return err
		}
	}
	return nil
}

func linesOf(q db.Q, day string, s *span, p *pile[figures]) error {
	c := coordinates{period: day}
	var seq int64
	var l receipt.Line
	var tax money.Minor
	var isReturn bool
	into := []any{&seq, &c.hour, &c.store, &c.register, &c.employee, &c.customer, &c.channel, &c.department, &c.item,
		&l.Kind, &l.Qty, &l.Net, &l.NetDiscount, &tax, &isReturn}
	return each(q, dayLines, []any{day, s.store, max(p.g.flag(Department), p.g.flag(Item))}, func(rows *sql.Rows) error {
		if err := rows.Scan(into...); err != nil {
			return err
		}
		f, err := p.at(&c)
		if err != nil {
			return err
		}
		if f.last != seq {
			f.last = seq
			f.receipts++
		}
		f.line(&l, tax, isReturn)
		return nil
	})
}

// line adds a line as domain/totals does: what is returned is apart from what is sold, and what is not
// revenue apart from both.
func (f *figures) line(l *receipt.Line, tax money.Minor, isReturn bool) {
	f.taxes += tax
	if l.Kind == receipt.Item {
		f.qty += l.Qty
	}
	switch {
	case !l.Revenue():
		f.other += l.Net
	case isReturn:
		f.returns -= l.Net
	default:
		f.gross += l.Net + l.NetDiscount
		f.discounts += l.NetDiscount
	}
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
