package webhooks

import (
	"context"
	"net/http"
	"testing"
	"time"

	"github.com/tillpost/tillpost/internal/base/id"
	"github.com/tillpost/tillpost/internal/platform/db"
)

// running is Run beside the test.
type running struct {
	stop func()
	done chan error
}

func (s *scene) run() running {
	c, stop := context.WithCancel(ctx)
	r := running{stop, make(chan error, 1)}
	go func() { r.done <- Run(c, s.d, s.o) }()
	return r
}

const leaseUntil db.SQL = `SELECT until_ms FROM webhook_lease WHERE name = 'deliver'`

// Run delivers what is written while it runs, at once; it ends when it is told to, after the request
// under way, and leaves the lease to the next.
func TestRun(t *testing.T) {
	t.Parallel()
	each(t, func(s *scene) {
		came, release := make(chan string, 100), make(chan struct{})
		s.peer.say(func(r receipt) reply {
			came <- r.msg.Data.Subject
			if r.msg.Data.Subject == "slow" {
				return reply{status: 200, wait: release}
			}
			return reply{status: 200}
		})
		r := s.run()
		e, _ := s.add(items())
		for _, x := range []string{"A", "B", "C", "A"} {
			s.happen(x)
			if got := <-came; got != x {
				t.Errorf("%s came, not %s", got, x)
			}
		}
		s.happen("slow")
		<-came
		r.stop()
		select {
		case err := <-r.done:
			t.Errorf("it did not wait for the answer: %v", err)
		default:
		}
		close(release)
		if err := <-r.done; err != nil {
			t.Error(err)
		}
		if n := len(s.deliveries(e.ID, Delivered)); n != 5 {
			t.Errorf("%d are delivered", n)
		}
		if until := read(s, func(q db.Q) (n int64, err error) { return n, q.QueryRow(leaseUntil).Scan(&n) }); until != 0 {
			t.Errorf("the lease lasts until %d", until)
		}
	})
}

// A request that does not end is cut off when the program ends; it was no attempt.
func TestRunIsCutOff(t *testing.T) {
	t.Parallel()
	each(t, func(s *scene) {
		came, release := make(chan struct{}, 100), make(chan struct{})
		defer close(release)
		s.peer.say(func(receipt) reply {
			came <- struct{}{}
			return reply{status: http.StatusOK, wait: release}
		})
		s.o.stopMost = time.Millisecond
		e, _ := s.add(items())
		r := s.run()
		s.happen("A")
		<-came
		r.stop()
		if err := <-r.done; err != nil {
			t.Error(err)
		}
		waiting := s.deliveries(e.ID, Waiting)
		if len(waiting) != 1 || waiting[0].Attempts != 0 {
			t.Fatalf("%+v", waiting)
		}
		if list := s.attempts(e.ID, waiting[0].ID); len(list) != 0 {
			t.Errorf("%+v", list)
		}
	})
}

// What cannot be delivered is seen in the list, page by page, with its attempts.
func TestDeliveries(t *testing.T) {
	t.Parallel()
	each(t, func(s *scene) {
		e, _ := s.add(items())
		s.peer.say(func(r receipt) reply {
			if r.msg.Data.Subject == "hang" {
				return reply{hangUp: true}
			}
			return reply{status: 418}
		})
		s.happen("A", "hang", "C")
		s.settle()
		s.clock.add(waits[0])
		s.settle()
		page := func(w Which) []Delivery {
			t.Helper()
			return read(s, func(q db.Q) ([]Delivery, error) { return Deliveries(q, e.ID, w) })
		}
		all := page(Which{})
		if len(all) != 3 || all[0].Subject != "C" || all[0].Attempts != 2 || all[0].Status != 418 || all[0].Topic != "item.changed" || all[1].Error == "" {
			t.Fatalf("%+v", all)
		}
		if some := page(Which{Before: all[0].Seq, Limit: 1}); len(some) != 1 || some[0] != all[1] {
			t.Errorf("%+v", some)
		}
		if none := page(Which{State: Dead}); len(none) != 0 {
			t.Errorf("%+v", none)
		}
		tries := s.attempts(e.ID, all[0].ID)
		if len(tries) != 2 || tries[1].Status != 418 || tries[1].AtMs-tries[0].AtMs != waits[0].Milliseconds() {
			t.Errorf("%+v", tries)
		}
		err := s.d.Read(ctx, func(v *db.View) error { _, err := Deliveries(v, e.ID, Which{State: "x"}); return err })
		wants(t, err, ErrDelivery)
		err = s.d.Read(ctx, func(v *db.View) error { _, err := Deliveries(v, id.ID{1}, Which{}); return err })
		wants(t, err, ErrNotFound)
		err = s.d.Read(ctx, func(v *db.View) error { _, _, err := GetDelivery(v, e.ID, id.ID{1}); return err })
		wants(t, err, ErrNoDelivery)
	})
}

// Who waits for the lease, and who has nothing to do, writes nothing: otherwise each write would wake it
// to write again.
func TestIdleWritesNothing(t *testing.T) {
	t.Parallel()
	each(t, func(s *scene) {
		s.add(items())
		s.happen("A")
		s.settle()
		first := s.p
		s.restart()
		for name, p := range map[string]*dispatcher{"owner": first, "other": s.p} {
			s.p = p
			s.step()
			wake := s.d.Committed()
			s.step()
			select {
			case <-wake:
				t.Errorf("the %s wrote", name)
			default:
			}
		}
	})
}
