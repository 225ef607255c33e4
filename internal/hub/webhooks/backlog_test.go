package webhooks

import (
	"testing"
	"time"

	"github.com/tillpost/tillpost/internal/platform/db"
)

// What waits is counted with its age: until it is taken, and not while somebody has paused it.
func TestBehind(t *testing.T) {
	t.Parallel()
	each(t, func(s *scene) {
		behind := func(waiting int64, oldest time.Duration) {
			t.Helper()
			b := read(s, func(q db.Q) (Backlog, error) { return Behind(q, s.d.Now()) })
			if b.Waiting != waiting || b.Oldest != oldest {
				t.Errorf("%d wait for %s, want %d for %s", b.Waiting, b.Oldest, waiting, oldest)
			}
		}
		behind(0, 0)
		e, _ := s.add(items())
		s.peer.say(always(500))
		s.happen("A", "B")
		s.settle()
		s.clock.add(3 * time.Second)
		s.happen("C")
		s.settle()
		behind(3, 3*time.Second)
		set := func(state State) {
			t.Helper()
			if _, err := Update(ctx, s.d, s.o, e.ID, 0, Change{State: &state}); err != nil {
				t.Fatal(err)
			}
		}
		set(Paused)
		behind(0, 0)
		set(Active)
		s.peer.say(always(200))
		s.clock.add(time.Hour)
		s.settle()
		behind(0, 0)
	})
}
