package webhooks

import (
	"fmt"
	"net/http"
	"reflect"
	"runtime"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/tillpost/tillpost/internal/base/id"
	"github.com/tillpost/tillpost/internal/platform/db"
	"github.com/tillpost/tillpost/internal/platform/outbox"
	"github.com/tillpost/tillpost/internal/platform/secrets"
)

// An endpoint hears of what it wants, from when it was added, once.
func TestDeliver(t *testing.T) {
	t.Parallel()
	each(t, func(s *scene) {
		s.store("S01")
		s.happen("before")
		e, secret := s.add(New{Topics: []outbox.Topic{outbox.ItemChanged, outbox.ShiftOpened}, Stores: []string{"S01"}})
		s.write(func(tx *db.Tx) error {
			for i, topic := range []outbox.Topic{outbox.ItemChanged, outbox.PriceChanged, outbox.ShiftOpened, outbox.ItemChanged} {
				store := "S01"
				if i == 3 {
					store = "S02"
				}
				if err := outbox.Add(tx, topic, fmt.Sprint("x", i), store); err != nil {
					return err
				}
			}
			return nil
		})
		s.settle()
		all := s.peer.all()
		slices.SortFunc(all, func(a, b receipt) int { return int(a.msg.Data.Seq - b.msg.Data.Seq) })
		if len(all) != 2 || all[0].msg.Data.Subject != "x0" || all[1].msg.Data.Subject != "x2" {
			t.Fatalf("%+v", all)
		}
		m := all[0]
		want := message{"item.changed", s.clock.Now(), pointer{m.msg.Data.Seq, "item.changed", "x0", "S01", "cli", s.clock.Now()}}
		if m.msg != want || m.sent != s.clock.Now().Unix() || !m.signedBy(secret) {
			t.Errorf("%+v", m)
		}
		for _, x := range s.deliveries(e.ID, "") {
			if x.State != Delivered || x.Attempts != 1 || x.Status != 204 || x.Error != "" || x.DoneMs == 0 {
				t.Errorf("%+v", x)
			}
		}
		s.peer.forget()
		s.clock.add(time.Hour)
		s.restart()
		s.clock.add(leaseFor)
		s.settle()
		if s.peer.count() != 0 {
			t.Errorf("it came again: %v", s.peer.subjects())
		}
	})
}

// A delivery is tried until the last pause is over, then it is dead and what it held back goes on; it can
// be sent again, under its id.
func TestDead(t *testing.T) {
	t.Parallel()
	each(t, func(s *scene) {
		e, _ := s.add(items())
		s.peer.say(func(r receipt) reply {
			if r.msg.Data.Subject == "bad" && r.msg.Data.Seq == 2 {
				return reply{status: 500}
			}
			return reply{status: 200}
		})
		s.happen("bad", "bad", "good")
		s.settle()
		if got := s.peer.subjects(); len(got) != 2 || !slices.Contains(got, "good") {
			t.Fatalf("%v: the second of a subject waits for the first, others do not", got)
		}
		for i, pause := range waits {
			s.clock.add(pause - time.Second)
			s.settle()
			if n := s.peer.count(); n != i+2 {
				t.Fatalf("before the end of pause %d it was sent %d times", i+1, n)
			}
			if i == len(waits)-1 {
				break
			}
			s.clock.add(time.Second)
			s.settle()
			if n := s.peer.count(); n != i+3 {
				t.Fatalf("after pause %d it was sent %d times", i+1, n)
			}
		}
		s.clock.add(time.Second)
		s.settle()
		dead := s.deliveries(e.ID, Dead)
		if len(dead) != 1 || dead[0].Seq != 2 || dead[0].Attempts != int64(len(waits))+1 || dead[0].Status != 500 {
			t.Fatalf("%+v", dead)
		}
		if n := len(s.attempts(e.ID, dead[0].ID)); n != len(waits)+1 {
			t.Errorf("%d attempts are noted", n)
		}
		if len(s.deliveries(e.ID, Waiting)) != 0 || len(s.deliveries(e.ID, Delivered)) != 2 {
			t.Errorf("%+v", s.deliveries(e.ID, ""))
		}
		first := s.peer.all()[0].id
		s.peer.forget()
		s.peer.say(nil)
		if n, err := Replay(ctx, s.d, e.ID, Again{Dead: true}); n != 1 || err != nil {
			t.Errorf("%d, %v", n, err)
		}
		s.settle()
		if all := s.peer.all(); len(all) != 1 || all[0].id != dead[0].ID.String() || all[0].id != first && all[0].msg.Data.Subject != "bad" {
			t.Errorf("%+v", all)
		}
		if n, err := Replay(ctx, s.d, e.ID, Again{Dead: true}); n != 0 || err != nil {
			t.Errorf("%d, %v", n, err)
		}
	})
}

// One delivery, or everything since a number, comes again with the ids that it had.
func TestReplay(t *testing.T) {
	t.Parallel()
	each(t, func(s *scene) {
		e, _ := s.add(items())
		s.happen("A", "B", "A", "C")
		s.settle()
		ids := map[int64]string{}
		for _, x := range s.peer.all() {
			ids[x.msg.Data.Seq] = x.id
		}
		s.peer.forget()
		one, err := id.Parse(ids[3])
		if err != nil || len(ids) != 4 {
			t.Fatal(ids, err)
		}
		if n, err := Replay(ctx, s.d, e.ID, Again{Delivery: one}); n != 1 || err != nil {
			t.Fatal(n, err)
		}
		s.settle()
		if all := s.peer.all(); len(all) != 1 || all[0].id != ids[3] || all[0].msg.Data.Subject != "B" {
			t.Errorf("%+v", all)
		}
		s.peer.forget()
		s.happen("D")
		if _, err := Replay(ctx, s.d, e.ID, Again{Since: ptr(int64(2))}); err != nil {
			t.Fatal(err)
		}
		s.settle()
		got := map[int64]string{}
		for _, x := range s.peer.all() {
			if got[x.msg.Data.Seq] = x.id; x.msg.Data.Subject != "D" && x.id != ids[x.msg.Data.Seq] {
				t.Errorf("%+v has another id", x)
			}
		}
		if len(got) != 4 || s.peer.count() != 4 || got[2] != "" {
			t.Errorf("%v, want those behind 2", got)
		}
		if _, err := Replay(ctx, s.d, e.ID, Again{Since: ptr(s.get(e.ID).Cursor)}); err != nil {
			t.Error(err)
		}
	})
}

// Who answers 410 Gone is not asked again until somebody says so; what waited is not lost.
func TestGone(t *testing.T) {
	t.Parallel()
	each(t, func(s *scene) {
		e, _ := s.add(items())
		s.peer.say(always(http.StatusGone))
		s.happen("A")
		s.settle()
		got := s.get(e.ID)
		if got.State != Disabled || got.Reason == "" || got.Version != 2 || s.peer.count() != 1 {
			t.Errorf("%+v after %d", got, s.peer.count())
		}
		if n := s.changesOf(e.ID); n != 2 {
			t.Errorf("the log tells of %d changes", n)
		}
		s.happen("B")
		s.clock.add(24 * time.Hour)
		s.settle()
		if s.peer.count() != 1 {
			t.Errorf("%d messages", s.peer.count())
		}
		s.peer.say(nil)
		if _, err := Update(ctx, s.d, s.o, e.ID, 2, Change{State: ptr(Active)}); err != nil {
			t.Fatal(err)
		}
		s.settle()
		subjects := s.peer.subjects()[1:]
		slices.Sort(subjects)
		if !reflect.DeepEqual(subjects, []string{"A", "B"}) || s.get(e.ID).Reason != "" {
			t.Errorf("%v, %+v", subjects, s.get(e.ID))
		}
	})
}

// Who asks for a pause gets it, for all that is waiting.
func TestAskedToWait(t *testing.T) {
	t.Parallel()
	each(t, func(s *scene) {
		s.add(items())
		s.peer.say(func(receipt) reply { return reply{status: 429, retryAfter: "3600"} })
		s.happen("A")
		s.settle()
		s.happen("B", "C")
		s.clock.add(59 * time.Minute)
		s.settle()
		if s.peer.count() != 1 {
			t.Errorf("%v within the hour", s.peer.subjects())
		}
		s.peer.say(nil)
		s.clock.add(time.Minute)
		s.settle()
		if s.peer.count() != 4 {
			t.Errorf("%v after the hour", s.peer.subjects())
		}
	})
}

// A paused endpoint keeps its place in the log.
func TestPause(t *testing.T) {
	t.Parallel()
	each(t, func(s *scene) {
		e, _ := s.add(items())
		set := func(state State) {
			t.Helper()
			if _, err := Update(ctx, s.d, s.o, e.ID, 0, Change{State: &state}); err != nil {
				t.Fatal(err)
			}
		}
		set(Paused)
		s.happen("A", "B")
		s.settle()
		if s.peer.count() != 0 {
			t.Errorf("%v while it is paused", s.peer.subjects())
		}
		set(Active)
		s.settle()
		if s.peer.count() != 2 {
			t.Errorf("%v", s.peer.subjects())
		}
	})
}

// A program that is killed between the answer and its record sends the message again, with its id; what
// was not sent yet comes too.
func TestCrash(t *testing.T) {
	t.Parallel()
	each(t, func(s *scene) {
		e, _ := s.add(items())
		s.o.answered = func(id.ID, *attempted) { runtime.Goexit() } // killed
		s.restart()
		s.happen("A", "A", "B")
		s.step()
		if got := s.peer.subjects(); len(got) != 2 {
			t.Fatalf("%v", got)
		}
		if n := len(s.deliveries(e.ID, Waiting)); n != 3 {
			t.Fatalf("%d wait", n)
		}
		s.o.answered = nil
		s.restart()
		s.settle()
		if got := s.peer.subjects(); len(got) != 2 {
			t.Errorf("%v while the lease of the killed one lasts", got)
		}
		s.clock.add(leaseFor)
		s.settle()
		times, order := map[string]int{}, []int64{}
		for _, x := range s.peer.all() {
			if times[x.id]++; x.msg.Data.Subject == "A" {
				order = append(order, x.msg.Data.Seq)
			}
		}
		if len(times) != 3 || s.peer.count() != 5 || !slices.IsSorted(order) {
			t.Errorf("%v, seqs of A: %v", times, order)
		}
		if n := len(s.deliveries(e.ID, Delivered)); n != 3 {
			t.Errorf("%d are delivered", n)
		}
	})
}

// One process delivers at a time: the other begins when the first stops, or has stood still.
func TestLease(t *testing.T) {
	t.Parallel()
	each(t, func(s *scene) {
		s.add(items())
		first := s.p
		s.happen("A")
		s.settle()
		s.restart()
		second := s.p
		s.happen("B")
		s.settle()
		if s.peer.count() != 1 {
			t.Fatalf("the second delivers beside the first: %v", s.peer.subjects())
		}
		for range 5 { // renewed, it lasts
			s.clock.add(leaseRenew)
			s.p = first
			s.step()
			s.p = second
			s.settle()
		}
		if s.peer.count() != 2 || !second.lease.until.IsZero() {
			t.Errorf("%v", s.peer.subjects())
		}
		first.stop()
		s.happen("C")
		s.settle()
		if s.peer.count() != 3 || second.lease.until.IsZero() {
			t.Errorf("after the first stopped: %v", s.peer.subjects())
		}
		s.clock.add(leaseFor) // the second stands still
		s.happen("D")
		s.p = first
		s.settle()
		s.p = second
		s.happen("E")
		s.settle()
		if got := s.peer.subjects(); len(got) != 4 || got[3] != "D" {
			t.Errorf("%v", got)
		}
	})
}

// Without its key an endpoint gets nothing and loses nothing.
func TestKeyIsGone(t *testing.T) {
	t.Parallel()
	each(t, func(s *scene) {
		e, _ := s.add(items())
		box := s.o.Secrets
		other, err := secrets.Open("postgres://x", func(string) string { return secrets.NewKey() })
		if err != nil {
			t.Fatal(err)
		}
		s.p.o.Secrets = other
		s.happen("A")
		s.settle()
		if _, err := Test(ctx, s.d, s.p.o, e.ID); err == nil || s.peer.count() != 0 {
			t.Errorf("%v, %v", s.peer.subjects(), err)
		}
		if waiting := s.deliveries(e.ID, Waiting); len(waiting) != 1 || waiting[0].Attempts != 0 {
			t.Errorf("%+v", waiting)
		}
		s.p.o.Secrets = box
		s.settle()
		if s.peer.count() != 1 {
			t.Errorf("%v", s.peer.subjects())
		}
	})
}

const (
	countRows db.SQL = `SELECT (SELECT COUNT(*) FROM webhook_deliveries) + (SELECT COUNT(*) FROM webhook_attempts) + (SELECT COUNT(*) FROM webhook_endpoints)`
)

// What is done is kept for 30 days, what waits for as long as it waits; what belongs to a removed endpoint
// goes with it.
func TestPrune(t *testing.T) {
	t.Parallel()
	each(t, func(s *scene) {
		rows := func() int64 {
			return read(s, func(q db.Q) (n int64, err error) { return n, q.QueryRow(countRows).Scan(&n) })
		}
		e, _ := s.add(items())
		s.happen("A", "B")
		s.settle()
		s.clock.add(keepFor)
		s.happen("C")
		s.peer.say(always(500))
		s.settle()
		if n := rows(); n != 1+3+3 {
			t.Errorf("%d rows on the last day", n)
		}
		s.clock.add(pruneEvery)
		s.step()
		if n := rows(); n != 1+1+2 && n != 1+1+3 {
			t.Errorf("%d rows afterwards", n)
		}
		if err := Remove(ctx, s.d, e.ID, 0); err != nil {
			t.Fatal(err)
		}
		s.clock.add(pruneEvery)
		s.step()
		if n := rows(); n != 0 {
			t.Errorf("%d rows of a removed endpoint", n)
		}
	})
}

// Many messages of one endpoint go out some at a time, and the log is read on only as they go.
func TestBounds(t *testing.T) {
	t.Parallel()
	each(t, func(s *scene) {
		e, _ := s.add(items())
		many := make([]string, fanOutMost+40)
		for i := range many {
			many[i] = fmt.Sprint("i", i)
		}
		s.happen(many...)
		release := make(chan struct{})
		s.peer.say(func(receipt) reply { return reply{status: 200, wait: release} })
		s.look()
		s.look()
		if n := len(s.p.busy[e.ID]); n != perEndpoint {
			t.Errorf("%d at the same time", n)
		}
		if got := s.get(e.ID); got.Cursor != int64(len(many))+1 {
			t.Errorf("%+v", got)
		}
		close(release)
		s.p.flying.Wait()
		s.settle()
		if s.peer.count() != len(many) {
			t.Errorf("%d of %d came", s.peer.count(), len(many))
		}
	})
}

// A cursor is not written for every change that does not concern its endpoint, but now and then.
func TestLazyCursor(t *testing.T) {
	t.Parallel()
	each(t, func(s *scene) {
		e, _ := s.add(New{Topics: []outbox.Topic{outbox.DayClosed}})
		s.happen("A", "B")
		s.settle()
		if got := s.get(e.ID); got.Cursor != 0 {
			t.Errorf("at once: %d", got.Cursor)
		}
		s.clock.add(lazyFor)
		s.step()
		if got := s.get(e.ID); got.Cursor != 3 {
			t.Errorf("after a while: %d", got.Cursor)
		}
		s.happen(strings.Split(strings.Repeat("x ", lazyMost)+"x", " ")...)
		s.step()
		if got := s.get(e.ID); got.Cursor != 3+lazyMost+1 {
			t.Errorf("after many: %d", got.Cursor)
		}
		s.happen("C")
		s.write(func(tx *db.Tx) error { return outbox.Add(tx, outbox.DayClosed, "S01/2026-03-14", "S01") })
		s.settle()
		if got := s.peer.subjects(); len(got) != 1 || s.get(e.ID).Cursor != 3+lazyMost+3 {
			t.Errorf("%v, %d", got, s.get(e.ID).Cursor)
		}
	})
}

// A test message is signed like all others and leaves nothing behind.
func TestTest(t *testing.T) {
	t.Parallel()
	each(t, func(s *scene) {
		e, secret := s.add(items())
		a, err := Test(ctx, s.d, s.o, e.ID)
		all := s.peer.all()
		if err != nil || a.Status != 204 || len(all) != 1 || !all[0].signedBy(secret) || all[0].msg.Type != string(TestTopic) {
			t.Errorf("%+v, %v, %+v", a, err, all)
		}
		s.peer.say(always(500))
		if a, err = Test(ctx, s.d, s.o, e.ID); err != nil || a.Status != 500 {
			t.Errorf("%+v, %v", a, err)
		}
		if len(s.deliveries(e.ID, "")) != 0 {
			t.Error("it left a delivery")
		}
	})
}
