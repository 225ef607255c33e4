package importer

import (
	"time"

	"github.com/tillpost/tillpost/internal/base/day"
	"github.com/tillpost/tillpost/internal/base/id"
	"github.com/tillpost/tillpost/internal/domain/inventory"
	"github.com/tillpost/tillpost/internal/domain/ledger"
	"github.com/tillpost/tillpost/internal/domain/org"
	"github.com/tillpost/tillpost/internal/domain/payments"
	"github.com/tillpost/tillpost/internal/flow/adjust"
	"github.com/tillpost/tillpost/internal/flow/payout"
	"github.com/tillpost/tillpost/internal/flow/posting"
	"github.com/tillpost/tillpost/internal/hub/intake"
)

// adjust books a change of stock that is not a sale. It tells whether it is new.
func (s *settling) adjust(doc *intake.Document) (bool, error) {
	a := doc.Adjustment
	on, err := s.businessDay(a.At)
	if err != nil {
		return false, err
	}
	change := adjust.Adjustment{Kind: adjust.Kind(a.Reason), Head: inventory.Head{ID: id.Derive(a.At, s.source, "adjustment:"+doc.External),
		Location: s.o.Store, BusinessDay: on, Reference: doc.External, Note: a.Note}, Lines: []adjust.Line{{Item: a.Item, Qty: a.Qty}}}
	switch {
	case a.Qty < 0:
		change.Lines[0].Qty = -a.Qty
		if change.Kind != adjust.Damaged { // whatever the source calls it: it is gone
			change.Kind = adjust.Shrink
		}
	case change.Kind != adjust.Opening:
		change.Kind = adjust.Found
	}
	seq, err := ledger.Upcoming(s.tx)
	if err != nil {
		return false, err
	}
	out, err := adjust.RecordTx(s.tx, change)
	if err != nil {
		return false, err
	}
	return out.EntrySeq == seq, nil
}

// movement books a line of a processor's account. It tells whether it is new.
//
// A processor has several reports about the same movements. Its own number alone identifies one, and
// what the reports say with more or less detail is kept as all of them say it: the time to the minute,
// and a payout's reference, which is the payout.
func (s *settling) movement(doc *intake.Document) (bool, error) {
	m := doc.Movement
	on, err := s.businessDay(m.At)
	if err != nil {
		return false, err
	}
	policy := posting.ChargesExplain
	if s.o.Settle {
		policy = posting.ChargesSettle
	}
	reference := m.Reference
	if m.Kind == intake.Payout && reference == "" {
		reference = m.Payout
	}
	fresh, _, err := payout.InTx(s.tx, policy, payments.Movement{ID: id.Derive(time.Unix(0, 0), s.source, "movement:"+doc.External),
		At: m.At.Truncate(time.Minute), BusinessDay: on, Kind: payments.MovementKind(m.Kind), Processor: m.Processor, Currency: m.Currency,
		Gross: m.Gross, Fee: m.Fee, Net: m.Net, Reference: reference, Payout: m.Payout, External: doc.External, Source: s.source, Note: m.Note})
	return fresh, err
}

func (s *settling) businessDay(at time.Time) (day.Day, error) {
	shop, err := org.LoadShared(s.tx)
	if err != nil {
		return "", err
	}
	store, err := shop.Store(s.o.Store)
	if err != nil {
		return "", err
	}
	return store.Rule().Of(at), nil
}
