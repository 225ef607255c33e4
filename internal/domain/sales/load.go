package sales

import (
	"database/sql"
	"errors"
	"time"

	"github.com/tillpost/tillpost/internal/base/id"
	"github.com/tillpost/tillpost/internal/base/money"
	"github.com/tillpost/tillpost/internal/domain/receipt"
	"github.com/tillpost/tillpost/internal/platform/db"
)

const receiptColumns = `seq, id, kind, store, register, number, business_day, device_ms, server_ms, hour, currency, shift, employee, customer,
	channel, prices_include, tax_rounding, tax_mode, rounding, unexplained, voids, note, source, external, prev_hash, hash`

const (
	lineColumns = `receipt_seq, line_no, kind, item, name, department, party, qty, unit_price, extended, net, net_discount, commission,
	is_return, returned, returned_line, reason, disposition`
	taxColumns       = `receipt_seq, line_no, code, rate, base, amount`
	reductionColumns = `receipt_seq, line_no, kind, reason, promotion, amount`
	tenderColumns    = `receipt_seq, id, type, amount, drawer, foreign_currency, foreign_amount, fx, reference, party`
)

const (
	rangeReceipts   db.SQL = `SELECT ` + receiptColumns + ` FROM receipts WHERE seq BETWEEN $1 AND $2 ORDER BY seq`
	rangeLines      db.SQL = `SELECT ` + lineColumns + ` FROM receipt_lines WHERE receipt_seq BETWEEN $1 AND $2 ORDER BY receipt_seq, line_no`
	rangeTaxes      db.SQL = `SELECT ` + taxColumns + ` FROM receipt_taxes WHERE receipt_seq BETWEEN $1 AND $2 ORDER BY receipt_seq, line_no, tax_no`
	rangeReductions db.SQL = `SELECT ` + reductionColumns + ` FROM receipt_reductions WHERE receipt_seq BETWEEN $1 AND $2 ORDER BY receipt_seq, line_no, reduction_no`
	rangeTenders    db.SQL = `SELECT ` + tenderColumns + ` FROM receipt_tenders WHERE receipt_seq BETWEEN $1 AND $2 ORDER BY receipt_seq, tender_no`
	selectSeq       db.SQL = `SELECT seq FROM receipts WHERE id = $1`
	selectLast      db.SQL = `SELECT CAST(COALESCE(MAX(seq), 0) AS BIGINT) FROM receipts`
)

// Get reads one receipt, exactly as it was sealed.
func Get(q db.Q, u id.ID) (Sale, error) {
	var seq int64
	err := q.QueryRow(selectSeq, u[:]).Scan(&seq)
	if errors.Is(err, sql.ErrNoRows) {
		return Sale{}, ErrNotFound
	}
	if err != nil {
		return Sale{}, err
	}
	page, err := Page(q, seq, seq)
	if err != nil {
		return Sale{}, err
	}
	return page[0], nil
}

// Last is the highest sequence number, 0 when there is no receipt.
func Last(q db.Q) (int64, error) {
	var n int64
	err := q.QueryRow(selectLast).Scan(&n)
	return n, err
}

// pageSize bounds how many receipts Each holds in memory.
const pageSize = 500

// Each calls fn for all receipts in sequence order, from the given one on. Memory does not grow with
// their number.
func Each(q db.Q, from int64, fn func(*Sale) error) error {
	last, err := Last(q)
	if err != nil {
		return err
	}
	for ; from <= last; from += pageSize {
		page, err := Page(q, from, min(from+pageSize-1, last))
		if err != nil {
			return err
		}
		for i := range page {
			if err := fn(&page[i]); err != nil {
				return err
			}
		}
	}
	return nil
}

// Page reads the receipts with first <= seq <= last.
func Page(q db.Q, first, last int64) ([]Sale, error) {
	sales, err := scanAll(q, rangeReceipts, first, last, scanReceipt)
	if err != nil {
		return nil, err
	}
	at := make(map[int64]*receipt.Receipt, len(sales))
	for i := range sales {
		at[sales[i].Seq] = &sales[i].Receipt
	}
	for _, part := range []struct {
		query db.SQL
		scan  func(*sql.Rows, map[int64]*receipt.Receipt) error
	}{{rangeLines, scanLine}, {rangeTaxes, scanTax}, {rangeReductions, scanReduction}, {rangeTenders, scanTender}} {
		err := each(q, part.query, first, last, func(rows *sql.Rows) error { return part.scan(rows, at) })
		if err != nil {
			return nil, err
		}
	}
	return sales, nil
}

func scanAll[T any](q db.Q, query db.SQL, first, last int64, scan func(*sql.Rows) (T, error)) ([]T, error) {
	var out []T
	err := each(q, query, first, last, func(rows *sql.Rows) error {
		v, err := scan(rows)
		out = append(out, v)
		return err
	})
	return out, err
}

// each calls scan for the rows of a range of receipts.
func each(q db.Q, query db.SQL, first, last int64, scan func(*sql.Rows) error) error {
	rows, err := q.Query(query, first, last)
	if err != nil {
		return err
	}
	defer rows.Close()
	for rows.Next() {
		if err := scan(rows); err != nil {
			return err
		}
	}
	return rows.Err()
}

func scanReceipt(rows *sql.Rows) (Sale, error) {
	var s Sale
	var deviceMs int64
	var prev, hash []byte
	r := &s.Receipt
	err := rows.Scan(&s.Seq, &r.ID, &r.Kind, &r.Store, &r.Register, &r.Number, &r.BusinessDay, &deviceMs, &s.ServerMs, &s.Hour,
		&r.Currency, &r.Shift, &r.Employee, &r.Customer, &r.Channel, &r.PricesInclude, &r.TaxRounding, &r.TaxMode, &r.Rounding,
		&s.Unexplained, &r.Voids, &r.Note, &r.Source, &r.External, &prev, &hash)
	r.DeviceTime = time.UnixMilli(deviceMs).UTC()
	copy(r.PrevHash[:], prev)
	copy(r.Hash[:], hash)
	return s, err
}

func scanLine(rows *sql.Rows, at map[int64]*receipt.Receipt) error {
	var seq int64
	var l receipt.Line
	var isReturn bool
	var back receipt.Return
	err := rows.Scan(&seq, &l.No, &l.Kind, &l.Item, &l.Name, &l.Department, &l.Party, &l.Qty, &l.UnitPrice, &l.Extended, &l.Net,
		&l.NetDiscount, &l.Commission, &isReturn, &back.Receipt, &back.Line, &back.Reason, &back.Disposition)
	if isReturn {
		l.Return = &back
	}
	if r := at[seq]; r != nil {
		r.Lines = append(r.Lines, l)
	}
	return err
}

func scanTax(rows *sql.Rows, at map[int64]*receipt.Receipt) error {
	var seq int64
	var no int
	var t receipt.Tax
	err := rows.Scan(&seq, &no, &t.Code, &t.Rate, &t.Base, &t.Amount)
	if l := line(at[seq], no); l != nil {
		l.Taxes = append(l.Taxes, t)
	}
	return err
}

func scanReduction(rows *sql.Rows, at map[int64]*receipt.Receipt) error {
	var seq int64
	var no int
	var d receipt.Reduction
	err := rows.Scan(&seq, &no, &d.Kind, &d.Reason, &d.Promotion, &d.Amount)
	if l := line(at[seq], no); l != nil {
		l.Reductions = append(l.Reductions, d)
	}
	return err
}

// line finds a line by its number; lines are stored in their order, so it is nearly always at no-1.
func line(r *receipt.Receipt, no int) *receipt.Line {
	if r == nil {
		return nil
	}
	if no >= 1 && no <= len(r.Lines) && r.Lines[no-1].No == no {
		return &r.Lines[no-1]
	}
	for i := range r.Lines {
		if r.Lines[i].No == no {
			return &r.Lines[i]
		}
	}
	return nil
}

func scanTender(rows *sql.Rows, at map[int64]*receipt.Receipt) error {
	var seq int64
	var t receipt.Tender
	var currency string
	err := rows.Scan(&seq, &t.ID, &t.Type, &t.Amount, &t.Drawer, &currency, &t.Foreign.Minor, &t.FX, &t.Reference, &t.Party)
	t.Foreign.Currency = money.Currency(currency)
	if r := at[seq]; r != nil {
		r.Tenders = append(r.Tenders, t)
	}
	return err
}
