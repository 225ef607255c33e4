package cli

import (
	"encoding/json"
	"time"

	"github.com/tillpost/tillpost/internal/platform/db"
	"github.com/tillpost/tillpost/internal/platform/outbox"
)

type logCmd struct {
	Since  int64    `help:"Only what came behind this number." placeholder:"NUMBER"`
	Last   int64    `help:"Look only at the last so many changes." placeholder:"COUNT"`
	Topic  []string `help:"Only these topics; \"tillpost log --topics\" lists them." placeholder:"TOPIC"`
	Store  []string `help:"Only what happened in these stores." placeholder:"CODE"`
	Follow bool     `short:"f" help:"Go on with what happens from now on, until it is stopped."`
	JSON   bool     `help:"One JSON object a line."`
	Topics bool     `help:"List the topics."`
}

// Help is the text below the flags.
func (logCmd) Help() string {
	return `The log says what happened, to what, where and by whom: every sale, document and change of the shop's data, in the order
in which they were written. A line has the number, the time (UTC), the topic, the store, who did it, and the thing that it
happened to. What is said of the whole business has no store.`
}

// pollEvery is how often a command that follows looks again: what other processes write does not wake it.
const pollEvery = time.Second

// Run shows the log.
func (c logCmd) Run(e *env) error {
	if c.Topics {
		for _, t := range outbox.Topics() {
			e.say("%s", t)
		}
		return nil
	}
	f := outbox.Filter{Stores: c.Store}
	for _, name := range c.Topic {
		t, err := outbox.ParseTopic(name)
		if err != nil {
			return err
		}
		f.Topics = append(f.Topics, t)
	}
	d, _, err := e.existing()
	if err != nil {
		return err
	}
	defer d.Close()
	after, err := c.begin(e, d)
	if err != nil {
		return err
	}
	tick := time.NewTicker(pollEvery)
	defer tick.Stop()
	for {
		if after, err = c.show(e, d, after, f); err != nil || !c.Follow {
			return err
		}
		select {
		case <-tick.C:
		case <-e.ctx.Done():
			return nil
		}
	}
}

// begin is the number behind which the command begins.
func (c logCmd) begin(e *env, d *db.DB) (int64, error) {
	if c.Last <= 0 {
		return c.Since, nil
	}
	var newest int64
	err := d.Read(e.ctx, func(v *db.View) (err error) {
		newest, err = outbox.Last(v)
		return err
	})
	return max(c.Since, newest-c.Last), err
}

// show writes what is there behind a number, and returns the number that it came to.
func (c logCmd) show(e *env, d *db.DB, after int64, f outbox.Filter) (int64, error) {
	enc := json.NewEncoder(e.stdout)
	enc.SetEscapeHTML(false)
	for {
		var list []outbox.Change
		var last int64
		err := d.Read(e.ctx, func(v *db.View) (err error) {
			list, last, err = outbox.Since(v, after, 0, f)
			return err
		})
		if err != nil || last == after {
			return after, err
		}
		for _, x := range list {
			if c.JSON {
				if err := enc.Encode(x); err != nil {
					return after, err
				}
				continue
			}
			e.say("%7d  %s  %-22s %-6s %-12s %s", x.Seq, x.At.Format(time.DateTime), x.Topic, oneLine(x.Store), oneLine(x.Actor), oneLine(x.Subject))
		}
		after = last
	}
}
