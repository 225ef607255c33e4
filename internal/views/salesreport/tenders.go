package salesreport

import (
	"database/sql"
	"slices"

	"github.com/tillpost/tillpost/internal/base/money"
	"github.com/tillpost/tillpost/internal/platform/db"
	"github.com/tillpost/tillpost/internal/views/table"
)

// taken are the sums of one group of payments.
type taken struct {
	payments int64
	amount   money.Minor // in the book currency, refunds taken off
	foreign  money.Minor // in the currency that was handed over, 0 when it is the book's
}

func (t *taken) worth() money.Minor { return t.amount }

func (t *taken) add(o *taken) {
	t.payments += o.payments
	t.amount += o.amount
	t.foreign += o.foreign
}

const (
	tenderTotals db.SQL = `SELECT CASE WHEN $4 = 1 THEN day WHEN $4 = 2 THEN substr(day, 1, 7) ELSE '' END, CASE WHEN $5 = 1 THEN store ELSE '' END,
		CASE WHEN $6 = 1 THEN register ELSE '' END, tender, currency, CAST(SUM(count) AS BIGINT), CAST(SUM(amount) AS BIGINT),
		CAST(SUM(foreign_amount) AS BIGINT)
		FROM totals_tenders WHERE day BETWEEN $1 AND $2 AND ($3 = '' OR store = $3) GROUP BY 1, 2, 3, 4, 5`

	tenderRows db.SQL = `SELECT CASE WHEN $4 = 1 THEN r.business_day WHEN $4 = 2 THEN substr(r.business_day, 1, 7) ELSE '' END,
		CASE WHEN $5 = 1 THEN r.store ELSE '' END, CASE WHEN $6 = 1 THEN r.register ELSE '' END, t.type, t.foreign_currency,
		count(*), CAST(SUM(t.amount) AS BIGINT), CAST(SUM(t.foreign_amount) AS BIGINT),
		CASE WHEN $7 = 1 THEN r.hour ELSE -1 END, CASE WHEN $8 = 1 THEN r.employee ELSE '' END, CASE WHEN $9 = 1 THEN r.customer ELSE '' END,
		CASE WHEN $10 = 1 THEN r.channel ELSE '' END
		FROM receipts r JOIN receipt_tenders t ON t.receipt_seq = r.seq
		WHERE r.business_day BETWEEN $1 AND $2 AND ($3 = '' OR r.store = $3) AND r.kind IN ('sale','void') GROUP BY 1, 2, 3, 4, 5, 9, 10, 11, 12`
)

// paidReport is the report about tenders. Its total is what the receipts come to, with cash rounding and
// what imported documents do not explain.
func paidReport(q db.Q, book money.Currency, s *span, g *grouping, top int) (*report, error) {
	p := newPile(g, top, (*taken).worth, (*taken).add)
	if err := collectTenders(q, s, p); err != nil {
		return nil, err
	}
	r := &report{head: table.Table{Title: title("Payments", g.by), Subtitle: s.subtitle(book)}, keys: p.shown()}
	at := slices.Index(g.by, currency)
	foreign := slices.ContainsFunc(r.keys, func(k string) bool { return g.texts(k)[at] != "" })
	dims := dimensionColumns(g)
	r.head.Columns = append(dims, table.Column{Name: "payments", Kind: table.KindCount, Total: true},
		table.Column{Name: "amount", Kind: table.KindMoney, Currency: book, Total: true},
		table.Column{Name: "handed_over", Kind: table.KindMoney, Data: !foreign})
	r.row = func(key string) []table.Cell {
		v := p.rows[key]
		over := money.Amount{Minor: v.foreign, Currency: money.Currency(g.texts(key)[at])}
		if over.Currency == "" {
			over = money.Amount{Minor: v.amount, Currency: book}
		}
		return append(dimensionCells(make([]table.Cell, 0, len(dims)+3), g, key, nil), table.Count(v.payments), table.Money(v.amount), table.MoneyIn(over))
	}
	if p.dropped > 0 {
		r.last = append(othersCells(len(dims), p.dropped), table.Count(p.others.payments), table.Money(p.others.amount), table.Blank())
	}
	return r, nil
}

func collectTenders(q db.Q, s *span, p *pile[taken]) error {
	g := p.g
	args := []any{s.from, s.to, s.store, g.dayFlag(), g.flag(Store), g.flag(Register)}
	query := tenderTotals
	var c coordinates
	var v taken
	into := []any{&c.period, &c.store, &c.register, &c.tender, &c.currency, &v.payments, &v.amount, &v.foreign}
	if g.has(Hour, Employee, Customer, Channel) {
		query = tenderRows
		args = append(args, g.flag(Hour), g.flag(Employee), g.flag(Customer), g.flag(Channel))
		into = append(into, &c.hour, &c.employee, &c.customer, &c.channel)
	}
	return each(q, query, args, func(rows *sql.Rows) error {
		if err := rows.Scan(into...); err != nil {
			return err
		}
		sums, err := p.at(&c)
		if err == nil {
			sums.add(&v)
		}
		return err
	})
}
