package httpapi

import (
	"errors"

	"github.com/tillpost/tillpost/internal/base/money"
	"github.com/tillpost/tillpost/internal/base/qty"
	"github.com/tillpost/tillpost/internal/domain/ledger"
	"github.com/tillpost/tillpost/internal/domain/tasks"
	"github.com/tillpost/tillpost/internal/flow/posting"
	"github.com/tillpost/tillpost/internal/flow/resolve"
	"github.com/tillpost/tillpost/internal/platform/auth"
	"github.com/tillpost/tillpost/internal/platform/db"
)

// Decision is a person's answer to a task. Which fields it needs depends on the task's key.
type Decision struct {
	Task       string      `json:"task" doc:"The task's key: \"tender:PayLater-X\"."`
	Kind       string      `json:"kind,omitempty" doc:"Of an unknown tender: cash, card, gift_card, store_credit, on_account, coupon, loyalty, marketplace, transfer, check, other."`
	Name       string      `json:"name,omitempty" doc:"What people call the tender or the item; the code unless stated."`
	Account    string      `json:"account,omitempty" doc:"Where it belongs: of a tax, a role, a difference. Of a tender it is optional."`
	Department string      `json:"department,omitempty" doc:"Of an unknown item: its sales go there."`
	Service    bool        `json:"service,omitempty" doc:"The unknown item has no stock."`
	Cost       money.Price `json:"cost,omitempty" doc:"What one piece of the unknown item costs."`
	Close      string      `json:"close,omitempty" doc:"Instead of all the others: how the task was settled. It closes what needs no mapping, as a number that is missing; nothing may stand in suspense for it."`
}

// Decided is what a decision did.
type Decided struct {
	Task    *tasks.Task       `json:"task,omitempty" doc:"The task as it is now; absent when nothing has met it yet."`
	Closed  bool              `json:"closed" doc:"It was open, and is closed now."`
	Entries []ledger.Entry    `json:"entries" doc:"The entries that take out of suspense what waited there."`
	Lines   int64             `json:"lines" doc:"How many lines left suspense."`
	Taken   qty.Qty           `json:"taken" doc:"Goods that left the stock late."`
	Unknown []posting.Unknown `json:"unknown" doc:"What came up in its place; each has a task of its own."`
}

// tasks registers the operations on what waits for a decision.
func (a *API) tasks() {
	get(a, operation{ID: "listTasks", Path: "/tasks", Tag: tagCare, Scope: auth.TasksRead, Summary: "What waits for a decision",
		Doc: "The oldest first. However often the same thing is met, it is one task while it is open."}, listTasks)
	get(a, operation{ID: "getTask", Path: "/tasks/{key}", Tag: tagCare, Scope: auth.TasksRead, Summary: "One task",
		Doc: "The open one with this key, or else the last that was settled. A slash in the key is written %2F."}, getTask)
	post(a, operation{ID: "decideTask", Path: "/task-decisions", Tag: tagCare, Scope: auth.TasksWrite, Conflicts: true, Summary: "Say what something unknown is, or close a task",
		Doc: "From then on it is known, and what stands in suspense for it moves to where it belongs, today. The same again finds nothing and changes nothing."}, decide)
}

func listTasks(c *Call, in *struct {
	State string `query:"state" enum:"open,done" default:"open" doc:"Those that wait, or those that are settled."`
	Store string `query:"store" doc:"Only this store's. A key for one store means that one, a key for several has to name one."`
	Kind  string `query:"kind" doc:"Only these: unknown_tender, unknown_tax, unknown_item, unknown_account, number_gap …"`
	Paged
}) (Page[tasks.Task], error) {
	var place tasks.Place
	err := in.after(&place)
	if err == nil {
		err = c.Who.NeedStore(in.Store)
	}
	if err != nil {
		return Page[tasks.Task]{}, err
	}
	var rows []tasks.Task
	err = c.Read(func(v *db.View) (err error) {
		rows, err = tasks.Page(v, tasks.Wanted{State: in.State, Store: in.Store, Kind: in.Kind}, place, in.Limit+1)
		return err
	})
	return page(rows, in.Limit, func(t tasks.Task) any { return t.Place() }), err
}

func getTask(c *Call, in *struct {
	Key string `path:"key"`
}) (t tasks.Task, err error) {
	err = c.Read(func(v *db.View) error {
		if t, err = tasks.Latest(v, in.Key); err != nil {
			return err
		}
		return c.Who.NeedStore(t.Store)
	})
	return t, err
}

func decide(c *Call, _ *struct{}, doc Decision) (out Decided, fresh bool, err error) {
	if doc.Close != "" {
		return c.closeTask(doc)
	}
	if err := c.Who.NeedStore(""); err != nil { // it is known in every store then
		return out, false, err
	}
	done, err := resolve.Map(c, c.DB(), resolve.Mapping{Key: doc.Task, Kind: doc.Kind, Name: doc.Name, Account: doc.Account,
		Department: doc.Department, Service: doc.Service, Cost: doc.Cost})
	if err != nil {
		return out, false, err
	}
	out = Decided{Closed: done.Closed, Entries: filled(done.Entries), Lines: done.Lines, Taken: done.Taken, Unknown: filled(done.Unknown)}
	out.Task, err = c.taskNow(doc.Task)
	return out, done.Closed || len(done.Entries) > 0, err
}

// closeTask closes a task by hand.
func (c *Call) closeTask(doc Decision) (out Decided, fresh bool, err error) {
	if (doc != Decision{Task: doc.Task, Close: doc.Close}) {
		return out, false, ErrParameter.At("close")
	}
	t, err := c.taskNow(doc.Task)
	switch {
	case err != nil:
	case t == nil:
		err = tasks.ErrNeverMet.Named("task", doc.Task)
	default:
		err = c.Who.NeedStore(t.Store)
	}
	if err != nil {
		return out, false, err
	}
	out = Decided{Entries: []ledger.Entry{}, Unknown: []posting.Unknown{}}
	if out.Closed, err = resolve.Close(c, c.DB(), doc.Task, doc.Close); err != nil {
		return out, false, err
	}
	out.Task, err = c.taskNow(doc.Task)
	return out, out.Closed, err
}

// taskNow reads a task; nil when there has never been one.
func (c *Call) taskNow(key string) (*tasks.Task, error) {
	var t tasks.Task
	err := c.Read(func(v *db.View) (err error) {
		t, err = tasks.Latest(v, key)
		return err
	})
	if errors.Is(err, tasks.ErrNeverMet) {
		return nil, nil
	}
	return &t, err
}
