package check

import (
	"testing"

	"pgregory.net/rapid"

	"github.com/tillpost/tillpost/internal/domain/receipt"
)

// A register's receipts may arrive in any order: a whole chain fits, a receipt that does not follow the
// one before it is found whatever comes first, and the last number is known.
func TestChainInAnyOrder(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		n := rapid.IntRange(1, 40).Draw(t, "receipts")
		order := rapid.Permutation(numbers(n)).Draw(t, "order")
		missing := rapid.IntRange(0, n).Draw(t, "missing")
		broken := rapid.IntRange(0, n).Draw(t, "broken")
		c := &chain{ends: map[int64]*run{}, starts: map[int64]*run{}}
		wrong := 0
		last := int64(0)
		for _, i := range order {
			if i == missing {
				continue
			}
			prev := hash(i - 1)
			if i == broken {
				prev = hash(1000)
			}
			follows, followed := c.add(int64(i), prev, hash(i), hash(i))
			if !follows || !followed {
				wrong++
			}
			last = max(last, int64(i))
		}
		want := 0
		if broken > 0 && broken != missing && (broken == 1 || broken-1 != missing) {
			want = 1
		}
		if wrong != want {
			t.Fatalf("%d receipts do not fit, want %d", wrong, want)
		}
		if last > 0 && (c.last == nil || c.last.last != last || c.last.stored != hash(int(last))) {
			t.Fatalf("the last is %+v, want #%d", c.last, last)
		}
		if most := 2; len(c.starts) > most || len(c.ends) > most {
			t.Fatalf("%d runs", len(c.starts))
		}
	})
}

func numbers(n int) (out []int) {
	for i := range n {
		out = append(out, i+1)
	}
	return out
}

func hash(i int) (h receipt.Hash) {
	h[0], h[1] = byte(i), byte(i>>8)
	return h
}
