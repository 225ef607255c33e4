package cli

import (
	"context"
	"fmt"
	"io"
	"os"
	"slices"
	"strings"

	"github.com/tillpost/tillpost/internal/base/id"
	"github.com/tillpost/tillpost/internal/base/money"
	"github.com/tillpost/tillpost/internal/base/strictjson"
	"github.com/tillpost/tillpost/internal/domain/ledger"
	"github.com/tillpost/tillpost/internal/domain/receipt"
	"github.com/tillpost/tillpost/internal/domain/sales"
	"github.com/tillpost/tillpost/internal/edge/specimen"
	"github.com/tillpost/tillpost/internal/flow/adjust"
	"github.com/tillpost/tillpost/internal/flow/checkout"
	"github.com/tillpost/tillpost/internal/flow/closeday"
	"github.com/tillpost/tillpost/internal/flow/journal"
	"github.com/tillpost/tillpost/internal/flow/receive"
	"github.com/tillpost/tillpost/internal/flow/refund"
	"github.com/tillpost/tillpost/internal/flow/shift"
	"github.com/tillpost/tillpost/internal/flow/stocktake"
	"github.com/tillpost/tillpost/internal/flow/transfer"
	"github.com/tillpost/tillpost/internal/platform/db"
)

type postCmd struct {
	Kind    string `arg:"" help:"What the document is: ${kinds}."`
	File    string `arg:"" optional:"" default:"-" help:"A JSON document, or several one after the other, or a list; - reads the standard input."`
	Example bool   `help:"Print an example of the kind and post nothing."`
}

// documentMost bounds one JSON document; the largest receipts are far smaller.
const documentMost = receipt.MaxBytes

// poster reads one document and runs its flow.
type poster func(ctx context.Context, d *db.DB, raw []byte) (any, error)

// posters are the documents that can be posted, by kind.
var posters = map[string]poster{
	"receipt":         flow(sale(checkout.Complete)),
	"refund":          flow(sale(refund.Refund)),
	"void":            flow(sale(refund.Void)),
	"delivery":        flow(receive.Deliver),
	"supplier-return": flow(receive.SendBack),
	"bill":            flow(receive.TakeBill),
	"adjustment":      flow(adjust.Record),
	"count":           flow(stocktake.Take),
	"shipment":        flow(transfer.Ship),
	"arrival":         flow(transfer.Arrive),
	"journal":         flow(fresh(journal.Post)),
	"reversal":        flow(fresh(journal.Reverse)),
	"correction":      flow(fresh(journal.Correct)),
	"shift-open":      flow(shift.Open),
	"shift-move":      flow(shift.Move),
	"shift-count":     flow(shift.Count),
	"shift-recount":   flow(shift.Recount),
	"shift-close":     flow(closeShift),
	"bank-bag":        flow(shift.BankDeposit),
	"bank-matched":    flow(shift.MatchDeposit),
	"day-close":       flow(closeday.Close),
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
		if err := strictjson.Decode(raw, documentMost, &doc); err != nil {
			return nil, err
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

// sold is a receipt as it was recorded, and whether it is new.
type sold struct {
	sales.Sale
	Fresh bool `json:"fresh"`
}

// sale gives flows that answer with a receipt the shape of the others.
func sale[T any](fn func(context.Context, *db.DB, T) (sales.Sale, bool, error)) func(context.Context, *db.DB, T) (sold, error) {
	return func(ctx context.Context, d *db.DB, doc T) (sold, error) {
		s, isNew, err := fn(ctx, d, doc)
		return sold{s, isNew}, err
	}
}

// closingDoc is shift.Closing with its rates in a list: field names of documents are fixed.
type closingDoc struct {
	Shift id.ID          `json:"shift"`
	Keep  []money.Amount `json:"keep"`
	Rates []struct {
		Currency money.Currency `json:"currency"`
		Rate     money.Rate     `json:"rate"`
	} `json:"rates"`
}

func closeShift(ctx context.Context, d *db.DB, c closingDoc) (shift.Ended, error) {
	order := shift.Closing{Shift: c.Shift, Keep: c.Keep}
	for _, r := range c.Rates {
		if order.Rates == nil {
			order.Rates = map[money.Currency]money.Rate{}
		}
		order.Rates[r.Currency] = r.Rate
	}
	return shift.Close(ctx, d, order)
}

// Help is the text below the flags.
func (postCmd) Help() string {
	return `"tillpost post receipt --example" shows what a receipt looks like, and so for each kind. Amounts are whole minor units
(cents), quantities and unit prices are decimal texts, a positive amount on an account is a debit.
docs/documents.md explains every field of every kind.

Each document is posted by itself; its answer is printed as JSON. A document has an id of its own choice, and
posting it again answers the same and changes nothing. The first that is refused ends the command: nothing of
it is written, and those before it stay.`
}

// Run posts the documents one after the other and prints each answer; it stops at the first that is
// refused.
func (c postCmd) Run(e *env) error {
	post, ok := posters[c.Kind]
	if !ok {
		return ErrKind.Because(fmt.Errorf("%q; there are %s", c.Kind, documentKinds()))
	}
	if c.Example {
		_, err := e.stdout.Write(specimen.Of(c.Kind))
		return err
	}
	in, err := e.input(c.File)
	if err != nil {
		return err
	}
	defer in.Close()
	d, _, err := e.existing()
	if err != nil {
		return err
	}
	defer d.Close()
	n, err := eachDocument(in, func(raw []byte) error {
		answer, err := post(e.ctx, d, raw)
		if err != nil {
			return err
		}
		return e.json(answer)
	})
	if err != nil && n > 0 {
		return fmt.Errorf("document %d: %w (the %s before it are posted)", n+1, err, count(n))
	}
	return err
}

// input opens a file; "-" is the standard input.
func (e *env) input(name string) (io.ReadCloser, error) {
	if name == "-" {
		return io.NopCloser(e.stdin), nil
	}
	return os.Open(name)
}
