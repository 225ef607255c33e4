package cli

import (
	"strings"
	"time"

	"github.com/tillpost/tillpost/internal/base/money"
	"github.com/tillpost/tillpost/internal/domain/org"
	"github.com/tillpost/tillpost/internal/domain/tasks"
	"github.com/tillpost/tillpost/internal/flow/resolve"
	"github.com/tillpost/tillpost/internal/platform/db"
	"github.com/tillpost/tillpost/internal/views/table"
)

type taskCmd struct {
	List taskListCmd `cmd:"" help:"What waits for a decision."`
	Map  taskMapCmd  `cmd:"" help:"Say what an unknown tender, tax, item or account is; what waits in suspense follows."`
}

type taskListCmd struct {
	All    bool `help:"Also those that are settled."`
	layout `embed:""`
}

// Run lists the tasks.
func (c taskListCmd) Run(e *env) error {
	return e.read(func(v *db.View, shop org.Shop) error {
		list, err := tasks.List(v, tasks.StateOpen)
		if err != nil {
			return err
		}
		if c.All {
			done, err := tasks.List(v, tasks.StateDone)
			if err != nil {
				return err
			}
			list = append(list, done...)
		}
		if c.Format == "json" {
			return e.json(list)
		}
		if len(list) == 0 && c.Format == "table" {
			e.say("Nothing waits for a decision.")
			return nil
		}
		return table.Write(e.stdout, taskTable(shop, list), c.options(e.stdout))
	})
}

func taskTable(shop org.Shop, list []tasks.Task) *table.Table {
	t := &table.Table{Title: "What waits for a decision", Columns: []table.Column{{Name: "since"}, {Name: "store"}, {Name: "task"},
		{Name: "met", Label: "Times", Kind: table.KindCount}, {Name: "state"}, {Name: "message", Label: "What it is"}}}
	unknown := false
	for _, x := range list {
		zone := shop.Stores[x.Store].Rule().Zone
		message := strings.TrimPrefix(x.Message, x.Key+": ")
		if x.Resolution != "" {
			message += " (" + x.Resolution + ")"
		}
		unknown = unknown || strings.HasPrefix(x.Kind, "unknown_") && x.State == tasks.StateOpen
		t.Add(table.Text(time.UnixMilli(x.OpenedMs).In(zone).Format("2006-01-02")), table.Text(x.Store), table.Text(x.Key), table.Count(x.Count),
			table.Text(x.State), table.Text(message))
	}
	if unknown {
		t.Note("\"tillpost task map TASK …\" says what something unknown is; what waits in suspense follows.")
	}
	return t
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

// Help is the text below the flags.
func (taskMapCmd) Help() string {
	return `What to say depends on what is unknown:

  tillpost task map tender:PayLater --kind other

  tillpost task map item:CUP-RED --department Home --cost 2.10

  tillpost task map tax:US-PA --account 2100`
}

// Run settles the task.
func (c taskMapCmd) Run(e *env) error {
	m := resolve.Mapping{Key: c.Key, Kind: c.Kind, Name: c.Name, Account: c.Account, Department: c.Department, Service: c.Service}
	if c.Cost != "" {
		var err error
		if m.Cost, err = money.ParsePrice(c.Cost); err != nil {
			return ErrAmount.At("--cost")
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
	e.say("%s is known from now on: %s left suspense in %s.", c.Key, plural(out.Lines, "line", "lines"), plural(int64(len(out.Entries)), "entry", "entries"))
	for _, u := range out.Unknown {
		e.say("New: %s", u.Message)
	}
	return nil
}
