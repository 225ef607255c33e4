package sales

import (
	"strconv"

	"github.com/tillpost/tillpost/internal/domain/receipt"
	"github.com/tillpost/tillpost/internal/platform/db"
)

var receiptsTable = db.Table{Name: "receipts", Columns: []string{"seq", "id", "kind", "store", "register", "number", "business_day",
	"device_ms", "server_ms", "hour", "currency", "shift", "employee", "customer", "channel", "prices_include", "tax_rounding", "tax_mode",
	"total", "tax", "rounding", "unexplained", "voids", "note", "source", "external", "content", "prev_hash", "hash"}}

var linesTable = db.Table{Name: "receipt_lines", Early: true, Columns: []string{"receipt_seq", "line_no", "kind", "item", "name", "department", "party",
	"qty", "unit_price", "extended", "net", "net_discount", "tax", "commission", "is_return", "returned", "returned_line", "reason",
	"disposition"}}

// plainTable takes the lines that sell something of the shop's own: most of them. That the customer
// brings nothing back need not be said of each.
var plainTable = db.Table{Name: "receipt_lines", Early: true, Columns: []string{"receipt_seq", "line_no", "kind", "item", "name", "department",
	"qty", "unit_price", "extended", "net", "net_discount", "tax"}, Fixed: []db.Fixed{{Column: "party", Value: "''"}, {Column: "commission", Value: "0"},
	{Column: "is_return", Value: "FALSE"}, {Column: "returned_line", Value: "0"}, {Column: "reason", Value: "''"}, {Column: "disposition", Value: "''"}}}

var taxesTable = db.Table{Name: "receipt_taxes", Early: true, Columns: []string{"receipt_seq", "line_no", "tax_no", "code", "rate", "base", "amount"}}

var reductionsTable = db.Table{Name: "receipt_reductions", Columns: []string{"receipt_seq", "line_no", "reduction_no", "kind", "reason",
	"promotion", "amount"}}

var tendersTable = db.Table{Name: "receipt_tenders", Columns: []string{"receipt_seq", "tender_no", "id", "type", "amount", "drawer",
	"foreign_currency", "foreign_amount", "fx", "reference", "party"}}

func insert(tx *db.Tx, s *Sale, content receipt.Hash) {
	r := &s.Receipt
	var tax int64
	for i := range r.Lines {
		tax += int64(r.Lines[i].Tax())
	}
	tx.Insert(&receiptsTable, s.Seq, r.ID[:], string(r.Kind), r.Store, r.Register, r.Number, string(r.BusinessDay),
		r.DeviceTime.UnixMilli(), s.ServerMs, int64(s.Hour), string(r.Currency), r.Shift, r.Employee, r.Customer, r.Channel,
		r.PricesInclude, string(r.TaxRounding), string(r.TaxMode), int64(r.Total()), tax, int64(r.Rounding), int64(s.Unexplained),
		r.Voids, r.Note, r.Source, r.External, content[:], r.PrevHash[:], r.Hash[:])
	for i := range r.Lines {
		insertLine(tx, s.Seq, &r.Lines[i])
	}
	for i := range r.Tenders {
		t := &r.Tenders[i]
		tx.Insert(&tendersTable, s.Seq, int64(i+1), t.ID, t.Type, int64(t.Amount), t.Drawer, string(t.Foreign.Currency),
			int64(t.Foreign.Minor), int64(t.FX), t.Reference, t.Party)
	}
}

func insertLine(tx *db.Tx, seq int64, l *receipt.Line) {
	if l.Return == nil && l.Party == "" && l.Commission == 0 {
		tx.Insert(&plainTable, seq, int64(l.No), string(l.Kind), l.Item, l.Name, l.Department, int64(l.Qty), int64(l.UnitPrice),
			int64(l.Extended), int64(l.Net), int64(l.NetDiscount), int64(l.Tax()))
		insertParts(tx, seq, l)
		return
	}
	back := receipt.Return{}
	if l.Return != nil {
		back = *l.Return
	}
	tx.Insert(&linesTable, seq, int64(l.No), string(l.Kind), l.Item, l.Name, l.Department, l.Party, int64(l.Qty), int64(l.UnitPrice),
		int64(l.Extended), int64(l.Net), int64(l.NetDiscount), int64(l.Tax()), int64(l.Commission), l.Return != nil, back.Receipt,
		int64(back.Line), back.Reason, back.Disposition)
	insertParts(tx, seq, l)
}

func insertParts(tx *db.Tx, seq int64, l *receipt.Line) {
	for i, t := range l.Taxes {
		tx.Insert(&taxesTable, seq, int64(l.No), int64(i+1), t.Code, int64(t.Rate), int64(t.Base), int64(t.Amount))
	}
	for i, d := range l.Reductions {
		tx.Insert(&reductionsTable, seq, int64(l.No), int64(i+1), d.Kind, d.Reason, d.Promotion, int64(d.Amount))
	}
}

func itoa(n int64) string { return strconv.FormatInt(n, 10) }
