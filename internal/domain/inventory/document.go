package inventory

import (
	"database/sql"
	"errors"
	"fmt"

	"github.com/tillpost/tillpost/internal/base/day"
	"github.com/tillpost/tillpost/internal/base/id"
	"github.com/tillpost/tillpost/internal/base/money"
	"github.com/tillpost/tillpost/internal/base/qty"
	"github.com/tillpost/tillpost/internal/platform/db"
	"github.com/tillpost/tillpost/internal/platform/outbox"
)

// The kinds of stock document.
const (
	DocDelivery   = "delivery"
	DocReturn     = "supplier_return"
	DocBill       = "bill" // a supplier's bill of deliveries and returns: moves no goods
	DocCount      = "count"
	DocTransfer   = "transfer"
	DocArrival    = "arrival" // of a transfer, whole or in part
	DocAdjustment = "adjustment"
)

// The states of a stock document.
const (
	StateDone     = "done"
	StateSent     = "sent"     // a transfer of which goods are under way
	StateReceived = "received" // a delivery that is not fully billed
	StateReturned = "returned" // a return to the supplier that no bill has fully taken into account
)

// Doc is a stock document as it was recorded: what its flow answers, also when it is asked again.
type Doc struct {
	ID          id.ID       `json:"id"`
	Kind        string      `json:"kind"`
	Location    string      `json:"location"`
	Other       string      `json:"other,omitempty"` // where a transfer goes; the kind of an adjustment
	State       string      `json:"state"`
	Supplier    string      `json:"supplier,omitempty"`
	Reference   string      `json:"reference,omitempty"`
	BusinessDay day.Day     `json:"business_day"`
	CreatedMs   int64       `json:"created_ms"`
	EntrySeq    int64       `json:"entry_seq,omitempty"` // the ledger entry that books it; 0 when nothing was to be booked
	Open        money.Minor `json:"open,omitempty"`      // of a delivery: received and not billed yet; of a return to the supplier: negative
	Lines       []DocLine   `json:"lines"`
	Content     [32]byte    `json:"-"` // hash of what was sent in
}

// DocLine is a line as it was recorded.
type DocLine struct {
	No     int         `json:"no"`
	Item   string      `json:"item"`             // on a bill: the id of the delivery or return
	Qty    qty.Qty     `json:"qty"`              // received, moved or counted
	Before qty.Qty     `json:"before,omitempty"` // of a count: what was expected
	Value  money.Minor `json:"value"`            // what came in (left when negative); on a bill: what it settles
}

const (
	selectDoc db.SQL = `SELECT kind, location, other, state, supplier, reference, business_day, created_ms, entry_seq, open_value, content
	FROM stock_docs WHERE id = $1`
	selectDocLines db.SQL = `SELECT line_no, item, qty, before_qty, value FROM stock_doc_lines WHERE doc = $1 ORDER BY line_no`
	insertDoc      db.SQL = `INSERT INTO stock_docs (id, kind, location, other, state, supplier, reference, business_day, created_ms,
	entry_seq, open_value, content) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)`
	updateDoc db.SQL = `UPDATE stock_docs SET state = $2, open_value = $3 WHERE id = $1`
)

var docLinesTable = db.Table{Name: "stock_doc_lines", Columns: []string{"doc", "line_no", "item", "qty", "before_qty", "value"}}

// Recorded looks whether a document was recorded before. The same id with another kind or content is
// ErrOther.
func Recorded(tx *db.Tx, u id.ID, kind string, content [32]byte) (*Doc, bool, error) {
	doc, err := FindDoc(tx, u)
	if errors.Is(err, ErrDocUnknown) {
		return nil, false, nil
	}
	if err != nil {
		return nil, false, err
	}
	if doc.Kind != kind || doc.Content != content {
		return nil, false, ErrOther.At("id")
	}
	return doc, true, nil
}

// FindDoc returns a document, or ErrDocUnknown. Change it only with Change.
func FindDoc(tx *db.Tx, u id.ID) (*Doc, error) {
	g, err := open(tx)
	if err != nil {
		return nil, err
	}
	if doc := g.docs[u]; doc != nil {
		return doc, nil
	}
	doc, err := ReadDoc(tx, u)
	if err == nil {
		g.docs[u] = doc
	}
	return doc, err
}

// ReadDoc returns a document as it is on disk, or ErrDocUnknown.
func ReadDoc(q db.Q, u id.ID) (*Doc, error) {
	doc := &Doc{ID: u}
	var content []byte
	err := q.QueryRow(selectDoc, u[:]).Scan(&doc.Kind, &doc.Location, &doc.Other, &doc.State, &doc.Supplier, &doc.Reference,
		&doc.BusinessDay, &doc.CreatedMs, &doc.EntrySeq, &doc.Open, &content)
	if errors.Is(err, sql.ErrNoRows) {
		return nil, ErrDocUnknown
	}
	if err != nil {
		return nil, err
	}
	copy(doc.Content[:], content)
	rows, err := q.Query(selectDocLines, u[:])
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	for rows.Next() {
		var l DocLine
		if err := rows.Scan(&l.No, &l.Item, &l.Qty, &l.Before, &l.Value); err != nil {
			return nil, err
		}
		doc.Lines = append(doc.Lines, l)
	}
	return doc, rows.Err()
}

// Record keeps a new document. Its flow has asked Recorded before.
func Record(tx *db.Tx, doc *Doc) error {
	g, err := open(tx)
	if err != nil {
		return err
	}
	doc.CreatedMs = tx.Now.UnixMilli()
	if _, err := tx.Exec(insertDoc, doc.ID[:], doc.Kind, doc.Location, doc.Other, doc.State, doc.Supplier, doc.Reference,
		string(doc.BusinessDay), doc.CreatedMs, doc.EntrySeq, int64(doc.Open), doc.Content[:]); err != nil {
		return err
	}
	for i := range doc.Lines {
		l := &doc.Lines[i]
		tx.Insert(&docLinesTable, doc.ID[:], int64(l.No), l.Item, int64(l.Qty), int64(l.Before), int64(l.Value))
	}
	g.docs[doc.ID] = doc
	topic, ok := recorded[doc.Kind]
	if !ok {
		return fmt.Errorf("a stock document of the kind %q has no topic", doc.Kind)
	}
	return outbox.Add(tx, topic, doc.ID.String(), doc.Location)
}

// recorded are the topics under which documents are told.
var recorded = map[string]outbox.Topic{DocDelivery: outbox.DeliveryRecorded, DocReturn: outbox.SupplierReturnRecorded, DocBill: outbox.BillRecorded,
	DocCount: outbox.CountRecorded, DocTransfer: outbox.ShipmentRecorded, DocArrival: outbox.ArrivalRecorded, DocAdjustment: outbox.AdjustmentRecorded}

// Change keeps a document's new state and open value.
func Change(tx *db.Tx, doc *Doc, state string, open money.Minor) error {
	if _, err := tx.Exec(updateDoc, doc.ID[:], state, int64(open)); err != nil {
		return err
	}
	doc.State, doc.Open = state, open
	return nil
}

// Worth adds to the lines what the costs of the same line numbers moved: positive came in. The true
// cost of what had been sold before is no part of it.
func (d *Doc) Worth(costs []Cost) {
	at := make(map[int]*DocLine, len(d.Lines))
	for i := range d.Lines {
		at[d.Lines[i].No] = &d.Lines[i]
	}
	for i := range costs {
		if l := at[costs[i].Line]; l != nil && costs[i].Kind != TrueUp {
			l.Value -= costs[i].Value
		}
	}
}
