package journals

import (
	"strconv"
	"strings"

	"github.com/tillpost/tillpost/internal/base/money"
	"github.com/tillpost/tillpost/internal/domain/ledger"
	"github.com/tillpost/tillpost/internal/views/books"
)

// hledger writes hledger's journal: tags stand in comments, separated by commas.
type hledger struct{}

func (hledger) begin(b []byte, x *export) []byte {
	b = append(b, "; The books of Tillpost in "+string(x.book)+", for hledger.\n"...)
	b = append(b, "; Dates are the days on which entries count; business-day says when they happened.\n\n"...)
	b = append(b, "commodity "+sampleAmount(x.book)+"\n"...)
	for _, c := range x.foreign {
		b = append(b, "commodity "+sampleAmount(c)+"\n"...)
	}
	b = append(b, '\n')
	for i := range x.accounts {
		b = append(b, "account "+x.accounts[i].full+"\n"...)
	}
	return b
}

// sampleAmount shows how many decimals a commodity has: "1000.00 GBP", "1000. JPY".
func sampleAmount(c money.Currency) string {
	return "1000." + strings.Repeat("0", c.Digits()) + " " + string(c)
}

func (hledger) entry(b []byte, x *export, e *ledger.Entry, r books.Receipt) []byte {
	b = appendHead(append(b, '\n'), e)
	b = append(b, "  ; entry:"...)
	b = append(b, e.ID.String()...)
	b = append(b, ", business-day:"...)
	b = append(b, e.BusinessDay...)
	b = tags(b, false, "store", e.Store, "register", e.Register, "receipt", receiptName(r), "external", r.External,
		"reverses", e.Reverses.String(), "attachment", e.Attachment)
	b = append(b, '\n')
	for i := range e.Lines {
		l := &e.Lines[i]
		b = appendPosting(b, "    ", x, l)
		b = tags(b, true, "store", otherStore(e, l), "department", l.Department, "tax", l.TaxCode, "tender", l.Tender,
			"party", l.Party, "unknown", l.Unknown, "foreign", foreignText(x, l))
		b = append(b, '\n')
	}
	return b
}

// tags appends the pairs that have a value.
func tags(b []byte, first bool, pairs ...string) []byte {
	for i := 0; i < len(pairs); i += 2 {
		if pairs[i+1] == "" {
			continue
		}
		if first {
			b = append(b, "  ; "...)
			first = false
		} else {
			b = append(b, ", "...)
		}
		b = append(append(b, pairs[i]...), ':')
		b = appendTag(b, pairs[i+1])
	}
	return b
}

// appendHead appends "2026-03-14 (17) sale: INV-9". The kind stands first, so that no memo is taken
// for a status mark or a code.
func appendHead(b []byte, e *ledger.Entry) []byte {
	b = append(append(b, e.EffectiveDay...), " ("...)
	b = append(strconv.AppendInt(b, e.Seq, 10), ") "...)
	b = appendDescription(b, e.Kind)
	if e.Memo != "" {
		n := len(b)
		if b = appendDescription(append(b, ": "...), e.Memo); len(b) == n+2 {
			b = b[:n]
		}
	}
	return b
}

// appendPosting appends the account and the amount, foreign amounts at their total price.
func appendPosting(b []byte, indent string, x *export, l *ledger.Line) []byte {
	a := x.of(l.Account)
	b = append(append(append(b, indent...), a.full...), "  "...)
	if !x.priced(a, l) {
		return appendAmount(b, l.Amount, x.book)
	}
	b = append(appendAmount(b, l.Foreign.Minor, l.Foreign.Currency), " @@ "...)
	return appendAmount(b, l.Amount.Abs(), x.book)
}

// foreignText is a line's foreign amount where it cannot stand as the amount.
func foreignText(x *export, l *ledger.Line) string {
	if l.Foreign.Currency == "" || x.priced(x.of(l.Account), l) {
		return ""
	}
	return l.Foreign.String()
}

// otherStore is a line's store unless it is the entry's.
func otherStore(e *ledger.Entry, l *ledger.Line) string {
	if l.Store == e.Store {
		return ""
	}
	return l.Store
}

// receiptName is the receipt's place in our own numbering, whatever its outside number is.
func receiptName(r books.Receipt) string {
	r.External = ""
	return r.String()
}
