package httpapi

import (
	"bytes"
	"context"
	"net/http"
	"reflect"

	"github.com/danielgtaylor/huma/v2"

	"github.com/tillpost/tillpost/internal/base/day"
	"github.com/tillpost/tillpost/internal/base/id"
	"github.com/tillpost/tillpost/internal/base/money"
	"github.com/tillpost/tillpost/internal/base/strictjson"
	"github.com/tillpost/tillpost/internal/domain/ledger"
	"github.com/tillpost/tillpost/internal/domain/receipt"
	"github.com/tillpost/tillpost/internal/domain/sales"
	"github.com/tillpost/tillpost/internal/flow/checkout"
	"github.com/tillpost/tillpost/internal/flow/refund"
	"github.com/tillpost/tillpost/internal/platform/auth"
	"github.com/tillpost/tillpost/internal/platform/db"
	"github.com/tillpost/tillpost/internal/views/trail"
)

// BatchMost is how many receipts one request may bring: what a till has sold in a few days offline.
const BatchMost = 500

// batchBytes bounds a batch in bytes.
const batchBytes = 16 << 20

// Recorded is the answer to a receipt: what the server decided, or had decided when it came first.
type Recorded struct {
	ID          id.ID        `json:"id"` // of the receipt
	Seq         int64        `json:"seq" doc:"Its place among all receipts."`
	Store       string       `json:"store"`
	Register    string       `json:"register"`
	Number      int64        `json:"number"`
	BusinessDay day.Day      `json:"business_day"`
	Total       money.Minor  `json:"total"`
	PrevHash    receipt.Hash `json:"prev_hash,omitzero"`
	Hash        receipt.Hash `json:"hash"`
	ServerMs    int64        `json:"server_ms" doc:"When it was recorded: Unix milliseconds."`
}

// Arrived is the answer to one receipt of a batch: 201 and 200 as for a single one, or the problem.
type Arrived struct {
	Status  int       `json:"status"`
	ID      id.ID     `json:"id,omitzero"`       // of the receipt, when it could be read
	Receipt *Recorded `json:"receipt,omitempty"` // what is recorded
	Problem *Problem  `json:"problem,omitempty"` // why it is not
}

// Arrivals is the answer to a batch, in its order.
type Arrivals struct {
	Results []Arrived `json:"results"`
}

func recorded(s *sales.Sale) Recorded {
	r := &s.Receipt
	return Recorded{ID: r.ID, Seq: s.Seq, Store: r.Store, Register: r.Register, Number: r.Number, BusinessDay: r.BusinessDay,
		Total: r.Total(), PrevHash: r.PrevHash, Hash: r.Hash, ServerMs: s.ServerMs}
}

func (a *API) receipts() {
	a.postReceipts()
	post(a, operation{ID: "refundReceipt", Path: "/refunds", Tag: tagSales, Scope: auth.SalesWrite, Conflicts: true,
		Summary: "Take goods back", Doc: "Lines of a recorded receipt come back as they were sold; more than is left is refused. The answer is the receipt that this makes on the register OFFICE."},
		ofReceipt(refund.Refund))
	post(a, operation{ID: "voidReceipt", Path: "/voids", Tag: tagSales, Scope: auth.SalesWrite, Conflicts: true,
		Summary: "Cancel a receipt", Doc: "The answer is the receipt that cancels the other one."}, ofReceipt(refund.Void))
	get(a, operation{ID: "listReceipts", Path: "/receipts", Tag: tagSales, Scope: auth.SalesRead,
		Summary: "Receipts of a span of days", Doc: "By business day and then as they were recorded."}, listReceipts)
	get(a, operation{ID: "getReceipt", Path: "/receipts/{id}", Tag: tagSales, Scope: auth.SalesRead, Summary: "One receipt",
		Doc: "As it was recorded, with the entries that it made in the books and what it moved on the shelves."}, getReceipt)
	post(a, operation{ID: "quote", Path: "/quotes", Tag: tagSales, Scope: auth.SalesWrite, Or: auth.CatalogueRead, Asks: true, Summary: "Price a basket without selling it",
		Doc: "Price lists, promotions and taxes of the shop decide. Nothing is written. Moment and business day are now and today unless the basket names others."}, quote)
}

// postReceipts is the way of a sale into the books, and the busiest of all: it reads and answers one
// receipt or a batch.
func (a *API) postReceipts() {
	o := register(a, http.MethodPost, operation{ID: "recordReceipts", Path: "/receipts", Tag: tagSales, Scope: auth.SalesWrite, Conflicts: true,
		Summary: "Record a receipt, or a batch of up to 500",
		Doc: "A receipt as a till made it, sealed and numbered, or without a number: then it is numbered and sealed here. The answer means that it is on disk. " +
			"The same receipt again is answered with 200 and what was answered first; the same id with other content is a conflict and changes nothing. " +
			"A list is a batch: each receipt of it stands for itself, in the order of the list, and the answer has a result for each."},
		func(c *Call, _ *struct{}) (*output[any], error) {
			raw, err := c.body(batchBytes)
			if err != nil {
				return nil, err
			}
			if text := bytes.TrimLeft(raw, " \t\r\n"); len(text) > 0 && text[0] == '[' {
				return c.recordBatch(raw)
			}
			return c.record(raw)
		})
	one, answer := a.schema(reflect.TypeFor[receipt.Receipt]()), a.schema(reflect.TypeFor[Recorded]())
	most := BatchMost
	a.takes(o, &huma.Schema{OneOf: []*huma.Schema{one, {Type: huma.TypeArray, Items: one, MaxItems: &most}}})
	o.Responses["200"].Content["application/json"].Schema = &huma.Schema{OneOf: []*huma.Schema{answer, a.schema(reflect.TypeFor[Arrivals]())}}
	o.Responses["200"].Description = "It was recorded before, or it is a batch: the results say what became of each."
	o.Responses["201"] = &huma.Response{Description: "It is recorded.", Content: map[string]*huma.MediaType{"application/json": {Schema: answer}}}
}

// record records one receipt.
func (c *Call) record(raw []byte) (*output[any], error) {
	r, err := c.arrival(raw)
	if err != nil {
		return nil, err
	}
	sale, fresh, err := checkout.Complete(c, c.DB(), r)
	if err != nil {
		return nil, err
	}
	return &output[any]{Status: created(fresh), Body: recorded(&sale)}, nil
}

// arrival reads a receipt and checks what does not need the database.
func (c *Call) arrival(raw []byte) (receipt.Receipt, error) {
	r, err := receipt.Decode(raw)
	if err == nil {
		err = c.Who.NeedStore(r.Store)
	}
	if err == nil {
		err = receipt.Validate(r, c.DB().Now())
	}
	return r, err
}

// recordBatch records receipts each by itself: one that is refused leaves the others alone.
func (c *Call) recordBatch(raw []byte) (*output[any], error) {
	texts, err := strictjson.List(raw, batchBytes)
	if err != nil {
		return nil, err
	}
	if len(texts) == 0 || len(texts) > BatchMost {
		return nil, ErrBatch
	}
	out := Arrivals{Results: make([]Arrived, len(texts))}
	bodies := make([]func(tx *db.Tx) error, 0, len(texts))
	at := make([]int, 0, len(texts))
	refuse := func(i int, err error) {
		out.Results[i].Problem = problemOf(c, c.api.log, err)
		out.Results[i].Status = out.Results[i].Problem.Status
	}
	for i, text := range texts {
		r, err := c.arrival(text)
		out.Results[i].ID = r.ID
		if err != nil {
			refuse(i, err)
			continue
		}
		at = append(at, i)
		bodies = append(bodies, func(tx *db.Tx) error {
			sale, fresh, err := checkout.Record(tx, checkout.Arrival{Receipt: &r})
			if err != nil {
				return err
			}
			answer := recorded(&sale)
			out.Results[i].Status, out.Results[i].Receipt = created(fresh), &answer
			return nil
		})
	}
	for n, err := range c.DB().WriteEach(c, bodies) {
		if err != nil {
			out.Results[at[n]].Receipt = nil
			refuse(at[n], err)
		}
	}
	return &output[any]{Status: http.StatusOK, Body: out}, nil
}

// ofReceipt is a command about a recorded receipt, whose store the key must be for.
func ofReceipt(run func(ctx context.Context, d *db.DB, c refund.Command) (sales.Sale, bool, error)) func(*Call, *struct{}, refund.Command) (Recorded, bool, error) {
	return func(c *Call, _ *struct{}, doc refund.Command) (Recorded, bool, error) {
		err := c.Read(func(v *db.View) error {
			original, err := sales.Get(v, doc.Receipt)
			if err != nil {
				return err
			}
			return c.Who.NeedStore(original.Receipt.Store)
		})
		if err != nil {
			return Recorded{}, false, err
		}
		sale, fresh, err := run(c, c.DB(), doc)
		return recorded(&sale), fresh, err
	}
}

// DaySpan are the parameters of what is asked for a span of days.
type DaySpan struct {
	From  string `query:"from" required:"true" format:"date" doc:"First business day."`
	To    string `query:"to" format:"date" doc:"Last business day; the first one unless stated."`
	Store string `query:"store" doc:"Only this store. A key for one store means that one, a key for several has to name one."`
}

// days reads the span.
func (s *DaySpan) days() (from, to day.Day, err error) {
	if from, err = day.Parse(s.From); err != nil {
		return from, to, err
	}
	if s.To == "" {
		return from, from, nil
	}
	to, err = day.Parse(s.To)
	return from, to, err
}

func listReceipts(c *Call, in *struct {
	DaySpan
	Register string `query:"register" doc:"Only this register."`
	Paged
}) (Page[trail.Head], error) {
	var place trail.Place
	from, to, err := in.days()
	if err == nil {
		err = in.after(&place)
	}
	if err == nil {
		err = c.Who.NeedStore(in.Store)
	}
	if err != nil {
		return Page[trail.Head]{}, err
	}
	var rows []trail.Head
	err = c.Read(func(v *db.View) (err error) {
		rows, err = trail.Page(v, trail.Scope{From: from, To: to, Store: in.Store, Register: in.Register}, place, in.Limit+1)
		return err
	})
	return page(rows, in.Limit, func(h trail.Head) any { return h.Place() }), err
}

// Opened is a receipt and all that it made.
type Opened struct {
	sales.Sale
	Entries []ledger.Entry `json:"entries"` // what it made in the books
	Moves   []trail.Move   `json:"moves"`   // what it moved on the shelves
}

func getReceipt(c *Call, in *struct {
	ID id.ID `path:"id"`
}) (out Opened, err error) {
	err = c.Read(func(v *db.View) error {
		if out.Sale, err = sales.Get(v, in.ID); err != nil {
			return err
		}
		if err = c.Who.NeedStore(out.Receipt.Store); err != nil {
			return err
		}
		if out.Entries, err = ledger.ByDoc(v, in.ID); err != nil {
			return err
		}
		out.Moves, err = trail.Moves(v, in.ID)
		return err
	})
	return out, err
}
