package httpapi

import (
	"encoding/json"
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"github.com/tillpost/tillpost/internal/platform/auth"
	"github.com/tillpost/tillpost/internal/platform/db"
	"github.com/tillpost/tillpost/internal/platform/outbox"
)

// Changes are what happened since.
type Changes struct {
	Data []outbox.Change `json:"data" doc:"What happened, in the order in which it was committed."`
	// Last is where to go on.
	Last int64 `json:"last" doc:"Ask for changes after this one next time. When it is the one that was asked for, there is nothing more yet."`
}

// TopicInfo is a topic of the log.
type TopicInfo struct {
	Topic outbox.Topic `json:"topic"`
}

// ChangeFilter are the parameters of both ways to read the log.
type ChangeFilter struct {
	After int64    `query:"after" minimum:"0" doc:"The number up to which everything is known; 0 is the beginning."`
	Topic []string `query:"topic" doc:"Only these topics, with commas between them."`
	Store []string `query:"store" doc:"Only these stores, with commas between them. A key for some stores hears of these and of nothing else."`
}

// changes registers the operations on what happened since.
func (a *API) changes() {
	get(a, operation{ID: "listChanges", Path: "/changes", Tag: tagData, Scope: auth.ChangesRead, Conflicts: true, Summary: "What happened since",
		Doc: "One log of everything that changes: what, where, when and by whom. Keep the number of the last change that you have dealt with, and ask for what came after it. " +
			"A number that no change has yet is answered with 409: it is from another database, or from before a backup was put back."}, listChanges)
	get(a, operation{ID: "listTopics", Path: "/topics", Tag: tagData, Scope: auth.ChangesRead, Summary: "The topics of the log"},
		func(*Call, *struct{}) (Page[TopicInfo], error) {
			var out []TopicInfo
			for _, t := range outbox.Topics() {
				out = append(out, TopicInfo{t})
			}
			return page(out, len(out), nil), nil
		})
	a.streamChanges()
}

// filter reads the parameters, within what the key may see.
func (f *ChangeFilter) filter(c *Call) (out outbox.Filter, err error) {
	for _, name := range f.Topic {
		t, err := outbox.ParseTopic(name)
		if err != nil {
			return out, err
		}
		out.Topics = append(out.Topics, t)
	}
	out.Stores = f.Store
	if len(out.Stores) == 0 && len(c.Who.Stores) > 0 {
		for code := range c.Who.Stores {
			out.Stores = append(out.Stores, code)
		}
		slices.Sort(out.Stores)
		return out, nil
	}
	for _, code := range out.Stores {
		if err := c.Who.NeedStore(code); err != nil {
			return out, err
		}
	}
	return out, nil
}

func listChanges(c *Call, in *struct {
	ChangeFilter
	Limit int `query:"limit" minimum:"1" maximum:"1000" default:"100" doc:"How many changes at most."`
}) (Changes, error) {
	f, err := in.filter(c)
	if err != nil {
		return Changes{}, err
	}
	out := Changes{Data: []outbox.Change{}}
	err = c.Read(func(v *db.View) error {
		list, last, err := outbox.Since(v, in.After, in.Limit, f)
		out.Data, out.Last = append(out.Data, list...), last
		if err == nil && last == in.After {
			err = givenOut(v, last)
		}
		return err
	})
	return out, err
}

// givenOut refuses a number behind the last change: who waits there would miss what comes until the log has caught
// up, and takes one database for another.
func givenOut(q db.Q, after int64) error {
	last, err := outbox.Last(q)
	if err == nil && after > last {
		err = ErrAhead.At("query.after")
	}
	return err
}

const (
	// beatEvery is how often a silent stream shows that it lives, and finds out that its reader does not.
	beatEvery = 15 * time.Second
	// otherEvery is how often a stream looks for what other processes have written.
	otherEvery = time.Second
	// eventsMost is how many changes one sending holds.
	eventsMost = 200
)

// streamChanges registers the log as server-sent events.
func (a *API) streamChanges() {
	type input struct {
		ChangeFilter
		LastEventID string `header:"Last-Event-ID" doc:"As EventSource sends it when it connects again; it counts instead of after."`
	}
	stream(a, operation{ID: "streamChanges", Path: "/changes/stream", Tag: tagData, Scope: auth.ChangesRead, Conflicts: true,
		Summary: "What happens, as it happens",
		Doc: "Server-sent events: the id is the change's number, the event its topic, the data the change as JSON. First comes what happened since, then what happens. " +
			"A connection that broke goes on where it was."},
		map[string]*huma.Schema{typeEvents: {Type: huma.TypeString}}, func(c *Call, in *input, out *reply) error {
			if in.LastEventID != "" {
				n, err := strconv.ParseInt(in.LastEventID, 10, 64)
				if err != nil || n < 0 {
					return ErrCursor.At("header.Last-Event-ID")
				}
				in.After = n
			}
			f, err := in.filter(c)
			if err != nil {
				return err
			}
			if err := c.Read(func(v *db.View) error { return givenOut(v, in.After) }); err != nil {
				return err
			}
			leave, err := c.api.gate.stay()
			if err != nil {
				return err
			}
			defer leave()
			return c.follow(in.After, f, out)
		})
}

// typeEvents is the media type of server-sent events.
const typeEvents = "text/event-stream"

// follow sends changes until the reader or the server goes away.
func (c *Call) follow(after int64, f outbox.Filter, out *reply) error {
	out.kind = typeEvents
	out.w.Header().Set("X-Accel-Buffering", "no") // a proxy that collects would hold events back
	text := ": hello\n\n"                         // so that the reader knows at once that it is heard
	for silent := time.Now(); ; {
		if text != "" {
			if err := out.event(text); err != nil {
				return nil // the reader is gone, and comes back with what it has
			}
			text, silent = "", time.Now()
		}
		woken := c.DB().Committed()
		list, last, err := c.since(after, f)
		if err != nil && c.Err() != nil {
			return nil // the reader left while the log was read
		}
		if err != nil {
			return err
		}
		if last == after {
			if !c.wait(woken) {
				return nil
			}
			if time.Since(silent) >= beatEvery {
				text = ": still here\n\n"
			}
			continue
		}
		after = last
		for i := range list {
			raw, err := json.Marshal(&list[i])
			if err != nil {
				return err
			}
			text += fmt.Sprintf("id: %d\nevent: %s\ndata: %s\n\n", list[i].Seq, list[i].Topic, raw)
		}
	}
}

// since reads a part of the log, small enough to be sent at once.
func (c *Call) since(after int64, f outbox.Filter) (list []outbox.Change, last int64, err error) {
	err = c.Read(func(v *db.View) (err error) {
		list, last, err = outbox.Since(v, after, eventsMost, f)
		return err
	})
	return list, last, err
}

// wait waits for a commit, or until it is time to look what other processes have written. It is false when
// the stream is over.
func (c *Call) wait(woken <-chan struct{}) bool {
	select {
	case <-woken:
	case <-time.After(otherEvery):
	case <-c.Done():
		return false
	case <-c.api.leaving:
		return false
	}
	return true
}

// event sends a part and makes it leave.
func (r *reply) event(text string) error {
	if _, err := r.Write([]byte(text)); err != nil {
		return err
	}
	return http.NewResponseController(r.w).Flush()
}
