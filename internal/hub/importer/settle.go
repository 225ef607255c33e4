package importer

import (
	"context"
	"errors"

	"github.com/tillpost/tillpost/internal/base/fault"
	"github.com/tillpost/tillpost/internal/base/id"
	"github.com/tillpost/tillpost/internal/base/money"
	"github.com/tillpost/tillpost/internal/domain/sales"
	"github.com/tillpost/tillpost/internal/flow/checkout"
	"github.com/tillpost/tillpost/internal/hub/intake"
	"github.com/tillpost/tillpost/internal/platform/db"
)

// settle records documents in one transaction, with their quarantine and the place to go on from. A
// document that cannot be recorded is put in quarantine: those before it are settled by themselves,
// and it goes on with those after it, so that nothing of it stays behind and no document is tried
// more than twice.
func (r *run) settle(ctx context.Context, docs []intake.Document) error {
	for len(docs) > 0 {
		err := r.attempt(ctx, docs)
		var bad *badDocument
		if !errors.As(err, &bad) {
			return err
		}
		reject(&docs[bad.index], bad.err)
		if bad.index > 0 {
			if err := r.settle(ctx, docs[:bad.index]); err != nil {
				return err
			}
			docs = docs[bad.index:]
		}
	}
	return nil
}

// attempt records all of docs or nothing.
func (r *run) attempt(ctx context.Context, docs []intake.Document) error {
	var done settling
	body := func(tx *db.Tx) error {
		s := settling{run: r, tx: tx, counts: r.counts, total: r.total}
		if err := s.all(docs); err != nil {
			return err
		}
		done = s
		return s.mark()
	}
	var err error
	if r.o.DryRun {
		err = r.d.Try(ctx, body)
	} else {
		err = r.d.Write(ctx, body)
	}
	if err != nil {
		return err
	}
	r.counts, r.total = done.counts, done.total
	if !r.o.DryRun { // what was undone is not in the books
		for _, external := range done.cured {
			delete(r.waits, external)
		}
	}
	return nil
}

// badDocument says that one document of a batch cannot be recorded.
type badDocument struct {
	index int
	err   error
}

func (b *badDocument) Error() string { return b.err.Error() }

// reject turns a document into one for quarantine.
func reject(doc *intake.Document, err error) {
	code := fault.CodeOf(err)
	if code == "" {
		code = "cannot_be_recorded"
	}
	raw := ""
	switch {
	case doc.Receipt != nil:
		raw = sales.ShortName(doc.Receipt)
	case doc.Adjustment != nil:
		raw = doc.Adjustment.Item + " " + doc.Adjustment.Qty.String() + " " + doc.Adjustment.Note
	case doc.Movement != nil:
		raw = string(doc.Movement.Kind) + " " + doc.Movement.Processor + " " + doc.Movement.Note
	}
	doc.Receipt, doc.Adjustment, doc.Movement, doc.Control = nil, nil, nil, ""
	doc.Rejected = &intake.Rejected{Code: code, Reason: err.Error(), Raw: raw}
}

// settling is one attempt at some documents.
type settling struct {
	*run
	tx     *db.Tx
	counts Counts
	total  money.Minor
	cured  []string
}

func (s *settling) all(docs []intake.Document) error {
	if err := s.introduce(docs); err != nil {
		return err
	}
	ids := make([]id.ID, 0, len(docs))
	for i := range docs {
		if docs[i].Receipt != nil {
			ids = append(ids, docs[i].Receipt.ID)
		}
	}
	if err := sales.Preload(s.tx, ids); err != nil {
		return err
	}
	for i := range docs {
		if err := s.one(&docs[i]); err != nil {
			switch fault.KindOf(err) {
			case fault.Invalid, fault.Conflict, fault.NotFound:
				return &badDocument{i, err}
			}
			return err
		}
		s.counts.Documents++
		s.counts.Rows += int64(docs[i].Rows)
	}
	return nil
}

func (s *settling) one(doc *intake.Document) error {
	var kind *int64
	var fresh bool
	var err error
	switch {
	case doc.Rejected != nil:
		s.quarantine(doc, *doc.Rejected)
		return nil
	case doc.Receipt != nil:
		kind = &s.counts.Receipts
		fresh, err = s.receipt(doc)
	case doc.Adjustment != nil:
		kind = &s.counts.Adjustments
		fresh, err = s.adjust(doc)
	case doc.Movement != nil:
		kind = &s.counts.Movements
		fresh, err = s.movement(doc)
	default:
		s.counts.Controls++
		return nil
	}
	if err != nil {
		return err
	}
	if !fresh {
		s.counts.Repeated++
		return nil
	}
	*kind++
	return s.cure(doc)
}

func (s *settling) receipt(doc *intake.Document) (fresh bool, err error) {
	sale, fresh, err := checkout.Record(s.tx, checkout.Arrival{Receipt: doc.Receipt, Unexplained: doc.Unexplained})
	if err != nil || !fresh {
		return false, err
	}
	s.counts.Lines += int64(len(sale.Receipt.Lines))
	s.total += sale.Receipt.Total()
	if doc.Unexplained != 0 {
		s.counts.Unexplained++
	}
	return true, nil
}
