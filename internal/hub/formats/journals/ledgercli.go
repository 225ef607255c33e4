package journals

import (
	"github.com/tillpost/tillpost/internal/domain/ledger"
	"github.com/tillpost/tillpost/internal/views/books"
)

// ledgerCLI writes the journal of Ledger 3: each piece of metadata on a line of its own.
type ledgerCLI struct{}

func (ledgerCLI) begin(b []byte, x *export) []byte {
	b = append(b, "; The books of Tillpost in "+string(x.book)+", for Ledger.\n"...)
	b = append(b, "; Dates are the days on which entries count; Business-day says when they happened.\n\n"...)
	b = append(b, "commodity "+string(x.book)+"\n"...)
	for _, c := range x.foreign {
		b = append(b, "commodity "+string(c)+"\n"...)
	}
	b = append(b, '\n')
	for i := range x.accounts {
		b = append(b, "account "+x.accounts[i].full+"\n"...)
	}
	return b
}

func (ledgerCLI) entry(b []byte, x *export, e *ledger.Entry, r books.Receipt) []byte {
	b = append(appendHead(append(b, '\n'), e), '\n')
	b = metadata(b, "Entry", e.ID.String(), "Business-day", string(e.BusinessDay), "Store", e.Store, "Register", e.Register,
		"Receipt", receiptName(r), "External", r.External, "Reverses", e.Reverses.String(), "Attachment", e.Attachment)
	for i := range e.Lines {
		l := &e.Lines[i]
		b = append(appendPosting(b, "    ", x, l), '\n')
		b = metadata(b, "Store", otherStore(e, l), "Department", l.Department, "Tax", l.TaxCode, "Tender", l.Tender,
			"Party", l.Party, "Unknown", l.Unknown, "Foreign", foreignText(x, l))
	}
	return b
}

func metadata(b []byte, pairs ...string) []byte {
	for i := 0; i < len(pairs); i += 2 {
		if pairs[i+1] == "" {
			continue
		}
		b = append(append(b, "    ; "...), pairs[i]...)
		b = append(appendTag(append(b, ": "...), pairs[i+1]), '\n')
	}
	return b
}
