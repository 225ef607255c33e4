// Package trail opens a figure into what it is made of: it finds receipts by any of their names, lists
// those of a span of days, and says what a receipt moved on the shelves. What it made in the books is
// ledger.ByDoc.
package trail

import (
	"database/sql"
	"strconv"
	"strings"

	"github.com/tillpost/tillpost/internal/base/day"
	"github.com/tillpost/tillpost/internal/base/id"
	"github.com/tillpost/tillpost/internal/base/money"
	"github.com/tillpost/tillpost/internal/base/qty"
	"github.com/tillpost/tillpost/internal/platform/db"
)

// Head is a receipt in one line. Amounts are minor units of its currency.
type Head struct {
	Seq      int64          `json:"seq"` // its place among all receipts
	ID       id.ID          `json:"id"`
	Kind     string         `json:"kind"`
	Store    string         `json:"store"`
	Register string         `json:"register"`
	Number   int64          `json:"number"`
	Day      day.Day        `json:"business_day"`
	DeviceMs int64          `json:"device_ms"`
	Employee string         `json:"employee,omitempty"`
	Customer string         `json:"customer,omitempty"`
	External string         `json:"external,omitempty"` // its number in the system that it came from
	Currency money.Currency `json:"currency"`
	Lines    int64          `json:"lines"` // how many there are
	Total    money.Minor    `json:"total"`
	Tax      money.Minor    `json:"tax"` // part of the total
}

// Name is "S01/R1/42", as Find reads it.
func (h *Head) Name() string {
	return h.Store + "/" + h.Register + "/" + strconv.FormatInt(h.Number, 10)
}

// FindMost bounds how many receipts Find returns: outside systems may use a number more than once.
const FindMost = 20

const (
	columns = `SELECT r.seq, r.id, r.kind, r.store, r.register, r.number, r.business_day, r.device_ms, r.employee, r.customer, r.external, r.currency,
		(SELECT COUNT(*) FROM receipt_lines l WHERE l.receipt_seq = r.seq), r.total, r.tax FROM receipts r`
	selectID       db.SQL = columns + ` WHERE r.id = $1`
	selectNumber   db.SQL = columns + ` WHERE r.store = $1 AND r.register = $2 AND r.number = $3`
	selectExternal db.SQL = columns + ` WHERE r.external = $1 ORDER BY r.seq LIMIT $2`
	selectDays     db.SQL = columns + ` WHERE r.business_day >= $1 AND r.business_day <= $2 AND ($3 = '' OR r.store = $3)
		AND ($4 = '' OR r.register = $4) ORDER BY r.business_day, r.seq`
)

// Find looks a receipt up by its id, by STORE/REGISTER/NUMBER, or by its number in the outside system that
// it came from, which may be that of several. Nothing found is ErrNoReceipt.
func Find(q db.Q, name string) ([]Head, error) {
	var out []Head
	keep := func(h *Head) error {
		out = append(out, *h)
		return nil
	}
	var err error
	if u, bad := id.Parse(name); bad == nil {
		err = each(q, keep, selectID, u[:])
	} else if parts := strings.Split(strings.ReplaceAll(name, "#", ""), "/"); len(parts) == 3 {
		if n, bad := strconv.ParseInt(strings.TrimSpace(parts[2]), 10, 64); bad == nil {
			err = each(q, keep, selectNumber, strings.TrimSpace(parts[0]), strings.TrimSpace(parts[1]), n)
		}
	}
	if err == nil && len(out) == 0 && name != "" {
		err = each(q, keep, selectExternal, name, int64(FindMost))
	}
	if err == nil && len(out) == 0 {
		err = ErrNoReceipt
	}
	return out, err
}

// Scope is which receipts are listed. Both days are included; "" is all stores, all registers.
type Scope struct {
	From, To day.Day
	Store    string
	Register string
}

// Receipts calls fn for the receipts of the scope by business day and then as they were recorded. fn must
// not read from q.
func Receipts(q db.Q, s Scope, fn func(h *Head) error) error {
	return each(q, fn, selectDays, string(s.From), string(s.To), s.Store, s.Register)
}

func each(q db.Q, fn func(*Head) error, query db.SQL, args ...any) error {
	rows, err := q.Query(query, args...)
	if err != nil {
		return err
	}
	defer rows.Close()
	for rows.Next() {
		h, err := scan(rows)
		if err != nil {
			return err
		}
		if err := fn(&h); err != nil {
			return err
		}
	}
	return rows.Err()
}

func scan(rows *sql.Rows) (Head, error) {
	var h Head
	err := rows.Scan(&h.Seq, &h.ID, &h.Kind, &h.Store, &h.Register, &h.Number, &h.Day, &h.DeviceMs, &h.Employee, &h.Customer, &h.External,
		&h.Currency, &h.Lines, &h.Total, &h.Tax)
	return h, err
}

const selectNewest db.SQL = `SELECT COALESCE(MAX(effective_day), '') FROM entries`

// Newest is the last day of the books: on which anything counts. "" is that nothing does.
func Newest(q db.Q) (day.Day, error) {
	var d day.Day
	err := q.QueryRow(selectNewest).Scan(&d)
	return d, err
}

// Move is goods that a document moved.
type Move struct {
	EntrySeq int64       `json:"entry_seq"` // the ledger entry that books it
	Line     int64       `json:"line"`      // of the document; 0 when it belongs to none
	Kind     string      `json:"kind"`
	Location string      `json:"location"`
	Item     string      `json:"item"`
	Qty      qty.Qty     `json:"qty"`   // positive into the location
	Value    money.Minor `json:"value"` // in the book currency, with the sign of Qty
}

const selectMoves db.SQL = `SELECT m.entry_seq, m.doc_line, m.kind, m.location, m.item, m.qty, m.value
	FROM entries e JOIN stock_moves m ON m.entry_seq = e.seq WHERE e.doc = $1 ORDER BY m.entry_seq, m.line_no`

// Moves lists what a document moved, in the order of the ledger.
func Moves(q db.Q, doc id.ID) ([]Move, error) {
	rows, err := q.Query(selectMoves, doc[:])
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	var out []Move
	for rows.Next() {
		var m Move
		if err := rows.Scan(&m.EntrySeq, &m.Line, &m.Kind, &m.Location, &m.Item, &m.Qty, &m.Value); err != nil {
			return nil, err
		}
		out = append(out, m)
	}
	return out, rows.Err()
}
