package cli

import (
	"github.com/tillpost/tillpost/internal/base/money"
	"github.com/tillpost/tillpost/internal/domain/ledger"
	"github.com/tillpost/tillpost/internal/domain/org"
	"github.com/tillpost/tillpost/internal/flow/closeperiod"
	"github.com/tillpost/tillpost/internal/platform/db"
	"github.com/tillpost/tillpost/internal/views/table"
)

type periodCmd struct {
	List   periodListCmd   `cmd:"" help:"The periods and which of them are locked."`
	Review periodReviewCmd `cmd:"" help:"What an accountant looks at before months are locked."`
	Lock   periodLockCmd   `cmd:"" help:"Lock months and all before them."`
	Unlock periodUnlockCmd `cmd:"" help:"Open locked months again."`
}

type periodListCmd struct {
	layout `embed:""`
}

// Run lists the periods.
func (c periodListCmd) Run(e *env) error {
	return e.report(c.layout, func(v *db.View, _ org.Shop) (*table.Table, error) {
		periods, err := ledger.Periods(v, "", "")
		t := &table.Table{Title: "Periods", Columns: []table.Column{{Name: "first_day"}, {Name: "last_day"}, {Name: "fiscal_year"}, {Name: "state"}}}
		for _, p := range periods {
			state := "open"
			if p.Locked {
				state = "locked"
			}
			t.Add(table.Text(string(p.Start)), table.Text(string(p.End)), table.Text(p.FiscalYear), table.Text(state))
		}
		return t, err
	})
}

// months are the first and last month of an order.
type months struct {
	From string `arg:"" help:"The first month (YYYY-MM)."`
	To   string `arg:"" optional:"" help:"The last month; the first when left out."`
}

// signing says who did something and why; it is kept for ever.
type signing struct {
	By     string `help:"Who does it." default:"owner" placeholder:"WHO"`
	Reason string `help:"Why." placeholder:"TEXT"`
}

func (m months) order(s signing) (closeperiod.Order, error) {
	o := closeperiod.Order{By: ledger.By{Who: s.By, Reason: s.Reason}}
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

type periodReviewCmd struct {
	months `embed:""`
	Format string `help:"text or json." enum:"text,json" default:"text"`
}

// Run reviews the months.
func (c periodReviewCmd) Run(e *env) error {
	o, err := c.order(signing{})
	if err != nil {
		return err
	}
	return e.read(func(v *db.View, shop org.Shop) error {
		p, err := closeperiod.Review(v, o.From, o.To)
		if err != nil {
			return err
		}
		if c.Format == "json" {
			return e.json(p)
		}
		e.say("%s to %s", p.From, p.To)
		sayPapers(e, shop, &p)
		return nil
	})
}

// sayPapers tells what an accountant asks for first.
func sayPapers(e *env, shop org.Shop, p *closeperiod.Papers) {
	var waits money.Minor
	for _, s := range p.Suspense {
		waits += s.Amount
	}
	switch {
	case len(p.Suspense) == 0:
		e.say("  Nothing waits in suspense.")
	default:
		e.say("  %s in suspense, together %s %s:", plural(int64(len(p.Suspense)), "key waits", "keys wait"), amount(shop.Book, waits), shop.Book)
	}
	for _, s := range p.Suspense {
		e.say("    %-40s %14s", s.Key, amount(shop.Book, s.Amount))
	}
	if n := int64(len(p.Late)) + p.LateMore; n > 0 {
		e.say("  %s in one period and counts in another.", plural(n, "entry happened", "entries happened"))
	}
	for _, d := range p.Unsealed {
		e.say("  Store %s has not closed %s.", d.Store, d.Day)
	}
}

type periodLockCmd struct {
	months          `embed:""`
	signing         `embed:""`
	DespiteSuspense bool `help:"Although something still waits in suspense."`
}

// Help is the text below the flags.
func (periodLockCmd) Help() string {
	return `What still arrives for a locked month counts on the first open day. Older months that are open are locked too.`
}

// Run locks the months.
func (c periodLockCmd) Run(e *env) error {
	o, err := c.order(c.signing)
	if err != nil {
		return err
	}
	o.DespiteSuspense = c.DespiteSuspense
	d, shop, err := e.existing()
	if err != nil {
		return err
	}
	defer d.Close()
	p, err := closeperiod.Close(e.ctx, d, o)
	if err != nil {
		return err
	}
	e.say("Locked %s to %s.", p.From, p.To)
	if n := len(p.Earlier); n > 0 {
		e.say("  With it %s from %s on.", plural(int64(n), "older period", "older periods"), p.Earlier[0].Start)
	}
	sayPapers(e, shop, &p)
	return nil
}

type periodUnlockCmd struct {
	months  `embed:""`
	signing `embed:""`
}

// Run opens the months.
func (c periodUnlockCmd) Run(e *env) error {
	o, err := c.order(c.signing)
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
