package cli

import (
	"fmt"
	"os"
	"strings"
	"time"

	"github.com/tillpost/tillpost/internal/base/id"
	"github.com/tillpost/tillpost/internal/domain/org"
	"github.com/tillpost/tillpost/internal/hub/webhooks"
	"github.com/tillpost/tillpost/internal/platform/db"
	"github.com/tillpost/tillpost/internal/platform/outbox"
	"github.com/tillpost/tillpost/internal/platform/secrets"
	"github.com/tillpost/tillpost/internal/views/table"
)

type webhookCmd struct {
	Add        webhookAddCmd        `cmd:"" help:"Tell an address what happens from now on."`
	List       webhookListCmd       `cmd:"" help:"The webhooks and how they are doing."`
	Show       webhookShowCmd       `cmd:"" help:"Everything about one webhook."`
	Set        webhookSetCmd        `cmd:"" help:"Change the address of a webhook, or what it hears of."`
	Pause      webhookPauseCmd      `cmd:"" help:"Send nothing until it is resumed; nothing is lost."`
	Resume     webhookResumeCmd     `cmd:"" help:"Go on where it was paused or disabled."`
	Remove     webhookRemoveCmd     `cmd:"" help:"Take a webhook away."`
	Rotate     webhookRotateCmd     `cmd:"" help:"Give it a new secret; the old one signs too for a while."`
	Deliveries webhookDeliveriesCmd `cmd:"" help:"What was sent, what waits, what was given up; or one delivery's attempts."`
	Replay     webhookReplayCmd     `cmd:"" help:"Send messages again."`
	Test       webhookTestCmd       `cmd:"" help:"Send a test message now, and show the answer."`
}

// hooked is what webhook commands need to know of the machine.
type hooked struct {
	WebhookAllow []string `help:"Hosts inside the network, by name, that may be sent to, also without encryption." env:"TILLPOST_WEBHOOK_ALLOW" placeholder:"HOST[:PORT]"`
}

// options are those of the package webhooks.
func (h hooked) options(e *env) (o webhooks.Options, err error) {
	if o.Allow, err = webhooks.ParseAllow(h.WebhookAllow); err != nil {
		return o, err
	}
	o.Secrets, err = secrets.Open(e.dsn, os.Getenv)
	return o, err
}

// webhook opens the database for a command about webhooks.
func (e *env) webhook(h hooked, fn func(d *db.DB, o webhooks.Options) error) error {
	o, err := h.options(e)
	if err != nil {
		return err
	}
	d, _, err := e.existing()
	if err != nil {
		return err
	}
	defer d.Close()
	return fn(d, o)
}

type webhookAddCmd struct {
	URL    string   `arg:"" help:"Where messages are sent: an https:// address."`
	Topic  []string `help:"Only these topics; \"tillpost log --topics\" lists them. Default: all." placeholder:"TOPIC"`
	Store  []string `help:"Only what happens in these stores. Default: all, and what belongs to no store." placeholder:"CODE"`
	Since  *int64   `help:"Begin behind this number of the log. Default: with what happens next." placeholder:"NUMBER"`
	JSON   bool     `help:"Write the webhook and its secret as JSON."`
	hooked `embed:""`
}

// Help is the text below the flags.
func (webhookAddCmd) Help() string {
	return `Messages are signed as the Standard Webhooks specification says (standardwebhooks.com). The secret is shown once; it is
stored encrypted, with a key that lies beside the database (FILE.key) or in TILLPOST_SECRET_KEY. docs/webhooks.md says more.`
}

// Run adds a webhook.
func (c webhookAddCmd) Run(e *env) error {
	return e.webhook(c.hooked, func(d *db.DB, o webhooks.Options) error {
		n := webhooks.New{URL: c.URL, Stores: c.Store, Since: c.Since}
		for _, t := range c.Topic {
			n.Topics = append(n.Topics, outbox.Topic(t))
		}
		w, secret, err := webhooks.Create(e.ctx, d, o, n)
		if err != nil {
			return err
		}
		return e.tellSecret(w, secret, c.JSON)
	})
}

// tellSecret shows a webhook's new secret, the only time.
func (e *env) tellSecret(w webhooks.Endpoint, secret string, asJSON bool) error {
	if asJSON {
		return e.json(struct {
			webhooks.Endpoint
			Secret string `json:"secret"`
		}{w, secret})
	}
	e.say("Webhook %s tells %s %s.", w.ID, oneLine(w.URL), hears(w))
	if w.OldSecretUntilMs > 0 {
		e.say("Its old secret signs too until %s UTC.", instant(w.OldSecretUntilMs))
	}
	_, err := fmt.Fprintf(e.stdout, "Its secret, which is shown only now: %s\n", secret)
	return err
}

// hears says what a webhook wants to hear of.
func hears(w webhooks.Endpoint) string {
	text := "everything that happens"
	if len(w.Topics) > 0 {
		names := make([]string, len(w.Topics))
		for i, t := range w.Topics {
			names[i] = string(t)
		}
		text = strings.Join(names, ", ")
	}
	var stores []string
	for _, s := range w.Stores {
		if s == "" {
			s = "(none)"
		}
		stores = append(stores, s)
	}
	if len(stores) > 0 {
		text += " in " + strings.Join(stores, ", ")
	}
	return text
}

func instant(ms int64) string {
	if ms == 0 {
		return ""
	}
	return time.UnixMilli(ms).UTC().Format(time.DateTime)
}

type webhookListCmd struct {
	layout `embed:""`
}

// Run lists the webhooks.
func (c webhookListCmd) Run(e *env) error {
	return e.report(c.layout, func(v *db.View, _ org.Shop) (*table.Table, error) {
		list, err := webhooks.List(v)
		if err != nil {
			return nil, err
		}
		last, err := outbox.Last(v)
		t := &table.Table{Title: "Webhooks", Columns: []table.Column{{Name: "webhook"}, {Name: "state"}, {Name: "url", Label: "Address"}, {Name: "hears", Label: "Hears of"},
			{Name: "behind", Label: "Unread", Kind: table.KindCount}}}
		for _, w := range list {
			state := string(w.State)
			if w.Reason != "" {
				state += ": " + w.Reason
			}
			t.Add(table.Text(w.ID.String()), table.Text(state), table.Text(w.URL), table.Text(hears(w)), table.Count(last-w.Cursor))
		}
		return t, err
	})
}

// one names a webhook.
type one struct {
	ID id.ID `arg:"" name:"webhook" help:"The webhook's id; \"tillpost webhook list\" has it."`
}

type webhookShowCmd struct {
	one `embed:""`
}

// Run shows a webhook.
func (c webhookShowCmd) Run(e *env) error {
	return e.read(func(v *db.View, _ org.Shop) error {
		w, err := webhooks.Get(v, c.ID)
		if err != nil {
			return err
		}
		return e.json(w)
	})
}

type webhookPauseCmd struct {
	one `embed:""`
}

// Run pauses a webhook.
func (c webhookPauseCmd) Run(e *env) error { return e.setWebhook(c.ID, webhooks.Paused) }

type webhookResumeCmd struct {
	one `embed:""`
}

// Run makes a webhook active again.
func (c webhookResumeCmd) Run(e *env) error { return e.setWebhook(c.ID, webhooks.Active) }

func (e *env) setWebhook(u id.ID, state webhooks.State) error {
	return e.webhook(hooked{}, func(d *db.DB, o webhooks.Options) error {
		w, err := webhooks.Update(e.ctx, d, o, u, 0, webhooks.Change{State: &state})
		if err == nil {
			e.say("Webhook %s is %s.", w.ID, w.State)
		}
		return err
	})
}

type webhookRemoveCmd struct {
	one `embed:""`
}

// Run removes a webhook.
func (c webhookRemoveCmd) Run(e *env) error {
	return e.webhook(hooked{}, func(d *db.DB, _ webhooks.Options) error {
		err := webhooks.Remove(e.ctx, d, c.ID, 0)
		if err == nil {
			e.say("Webhook %s is gone.", c.ID)
		}
		return err
	})
}

type webhookRotateCmd struct {
	one   `embed:""`
	Grace time.Duration `help:"How long the old secret signs too, as in 24h; 0 when others know it." default:"24h" placeholder:"TIME"`
	JSON  bool          `help:"Write the webhook and its secret as JSON."`
}

// Run gives a webhook a new secret.
func (c webhookRotateCmd) Run(e *env) error {
	return e.webhook(hooked{}, func(d *db.DB, o webhooks.Options) error {
		w, secret, err := webhooks.Rotate(e.ctx, d, o, c.ID, c.Grace)
		if err != nil {
			return err
		}
		return e.tellSecret(w, secret, c.JSON)
	})
}

type webhookTestCmd struct {
	one    `embed:""`
	hooked `embed:""`
}

// Run sends a test message.
func (c webhookTestCmd) Run(e *env) error {
	return e.webhook(c.hooked, func(d *db.DB, o webhooks.Options) error {
		a, err := webhooks.Test(e.ctx, d, o, c.ID)
		if err != nil {
			return err
		}
		if a.Status == 0 {
			e.say("It did not answer: %s", oneLine(a.Error))
			return errFound
		}
		e.say("It answered %d after %d ms. %s", a.Status, a.DurationMs, oneLine(a.Excerpt))
		if a.Status < 200 || a.Status > 299 {
			return errFound
		}
		return nil
	})
}
