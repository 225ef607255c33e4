package cli

import (
	"time"

	"github.com/tillpost/tillpost/internal/base/money"
	"github.com/tillpost/tillpost/internal/domain/org"
	"github.com/tillpost/tillpost/internal/domain/tasks"
	"github.com/tillpost/tillpost/internal/flow/resolve"
	"github.com/tillpost/tillpost/internal/platform/db"
)

type taskCmd struct {
	List taskListCmd `cmd:"" help:"What waits for a decision."`
	Map  taskMapCmd  `cmd:"" help:"Say what an unknown tender, tax, item or account is; what waits in suspense follows."`
}

type taskListCmd struct {
	All    bool   `help:"Also those that are settled."`
	Format string `help:"text or json." enum:"text,json" default:"text"`
}

// Run lists the tasks.
func (c taskListCmd) Run(e *env) error {
	return e.read(func(v *db.View, _ org.Shop) error {
		state := tasks.StateOpen
		if c.All {
			state = ""
		}
		list, err := tasks.List(v, state)
		if err != nil {
			return err
		}
		if c.Format == "json" {
			return e.json(list)
		}
		for _, t := range list {
			e.say("%s  %-6s %s (%s times)\n    %s", time.UnixMilli(t.OpenedMs).UTC().Format("2006-01-02"), t.State, t.Key, count(t.Count), t.Message)
		}
		if len(list) == 0 {
			e.say("Nothing waits for a decision.")
		}
		return nil
	})
}

type taskMapCmd struct {
	Key        string `arg:"" help:"The task's key, as in tender:PayLater-X."`
	Kind       string `help:"Kind of an unknown tender: cash, card, gift_card, on_account, coupon, transfer, other …" placeholder:"KIND"`
	Name       string `help:"What people call it." placeholder:"NAME"`
	Account    string `help:"Account where it belongs." placeholder:"CODE"`
	Department string `help:"Department of an unknown item." placeholder:"NAME"`
	Service    bool   `help:"The unknown item has no stock."`
	Cost       string `help:"What one piece of the unknown item costs." placeholder:"PRICE"`
}

// Run settles the task.
func (c taskMapCmd) Run(e *env) error {
	m := resolve.Mapping{Key: c.Key, Kind: c.Kind, Name: c.Name, Account: c.Account, Department: c.Department, Service: c.Service}
	if c.Cost != "" {
		var err error
		if m.Cost, err = money.ParsePrice(c.Cost); err != nil {
			return err
		}
	}
	d, _, err := e.existing()
	if err != nil {
		return err
	}
	defer d.Close()
	out, err := resolve.Map(e.ctx, d, m)
	if err != nil {
		return err
	}
	e.say("%s is known from now on: %s lines left suspense in %d entries.", c.Key, count(out.Lines), len(out.Entries))
	for _, u := range out.Unknown {
		e.say("New: %s", u.Message)
	}
	return nil
}
