package journal

import (
	"context"

	"github.com/tillpost/tillpost/internal/base/day"
	"github.com/tillpost/tillpost/internal/base/fault"
	"github.com/tillpost/tillpost/internal/base/id"
	"github.com/tillpost/tillpost/internal/domain/ledger"
	"github.com/tillpost/tillpost/internal/platform/db"
	"github.com/tillpost/tillpost/internal/platform/outbox"
)

// Reversal says which entry to take back, and when.
type Reversal struct {
	Entry       id.ID   `json:"entry"`
	BusinessDay day.Day `json:"business_day"`
	Memo        string  `json:"memo"`
	Attachment  string  `json:"attachment,omitempty"`
}

// Reverse takes back an entry by hand or a correction with its mirror. Entries of documents are
// ErrNotByHand: a sale is voided, a count counted again, so that stock and drawers follow. The second
// result is false when the same reversal was posted before.
func Reverse(ctx context.Context, d *db.DB, r Reversal) (ledger.Entry, bool, error) {
	var posted ledger.Entry
	var fresh bool
	err := d.Write(ctx, func(tx *db.Tx) (err error) {
		posted, fresh, err = ReverseInTx(tx, r)
		return err
	})
	return posted, fresh, err
}

// ReverseInTx is Reverse inside a transaction.
func ReverseInTx(tx *db.Tx, r Reversal) (ledger.Entry, bool, error) {
	if err := checkHead(r.BusinessDay, r.Memo, r.Attachment, tx.Now); err != nil {
		return ledger.Entry{}, false, err
	}
	was, err := ledger.Get(tx, r.Entry)
	if err != nil {
		return ledger.Entry{}, false, err
	}
	if was.Kind != KindManual && was.Kind != KindCorrection {
		return ledger.Entry{}, false, ErrNotByHand.Named("entry", was.Kind)
	}
	e, err := ledger.Reverse(tx, r.Entry, r.BusinessDay, r.Memo)
	if fault.CodeOf(err) == ledger.ErrAlreadyReversed.Code {
		return again(tx, &was, r, err)
	}
	if err != nil {
		return ledger.Entry{}, false, err
	}
	e.Attachment = r.Attachment
	if err := ledger.Post(tx, &e); err != nil {
		return ledger.Entry{}, false, err
	}
	return e, true, outbox.Add(tx, outbox.EntryPosted, e.ID.String(), e.Store)
}

// again answers with the reversal that is there when it is the one that is asked for.
func again(q db.Q, was *ledger.Entry, r Reversal, already error) (ledger.Entry, bool, error) {
	entries, err := ledger.ByDoc(q, was.Doc)
	if err != nil {
		return ledger.Entry{}, false, err
	}
	for _, e := range entries {
		if e.Reverses == was.ID && e.BusinessDay == r.BusinessDay && e.Memo == r.Memo && e.Attachment == r.Attachment {
			return e, false, nil
		}
	}
	return ledger.Entry{}, false, already
}
