package cli

import (
	"github.com/tillpost/tillpost/internal/domain/ledger"
	"github.com/tillpost/tillpost/internal/domain/org"
	"github.com/tillpost/tillpost/internal/flow/closeperiod"
	"github.com/tillpost/tillpost/internal/platform/db"
)

type periodCmd struct {
	List   periodListCmd   `cmd:"" help:"The periods and which of them are locked."`
	Lock   periodLockCmd   `cmd:"" help:"Lock months: what still arrives for them counts in the first open day."`
	Unlock periodUnlockCmd `cmd:"" help:"Open locked months again."`
}

type periodListCmd struct{}

// Run lists the periods.
func (periodListCmd) Run(e *env) error {
	return e.read(func(v *db.View, _ org.Shop) error {
		periods, err := ledger.Periods(v, "", "")
		if err != nil {
			return err
		}
		for _, p := range periods {
			state := "open"
			if p.Locked {
				state = "locked"
			}
			e.say("%s to %s  fiscal year %s  %s", p.Start, p.End, p.FiscalYear, state)
		}
		return nil
	})
}

// months are the first and last month of an order.
type months struct {
	From string `arg:"" help:"The first month (YYYY-MM)."`
	To   string `arg:"" optional:"" help:"The last month; the first when left out."`
	By   string `help:"Who does it." default:"owner" placeholder:"WHO"`
}

func (m months) order() (closeperiod.Order, error) {
	o := closeperiod.Order{By: ledger.By{Who: m.By}}
	first, last, err := monthDays(m.From)
	if err == nil && m.To != "" {
		_, last, err = monthDays(m.To)
	}
	if err == nil && last < first {
		err = ErrSpanBack.At(m.To)
	}
	o.From, o.To = first, last
	return o, err
}

type periodLockCmd struct {
	months          `embed:""`
	DespiteSuspense bool `help:"Although something still waits in suspense."`
}

// Run locks the months.
func (c periodLockCmd) Run(e *env) error {
	o, err := c.order()
	if err != nil {
		return err
	}
	o.DespiteSuspense = c.DespiteSuspense
	d, _, err := e.existing()
	if err != nil {
		return err
	}
	defer d.Close()
	p, err := closeperiod.Close(e.ctx, d, o)
	if err != nil {
		return err
	}
	e.say("Locked %s to %s. %d late entries belong to it.", o.From, o.To, len(p.Late))
	return nil
}

type periodUnlockCmd struct {
	months `embed:""`
}

// Run opens the months.
func (c periodUnlockCmd) Run(e *env) error {
	o, err := c.order()
	if err != nil {
		return err
	}
	d, _, err := e.existing()
	if err != nil {
		return err
	}
	defer d.Close()
	if _, err := closeperiod.Reopen(e.ctx, d, o); err != nil {
		return err
	}
	e.say("Opened %s to %s.", o.From, o.To)
	return nil
}
