package books

import (
	"strconv"

	"github.com/tillpost/tillpost/internal/base/day"
	"github.com/tillpost/tillpost/internal/base/id"
	"github.com/tillpost/tillpost/internal/base/money"
	"github.com/tillpost/tillpost/internal/domain/ledger"
	"github.com/tillpost/tillpost/internal/platform/db"
)

// Posting is one line of an entry, with the receipt that it books.
type Posting struct {
	Account      string       `json:"account"`
	Seq          int64        `json:"seq"` // of the entry
	Line         int64        `json:"line"`
	Entry        id.ID        `json:"entry"`
	Kind         string       `json:"kind"`
	Doc          id.ID        `json:"doc,omitzero"`
	BusinessDay  day.Day      `json:"business_day"`
	EffectiveDay day.Day      `json:"effective_day"`
	Memo         string       `json:"memo,omitempty"`
	Attachment   string       `json:"attachment,omitempty"` // where the voucher of an entry by hand is kept
	Store        string       `json:"store,omitempty"`
	Department   string       `json:"department,omitempty"`
	TaxCode      string       `json:"tax_code,omitempty"`
	Tender       string       `json:"tender,omitempty"`
	Party        string       `json:"party,omitempty"`
	Unknown      string       `json:"unknown,omitempty"`
	Receipt      Receipt      `json:"receipt,omitzero"`
	Amount       money.Minor  `json:"amount"` // debit positive
	Foreign      money.Amount `json:"foreign,omitzero"`
	Balance      money.Minor  `json:"balance"` // of the account after this line
}

// Receipt names a receipt as people do. The zero Receipt means that the entry books something else.
type Receipt struct {
	Store    string `json:"store"`
	Register string `json:"register"`
	Number   int64  `json:"number"`
	External string `json:"external,omitempty"` // its number in the system that it came from
}

// String is "S01/R1 #42", or the outside number when there is one; "" for the zero Receipt.
func (r Receipt) String() string {
	switch {
	case r == Receipt{}:
		return ""
	case r.External != "":
		return r.External
	}
	return r.Store + "/" + r.Register + " #" + strconv.FormatInt(r.Number, 10)
}

const (
	selectPostings db.SQL = `SELECT l.entry_seq, l.line_no, e.id, e.kind, e.doc, e.business_day, e.effective_day, e.memo, e.attachment,
		l.store, l.department, l.tax_code, l.tender, l.party, l.unknown, l.amount, l.foreign_currency, l.foreign_amount,
		COALESCE(r.store, ''), COALESCE(r.register, ''), COALESCE(r.number, 0), COALESCE(r.external, '')
		FROM entry_lines l JOIN entries e ON e.seq = l.entry_seq LEFT JOIN receipts r ON r.id = e.doc
		WHERE l.account = $1 AND l.entry_seq >= $2 AND l.entry_seq <= $3
		AND e.effective_day >= $4 AND e.effective_day <= $5 AND ($6 = '' OR l.store = $6)
		ORDER BY e.effective_day, l.entry_seq, l.line_no`
	selectActive db.SQL = `SELECT COALESCE(MIN(day), ''), COALESCE(MAX(day), '') FROM account_days
		WHERE account = $1 AND day >= $2 AND day <= $3`
)

// window is how many days are sorted at a time: the database's memory must not grow with the period.
const window = 31

// postings calls fn for every line of an account in the order in which they count. fn must not read
// from q.
func postings(q db.Q, s Scope, account string, fn func(p *Posting) error) error {
	var first, last day.Day
	if err := q.QueryRow(selectActive, account, string(s.From), s.Until()).Scan(&first, &last); err != nil {
		return err
	}
	for first != "" && first <= last {
		end := min(first.Add(window-1), last)
		if err := postingsOf(q, Scope{From: first, To: end, Store: s.Store}, account, fn); err != nil {
			return err
		}
		first = end.Add(1)
	}
	return nil
}

func postingsOf(q db.Q, s Scope, account string, fn func(p *Posting) error) error {
	low, high, err := ledger.Span(q, s.From, s.To)
	if err != nil || low > high {
		return err
	}
	rows, err := q.Query(selectPostings, account, low, high, string(s.From), string(s.To), s.Store)
	if err != nil {
		return err
	}
	defer rows.Close()
	for rows.Next() {
		p := Posting{Account: account}
		var entry []byte
		var business, effective, currency string
		var amount, foreign int64
		if err := rows.Scan(&p.Seq, &p.Line, &entry, &p.Kind, &p.Doc, &business, &effective, &p.Memo, &p.Attachment, &p.Store, &p.Department,
			&p.TaxCode, &p.Tender, &p.Party, &p.Unknown, &amount, &currency, &foreign,
			&p.Receipt.Store, &p.Receipt.Register, &p.Receipt.Number, &p.Receipt.External); err != nil {
			return err
		}
		copy(p.Entry[:], entry)
		p.BusinessDay, p.EffectiveDay, p.Amount = day.Day(business), day.Day(effective), money.Minor(amount)
		p.Foreign = money.Amount{Minor: money.Minor(foreign), Currency: money.Currency(currency)}
		if err := fn(&p); err != nil {
			return err
		}
	}
	return rows.Err()
}
