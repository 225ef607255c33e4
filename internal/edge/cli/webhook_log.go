package cli

import (
	"github.com/tillpost/tillpost/internal/base/id"
	"github.com/tillpost/tillpost/internal/domain/org"
	"github.com/tillpost/tillpost/internal/hub/webhooks"
	"github.com/tillpost/tillpost/internal/platform/db"
	"github.com/tillpost/tillpost/internal/views/table"
)

type webhookDeliveriesCmd struct {
	one      `embed:""`
	Delivery *id.ID `arg:"" optional:"" help:"Show the attempts of this delivery."`
	State    string `help:"Only those that are waiting, delivered or dead." placeholder:"STATE"`
	Before   int64  `help:"Only those before this number of the log." placeholder:"NUMBER"`
	Limit    int    `help:"At most so many." default:"50" placeholder:"COUNT"`
	layout   `embed:""`
}

// Run lists deliveries, or the attempts of one.
func (c webhookDeliveriesCmd) Run(e *env) error {
	return e.report(c.layout, func(v *db.View, _ org.Shop) (*table.Table, error) {
		if c.Delivery != nil {
			return attempts(v, c.ID, *c.Delivery)
		}
		list, err := webhooks.Deliveries(v, c.ID, webhooks.Which{State: c.State, Before: c.Before, Limit: c.Limit})
		t := &table.Table{Title: "Deliveries", Columns: []table.Column{{Name: "number", Kind: table.KindCount}, {Name: "topic"}, {Name: "subject"}, {Name: "state"},
			{Name: "attempts", Kind: table.KindCount}, {Name: "answer"}, {Name: "due", Label: "Due (UTC)"}, {Name: "delivery"}}}
		for _, x := range list {
			due := ""
			if x.State == webhooks.Waiting {
				due = instant(x.DueMs)
			}
			t.Add(table.Count(x.Seq), table.Text(string(x.Topic)), table.Text(x.Subject), table.Text(x.State), table.Count(x.Attempts),
				table.Text(answered(x.Status, x.Error)), table.Text(due), table.Text(x.ID.String()))
		}
		return t, err
	})
}

func attempts(v *db.View, endpoint, delivery id.ID) (*table.Table, error) {
	x, list, err := webhooks.GetDelivery(v, endpoint, delivery)
	t := &table.Table{Title: "Attempts of " + string(x.Topic) + " " + x.Subject, Columns: []table.Column{{Name: "at", Label: "At (UTC)"},
		{Name: "ms", Label: "Took ms", Kind: table.KindCount}, {Name: "answer"}, {Name: "excerpt", Label: "It said"}}}
	for _, a := range list {
		t.Add(table.Text(instant(a.AtMs)), table.Count(a.DurationMs), table.Text(answered(a.Status, a.Error)), table.Text(a.Excerpt))
	}
	return t, err
}

// answered is what an attempt ended with.
func answered(status int64, problem string) string {
	if status == 0 {
		return problem
	}
	return count(status)
}

type webhookReplayCmd struct {
	one      `embed:""`
	Delivery id.ID  `help:"Send this delivery again." placeholder:"ID"`
	Dead     bool   `help:"Send all that were given up again."`
	Since    *int64 `help:"Send everything behind this number of the log again." placeholder:"NUMBER"`
}

// Help is the text below the flags.
func (webhookReplayCmd) Help() string {
	return `Messages keep their ids, so that a receiver that has one already can pass it over.`
}

// Run sends messages again.
func (c webhookReplayCmd) Run(e *env) error {
	return e.webhook(hooked{}, func(d *db.DB, _ webhooks.Options) error {
		n, err := webhooks.Replay(e.ctx, d, c.ID, webhooks.Again{Delivery: c.Delivery, Dead: c.Dead, Since: c.Since})
		switch {
		case err != nil:
			return err
		case c.Since != nil:
			e.say("Everything behind %d is sent again.", *c.Since)
		default:
			e.say("%s sent again.", plural(n, "message is", "messages are"))
		}
		return nil
	})
}
