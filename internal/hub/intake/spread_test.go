package intake

import (
	"reflect"
	"testing"

	"pgregory.net/rapid"

	"github.com/tillpost/tillpost/internal/base/money"
)

func TestSpread(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		total   money.Minor
		weights []int64
		want    []money.Minor
	}{
		{100, []int64{1, 1, 1}, []money.Minor{34, 33, 33}},
		{100, []int64{2000, -1000}, []money.Minor{200, -100}},
		{7, []int64{0, 0}, []money.Minor{7, 0}},
		{7, []int64{5, -5}, []money.Minor{7, 0}},
		{-9, []int64{-300, -600}, []money.Minor{-3, -6}},
		{5, nil, nil},
	} {
		if got := Spread(c.total, c.weights); !reflect.DeepEqual(got, c.want) {
			t.Errorf("Spread(%d, %v) = %v, want %v", c.total, c.weights, got, c.want)
		}
	}
}

func TestSpreadSumsUp(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		total := money.Minor(rapid.Int64Range(-1e12, 1e12).Draw(t, "total"))
		weights := rapid.SliceOfN(rapid.Int64Range(-1e9, 1e9), 1, 40).Draw(t, "weights")
		var sum money.Minor
		for _, s := range Spread(total, weights) {
			sum += s
		}
		if sum != total {
			t.Fatalf("shares sum to %d, want %d", sum, total)
		}
	})
}
