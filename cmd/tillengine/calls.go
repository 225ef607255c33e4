package main

import (
	"time"

	"github.com/tillpost/tillpost/internal/base/fixed"
	"github.com/tillpost/tillpost/internal/base/gtin"
	"github.com/tillpost/tillpost/internal/base/money"
	"github.com/tillpost/tillpost/internal/base/qty"
	"github.com/tillpost/tillpost/internal/domain/pricing"
	"github.com/tillpost/tillpost/internal/domain/receipt"
	"github.com/tillpost/tillpost/internal/domain/tax"
)

// bookRef is a book, or the id of a loaded one.
type bookRef struct {
	Book   *pricing.Book `json:"book,omitempty"`
	BookID string        `json:"book_id,omitempty"`
}

func (e *engine) rules(b bookRef) (*pricing.Rules, error) {
	if b.Book != nil {
		r, err := b.Book.Compile()
		return r, under(err, "book")
	}
	if r := e.books[b.BookID]; r != nil {
		return r, nil
	}
	return nil, errBook.At("book_id")
}

// load keeps a book under an id, so that later calls need not send it again.
func load(e *engine, input []byte) (any, error) {
	in, err := read[struct {
		ID   string       `json:"id"`
		Book pricing.Book `json:"book"`
	}](input, maxBook)
	if err != nil {
		return nil, err
	}
	if e.books[in.ID] == nil && len(e.books) >= maxBooks {
		return nil, errBooks.At("id")
	}
	rules, err := in.Book.Compile()
	if err != nil {
		return nil, under(err, "book")
	}
	e.books[in.ID] = rules
	return struct {
		ID    string `json:"id"`
		Items int    `json:"items"`
	}{in.ID, len(in.Book.Items)}, nil
}

func quote(e *engine, input []byte) (any, error) {
	in, err := read[struct {
		bookRef
		Basket pricing.Basket `json:"basket"`
	}](input, maxInput)
	if err != nil {
		return nil, err
	}
	rules, err := e.rules(in.bookRef)
	if err != nil {
		return nil, err
	}
	q, err := rules.Quote(in.Basket)
	return q, under(err, "basket")
}

// barcode finds the entry that a code stands for in a book; without a book it says what kind of code
// it is.
func barcode(e *engine, input []byte) (any, error) {
	in, err := read[struct {
		bookRef
		Code    string        `json:"code"`
		Formats []gtin.Format `json:"formats,omitempty"`
	}](input, maxInput)
	if err != nil {
		return nil, err
	}
	if in.Book != nil || in.BookID != "" {
		rules, err := e.rules(in.bookRef)
		if err != nil {
			return nil, err
		}
		entry, err := rules.Scan(in.Code)
		return entry, under(err, "code")
	}
	out := struct {
		Kind     string         `json:"kind"` // "in_store", "gtin", "upc_e" or "other"
		GTIN     string         `json:"gtin,omitempty"`
		Embedded *gtin.Embedded `json:"embedded,omitempty"`
	}{Kind: "other"}
	embedded, ok, err := gtin.Read(in.Code, in.Formats)
	if err != nil {
		return nil, under(err, "code")
	}
	if ok {
		out.Kind, out.Embedded = "in_store", &embedded
	} else if g, err := gtin.Canonical(in.Code); err == nil {
		out.Kind, out.GTIN = "gtin", g
	} else if long, err := gtin.ExpandUPCE(in.Code); err == nil {
		out.Kind = "upc_e"
		out.GTIN, _ = gtin.Canonical(long)
	}
	return out, nil
}

func build(_ *engine, input []byte) (any, error) {
	in, err := read[struct {
		Head       receipt.Head       `json:"head"`
		Quote      pricing.Quote      `json:"quote"`
		Returns    []receipt.Line     `json:"returns,omitempty"`
		Settlement receipt.Settlement `json:"settlement,omitzero"`
	}](input, maxInput)
	if err != nil {
		return nil, err
	}
	return receipt.Build(in.Head, in.Quote, in.Returns, in.Settlement)
}

// refund returns the lines that come back, and the empty quote from which their receipt is built.
func refund(_ *engine, input []byte) (any, error) {
	in, err := read[struct {
		Original receipt.Receipt `json:"original"`
		Already  []receipt.Line  `json:"already,omitempty"`
		What     []receipt.Take  `json:"what,omitempty"`
		All      bool            `json:"all,omitempty"` // everything that is left
	}](input, maxInput)
	if err != nil {
		return nil, err
	}
	if in.All {
		in.What = receipt.Refundable(&in.Original, in.Already)
	}
	lines, err := receipt.Refund(&in.Original, in.Already, in.What)
	return struct {
		Lines []receipt.Line `json:"lines"`
		Quote pricing.Quote  `json:"quote"`
	}{lines, in.Original.Terms()}, err
}

func void(_ *engine, input []byte) (any, error) {
	in, err := read[struct {
		Original receipt.Receipt `json:"original"`
		Head     receipt.Head    `json:"head"`
	}](input, maxInput)
	if err != nil {
		return nil, err
	}
	return receipt.Voiding(&in.Original, in.Head)
}

// valid is the answer of a check that found nothing.
type valid struct {
	Valid bool `json:"valid"`
}

func validate(_ *engine, input []byte) (any, error) {
	in, err := read[struct {
		Receipt receipt.Receipt `json:"receipt"`
		Now     time.Time       `json:"now"`
	}](input, maxInput)
	if err != nil {
		return nil, err
	}
	return valid{true}, under(receipt.Validate(in.Receipt, in.Now), "receipt")
}

// seal checks a receipt and links it to the hash of the register's last one.
func seal(_ *engine, input []byte) (any, error) {
	in, err := read[struct {
		Receipt receipt.Receipt `json:"receipt"`
		Prev    receipt.Hash    `json:"prev,omitzero"`
	}](input, maxInput)
	if err != nil {
		return nil, err
	}
	r := &in.Receipt
	r.Seal(in.Prev)
	if err := receipt.Validate(*r, r.DeviceTime); err != nil {
		return nil, under(err, "receipt")
	}
	if r.Number < 1 {
		return nil, receipt.ErrUnsealed.At("receipt.number")
	}
	return r, nil
}

func verify(_ *engine, input []byte) (any, error) {
	in, err := read[struct {
		Receipt receipt.Receipt  `json:"receipt"`
		Prev    *receipt.Receipt `json:"prev,omitempty"`
	}](input, maxInput)
	if err != nil {
		return nil, err
	}
	return valid{true}, under(receipt.Verify(&in.Receipt, in.Prev), "receipt")
}

func computeTax(_ *engine, input []byte) (any, error) {
	in, err := read[struct {
		Lines    []tax.Line     `json:"lines"`
		Policy   tax.Policy     `json:"policy,omitzero"`
		Currency money.Currency `json:"currency"`
	}](input, maxInput)
	if err != nil {
		return nil, err
	}
	if _, err := money.ParseCurrency(string(in.Currency)); err != nil {
		return nil, under(err, "currency")
	}
	return tax.Compute(in.Lines, in.Policy, in.Currency)
}

// share answers what part of an amount comes back with some of the units.
func share(_ *engine, input []byte) (any, error) {
	in, err := read[struct {
		Total  money.Minor `json:"total"`
		Orig   qty.Qty     `json:"orig_qty"`
		Before qty.Qty     `json:"refunded_before,omitempty"`
		Now    qty.Qty     `json:"refund_now,omitempty"`
	}](input, maxInput)
	if err != nil {
		return nil, err
	}
	n, err := tax.CumulativeShare(in.Total, in.Orig, in.Before, in.Now)
	return struct {
		Share money.Minor `json:"share"`
	}{n}, err
}

// cash rounds an amount to what can be paid in coins.
func cash(_ *engine, input []byte) (any, error) {
	in, err := read[struct {
		Total money.Minor    `json:"total"`
		Step  money.Minor    `json:"step"`
		Mode  fixed.Rounding `json:"mode,omitempty"`
	}](input, maxInput)
	if err != nil {
		return nil, err
	}
	payable, rounding, err := tax.CashRound(in.Total, in.Step, in.Mode)
	return struct {
		Payable  money.Minor `json:"payable"`
		Rounding money.Minor `json:"rounding"`
	}{payable, rounding}, err
}
