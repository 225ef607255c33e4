package cli

import (
	"github.com/tillpost/tillpost/internal/hub/webhooks"
	"github.com/tillpost/tillpost/internal/platform/db"
	"github.com/tillpost/tillpost/internal/platform/outbox"
)

type webhookSetCmd struct {
	one       `embed:""`
	URL       string   `help:"Send messages to this https:// address from now on, also those that wait." placeholder:"ADDRESS"`
	Topic     []string `help:"Only these topics, instead of those that it has." placeholder:"TOPIC" xor:"topics"`
	AllTopics bool     `help:"All topics." xor:"topics"`
	Store     []string `help:"Only what happens in these stores, instead of those that it has." placeholder:"CODE" xor:"stores"`
	AllStores bool     `help:"All stores, and what belongs to no store." xor:"stores"`
	hooked    `embed:""`
}

// Help is the text below the flags.
func (webhookSetCmd) Help() string {
	return `What is not named stays as it is, and so do the secret and the place in the log: what happened before is not sent again
("tillpost webhook replay" does that).`
}

// Run changes a webhook.
func (c webhookSetCmd) Run(e *env) error {
	change := webhooks.Change{}
	if c.URL != "" {
		change.URL = &c.URL
	}
	if len(c.Topic) > 0 || c.AllTopics {
		topics := []outbox.Topic{}
		for _, t := range c.Topic {
			topics = append(topics, outbox.Topic(t))
		}
		change.Topics = &topics
	}
	if len(c.Store) > 0 || c.AllStores {
		stores := append([]string{}, c.Store...)
		change.Stores = &stores
	}
	if change == (webhooks.Change{}) {
		return &usageError{"say what is to be different: --url, --topic or --store"}
	}
	return e.webhook(c.hooked, func(d *db.DB, o webhooks.Options) error {
		w, err := webhooks.Update(e.ctx, d, o, c.ID, 0, change)
		if err == nil {
			e.say("Webhook %s tells %s %s.", w.ID, oneLine(w.URL), hears(w))
		}
		return err
	})
}
