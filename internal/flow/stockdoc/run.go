package stockdoc

import (
	"context"
	"time"

	"github.com/tillpost/tillpost/internal/domain/inventory"
	"github.com/tillpost/tillpost/internal/domain/ledger"
	"github.com/tillpost/tillpost/internal/domain/org"
	"github.com/tillpost/tillpost/internal/platform/db"
)

// Document is a stock document as it is sent in. Its JSON form is what a repetition is told by.
type Document interface {
	// Validate refuses what cannot be kept, or has not happened yet; now is the moment of arrival.
	Validate(now time.Time) error
}

// Run records a document in a transaction of its own. What is wrong with the document itself is found
// before, so that it does not wait for the writer.
func Run[D Document](ctx context.Context, d *db.DB, doc D, record func(tx *db.Tx, doc D) (*inventory.Doc, error)) (*inventory.Doc, error) {
	if err := doc.Validate(d.Now()); err != nil {
		return nil, err
	}
	var out *inventory.Doc
	err := d.Write(ctx, func(tx *db.Tx) (err error) {
		out, err = record(tx, doc)
		return err
	})
	return out, err
}

// Once carries a document out and keeps it; do does what is particular to its kind. The same document
// again answers what was recorded and changes nothing; its id with other content is
// inventory.ErrOther.
func Once(tx *db.Tx, kind string, head inventory.Head, doc Document, do func(w *Work) error) (*inventory.Doc, error) {
	if err := doc.Validate(tx.Now); err != nil {
		return nil, err
	}
	content, err := inventory.ContentOf(kind, doc)
	if err != nil {
		return nil, err
	}
	if old, ok, err := inventory.Recorded(tx, head.ID, kind, content); ok || err != nil {
		return old, err
	}
	w := &Work{tx: tx, head: head, Doc: head.Doc(kind, inventory.StateDone, content)}
	if w.shop, err = org.LoadShared(tx); err != nil {
		return nil, err
	}
	w.Currency = w.shop.Book
	if w.Seq, err = ledger.Upcoming(tx); err != nil {
		return nil, err
	}
	if err := do(w); err != nil {
		return nil, err
	}
	return w.Doc, inventory.Record(tx, w.Doc)
}
