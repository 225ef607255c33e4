// Package journal is what an accountant books by hand: manual entries with a reference to their
// voucher, their reversal, and the correction of what a document booked wrongly (J21). Nothing is ever
// edited: a reversal and a correction are entries of their own, and all of them stay.
//
// The id comes from whoever sends the entry and makes it safe to send again: the same entry is
// answered with what was stored, the same id with other content is a conflict.
package journal

import (
	"context"
	"strconv"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"github.com/tillpost/tillpost/internal/base/day"
	"github.com/tillpost/tillpost/internal/base/fault"
	"github.com/tillpost/tillpost/internal/base/id"
	"github.com/tillpost/tillpost/internal/base/money"
	"github.com/tillpost/tillpost/internal/base/pan"
	"github.com/tillpost/tillpost/internal/domain/ledger"
	"github.com/tillpost/tillpost/internal/domain/org"
	"github.com/tillpost/tillpost/internal/flow/posting"
	"github.com/tillpost/tillpost/internal/platform/db"
	"github.com/tillpost/tillpost/internal/platform/outbox"
)

// The kinds of the entries that this flow posts, beside ledger.KindReversal.
const (
	KindManual     = "manual"
	KindCorrection = "correction"
)

// Limits: an entry by hand is read by people; what is longer comes from a file and goes in parts.
const (
	linesMost     = 1000
	memoMost      = 500 // characters, also of the attachment
	lineTextMost  = 200
	daysAheadMost = 366 // accruals are dated ahead, typing errors too
)

// Entry is an entry by hand.
type Entry struct {
	ID          id.ID   `json:"id"`
	Store       string  `json:"store,omitempty"` // whose result it is; "" for the whole business
	BusinessDay day.Day `json:"business_day"`
	Memo        string  `json:"memo"`
	Attachment  string  `json:"attachment,omitempty"` // where the voucher is kept: a number, a path, an address
	Lines       []Line  `json:"lines"`
}

// Line is one posting of an entry by hand, or what a document should have said.
type Line struct {
	Account    string       `json:"account"`
	Amount     money.Minor  `json:"amount"` // positive is debit; minor units of the book currency
	Department string       `json:"department,omitempty"`
	TaxCode    string       `json:"tax_code,omitempty"`
	Tender     string       `json:"tender,omitempty"`
	Party      string       `json:"party,omitempty"`
	Foreign    money.Amount `json:"foreign,omitzero"`  // on accounts in a foreign currency
	Unknown    string       `json:"unknown,omitempty"` // repeats what a corrected document has in suspense
}

// Post books an entry by hand. The second result is false when it was booked before.
func Post(ctx context.Context, d *db.DB, e Entry) (ledger.Entry, bool, error) {
	var posted ledger.Entry
	var fresh bool
	err := d.Write(ctx, func(tx *db.Tx) (err error) {
		posted, fresh, err = PostInTx(tx, e)
		return err
	})
	return posted, fresh, err
}

// PostInTx is Post inside a transaction.
func PostInTx(tx *db.Tx, e Entry) (ledger.Entry, bool, error) {
	if e.ID.IsZero() {
		return ledger.Entry{}, false, ErrID
	}
	if err := checkHead(e.BusinessDay, e.Memo, e.Attachment, tx.Now); err != nil {
		return ledger.Entry{}, false, err
	}
	want := ledger.Entry{ID: e.ID, Kind: KindManual, Doc: e.ID, Store: e.Store, BusinessDay: e.BusinessDay, Memo: e.Memo, Attachment: e.Attachment}
	if err := checkStore(tx, e.Store); err != nil {
		return ledger.Entry{}, false, err
	}
	accounts, err := accountsOf(tx)
	if err != nil {
		return ledger.Entry{}, false, err
	}
	if want.Lines, err = lines(accounts, e.Store, e.Lines); err != nil {
		return ledger.Entry{}, false, err
	}
	if err := checkControls(tx, want.Lines); err != nil {
		return ledger.Entry{}, false, err
	}
	for i := range want.Lines {
		if f := want.Lines[i].Foreign; f != (money.Amount{}) && f.Currency != accounts[want.Lines[i].Account].Currency {
			return ledger.Entry{}, false, ErrForeign.At("lines[" + strconv.Itoa(i) + "]")
		}
	}
	return postOnce(tx, want)
}

// postOnce posts the entry unless one with its id is there. The entry that is there must say the same.
func postOnce(tx *db.Tx, want ledger.Entry) (ledger.Entry, bool, error) {
	old, err := ledger.Get(tx, want.ID)
	if fault.CodeOf(err) == ledger.ErrUnknownEntry.Code {
		if err := ledger.Post(tx, &want); err != nil {
			return want, false, err
		}
		return want, true, outbox.Add(tx, outbox.EntryPosted, want.ID.String(), want.Store)
	}
	if err != nil {
		return ledger.Entry{}, false, err
	}
	if !sameEntry(&old, &want) {
		return ledger.Entry{}, false, ErrOther.At(want.ID.String())
	}
	return old, false, nil
}

func sameEntry(a, b *ledger.Entry) bool {
	if a.Kind != b.Kind || a.Doc != b.Doc || a.Store != b.Store || a.BusinessDay != b.BusinessDay || a.Memo != b.Memo ||
		a.Attachment != b.Attachment || len(a.Lines) != len(b.Lines) {
		return false
	}
	for i := range a.Lines {
		if a.Lines[i] != b.Lines[i] {
			return false
		}
	}
	return true
}

func checkHead(on day.Day, memo, attachment string, now time.Time) error {
	if _, err := day.Parse(string(on)); err != nil || on > day.Of(now).Add(daysAheadMost) {
		return ErrDay.At("business_day")
	}
	if !text(memo, memoMost) || strings.TrimSpace(memo) == "" {
		return ErrMemo.At("memo")
	}
	if !text(attachment, memoMost) {
		return ErrAttachment.At("attachment")
	}
	if pan.Found(memo) {
		return ErrCard.At("memo")
	}
	if pan.Found(attachment) {
		return ErrCard.At("attachment")
	}
	return nil
}

func checkStore(tx *db.Tx, store string) error {
	if store == "" {
		return nil
	}
	shop, err := org.LoadShared(tx)
	if err != nil {
		return err
	}
	_, err = shop.Store(store)
	return err
}

// lines checks the lines and gives them their store.
func lines(accounts map[string]ledger.Account, store string, in []Line) ([]ledger.Line, error) {
	if len(in) < 2 || len(in) > linesMost {
		return nil, ErrLines.At("lines")
	}
	out := make([]ledger.Line, len(in))
	var sum money.Minor // a thousand amounts within the range cannot overflow
	for i, l := range in {
		if err := l.check(accounts); err != nil {
			return nil, err.At("lines[" + strconv.Itoa(i) + "]")
		}
		sum += l.Amount
		out[i] = ledger.Line{Account: l.Account, Amount: l.Amount, Store: store, Department: l.Department, TaxCode: l.TaxCode,
			Tender: l.Tender, Party: l.Party, Foreign: l.Foreign, Unknown: l.Unknown}
	}
	if sum != 0 {
		return nil, ErrUnbalanced.At("lines")
	}
	return out, nil
}

// check returns what is wrong with a line, nil when nothing is.
func (l *Line) check(accounts map[string]ledger.Account) *fault.Error {
	a, ok := accounts[l.Account]
	switch {
	case !ok:
		return ledger.ErrUnknownAccount
	case l.Amount == 0 || l.Amount.CheckRange() != nil || l.Foreign.Minor.CheckRange() != nil:
		return ErrAmount
	case a.Currency != "" && (l.Foreign.Currency != a.Currency || l.Foreign.Minor == 0 || (l.Foreign.Minor > 0) != (l.Amount > 0)):
		return ErrForeign
	}
	for _, s := range [...]string{l.Department, l.TaxCode, l.Tender, l.Party, l.Unknown} {
		if !text(s, lineTextMost) {
			return ErrText
		}
		if pan.Found(s) {
			return ErrCard
		}
	}
	return nil
}

func accountsOf(tx *db.Tx) (map[string]ledger.Account, error) {
	list, err := ledger.Accounts(tx)
	if err != nil {
		return nil, err
	}
	accounts := make(map[string]ledger.Account, len(list))
	for _, a := range list {
		accounts[a.Code] = a
	}
	return accounts, nil
}

// checkControls refuses lines on accounts that follow something else than a person's pen.
func checkControls(tx *db.Tx, lines []ledger.Line) error {
	controls, err := posting.LoadControls(tx)
	if err != nil {
		return err
	}
	for i := range lines {
		if _, ok := controls[lines[i].Account]; ok || lines[i].Unknown != "" {
			return ErrControl.At(lines[i].Account)
		}
	}
	return nil
}

// text tells whether s is at most so many printable characters.
func text(s string, most int) bool {
	return utf8.ValidString(s) && utf8.RuneCountInString(s) <= most && !strings.ContainsFunc(s, unicode.IsControl)
}
