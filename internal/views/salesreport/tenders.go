package salesreport

import (
	"database/sql"

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
		CASE WHEN $7 = 1 THEN r.hour ELSE -1 END, CASE WHEN $8 = 1 THEN r.employee ELSE '' END, CASE WHEN $9 = 1 THEN r.customer ELSE '' END,
		CASE WHEN $10 = 1 THEN r.channel ELSE '' END, count(*), CAST(SUM(t.amount) AS BIGINT), CAST(SUM(t.foreign_amount) AS BIGINT)
		FROM receipts r JOIN receipt_tenders t ON t.receipt_seq = r.seq
		WHERE r.business_day BETWEEN $1 AND $2 AND ($3 = '' OR r.store = $3) AND r.kind IN ('sale','void') GROUP BY 1, 2, 3, 4, 5, 6, 7, 8, 9`
)

// tenders is the report about payments. Its total is what the receipts come to, with cash rounding and
// what imported documents do not explain.
func tenders(q db.Q, book money.Currency, s *span, g *grouping, top int) (table.Table, error) {
	p := newPile(g, top, (*taken).worth, (*taken).add)
	if err := collectTenders(q, s, g, p); err != nil {
		return table.Table{}, err
	}
	t := table.Table{Title: title("Payments", g.by), Subtitle: s.subtitle(book)}
	keys := p.prune(p.sorted())
	const at = len(dimensions) - 1 // of the currency
	foreign := false
	for i := range keys {
		foreign = foreign || keys[i][at] != ""
	}
	t.Columns = append(dimensionColumns(g), table.Column{Name: "payments", Kind: table.KindCount, Total: true},
		table.Column{Name: "amount", Kind: table.KindMoney, Currency: book, Total: true},
		table.Column{Name: "handed_over", Kind: table.KindMoney, Data: !foreign})
	for i := range keys {
		v := p.rows[keys[i]]
		over := money.Amount{Minor: v.foreign, Currency: money.Currency(keys[i][at])}
		if over.Currency == "" {
			over = money.Amount{Minor: v.amount, Currency: book}
		}
		t.Add(append(dimensionCells(g, &keys[i], nil), table.Count(v.payments), table.Money(v.amount), table.MoneyIn(over))...)
	}
	if p.dropped > 0 {
		t.Add(append(othersCells(g, p.dropped), table.Count(p.others.payments), table.Money(p.others.amount), table.Blank())...)
	}
	return t, nil
}

func collectTenders(q db.Q, s *span, g *grouping, p *pile[taken]) error {
	args := []any{s.from, s.to, s.store, g.dayFlag(), g.flag(Store), g.flag(Register)}
	if g.has(Hour, Employee, Customer, Channel) {
		p.once = true
		args = append(args, g.flag(Hour), g.flag(Employee), g.flag(Customer), g.flag(Channel))
		return each(q, tenderRows, args, func(rows *sql.Rows) error {
			var c coordinates
			var v taken
			var foreign string
			if err := rows.Scan(&c.period, &c.store, &c.register, &c.tender, &foreign, &c.hour, &c.employee, &c.customer, &c.channel,
				&v.payments, &v.amount, &v.foreign); err != nil {
				return err
			}
			return p.put(c.tenderKey(g, foreign), &v)
		})
	}
	return each(q, tenderTotals, args, func(rows *sql.Rows) error {
		c := coordinates{hour: -1}
		var v taken
		var foreign string
		if err := rows.Scan(&c.period, &c.store, &c.register, &c.tender, &foreign, &v.payments, &v.amount, &v.foreign); err != nil {
			return err
		}
		return p.put(c.tenderKey(g, foreign), &v)
	})
}

func (c *coordinates) tenderKey(g *grouping, foreign string) key {
	k := c.key(g)
	g.set(&k, currency, foreign)
	return k
}
