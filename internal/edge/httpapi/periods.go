package httpapi

import (
	"context"

	"github.com/tillpost/tillpost/internal/base/day"
	"github.com/tillpost/tillpost/internal/domain/ledger"
	"github.com/tillpost/tillpost/internal/flow/closeperiod"
	"github.com/tillpost/tillpost/internal/platform/auth"
	"github.com/tillpost/tillpost/internal/platform/db"
)

// PeriodOrder says which periods to lock or to open. Who does it is the key that sends it.
type PeriodOrder struct {
	From            day.Day `json:"from" doc:"Any day of the first period; the first and the last day of calendar months mean the periods that begin in them."`
	To              day.Day `json:"to,omitempty" doc:"Any day of the last period; from unless stated."`
	Reason          string  `json:"reason,omitempty" doc:"Why; it is kept for ever."`
	DespiteSuspense bool    `json:"despite_suspense,omitempty" doc:"Lock although something waits in suspense."`
	DryRun          bool    `json:"dry_run,omitempty" doc:"Only answer the papers, as they are now."`
}

// PeriodOpened is a period and what was done to it.
type PeriodOpened struct {
	ledger.Period
	Changes []ledger.Change `json:"changes" doc:"Who locked and opened it, in order."`
}

// periods registers the operations on the months of the books.
func (a *API) periods() {
	get(a, operation{ID: "listPeriods", Path: "/periods", Tag: tagBooks, Scope: auth.BooksRead, Summary: "The periods, and which of them are locked",
		Doc: "Days without a period are open, unless they lie before a lock."}, listPeriods)
	get(a, operation{ID: "getPeriod", Path: "/periods/{start}", Tag: tagBooks, Scope: auth.BooksRead, Summary: "One period, and who changed it"}, getPeriod)
	post(a, operation{ID: "lockPeriods", Path: "/period-locks", Tag: tagBooks, Scope: auth.PeriodsWrite, Conflicts: true, Summary: "Lock months and all before them",
		Doc: "What still arrives for a locked month counts on the first open day. The answer are the papers: what waits in suspense, what came late, days that were not closed. With dry_run nothing is locked."},
		periodOrder(closeperiod.Close))
	post(a, operation{ID: "unlockPeriods", Path: "/period-unlocks", Tag: tagBooks, Scope: auth.PeriodsWrite, Conflicts: true, Summary: "Open locked months again",
		Doc: "From the last one backwards. Entries that were posted to later days meanwhile stay there."}, periodOrder(closeperiod.Reopen))
}

// periodOrder carries an order out, or only looks.
func periodOrder(run func(context.Context, *db.DB, closeperiod.Order) (closeperiod.Papers, error)) func(*Call, *struct{}, PeriodOrder) (closeperiod.Papers, bool, error) {
	return func(c *Call, _ *struct{}, doc PeriodOrder) (p closeperiod.Papers, fresh bool, err error) {
		if err := c.Who.NeedStore(""); err != nil {
			return p, false, err
		}
		if doc.To == "" {
			doc.To = doc.From
		}
		if doc.DryRun {
			err = c.Read(func(v *db.View) error {
				p, err = closeperiod.Review(v, doc.From, doc.To)
				return err
			})
			return p, false, err
		}
		p, err = run(c, c.DB(), closeperiod.Order{From: doc.From, To: doc.To, DespiteSuspense: doc.DespiteSuspense,
			By: ledger.By{Who: c.Who.Actor(), Reason: doc.Reason}})
		return p, p.Changed > 0, err
	}
}

func listPeriods(c *Call, in *struct {
	From string `query:"from" format:"date" doc:"Only periods that end on this day or later."`
	To   string `query:"to" format:"date" doc:"Only periods that begin on this day or before."`
	Paged
}) (Page[ledger.Period], error) {
	var place string
	s, err := (&Span{From: in.From, To: in.To}).scope()
	if err == nil {
		err = in.after(&place)
	}
	if err != nil {
		return Page[ledger.Period]{}, err
	}
	var rows []ledger.Period
	err = c.Read(func(v *db.View) (err error) {
		rows, err = ledger.Periods(v, s.From, s.To)
		return err
	})
	rows = behind(rows, place, func(p *ledger.Period) string { return string(p.Start) })
	return page(rows, in.Limit, func(p ledger.Period) any { return string(p.Start) }), err
}

func getPeriod(c *Call, in *struct {
	Start string `path:"start" format:"date" doc:"Its first day."`
}) (out PeriodOpened, err error) {
	start, err := day.Parse(in.Start)
	if err != nil {
		return out, err
	}
	err = c.Read(func(v *db.View) error {
		periods, err := ledger.Periods(v, start, start)
		if err != nil {
			return err
		}
		if len(periods) == 0 || periods[0].Start != start {
			return ledger.ErrNoPeriod.Named("start", in.Start)
		}
		out.Period = periods[0]
		out.Changes, err = ledger.Changes(v, start, start)
		out.Changes = filled(out.Changes)
		return err
	})
	return out, err
}
