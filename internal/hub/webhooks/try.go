package webhooks

import (
	"context"
	"time"

	"github.com/tillpost/tillpost/internal/base/id"
	"github.com/tillpost/tillpost/internal/platform/db"
	"github.com/tillpost/tillpost/internal/platform/outbox"
)

// TestTopic is the type of the message that Test sends. Nothing in the log has it.
const TestTopic outbox.Topic = "webhook.test"

// Test sends a message to an endpoint now, whatever its state, and returns what became of it. Nothing is
// written.
func Test(ctx context.Context, d *db.DB, o Options, u id.ID) (Attempt, error) {
	var e Endpoint
	err := d.Read(ctx, func(v *db.View) (err error) {
		e, err = Get(v, u)
		return err
	})
	if err != nil {
		return Attempt{}, err
	}
	secret, err := o.Secrets.Open(e.secret, sealedFor(u))
	if err != nil {
		return Attempt{}, err
	}
	body, err := bodyOf(outbox.Change{Topic: TestTopic, Subject: u.String(), At: d.Now().Truncate(time.Millisecond)})
	if err != nil {
		return Attempt{}, err
	}
	client := o.client()
	defer client.CloseIdleConnections()
	a := send(ctx, client, d.Now, e.URL, signed{id.New(d.Now()).String(), body, []string{secret}})
	return Attempt{a.at.UnixMilli(), a.duration.Milliseconds(), int64(a.status), a.problem, a.excerpt}, nil
}
