package cli

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/tillpost/tillpost/internal/base/fault"
	"github.com/tillpost/tillpost/internal/domain/ledger"
	"github.com/tillpost/tillpost/internal/domain/receipt"
	"github.com/tillpost/tillpost/internal/domain/sales"
	"github.com/tillpost/tillpost/internal/flow/adjust"
	"github.com/tillpost/tillpost/internal/flow/checkout"
	"github.com/tillpost/tillpost/internal/flow/closeday"
	"github.com/tillpost/tillpost/internal/flow/journal"
	"github.com/tillpost/tillpost/internal/flow/receive"
	"github.com/tillpost/tillpost/internal/flow/shift"
	"github.com/tillpost/tillpost/internal/flow/stocktake"
	"github.com/tillpost/tillpost/internal/flow/transfer"
	"github.com/tillpost/tillpost/internal/platform/db"
)

type postCmd struct {
	Kind string `arg:"" help:"What the document is: ${kinds}."`
	File string `arg:"" optional:"" default:"-" help:"A JSON document, or several one after the other; - reads the standard input."`
}

// documentMost bounds one JSON document; the largest receipts are far smaller.
const documentMost = receipt.MaxBytes

// poster reads one document and runs its flow.
type poster func(ctx context.Context, d *db.DB, raw []byte) (any, error)

// posters are the documents that can be posted, by kind.
var posters = map[string]poster{
	"receipt":      postReceipt,
	"delivery":     flow(receive.Deliver),
	"bill":         flow(receive.TakeBill),
	"adjustment":   flow(adjust.Record),
	"count":        flow(stocktake.Take),
	"shipment":     flow(transfer.Ship),
	"arrival":      flow(transfer.Arrive),
	"journal":      flow(fresh(journal.Post)),
	"reversal":     flow(fresh(journal.Reverse)),
	"correction":   flow(fresh(journal.Correct)),
	"shift-open":   flow(shift.Open),
	"shift-move":   flow(shift.Move),
	"shift-count":  flow(shift.Count),
	"shift-close":  flow(shift.Close),
	"bank-bag":     flow(shift.BankDeposit),
	"bank-matched": flow(shift.MatchDeposit),
	"day-close":    flow(closeday.Close),
}

// documentKinds lists the kinds for help texts.
func documentKinds() string {
	kinds := make([]string, 0, len(posters))
	for k := range posters {
		kinds = append(kinds, k)
	}
	slices.Sort(kinds)
	return strings.Join(kinds, ", ")
}

// flow reads a document strictly and hands it to fn.
func flow[T, R any](fn func(context.Context, *db.DB, T) (R, error)) poster {
	return func(ctx context.Context, d *db.DB, raw []byte) (any, error) {
		var doc T
		dec := json.NewDecoder(bytes.NewReader(raw))
		dec.DisallowUnknownFields()
		if err := dec.Decode(&doc); err != nil {
			return nil, ErrDocument.Because(err)
		}
		return fn(ctx, d, doc)
	}
}

// posted is an entry and whether it is new.
type posted struct {
	Entry ledger.Entry `json:"entry"`
	Fresh bool         `json:"fresh"`
}

// fresh gives flows that answer with an entry the shape of the others.
func fresh[T any](fn func(context.Context, *db.DB, T) (ledger.Entry, bool, error)) func(context.Context, *db.DB, T) (posted, error) {
	return func(ctx context.Context, d *db.DB, doc T) (posted, error) {
		e, isNew, err := fn(ctx, d, doc)
		return posted{e, isNew}, err
	}
}

func postReceipt(ctx context.Context, d *db.DB, raw []byte) (any, error) {
	r, err := receipt.Decode(raw)
	if err != nil {
		return nil, err
	}
	sale, isNew, err := checkout.Complete(ctx, d, r)
	if err != nil {
		return nil, err
	}
	return struct {
		sales.Sale
		Fresh bool `json:"fresh"`
	}{sale, isNew}, nil
}

// Run posts the documents one after the other and prints each answer; it stops at the first that is
// refused.
func (c postCmd) Run(e *env) error {
	post, ok := posters[c.Kind]
	if !ok {
		return ErrKind.Because(fmt.Errorf("%q; there are %s", c.Kind, documentKinds()))
	}
	in := e.stdin
	if c.File != "-" {
		f, err := os.Open(c.File)
		if err != nil {
			return err
		}
		defer f.Close()
		in = f
	}
	d, _, err := e.existing()
	if err != nil {
		return err
	}
	defer d.Close()
	return eachDocument(in, func(raw []byte) error {
		answer, err := post(e.ctx, d, raw)
		if err != nil {
			return err
		}
		return e.json(answer)
	})
}

// eachDocument calls fn for every JSON value of a stream; the elements of an array count as documents.
func eachDocument(r io.Reader, fn func(raw []byte) error) error {
	dec := json.NewDecoder(r)
	for n := 1; ; n++ {
		var raw json.RawMessage
		err := dec.Decode(&raw)
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err == nil {
			err = eachElement(raw, fn)
		} else {
			err = ErrDocument.Because(err)
		}
		if err != nil {
			return fmt.Errorf("document %d: %w", n, err)
		}
	}
}

func eachElement(raw json.RawMessage, fn func(raw []byte) error) error {
	if !utf8.Valid(raw) {
		return ErrUTF8
	}
	if trimmed := bytes.TrimLeft(raw, " \t\r\n"); len(trimmed) == 0 || trimmed[0] != '[' {
		if len(raw) > documentMost {
			return ErrTooBig
		}
		return fn(raw)
	}
	var all []json.RawMessage
	if err := json.Unmarshal(raw, &all); err != nil {
		return ErrDocument.Because(err)
	}
	for i, one := range all {
		if len(one) > documentMost {
			return ErrTooBig
		}
		if err := fn(one); err != nil {
			return fmt.Errorf("element %d: %w", i+1, err)
		}
	}
	return nil
}
