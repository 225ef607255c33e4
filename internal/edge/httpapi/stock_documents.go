package httpapi

import (
	"errors"

	"github.com/tillpost/tillpost/internal/base/day"
	"github.com/tillpost/tillpost/internal/base/id"
	"github.com/tillpost/tillpost/internal/base/money"
	"github.com/tillpost/tillpost/internal/domain/inventory"
	"github.com/tillpost/tillpost/internal/flow/adjust"
	"github.com/tillpost/tillpost/internal/flow/receive"
	"github.com/tillpost/tillpost/internal/flow/stockdoc"
	"github.com/tillpost/tillpost/internal/flow/stocktake"
	"github.com/tillpost/tillpost/internal/flow/transfer"
	"github.com/tillpost/tillpost/internal/platform/auth"
	"github.com/tillpost/tillpost/internal/platform/db"
)

// StockDocument is a stock document without its lines, as lists show it.
type StockDocument struct {
	ID          id.ID       `json:"id"`
	Kind        string      `json:"kind"`
	Location    string      `json:"location"`
	Other       string      `json:"other,omitempty" doc:"Where a transfer goes; the kind of an adjustment."`
	State       string      `json:"state" doc:"done; sent: a transfer of which goods are under way; received: a delivery that is not fully billed; returned: a return that no bill has fully taken into account."`
	Supplier    string      `json:"supplier,omitempty"`
	Reference   string      `json:"reference,omitempty"`
	BusinessDay day.Day     `json:"business_day"`
	CreatedMs   int64       `json:"created_ms"`
	EntrySeq    int64       `json:"entry_seq,omitempty" doc:"The ledger entry that books it."`
	Open        money.Minor `json:"open,omitempty" doc:"Of a delivery: received and not billed yet; of a return to the supplier: negative."`
}

// documentKind is a kind of stock document and what its operations are called.
type documentKind struct {
	kind, path, one, many, title, titles, doc string
}

// stockDocuments registers the documents that move stock.
func (a *API) stockDocuments() {
	documents(a, documentKind{inventory.DocDelivery, "/deliveries", "Delivery", "Deliveries", "a delivery", "Deliveries",
		"Goods that a supplier brought. They are owed to the supplier until a bill asks for them."},
		func(d *receive.Delivery) *inventory.Head { return &d.Head }, receive.DeliverTx, nil)
	documents(a, documentKind{inventory.DocReturn, "/supplier-returns", "SupplierReturn", "SupplierReturns", "a return to a supplier", "Returns to suppliers",
		"Goods that go back to their supplier, who owes them until a bill takes them into account."},
		func(d *receive.Return) *inventory.Head { return &d.Head }, receive.SendBackTx, nil)
	documents(a, documentKind{inventory.DocBill, "/bills", "Bill", "Bills", "a bill of a supplier", "Bills of suppliers",
		"What a supplier asks for deliveries, less returns. It moves no goods."},
		func(d *receive.Bill) *inventory.Head { return &d.Head }, receive.BillTx, billed)
	documents(a, documentKind{inventory.DocAdjustment, "/adjustments", "Adjustment", "Adjustments", "an adjustment", "Adjustments",
		"Goods that were found, are gone or damaged, or were there when the books began."},
		func(d *adjust.Adjustment) *inventory.Head { return &d.Head }, adjust.RecordTx, nil)
	documents(a, documentKind{inventory.DocCount, "/counts", "Count", "Counts", "a count", "Counts",
		"What was counted on the shelves; the difference to what should be there is booked."},
		func(d *stocktake.Count) *inventory.Head { return &d.Head }, stocktake.CountTx, nil)
	documents(a, documentKind{inventory.DocTransfer, "/shipments", "Shipment", "Shipments", "a shipment to another store", "Shipments to other stores",
		"Goods that leave a store for another. They are in transit until they arrive."},
		func(d *transfer.Shipment) *inventory.Head { return &d.Head }, transfer.ShipTx, nil)
	documents(a, documentKind{inventory.DocArrival, "/arrivals", "Arrival", "Arrivals", "the arrival of a shipment", "Arrivals of shipments",
		"Goods of a shipment that arrived, all or a part. With close, what is still under way is written off."},
		func(d *transfer.Arrival) *inventory.Head { return &d.Head }, transfer.ArriveTx, nil)
	get(a, operation{ID: "listStockDocuments", Path: "/stock-documents", Tag: tagStock, Scope: auth.StockRead, Summary: "Documents that moved stock, of all kinds",
		Doc: documentOrder}, func(c *Call, in *struct {
		Kind string `query:"kind" enum:"delivery,supplier_return,bill,adjustment,count,transfer,arrival" doc:"Only these."`
		DocumentQuery
	}) (Page[StockDocument], error) {
		return in.list(c, in.Kind)
	})
	get(a, operation{ID: "getStockDocument", Path: "/stock-documents/{id}", Tag: tagStock, Scope: auth.StockRead, Summary: "A document that moved stock, whatever its kind"},
		func(c *Call, in *struct {
			ID id.ID `path:"id"`
		}) (inventory.Doc, error) {
			return c.stockDocument(in.ID, "")
		})
}

const documentOrder = "Without their lines, in the order of their ids: as they were made, where ids are UUIDs of version 7."

// documents registers one kind of them. also says what else a key needs for a document, nil for nothing
// but its store.
func documents[D stockdoc.Document](a *API, k documentKind, head func(*D) *inventory.Head, record func(*db.Tx, D) (*inventory.Doc, error), also func(*Call, *db.Tx, *D) error) {
	post(a, operation{ID: "record" + k.one, Path: k.path, Tag: tagStock, Scope: auth.StockWrite, Conflicts: true, Summary: "Record " + k.title,
		Doc: k.doc + " The answer is the document as it was recorded. The same again changes nothing."},
		func(c *Call, _ *struct{}, doc D) (out inventory.Doc, fresh bool, err error) {
			h := head(&doc)
			if err := c.Who.NeedStore(h.Location); err != nil {
				return out, false, err
			}
			if err := doc.Validate(c.DB().Now()); err != nil {
				return out, false, err
			}
			err = c.Write(func(tx *db.Tx) error {
				_, err := inventory.FindDoc(tx, h.ID)
				if fresh = errors.Is(err, inventory.ErrDocUnknown); err != nil && !fresh {
					return err
				}
				if also != nil {
					if err := also(c, tx, &doc); err != nil {
						return err
					}
				}
				recorded, err := record(tx, doc)
				if err == nil {
					out = *recorded
				}
				return err
			})
			out.Lines = filled(out.Lines)
			return out, fresh, err
		})
	get(a, operation{ID: "list" + k.many, Path: k.path, Tag: tagStock, Scope: auth.StockRead, Summary: k.titles, Doc: documentOrder},
		func(c *Call, in *DocumentQuery) (Page[StockDocument], error) { return in.list(c, k.kind) })
	get(a, operation{ID: "get" + k.one, Path: k.path + "/{id}", Tag: tagStock, Scope: auth.StockRead, Summary: "Show " + k.title},
		func(c *Call, in *struct {
			ID id.ID `path:"id"`
		}) (inventory.Doc, error) {
			return c.stockDocument(in.ID, k.kind)
		})
}

// billed lets a key bill only what was delivered to its stores.
func billed(c *Call, tx *db.Tx, b *receive.Bill) error {
	for _, s := range b.Deliveries {
		doc, err := inventory.FindDoc(tx, s.Delivery)
		if errors.Is(err, inventory.ErrDocUnknown) {
			continue // the flow says so, and where
		}
		if err == nil {
			err = c.Who.NeedStore(doc.Location)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// DocumentQuery are the parameters of their lists.
type DocumentQuery struct {
	Location string `query:"location" doc:"Only this store's; a shipment is also of the store that it goes to. A key for one store means that one, a key for several has to name one."`
	From     string `query:"from" format:"date" doc:"First business day; the beginning when left out."`
	To       string `query:"to" format:"date" doc:"Last business day; the end when left out."`
	State    string `query:"state" enum:"done,sent,received,returned" doc:"Only those in this state."`
	Supplier string `query:"supplier" doc:"Only this supplier's."`
	Paged
}

func (in *DocumentQuery) list(c *Call, kind string) (Page[StockDocument], error) {
	var place id.ID
	s, err := (&Span{From: in.From, To: in.To}).scope()
	if err == nil {
		err = in.after(&place)
	}
	if err == nil {
		err = c.Who.NeedStore(in.Location)
	}
	if err != nil {
		return Page[StockDocument]{}, err
	}
	w := inventory.Wanted{Kind: kind, Location: in.Location, From: s.From, To: s.To, State: in.State, Supplier: in.Supplier}
	var rows []StockDocument
	err = c.Read(func(v *db.View) error {
		docs, err := inventory.Page(v, w, place, in.Limit+1)
		for i := range docs {
			d := &docs[i]
			rows = append(rows, StockDocument{ID: d.ID, Kind: d.Kind, Location: d.Location, Other: d.Other, State: d.State, Supplier: d.Supplier,
				Reference: d.Reference, BusinessDay: d.BusinessDay, CreatedMs: d.CreatedMs, EntrySeq: d.EntrySeq, Open: d.Open})
		}
		return err
	})
	return page(rows, in.Limit, func(d StockDocument) any { return d.ID }), err
}

// stockDocument reads a document of a kind, "" being any. A transfer belongs to both of its stores.
func (c *Call) stockDocument(u id.ID, kind string) (out inventory.Doc, err error) {
	err = c.Read(func(v *db.View) error {
		doc, err := inventory.ReadDoc(v, u)
		if err != nil {
			return err
		}
		if kind != "" && doc.Kind != kind {
			return inventory.ErrDocUnknown
		}
		out = *doc
		out.Lines = filled(out.Lines)
		if doc.Kind == inventory.DocTransfer && c.Who.NeedStore(doc.Other) == nil {
			return nil
		}
		return c.Who.NeedStore(doc.Location)
	})
	return out, err
}
