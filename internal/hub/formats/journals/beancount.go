package journals

import (
	"strconv"

	"github.com/tillpost/tillpost/internal/domain/ledger"
	"github.com/tillpost/tillpost/internal/views/books"
)

// beancount writes the input of Beancount 2: accounts are opened, metadata are strings.
type beancount struct{}

func (beancount) begin(b []byte, x *export) []byte {
	b = append(b, "; The books of Tillpost in "+string(x.book)+", for Beancount.\n"...)
	b = append(b, "; Dates are the days on which entries count; business-day says when they happened.\n\n"...)
	b = append(b, "option \"title\" \"Tillpost\"\noption \"operating_currency\" \""+string(x.book)+"\"\n"...)
	// A total price is divided and multiplied again with 28 digits; for currencies without decimals
	// Beancount would otherwise allow no difference at all.
	b = append(b, "option \"inferred_tolerance_default\" \"*:0.000001\"\n\n"...)
	open := x.first
	if open == "" {
		open = "1970-01-01"
	}
	for i := range x.accounts {
		a := &x.accounts[i]
		b = append(append(b, open...), " open "+a.full+"\n  code: "...)
		b = append(appendString(b, a.Code), "\n  name: "...)
		b = append(appendString(b, a.Name), '\n')
	}
	return b
}

func (beancount) entry(b []byte, x *export, e *ledger.Entry, r books.Receipt) []byte {
	b = append(append(append(b, '\n'), e.EffectiveDay...), " * "...)
	b = appendString(b, e.Kind)
	b = append(appendString(append(b, ' '), e.Memo), "\n  seq: "...)
	b = append(strconv.AppendInt(b, e.Seq, 10), '\n')
	b = beanMetadata(b, "  ", "entry", e.ID.String(), "business-day", string(e.BusinessDay), "store", e.Store, "register", e.Register,
		"receipt", receiptName(r), "external", r.External, "reverses", e.Reverses.String(), "attachment", e.Attachment)
	for i := range e.Lines {
		l := &e.Lines[i]
		b = append(appendPosting(b, "  ", x, l), '\n')
		b = beanMetadata(b, "    ", "store", otherStore(e, l), "department", l.Department, "tax", l.TaxCode, "tender", l.Tender,
			"party", l.Party, "unknown", l.Unknown, "foreign", foreignText(x, l))
	}
	return b
}

func beanMetadata(b []byte, indent string, pairs ...string) []byte {
	for i := 0; i < len(pairs); i += 2 {
		if pairs[i+1] == "" {
			continue
		}
		b = append(append(append(b, indent...), pairs[i]...), ": "...)
		b = append(appendString(b, pairs[i+1]), '\n')
	}
	return b
}
