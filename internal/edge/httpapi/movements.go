package httpapi

import (
	"github.com/tillpost/tillpost/internal/domain/payments"
	"github.com/tillpost/tillpost/internal/flow/payout"
	"github.com/tillpost/tillpost/internal/flow/posting"
	"github.com/tillpost/tillpost/internal/platform/auth"
	"github.com/tillpost/tillpost/internal/platform/db"
)

// Movements are lines of a processor's, marketplace's or bank's account.
type Movements struct {
	Charges   posting.ChargePolicy `json:"charges,omitempty" enum:"explain,settle" doc:"What charges and refunds are: \"explain\" (unless stated) for receipts that name their tenders, so that only fees are booked; \"settle\" for takings whose tender nobody knows."`
	Movements []payments.Movement  `json:"movements" minItems:"1" maxItems:"500"`
}

// MovementsRecorded is what became of them.
type MovementsRecorded struct {
	Fresh    int `json:"fresh" doc:"Movements that were not known."`
	Repeated int `json:"repeated" doc:"Movements that were in the books already."`
	Entries  int `json:"entries" doc:"Entries posted: a charge without a fee that only explains its receipt posts none."`
}

// movements registers the operations on processors' accounts.
func (a *API) movements() {
	get(a, operation{ID: "listMovements", Path: "/movements", Tag: tagBooks, Scope: auth.BooksRead, Summary: "What processors and banks did",
		Doc: "Charges, fees, payouts, disputes, as delivered; by business day, then by id."}, listMovements)
	post(a, operation{ID: "recordMovements", Path: "/movements", Tag: tagBooks, Scope: auth.BooksWrite, Conflicts: true, Summary: "Book what processors and banks did",
		Doc: "Up to 500 movements in one transaction: all of them or none. A movement that is known changes nothing; the same id with other content refuses the whole. Afterwards the clearing account of a processor says what it still owes."},
		recordMovements)
}

func recordMovements(c *Call, _ *struct{}, doc Movements) (MovementsRecorded, bool, error) {
	if len(doc.Movements) == 0 || len(doc.Movements) > BatchMost {
		return MovementsRecorded{}, false, ErrBatch.At("movements")
	}
	if err := c.Who.NeedStore(""); err != nil {
		return MovementsRecorded{}, false, err
	}
	r, err := payout.Record(c, c.DB(), doc.Charges, doc.Movements)
	return MovementsRecorded(r), r.Fresh > 0, err
}

func listMovements(c *Call, in *struct {
	From      string `query:"from" format:"date" doc:"First business day; the beginning when left out."`
	To        string `query:"to" format:"date" doc:"Last business day; the end when left out."`
	Processor string `query:"processor" doc:"Only this one: stripe, paypal …"`
	Kind      string `query:"kind" enum:"charge,refund,fee,payout,hold,release,dispute,adjustment,bad_debt,bank_fee" doc:"Only these."`
	Paged
}) (Page[payments.Movement], error) {
	var place payments.Place
	s, err := (&Span{From: in.From, To: in.To}).scope()
	if err == nil {
		err = in.after(&place)
	}
	if err == nil {
		err = c.Who.NeedStore("")
	}
	if err != nil {
		return Page[payments.Movement]{}, err
	}
	w := payments.Wanted{From: s.From, To: s.To, Processor: in.Processor, Kind: payments.MovementKind(in.Kind)}
	var rows []payments.Movement
	err = c.Read(func(v *db.View) (err error) {
		rows, err = payments.Page(v, w, place, in.Limit+1)
		return err
	})
	return page(rows, in.Limit, func(m payments.Movement) any { return payments.Place{Day: m.BusinessDay, ID: m.ID} }), err
}
