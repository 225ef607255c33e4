package importer

import (
	"context"
	"errors"
	"slices"

	"github.com/tillpost/tillpost/internal/base/fault"
	"github.com/tillpost/tillpost/internal/base/id"
	"github.com/tillpost/tillpost/internal/base/money"
	"github.com/tillpost/tillpost/internal/domain/inventory"
	"github.com/tillpost/tillpost/internal/domain/payments"
	"github.com/tillpost/tillpost/internal/domain/sales"
	"github.com/tillpost/tillpost/internal/flow/checkout"
	"github.com/tillpost/tillpost/internal/hub/intake"
	"github.com/tillpost/tillpost/internal/platform/db"
)

// settle records documents in one transaction, with their quarantine and the place to go on from. When
// one cannot be recorded, nothing is: it is put in quarantine, and the others are settled in parts.
func (r *run) settle(ctx context.Context, docs []intake.Document) error {
	err := r.attempt(ctx, docs)
	var bad *badDocument
	if !errors.As(err, &bad) {
		return err
	}
	reject(&docs[bad.index], bad.err)
	for part := range slices.Chunk(docs, afterBad) {
		if err := r.settle(ctx, part); err != nil {
			return err
		}
	}
	return nil
}

// afterBad is how many documents are tried at once after one of a batch could not be recorded: where
// there is one, there may be many, and each has what was tried with it tried again.
const afterBad = 50

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
	moved  map[id.ID]bool // receipts that are in the books, or in this batch, with another time or place
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
	if err := s.findMoved(docs); err != nil {
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
	case doc.Receipt != nil && s.moved[doc.Receipt.ID]:
		err = ErrMoved.At("external")
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
	if untouched(err) {
		rejected := *doc
		reject(&rejected, err)
		s.quarantine(&rejected, *rejected.Rejected)
		return nil
	}
	if err != nil {
		return err
	}
	if fresh {
		*kind++
	} else {
		s.counts.Repeated++
	}
	return s.cure(doc, fresh)
}

// otherContent are the faults of a document that is in the books with other content.
var otherContent = [...]*fault.Error{ErrMoved, sales.ErrOtherContent, payments.ErrMovementDiffers, inventory.ErrOther}

// untouched tells whether a document was refused before anything of it was written, so that the others
// need not be tried again.
func untouched(err error) bool {
	for _, known := range otherContent {
		if errors.Is(err, known) {
			return true
		}
	}
	return false
}

// findMoved looks for receipts whose outside number is known under another id: their time or place was
// read otherwise, and to record them would double the sale.
func (s *settling) findMoved(docs []intake.Document) error {
	var numbers []string
	for i := range docs {
		if r := docs[i].Receipt; r != nil && r.External != "" {
			numbers = append(numbers, r.External)
		}
	}
	known, err := sales.Externals(s.tx, s.source, numbers)
	if err != nil {
		return err
	}
	s.moved = map[id.ID]bool{}
	for i := range docs {
		r := docs[i].Receipt
		if r == nil || r.External == "" {
			continue
		}
		name := sales.External{Store: r.Store, Number: r.External}
		if u, ok := known[name]; ok && u != r.ID {
			s.moved[r.ID] = true
			continue
		}
		known[name] = r.ID
	}
	return nil
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
