package httpapi

import (
	"time"

	"github.com/tillpost/tillpost/internal/base/id"
	"github.com/tillpost/tillpost/internal/hub/webhooks"
	"github.com/tillpost/tillpost/internal/platform/auth"
	"github.com/tillpost/tillpost/internal/platform/db"
	"github.com/tillpost/tillpost/internal/platform/outbox"
)

// Webhook is an endpoint. How far it has heard stands in its deliveries: it moves all the time, and is no change of
// the endpoint.
type Webhook struct {
	ID               id.ID          `json:"id"`
	URL              string         `json:"url"`
	Topics           []outbox.Topic `json:"topics" doc:"None: all."`
	Stores           []string       `json:"stores" doc:"None: all; an empty text is what belongs to the whole business."`
	State            webhooks.State `json:"state"`
	Reason           string         `json:"reason,omitempty" doc:"Why it is disabled."`
	OldSecretUntilMs int64          `json:"old_secret_until_ms,omitempty" doc:"Until when the secret before this one signs too."`
	CreatedMs        int64          `json:"created_ms"`
	ChangedMs        int64          `json:"changed_ms"`
}

func webhook(e webhooks.Endpoint) Webhook {
	return Webhook{e.ID, e.URL, append([]outbox.Topic{}, e.Topics...), append([]string{}, e.Stores...), e.State, e.Reason, e.OldSecretUntilMs, e.CreatedMs, e.ChangedMs}
}

// MadeWebhook is an endpoint with its secret, which is shown this once.
type MadeWebhook struct {
	Webhook
	Secret string `json:"secret" doc:"With it the messages are signed (Standard Webhooks). It is never shown again."`
}

// NewSecret asks for another secret.
type NewSecret struct {
	GraceHours int `json:"grace_hours,omitempty" doc:"For how long messages carry a signature of the old secret too; 0: not at all."`
}

// TestOrder asks for a test; there is nothing to say.
type TestOrder struct{}

// SentAgain says how many messages wait now.
type SentAgain struct {
	Waiting int64 `json:"waiting" doc:"How many wait now; 0 for everything since a number, which is read from the log first."`
}

// OpenedDelivery is a delivery with every try.
type OpenedDelivery struct {
	webhooks.Delivery
	Tries []webhooks.Attempt `json:"tries" doc:"Each attempt, the first one first."`
}

// Hook is an endpoint in the address.
type Hook struct {
	ID id.ID `path:"id"`
}

// webhooks registers the operations on who is told.
func (a *API) webhooks() {
	get(a, operation{ID: "listWebhooks", Path: "/webhooks", Tag: tagData, Scope: auth.WebhooksRead, Summary: "Who is told of what happens"}, listWebhooks)
	get(a, operation{ID: "getWebhook", Path: "/webhooks/{id}", Tag: tagData, Scope: auth.WebhooksRead, Summary: "One endpoint"}, getWebhook)
	post(a, operation{ID: "createWebhook", Path: "/webhooks", Tag: tagData, Scope: auth.WebhooksWrite, Conflicts: true, Summary: "Tell an address of what happens",
		Doc: "Each change that it wants is sent as a signed POST, in order for each thing, and again for about three days until it is answered with 2xx. " +
			"Addresses inside private networks are refused unless the server allows them by name."}, createWebhook)
	put(a, operation{ID: "changeWebhook", Path: "/webhooks/{id}", Tag: tagData, Scope: auth.WebhooksWrite, Conflicts: true, Summary: "Change, pause or resume an endpoint",
		Doc: "What is left out stays as it is."}, changeWebhook)
	remove(a, operation{ID: "removeWebhook", Path: "/webhooks/{id}", Tag: tagData, Scope: auth.WebhooksWrite, Summary: "Tell it nothing more"}, removeWebhook)
	post(a, operation{ID: "rotateWebhookSecret", Path: "/webhooks/{id}/secrets", Tag: tagData, Scope: auth.WebhooksWrite, Summary: "Give it another secret"}, rotateSecret)
	post(a, operation{ID: "testWebhook", Path: "/webhooks/{id}/tests", Tag: tagData, Scope: auth.WebhooksWrite, Summary: "Send a message now and see what becomes of it"}, testWebhook)
	post(a, operation{ID: "replayWebhook", Path: "/webhooks/{id}/replays", Tag: tagData, Scope: auth.WebhooksWrite, Summary: "Send messages again",
		Doc: "One delivery, all that were given up, or everything since a number of the log; with the ids that they had."}, replayWebhook)
	get(a, operation{ID: "listWebhookMessages", Path: "/webhooks/{id}/deliveries", Tag: tagData, Scope: auth.WebhooksRead, Summary: "What became of its messages",
		Doc: "The newest first. What is done is kept for 30 days."}, listDeliveries)
	get(a, operation{ID: "getWebhookMessage", Path: "/webhooks/{id}/deliveries/{delivery}", Tag: tagData, Scope: auth.WebhooksRead, Summary: "One message and each try to deliver it"}, getDelivery)
}

// covers refuses an endpoint that hears of more than the key may see.
func covers(c *Call, stores []string) error {
	if len(stores) == 0 {
		return c.Who.NeedStore("")
	}
	for _, code := range stores {
		if err := c.Who.NeedStore(code); err != nil {
			return err
		}
	}
	return nil
}

// endpoint reads an endpoint that the key may see.
func endpoint(c *Call, u id.ID) (e webhooks.Endpoint, err error) {
	err = c.Read(func(v *db.View) error {
		e, err = webhooks.Get(v, u)
		return err
	})
	if err == nil {
		err = covers(c, e.Stores)
	}
	return e, err
}

func listWebhooks(c *Call, _ *struct{}) (Page[Webhook], error) {
	var rows []Webhook
	err := c.Read(func(v *db.View) error {
		all, err := webhooks.List(v)
		for _, e := range all {
			if covers(c, e.Stores) == nil {
				rows = append(rows, webhook(e))
			}
		}
		return err
	})
	return page(rows, len(rows), nil), err
}

func getWebhook(c *Call, in *Hook) (Webhook, error) {
	e, err := endpoint(c, in.ID)
	return webhook(e), err
}

func createWebhook(c *Call, _ *struct{}, n webhooks.New) (MadeWebhook, bool, error) {
	if err := covers(c, n.Stores); err != nil {
		return MadeWebhook{}, false, err
	}
	e, secret, err := webhooks.Create(c, c.DB(), c.api.hooks, n)
	return MadeWebhook{webhook(e), secret}, true, err
}

func changeWebhook(c *Call, in *Hook, change webhooks.Change) (Webhook, bool, error) {
	before, err := endpoint(c, in.ID)
	if err == nil && change.Stores != nil {
		err = covers(c, *change.Stores)
	}
	if err == nil {
		err = c.Unchanged(webhook(before)) // a change in between is seen by the version
	}
	if err != nil {
		return Webhook{}, false, err
	}
	after, err := webhooks.Update(c, c.DB(), c.api.hooks, in.ID, before.Version, change)
	return webhook(after), false, err
}

func removeWebhook(c *Call, in *Hook) (Webhook, error) {
	e, err := endpoint(c, in.ID)
	if err != nil {
		return Webhook{}, err
	}
	return webhook(e), webhooks.Remove(c, c.DB(), in.ID, e.Version)
}

func rotateSecret(c *Call, in *Hook, n NewSecret) (MadeWebhook, bool, error) {
	if _, err := endpoint(c, in.ID); err != nil {
		return MadeWebhook{}, false, err
	}
	if n.GraceHours < 0 || n.GraceHours > int(webhooks.GraceMost/time.Hour) {
		return MadeWebhook{}, false, webhooks.ErrGrace.At("grace_hours")
	}
	e, secret, err := webhooks.Rotate(c, c.DB(), c.api.hooks, in.ID, time.Duration(n.GraceHours)*time.Hour)
	return MadeWebhook{webhook(e), secret}, true, err
}

func testWebhook(c *Call, in *Hook, _ TestOrder) (webhooks.Attempt, bool, error) {
	if _, err := endpoint(c, in.ID); err != nil {
		return webhooks.Attempt{}, false, err
	}
	attempt, err := webhooks.Test(c, c.DB(), c.api.hooks, in.ID)
	return attempt, true, err
}

func replayWebhook(c *Call, in *Hook, again webhooks.Again) (SentAgain, bool, error) {
	if _, err := endpoint(c, in.ID); err != nil {
		return SentAgain{}, false, err
	}
	n, err := webhooks.Replay(c, c.DB(), in.ID, again)
	return SentAgain{n}, true, err
}

func listDeliveries(c *Call, in *struct {
	Hook
	State string `query:"state" enum:"waiting,delivered,dead" doc:"Only these."`
	Paged
}) (Page[webhooks.Delivery], error) {
	var before int64
	if err := in.after(&before); err != nil {
		return Page[webhooks.Delivery]{}, err
	}
	if _, err := endpoint(c, in.ID); err != nil {
		return Page[webhooks.Delivery]{}, err
	}
	var rows []webhooks.Delivery
	limit := min(in.Limit, webhooks.DeliveriesMost-1)
	err := c.Read(func(v *db.View) (err error) {
		rows, err = webhooks.Deliveries(v, in.ID, webhooks.Which{State: in.State, Before: before, Limit: limit + 1})
		return err
	})
	return page(rows, limit, func(d webhooks.Delivery) any { return d.Seq }), err
}

func getDelivery(c *Call, in *struct {
	Hook
	Delivery id.ID `path:"delivery"`
}) (out OpenedDelivery, err error) {
	if _, err := endpoint(c, in.ID); err != nil {
		return out, err
	}
	err = c.Read(func(v *db.View) error {
		out.Delivery, out.Tries, err = webhooks.GetDelivery(v, in.ID, in.Delivery)
		return err
	})
	if out.Tries == nil {
		out.Tries = []webhooks.Attempt{}
	}
	return out, err
}
