package journals

import (
	"strconv"
	"time"

	"github.com/tillpost/tillpost/internal/domain/ledger"
	"github.com/tillpost/tillpost/internal/views/books"
	"github.com/tillpost/tillpost/internal/views/table"
)

// csvLines writes one row a line of an entry, complete: everything that the ledger knows. Amounts are
// in major units; debit and credit are both positive.
type csvLines struct{}

const csvHeader = "seq,entry,kind,business_day,effective_day,posted_at,store,register,doc,receipt,external,memo,attachment,reverses," +
	"line,account,account_name,account_type,debit,credit,currency,foreign_amount,foreign_currency," +
	"line_store,department,tax_code,tender,party,unknown\n"

func (csvLines) begin(b []byte, _ *export) []byte { return append(b, csvHeader...) }

func (csvLines) entry(b []byte, x *export, e *ledger.Entry, r books.Receipt) []byte {
	start := len(b)
	b = strconv.AppendInt(b, e.Seq, 10)
	b = append(append(b, ','), e.ID.String()...)
	b = fields(b, e.Kind, string(e.BusinessDay), string(e.EffectiveDay))
	b = time.UnixMilli(e.PostedMs).UTC().AppendFormat(append(b, ','), "2006-01-02T15:04:05.000Z")
	b = fields(b, e.Store, e.Register, e.Doc.String(), receiptName(r), r.External, e.Memo, e.Attachment, e.Reverses.String())
	head := append([]byte(nil), b[start:]...)
	b = b[:start]
	for i := range e.Lines {
		l := &e.Lines[i]
		a := x.of(l.Account)
		b = append(append(b, head...), ',')
		b = strconv.AppendInt(b, int64(i+1), 10)
		b = append(fields(b, l.Account, a.Name, string(a.Type)), ',')
		if l.Amount > 0 {
			b = append(appendMajor(b, l.Amount, x.book), ',')
		} else {
			b = appendMajor(append(b, ','), -l.Amount, x.book)
		}
		b = append(append(append(b, ','), x.book...), ',')
		if l.Foreign.Currency != "" {
			b = appendMajor(b, l.Foreign.Minor, l.Foreign.Currency)
		}
		b = fields(b, string(l.Foreign.Currency), l.Store, l.Department, l.TaxCode, l.Tender, l.Party, l.Unknown)
		b = append(b, '\n')
	}
	return b
}

func fields(b []byte, values ...string) []byte {
	for _, v := range values {
		b = table.AppendCSV(append(b, ','), v)
	}
	return b
}
