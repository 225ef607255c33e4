package webhooks

import (
	"fmt"
	"net/http"
	"runtime"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/tillpost/tillpost/internal/base/id"
)

// story is one run of a receiver that fails, delays, answers by halves and asks for pauses, and of a
// sender that is killed now and then.
type story struct {
	*scene
	r        *rapid.T
	endpoint Endpoint
	subjects []string

	mu      sync.Mutex
	plans   map[int64][]reply // by seq: the answers to come; the last one stays
	calls   []call
	slow    int
	release chan struct{}
	entered chan struct{}

	killed  *atomic.Bool
	crashes int
}

// call is one message as it came, with its answer.
type call struct {
	seq     int64
	subject string
	at      time.Time
	crashes int // that were before it
	answer  reply
}

func newStory(s *scene, r *rapid.T) *story {
	y := &story{scene: s, r: r, plans: map[int64][]reply{}, entered: make(chan struct{}, 1), release: make(chan struct{})}
	y.endpoint, _ = s.add(items())
	for i := range 3 {
		y.subjects = append(y.subjects, fmt.Sprint(y.endpoint.ID, "-", i))
	}
	s.peer.forget()
	s.peer.say(y.reply)
	y.begin()
	return y
}

// begin starts a sender of its own, which can be killed.
func (y *story) begin() {
	killed := &atomic.Bool{}
	y.o.answered = func(id.ID, *attempted) {
		if killed.Load() {
			runtime.Goexit()
		}
	}
	y.killed = killed
	y.clock.add(leaseFor)
	y.restart()
}

// reply is what the receiver says.
func (y *story) reply(x receipt) reply {
	y.mu.Lock()
	plan := y.plans[x.msg.Data.Seq]
	a := reply{status: http.StatusOK}
	if len(plan) > 0 {
		a = plan[0]
	}
	if len(plan) > 1 {
		y.plans[x.msg.Data.Seq] = plan[1:]
	}
	if a.wait != nil {
		a.wait = y.release
		y.slow++
	}
	y.calls = append(y.calls, call{x.msg.Data.Seq, x.msg.Data.Subject, y.clock.Now(), y.crashes, a})
	y.mu.Unlock()
	select {
	case y.entered <- struct{}{}:
	default:
	}
	return a
}

var answers = []reply{{status: 200}, {status: 204}, {status: 500}, {status: 404}, {status: 302}, {status: 429, retryAfter: "90"}, {status: 503, retryAfter: "7200"},
	{hangUp: true}, {half: true}, {status: 200, wait: make(chan struct{})}, {status: 500, wait: make(chan struct{})}}

// happens writes some changes, and decides how each of them will be answered.
func (y *story) happens() {
	next := y.last() + 1
	var names []string
	for range rapid.IntRange(1, 4).Draw(y.r, "changes") {
		names = append(names, rapid.SampledFrom(y.subjects).Draw(y.r, "subject"))
		plan := rapid.SliceOfN(rapid.SampledFrom(answers), 0, 4).Draw(y.r, "answers")
		if rapid.IntRange(0, 9).Draw(y.r, "never") > 0 {
			plan = append(plan, reply{status: 200})
		} else {
			plan = append(plan, reply{status: 500})
		}
		y.mu.Lock()
		y.plans[next] = plan
		y.mu.Unlock()
		next++
	}
	y.happen(names...)
}

func (y *story) last() int64 { return read(y.scene, lastOf) }

// goOn looks once and waits until only slow answers are missing.
func (y *story) goOn() {
	y.look()
	for {
		y.mu.Lock()
		slow := y.slow
		y.mu.Unlock()
		y.p.mu.Lock()
		under := y.p.count
		y.p.mu.Unlock()
		if under == slow {
			return
		}
		select {
		case <-y.p.room:
		case <-y.entered:
		}
	}
}

// free lets the slow answers go.
func (y *story) free() {
	y.mu.Lock()
	close(y.release)
	y.release, y.slow = make(chan struct{}), 0
	y.mu.Unlock()
	y.p.flying.Wait()
}

// crash kills the sender after its messages were answered, and starts another.
func (y *story) crash() {
	y.killed.Store(true)
	y.goOn()
	y.free()
	y.mu.Lock()
	y.crashes++
	y.mu.Unlock()
	y.begin()
}

func (y *story) run() {
	for range rapid.IntRange(3, 12).Draw(y.r, "steps") {
		switch rapid.SampledFrom([]string{"happens", "happens", "goes on", "goes on", "waits", "waits", "frees", "crashes"}).Draw(y.r, "then") {
		case "happens":
			y.happens()
		case "goes on":
			y.goOn()
		case "waits":
			y.clock.add(rapid.SampledFrom([]time.Duration{time.Second, 5 * time.Second, time.Minute, time.Hour, 24 * time.Hour}).Draw(y.r, "pause"))
			y.goOn()
		case "frees":
			y.free()
		case "crashes":
			y.crash()
		}
	}
	for n := 0; n < 400 && len(y.deliveries(y.endpoint.ID, Waiting)) > 0 || n == 0; n++ {
		y.clock.add(12 * time.Hour)
		for before := -1; before != y.peer.count(); {
			before = y.peer.count()
			y.goOn()
			y.free()
		}
	}
}

// judge compares what came with what was promised.
func (y *story) judge() {
	y.mu.Lock()
	defer y.mu.Unlock()
	behind := map[string]int64{}
	byMessage := map[int64][]call{}
	for _, c := range y.calls {
		if c.seq < behind[c.subject] {
			y.r.Errorf("%d of %s came after %d", c.seq, c.subject, behind[c.subject])
		}
		behind[c.subject] = c.seq
		byMessage[c.seq] = append(byMessage[c.seq], c)
	}
	states := map[int64]string{}
	for _, d := range y.deliveries(y.endpoint.ID, "") {
		states[d.Seq] = d.State
	}
	if len(states) != len(y.plans) {
		y.r.Errorf("%d deliveries of %d changes", len(states), len(y.plans))
	}
	for seq := range y.plans {
		y.judgeOne(seq, states[seq], byMessage[seq])
	}
}

func (y *story) judgeOne(seq int64, state string, calls []call) {
	taken := 0
	for i, c := range calls {
		if c.answer.status/100 == 2 {
			taken++
		}
		if i == 0 || c.crashes != calls[i-1].crashes {
			continue
		}
		pause := c.at.Sub(calls[i-1].at)
		if least := waits[0]; pause < least {
			y.r.Errorf("%d was sent again after %s", seq, pause)
		}
		if after := retryAfter(http.Header{"Retry-After": {calls[i-1].answer.retryAfter}}, c.at); pause < after {
			y.r.Errorf("%d was sent again after %s, not %s", seq, pause, after)
		}
	}
	// What was taken just before a crash may be refused when it comes again.
	if state == Waiting || state == Delivered && taken == 0 || state == Dead && taken > y.crashes {
		y.r.Errorf("%d is %q and was taken %d times", seq, state, taken)
	}
	if taken > 1+y.crashes {
		y.r.Errorf("%d was taken %d times in %d crashes", seq, taken, y.crashes)
	}
	if state == Dead && (len(calls) < len(waits)+1 || len(calls) > len(waits)+1+y.crashes) {
		y.r.Errorf("%d is dead after %d attempts", seq, len(calls))
	}
}

// Whatever the receiver does, and whenever the sender is killed: the messages about one thing come in the
// order in which it happened, each until it is taken or given up, and what waits for one thing holds up
// no other.
func TestOrder(t *testing.T) {
	t.Parallel()
	each(t, func(s *scene) {
		rapid.Check(s.t, func(r *rapid.T) {
			y := newStory(s, r)
			y.run()
			y.judge()
			y.free()
			if err := Remove(ctx, s.d, y.endpoint.ID, 0); err != nil {
				r.Fatal(err)
			}
		})
	})
}
