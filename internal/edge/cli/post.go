package cli

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"slices"
	"strings"

	"github.com/tillpost/tillpost/internal/base/fault"
	"github.com/tillpost/tillpost/internal/base/id"
	"github.com/tillpost/tillpost/internal/base/money"
	"github.com/tillpost/tillpost/internal/base/strictjson"
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
	"receipt":         postReceipt,
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
	return `Each document is posted by itself; its answer is printed as JSON. A document has an id of its own choice, and
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

// eachDocument calls fn for every JSON value of a stream; the elements of a list count as documents. It
// returns how many fn took. Memory is bounded by the largest document.
func eachDocument(r io.Reader, fn func(raw []byte) error) (int64, error) {
	m := &meter{r: r}
	in := bufio.NewReader(m)
	list, err := begins(in)
	if err != nil {
		return 0, err
	}
	dec := json.NewDecoder(in)
	if list {
		if _, err := dec.Token(); err != nil {
			return 0, strictjson.ErrSyntax
		}
	}
	for n := int64(0); ; n++ {
		if m.read = 0; list && !dec.More() {
			_, err := dec.Token()
			return n, ended(dec, err)
		}
		var raw json.RawMessage
		if err := dec.Decode(&raw); errors.Is(err, io.EOF) && !list {
			if n == 0 {
				err = ErrNoJSON
			} else {
				err = nil
			}
			return n, err
		} else if err != nil {
			return n, notJSON(err)
		}
		if err := fn(raw); err != nil {
			return n, err
		}
	}
}

// begins tells whether a list begins, and takes the mark away that some editors put before a text.
func begins(in *bufio.Reader) (list bool, err error) {
	if mark, err := in.Peek(3); err == nil && string(mark) == "\ufeff" {
		_, _ = in.Discard(3)
	}
	for {
		c, err := in.Peek(1)
		if errors.Is(err, io.EOF) {
			return false, nil
		}
		if err != nil {
			return false, err
		}
		if !bytes.ContainsAny(c, " \t\r\n") {
			return c[0] == '[', nil
		}
		_, _ = in.Discard(1)
	}
}

// ended refuses what stands behind a list.
func ended(dec *json.Decoder, err error) error {
	if err != nil {
		return notJSON(err)
	}
	if _, err := dec.Token(); !errors.Is(err, io.EOF) {
		return strictjson.ErrTrailing
	}
	return nil
}

// notJSON keeps the faults of reading and replaces the decoder's own words, which repeat the text.
func notJSON(err error) error {
	if fault.CodeOf(err) != "" {
		return err
	}
	var syntax *json.SyntaxError
	if errors.As(err, &syntax) || errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) {
		return strictjson.ErrSyntax
	}
	return err
}

// meter refuses to read on when one document is too large to be one.
type meter struct {
	r    io.Reader
	read int
}

func (m *meter) Read(p []byte) (int, error) {
	if m.read > 2*documentMost { // the decoder reads ahead
		return 0, ErrTooBig
	}
	n, err := m.r.Read(p)
	m.read += n
	return n, err
}
