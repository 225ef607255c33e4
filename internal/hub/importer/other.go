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
	if a.Qty < 0 {
		change.Lines[0].Qty = -a.Qty
		if change.Kind == adjust.Found {
			change.Kind = adjust.Shrink
		}
	} else if change.Kind != adjust.Opening {
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
	fresh, _, err := payout.InTx(s.tx, policy, payments.Movement{ID: id.Derive(m.At, s.source, "movement:"+doc.External), At: m.At,
		BusinessDay: on, Kind: payments.MovementKind(m.Kind), Processor: m.Processor, Currency: m.Currency, Gross: m.Gross, Fee: m.Fee,
		Net: m.Net, Reference: m.Reference, Payout: m.Payout, External: doc.External, Source: s.source, Note: m.Note})
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
