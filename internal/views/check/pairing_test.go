package check

import (
	"slices"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/tillpost/tillpost/internal/base/id"
)

// Two streams of the same documents in nearly the same order, with rows missing, doubled and moved: each
// row meets its partner once, and what has none is told once.
func TestPairing(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		n := rapid.IntRange(0, 3*ahead).Draw(t, "documents")
		var left, right []int
		for i := range n {
			left, right = append(left, i), append(right, i)
		}
		lost := rapid.SliceOfN(rapid.IntRange(0, max(n-1, 0)), 0, 5)
		noLeft, noRight := lost.Draw(t, "no receipt"), lost.Draw(t, "no row")
		left = slices.DeleteFunc(left, func(i int) bool { return slices.Contains(noLeft, i) })
		right = slices.DeleteFunc(right, func(i int) bool { return slices.Contains(noRight, i) })
		for range rapid.IntRange(0, 20).Draw(t, "swaps") {
			if len(right) > 1 {
				i := rapid.IntRange(0, len(right)-2).Draw(t, "swap")
				j := min(len(right)-1, i+rapid.IntRange(1, 50).Draw(t, "by"))
				right[i], right[j] = right[j], right[i]
			}
		}
		doubled := len(right) > 0 && rapid.Bool().Draw(t, "doubled")
		if doubled {
			i := rapid.IntRange(0, len(right)-1).Draw(t, "double")
			right = slices.Insert(right, i+1, right[i])
		}
		met, alone, extra := pairUp(t, left, right)
		for i := range n {
			inLeft, inRight := slices.Contains(left, i), slices.Contains(right, i)
			if (met[i] == 1) != (inLeft && inRight) || (alone[i] == 1) != (inLeft && !inRight) {
				t.Fatalf("document %d: met %d times, alone %d", i, met[i], alone[i])
			}
			rows := 0
			for _, r := range right {
				if r == i {
					rows++
				}
			}
			if met[i]+extra[i] != rows {
				t.Fatalf("document %d: met %d times, left over %d, of %d rows", i, met[i], extra[i], rows)
			}
		}
	})
}

func pairUp(t interface{ Fatal(...any) }, left, right []int) (met, alone, extra map[int]int) {
	met, alone, extra = map[int]int{}, map[int]int{}, map[int]int{}
	key := func(i int) id.ID { return id.Derive(time.Unix(0, 0), "pairing", string(rune(i))) }
	at := 0
	p := &pairing[int, int]{keep: func(r int) int { return r }, met: func(l, r int) { met[l]++ }, alone: func(l int) { alone[l]++ },
		extra: func(r int) { extra[r]++ },
		next: func() (id.ID, int, bool, error) {
			if at == len(right) {
				return id.ID{}, 0, false, nil
			}
			at++
			return key(right[at-1]), right[at-1], true, nil
		}}
	for _, l := range left {
		if err := p.meet(key(l), l, l%97 == 0); err != nil {
			t.Fatal(err)
		}
		if p.left.len() > patience+1 || p.right.len() > ahead+1 {
			t.Fatal("too many wait")
		}
	}
	if err := p.end(); err != nil {
		t.Fatal(err)
	}
	return met, alone, extra
}

// However many rows are missing on one side, only so many are kept in memory, and the others are told.
func TestPairingBounds(t *testing.T) {
	t.Parallel()
	var all, none []int
	for i := range 5 * ahead {
		all = append(all, i)
	}
	for name, sides := range map[string][2][]int{"no rows": {all, none}, "no receipts": {none, all}, "others": {all[:2*ahead], all[2*ahead:]}} {
		met, alone, extra := pairUp(t, sides[0], sides[1])
		if len(met) != 0 || len(alone) != len(sides[0]) || len(extra) != len(sides[1]) {
			t.Errorf("%s: %d met, %d alone, %d left over", name, len(met), len(alone), len(extra))
		}
	}
}
