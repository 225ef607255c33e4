package main

import (
	"context"
	"database/sql"
	"math"
	"time"

	"github.com/tillpost/tillpost/internal/base/money"
	"github.com/tillpost/tillpost/internal/domain/ledger"
	"github.com/tillpost/tillpost/internal/domain/receipt"
	"github.com/tillpost/tillpost/internal/domain/sales"
)

// cursor reads a table in the order of a number that comes first in its rows.
type cursor struct {
	rows *sql.Rows
	seq  int64 // of the row that was read last and not taken yet; the largest number behind the last
	into []any
	err  error
}

func open(ctx context.Context, d *sql.DB, query string, into ...any) (*cursor, error) {
	rows, err := d.QueryContext(ctx, query)
	if err != nil {
		return nil, err
	}
	c := &cursor{rows: rows}
	c.into = append([]any{&c.seq}, into...)
	c.step()
	return c, c.err
}

func (c *cursor) step() {
	if c.rows.Next() {
		c.err = c.rows.Scan(c.into...)
		return
	}
	c.seq, c.err = math.MaxInt64, c.rows.Err()
}

// of calls take for each row with the number.
func (c *cursor) of(seq int64, take func()) error {
	for c.seq == seq && c.err == nil {
		take()
		c.step()
	}
	return c.err
}

// parts are the tables of receipts side by side. The sale is good until the next one.
type parts struct {
	sale                                        sales.Sale
	receipts, lines, taxes, reductions, tenders *cursor

	read       sales.Sale // the row that is not taken yet
	deviceMs   int64
	prev, hash []byte
	line       receipt.Line
	isReturn   bool
	back       receipt.Return
	no         int
	tax        receipt.Tax
	reduction  receipt.Reduction
	tender     receipt.Tender
}

func openParts(ctx context.Context, d *sql.DB) (p *parts, err error) {
	p = &parts{}
	r, l, t := &p.read.Receipt, &p.line, &p.tender
	if p.receipts, err = open(ctx, d, `SELECT seq, id, kind, store, register, number, business_day, device_ms, hour, currency, shift, employee, customer, channel,
		prices_include, tax_rounding, tax_mode, rounding, unexplained, voids, note, source, external, prev_hash, hash FROM receipts ORDER BY seq`,
		&r.ID, &r.Kind, &r.Store, &r.Register, &r.Number, &r.BusinessDay, &p.deviceMs, &p.read.Hour, &r.Currency, &r.Shift, &r.Employee, &r.Customer, &r.Channel,
		&r.PricesInclude, &r.TaxRounding, &r.TaxMode, &r.Rounding, &p.read.Unexplained, &r.Voids, &r.Note, &r.Source, &r.External, &p.prev, &p.hash); err != nil {
		return nil, err
	}
	if p.lines, err = open(ctx, d, `SELECT receipt_seq, line_no, kind, item, name, department, party, qty, unit_price, extended, net, net_discount, commission,
		is_return, returned, returned_line, reason, disposition FROM receipt_lines ORDER BY receipt_seq, line_no`, &l.No, &l.Kind, &l.Item, &l.Name,
		&l.Department, &l.Party, &l.Qty, &l.UnitPrice, &l.Extended, &l.Net, &l.NetDiscount, &l.Commission, &p.isReturn, &p.back.Receipt, &p.back.Line,
		&p.back.Reason, &p.back.Disposition); err != nil {
		return nil, err
	}
	if p.taxes, err = open(ctx, d, `SELECT receipt_seq, line_no, code, rate, base, amount FROM receipt_taxes ORDER BY receipt_seq, line_no, tax_no`,
		&p.no, &p.tax.Code, &p.tax.Rate, &p.tax.Base, &p.tax.Amount); err != nil {
		return nil, err
	}
	if p.reductions, err = open(ctx, d, `SELECT receipt_seq, line_no, kind, reason, promotion, amount FROM receipt_reductions
		ORDER BY receipt_seq, line_no, reduction_no`, &p.no, &p.reduction.Kind, &p.reduction.Reason, &p.reduction.Promotion, &p.reduction.Amount); err != nil {
		return nil, err
	}
	p.tenders, err = open(ctx, d, `SELECT receipt_seq, id, type, amount, drawer, foreign_currency, foreign_amount, fx, reference, party FROM receipt_tenders
		ORDER BY receipt_seq, tender_no`, &t.ID, &t.Type, &t.Amount, &t.Drawer, (*string)(&t.Foreign.Currency), &t.Foreign.Minor, &t.FX, &t.Reference, &t.Party)
	return p, err
}

func (p *parts) close() {
	for _, c := range []*cursor{p.receipts, p.lines, p.taxes, p.reductions, p.tenders} {
		_ = c.rows.Close()
	}
}

// next puts the next sale together; false after the last.
func (p *parts) next() (bool, error) {
	seq := p.receipts.seq
	if seq == math.MaxInt64 || p.receipts.err != nil {
		return false, p.receipts.err
	}
	lines, tenders := p.sale.Receipt.Lines[:0], p.sale.Receipt.Tenders[:0]
	p.sale = p.read
	r := &p.sale.Receipt
	r.DeviceTime = time.UnixMilli(p.deviceMs).UTC()
	copy(r.PrevHash[:], p.prev)
	copy(r.Hash[:], p.hash)
	p.receipts.step()
	err := p.lines.of(seq, func() {
		l := p.line
		if p.isReturn {
			back := p.back
			l.Return = &back
		}
		lines = append(lines, l)
	})
	at := func() *receipt.Line {
		for i := range lines {
			if lines[i].No == p.no {
				return &lines[i]
			}
		}
		return &receipt.Line{}
	}
	err = firstOf(err, p.taxes.of(seq, func() { l := at(); l.Taxes = append(l.Taxes, p.tax) }),
		p.reductions.of(seq, func() { l := at(); l.Reductions = append(l.Reductions, p.reduction) }),
		p.tenders.of(seq, func() { tenders = append(tenders, p.tender) }))
	r.Lines, r.Tenders = lines, tenders
	return true, err
}

// journal is the entries with their lines. The entry is good until the next one.
type journal struct {
	entry          ledger.Entry
	entries, lines *cursor

	read       ledger.Entry
	prev, hash []byte
	line       ledger.Line
}

func openJournal(ctx context.Context, d *sql.DB) (p *journal, err error) {
	p = &journal{}
	e, l := &p.read, &p.line
	if p.entries, err = open(ctx, d, `SELECT seq, id, kind, doc, store, register, business_day, effective_day, posted_ms, memo, attachment, reverses,
		prev_hash, hash FROM entries ORDER BY seq`, &e.ID, &e.Kind, &e.Doc, &e.Store, &e.Register, &e.BusinessDay, &e.EffectiveDay, &e.PostedMs, &e.Memo,
		&e.Attachment, &e.Reverses, &p.prev, &p.hash); err != nil {
		return nil, err
	}
	p.lines, err = open(ctx, d, `SELECT entry_seq, account, amount, store, department, tax_code, tender, party, unknown, foreign_currency, foreign_amount
		FROM entry_lines ORDER BY entry_seq, line_no`, &l.Account, &l.Amount, &l.Store, &l.Department, &l.TaxCode, &l.Tender, &l.Party, &l.Unknown,
		(*money.Currency)(&l.Foreign.Currency), &l.Foreign.Minor)
	return p, err
}

func (p *journal) close() {
	_, _ = p.entries.rows.Close(), p.lines.rows.Close()
}

func (p *journal) next() (bool, error) {
	seq := p.entries.seq
	if seq == math.MaxInt64 || p.entries.err != nil {
		return false, p.entries.err
	}
	lines := p.entry.Lines[:0]
	p.entry = p.read
	e := &p.entry
	e.Seq = seq
	copy(e.PrevHash[:], p.prev)
	copy(e.Hash[:], p.hash)
	p.entries.step()
	err := p.lines.of(seq, func() { lines = append(lines, p.line) })
	e.Lines = lines
	return true, err
}
