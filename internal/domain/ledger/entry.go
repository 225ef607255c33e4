// Package ledger is append-only double entry: accounts, roles, entries, periods. It knows nothing of
// retail. An entry is refused unless it balances; a posted entry is never changed, only reversed or
// followed by another; each entry carries the hash of the one before it.
package ledger

import (
	"crypto/sha256"
	"encoding/binary"
	"sort"

	"github.com/tillpost/tillpost/internal/base/day"
	"github.com/tillpost/tillpost/internal/base/id"
	"github.com/tillpost/tillpost/internal/base/money"
)

// Entry is one balanced journal entry. Amounts are minor units of the book currency.
type Entry struct {
	Seq      int64  `json:"seq"` // place in the ledger, from 1 without a gap; given by Post
	ID       id.ID  `json:"id"`
	Kind     string `json:"kind"`         // what happened: "sale", "shift", "stock", "reclass", "manual", …
	Doc      id.ID  `json:"doc,omitzero"` // the receipt, count, delivery … that it books
	Store    string `json:"store,omitempty"`
	Register string `json:"register,omitempty"`
	// BusinessDay is when it happened, by the shop's day. EffectiveDay is the day on which it counts:
	// the same, unless that day's period was locked when it arrived.
	BusinessDay  day.Day  `json:"business_day"`
	EffectiveDay day.Day  `json:"effective_day"`
	PostedMs     int64    `json:"posted_ms"`
	Memo         string   `json:"memo,omitempty"`
	Attachment   string   `json:"attachment,omitempty"` // reference to a voucher that is kept elsewhere
	Reverses     id.ID    `json:"reverses,omitzero"`    // the entry that it takes back
	Lines        []Line   `json:"lines"`
	PrevHash     [32]byte `json:"-"`
	Hash         [32]byte `json:"-"`
}

// Line is one posting: positive is debit, negative is credit.
type Line struct {
	Account    string       `json:"account"`
	Amount     money.Minor  `json:"amount"`
	Store      string       `json:"store,omitempty"`
	Department string       `json:"department,omitempty"`
	TaxCode    string       `json:"tax_code,omitempty"`
	Tender     string       `json:"tender,omitempty"`
	Party      string       `json:"party,omitempty"`
	Unknown    string       `json:"unknown,omitempty"` // why it is in suspense: "tender:PayLater-X"
	Foreign    money.Amount `json:"foreign,omitzero"`  // the same in the account's own currency
}

// Sum is the sum of all lines: zero for an entry that balances.
func (e *Entry) Sum() (money.Minor, error) {
	var s money.Minor
	var err error
	for i := range e.Lines {
		if s, err = s.Add(e.Lines[i].Amount); err != nil {
			return 0, err
		}
	}
	return s, nil
}

// Fold adds up the lines that differ in nothing but their amounts, drops those that come to zero and
// sorts the rest by account, so that equal business gives equal entries. Lines whose sum would not
// fit stay apart.
func Fold(lines []Line) []Line {
	type key struct {
		account, store, department, tax, tender, party, unknown string
		currency                                                money.Currency
	}
	at := make(map[key]int, len(lines))
	out := make([]Line, 0, len(lines))
	for _, l := range lines {
		k := key{l.Account, l.Store, l.Department, l.TaxCode, l.Tender, l.Party, l.Unknown, l.Foreign.Currency}
		if i, ok := at[k]; ok {
			amount, err := out[i].Amount.Add(l.Amount)
			foreign, ferr := out[i].Foreign.Minor.Add(l.Foreign.Minor)
			if err == nil && ferr == nil {
				out[i].Amount, out[i].Foreign.Minor = amount, foreign
				continue
			}
		}
		at[k] = len(out)
		out = append(out, l)
	}
	kept := out[:0]
	for _, l := range out {
		if l.Amount != 0 {
			kept = append(kept, l)
		}
	}
	sort.SliceStable(kept, func(i, j int) bool { return kept[i].Account < kept[j].Account })
	return kept
}

// Sum256 computes the hash from the entry's content and PrevHash. The buffer is returned for reuse.
func (e *Entry) Sum256(scratch []byte) ([32]byte, []byte) {
	scratch = e.Canonical(scratch[:0])
	return sha256.Sum256(scratch), scratch
}

// Canonical appends the bytes that are hashed: numbers as zig-zag varints, texts and ids with their
// length in front, in the order of the types.
func (e *Entry) Canonical(b []byte) []byte {
	b = append(b, "tillpost-entry-1\n"...)
	b = binary.AppendVarint(b, e.Seq)
	b = append(b, e.ID[:]...)
	b = append(b, e.Doc[:]...)
	b = append(b, e.Reverses[:]...)
	b = putText(b, e.Kind, e.Store, e.Register, string(e.BusinessDay), string(e.EffectiveDay))
	b = binary.AppendVarint(b, e.PostedMs)
	b = putText(b, e.Memo, e.Attachment)
	b = binary.AppendVarint(b, int64(len(e.Lines)))
	for i := range e.Lines {
		l := &e.Lines[i]
		b = putText(b, l.Account)
		b = binary.AppendVarint(b, int64(l.Amount))
		b = putText(b, l.Store, l.Department, l.TaxCode, l.Tender, l.Party, l.Unknown, string(l.Foreign.Currency))
		b = binary.AppendVarint(b, int64(l.Foreign.Minor))
	}
	return append(b, e.PrevHash[:]...)
}

func putText(b []byte, ss ...string) []byte {
	for _, s := range ss {
		b = binary.AppendUvarint(b, uint64(len(s)))
		b = append(b, s...)
	}
	return b
}
