package zreport

import (
	"database/sql"
	"errors"

	"github.com/tillpost/tillpost/internal/base/money"
	"github.com/tillpost/tillpost/internal/domain/receipt"
	"github.com/tillpost/tillpost/internal/domain/shifts"
	"github.com/tillpost/tillpost/internal/platform/db"
)

// What a report is about. A shift has the receipts that name it, and those of its register and day
// that name none and came while it was open. Both are bound by the receipt sequence, not by time.
const (
	ofShift = ` WHERE (r.shift = $1 OR r.shift IS NULL AND r.store = $2 AND r.register = $3 AND r.business_day = $4 AND r.seq > $5) AND r.seq <= $6`
	ofDay   = ` WHERE r.business_day = $1 AND r.store = $2 AND (r.register = $3 OR $3 = '') AND r.seq <= $4`

	headColumns = `SELECT r.register, r.kind, COUNT(*), MIN(r.number), MAX(r.number), CAST(SUM(r.total) AS BIGINT),
		CAST(SUM(r.rounding) AS BIGINT), CAST(SUM(r.unexplained) AS BIGINT) FROM receipts r`
	lineColumns = `SELECT l.kind, l.is_return, COUNT(*), CAST(SUM(l.net) AS BIGINT), CAST(SUM(l.net_discount) AS BIGINT), CAST(SUM(l.tax) AS BIGINT)
		FROM receipts r JOIN receipt_lines l ON l.receipt_seq = r.seq`
	taxColumns = `SELECT x.code, x.rate, CAST(SUM(x.base) AS BIGINT), CAST(SUM(x.amount) AS BIGINT)
		FROM receipts r JOIN receipt_taxes x ON x.receipt_seq = r.seq`
	tenderColumns = `SELECT t.type, COALESCE(MAX(k.name), ''), CASE WHEN t.foreign_currency = '' THEN r.currency ELSE t.foreign_currency END AS currency,
		COUNT(*), CAST(SUM(CASE WHEN t.foreign_currency IN ('', r.currency) THEN t.amount ELSE t.foreign_amount END) AS BIGINT), CAST(SUM(t.amount) AS BIGINT)
		FROM receipts r JOIN receipt_tenders t ON t.receipt_seq = r.seq LEFT JOIN tender_types k ON k.code = t.type`

	posting     = ` AND r.kind IN ('sale', 'void')`
	headOrder   = ` GROUP BY r.register, r.kind ORDER BY r.register, r.kind`
	lineOrder   = posting + ` GROUP BY l.kind, l.is_return ORDER BY l.kind, l.is_return`
	taxOrder    = posting + ` GROUP BY x.code, x.rate ORDER BY x.code, x.rate`
	tenderOrder = posting + ` GROUP BY t.type, CASE WHEN t.foreign_currency = '' THEN r.currency ELSE t.foreign_currency END ORDER BY t.type, currency`
)

const (
	shiftHeads   db.SQL = headColumns + ofShift + headOrder
	shiftLines   db.SQL = lineColumns + ofShift + lineOrder
	shiftTaxes   db.SQL = taxColumns + ofShift + taxOrder
	shiftTenders db.SQL = tenderColumns + ofShift + tenderOrder
	shiftLate    db.SQL = `SELECT COUNT(*), CAST(COALESCE(SUM(total), 0) AS BIGINT) FROM receipts WHERE shift = $1 AND seq > $2`
	// shiftTakings is the cash that the shift's receipts put into its drawer.
	shiftTakings db.SQL = `SELECT CASE WHEN t.foreign_currency = '' THEN r.currency ELSE t.foreign_currency END AS currency,
		CAST(SUM(CASE WHEN t.foreign_currency IN ('', r.currency) THEN t.amount ELSE t.foreign_amount END) AS BIGINT)
		FROM receipts r JOIN receipt_tenders t ON t.receipt_seq = r.seq JOIN tender_types k ON k.code = t.type AND k.kind = 'cash'` +
		ofShift + posting + ` AND CASE WHEN t.drawer = '' THEN r.register ELSE t.drawer END = $7
		GROUP BY CASE WHEN t.foreign_currency = '' THEN r.currency ELSE t.foreign_currency END`

	dayHeads   db.SQL = headColumns + ofDay + headOrder
	dayLines   db.SQL = lineColumns + ofDay + lineOrder
	dayTaxes   db.SQL = taxColumns + ofDay + taxOrder
	dayTenders db.SQL = tenderColumns + ofDay + tenderOrder
	dayLate    db.SQL = `SELECT COUNT(*), CAST(COALESCE(SUM(total), 0) AS BIGINT) FROM receipts
		WHERE business_day = $1 AND store = $2 AND (register = $3 OR $3 = '') AND seq > $4`

	countNumbers db.SQL = `SELECT COUNT(*) FROM receipts WHERE store = $1 AND register = $2 AND number BETWEEN $3 AND $4`
	selectGaps   db.SQL = `SELECT before, number FROM (
		SELECT LAG(number, 1, CAST($3 AS BIGINT) - 1) OVER (ORDER BY number) AS before, number FROM receipts
		WHERE store = $1 AND register = $2 AND number BETWEEN $3 AND $4) x WHERE number > before + 1 ORDER BY number LIMIT 100`
)

// queries are the four readings of one scope.
type queries struct{ heads, lines, taxes, tenders db.SQL }

var (
	shiftQueries = queries{shiftHeads, shiftLines, shiftTaxes, shiftTenders}
	dayQueries   = queries{dayHeads, dayLines, dayTaxes, dayTenders}
)

// receipts fills in everything that stands on receipts.
func (r *Report) receipts(q db.Q, from queries, args ...any) error {
	r.Taxes, r.Other, r.Tenders, r.Movements, r.Cash, r.Gaps = []Tax{}, []Other{}, []Tender{}, []Movement{}, []Cash{}, []Gap{}
	for _, part := range []struct {
		query db.SQL
		scan  func(*sql.Rows) error
	}{{from.heads, r.scanHead}, {from.lines, r.scanLine}, {from.taxes, r.scanTax}, {from.tenders, r.scanTender}} {
		if err := each(q, part.scan, part.query, args...); err != nil {
			return err
		}
	}
	r.Sales.Net = r.Sales.Gross - r.Sales.Discounts - r.Sales.Returns
	r.Sales.Total = r.Sales.Net + r.Sales.Tax + r.Sales.Other
	return nil
}

func each(q db.Q, scan func(*sql.Rows) error, query db.SQL, args ...any) error {
	rows, err := q.Query(query, args...)
	if err != nil {
		return err
	}
	defer rows.Close()
	for rows.Next() {
		if err := scan(rows); err != nil {
			return err
		}
	}
	return errors.Join(rows.Err(), rows.Close())
}

func (r *Report) scanHead(rows *sql.Rows) error {
	var l RegisterLine
	var kind receipt.Kind
	var rounding, unexplained money.Minor
	total := new(money.Minor)
	l.Total = total
	if err := rows.Scan(&l.Register, &kind, &l.Count, &l.First, &l.Last, total, &rounding, &unexplained); err != nil {
		return err
	}
	n := &r.Receipts
	n.Count += l.Count
	switch kind {
	case receipt.Training:
		n.Training, *total = n.Training+l.Count, 0
	case receipt.Aborted:
		n.Aborted, *total = n.Aborted+l.Count, 0
	default:
		n.Posted += l.Count
		r.Rounding += rounding
		r.Unexplained += unexplained
		if kind == receipt.Void {
			n.Voids += l.Count
			n.Voided += *total
		}
	}
	last := len(r.Registers) - 1
	if last < 0 || r.Registers[last].Register != l.Register {
		r.Registers = append(r.Registers, l)
		return nil
	}
	t := &r.Registers[last]
	t.Count += l.Count
	*t.Total += *total
	t.First, t.Last = min(t.First, l.First), max(t.Last, l.Last)
	return nil
}

func (r *Report) scanLine(rows *sql.Rows) error {
	var kind receipt.LineKind
	var back bool
	var count int64
	var net, discount, tax money.Minor
	if err := rows.Scan(&kind, &back, &count, &net, &discount, &tax); err != nil {
		return err
	}
	s := r.Sales
	s.Tax += tax
	switch {
	case !(&receipt.Line{Kind: kind}).Revenue():
		s.Other += net
		if last := len(r.Other) - 1; last >= 0 && r.Other[last].Kind == string(kind) {
			r.Other[last].Count += count
			r.Other[last].Amount += net
		} else {
			r.Other = append(r.Other, Other{string(kind), count, net})
		}
	case back:
		s.Returns -= net
	default:
		s.Gross += net + discount
		s.Discounts += discount
	}
	return nil
}

func (r *Report) scanTax(rows *sql.Rows) error {
	var t Tax
	err := rows.Scan(&t.Code, &t.Rate, &t.Base, &t.Amount)
	r.Taxes = append(r.Taxes, t)
	return err
}

func (r *Report) scanTender(rows *sql.Rows) error {
	var t Tender
	err := rows.Scan(&t.Type, &t.Name, &t.Currency, &t.Count, &t.Amount, &t.Book)
	r.Tenders = append(r.Tenders, t)
	return err
}

// gaps lists the numbers of a register that are missing between first and last.
func (r *Report) gaps(q db.Q, register string, first, last int64) error {
	if first == 0 {
		return nil
	}
	var there int64
	if err := q.QueryRow(countNumbers, r.Store, register, first, last).Scan(&there); err != nil {
		return err
	}
	missing := last - first + 1 - there
	if missing == 0 {
		return nil
	}
	r.Missing += missing
	return each(q, func(rows *sql.Rows) error {
		var before, number int64
		err := rows.Scan(&before, &number)
		r.Gaps = append(r.Gaps, Gap{register, shifts.Gap{First: before + 1, Last: number - 1}})
		return err
	}, selectGaps, r.Store, register, first, last)
}
