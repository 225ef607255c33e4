package sales_test

import (
	"slices"
	"testing"

	"github.com/tillpost/tillpost/internal/domain/receipt"
	"github.com/tillpost/tillpost/internal/domain/sales"
	"github.com/tillpost/tillpost/internal/platform/db"
	"github.com/tillpost/tillpost/internal/platform/dbtest"
)

func TestRunWithout(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		run    sales.Run
		number int64
		want   []sales.Run
	}{
		{sales.Run{First: 5, Last: 5}, 5, nil},
		{sales.Run{First: 5, Last: 7}, 5, []sales.Run{{First: 6, Last: 7}}},
		{sales.Run{First: 5, Last: 7}, 6, []sales.Run{{First: 5, Last: 5}, {First: 7, Last: 7}}},
		{sales.Run{First: 5, Last: 7}, 7, []sales.Run{{First: 5, Last: 6}}},
	} {
		if got := c.run.Without(c.number); !slices.Equal(got, c.want) {
			t.Errorf("%v without %d is %v", c.run, c.number, got)
		}
	}
}

// The key of a gap says all of it, whatever is in the codes.
func TestGapKey(t *testing.T) {
	t.Parallel()
	for _, register := range []string{"R1", "T-1.b_2", "9-9"} {
		run := sales.Run{First: 5, Last: 7}
		if s, r, got, ok := sales.ParseGapKey(sales.GapKey("S-01", register, run)); !ok || s != "S-01" || r != register || got != run {
			t.Errorf("%s: %s %s %v %t", register, s, r, got, ok)
		}
	}
	for _, key := range []string{"", "gap:", "gap:S01/R1", "gap:S01/R1:", "gap:S01/R1:5", "gap:S01/R1:7-5", "gap:S01/R1:0-5", "gap:R1:1-2", "tender:S01/R1:1-2", "gap:S01/R1:a-b"} {
		if _, _, _, ok := sales.ParseGapKey(key); ok {
			t.Errorf("%q is no key of a gap", key)
		}
	}
}

// A late receipt is told the whole run of missing numbers that it stood in, whether its neighbours came
// in the same group or before.
func TestFilled(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		till := numbered(9, "")
		for _, c := range []struct {
			group []int64 // the numbers that come together
			last  sales.Run
		}{{[]int64{1}, sales.Run{}}, {[]int64{9, 4}, sales.Run{First: 2, Last: 8}}, {[]int64{7}, sales.Run{First: 5, Last: 8}},
			{[]int64{2, 8, 5}, sales.Run{First: 5, Last: 6}}, {[]int64{3}, sales.Run{First: 3, Last: 3}}, {[]int64{3, 6}, sales.Run{First: 6, Last: 6}}, {[]int64{9}, sales.Run{}}} {
			var rs []*receipt.Receipt
			for _, n := range c.group {
				rs = append(rs, till[n-1])
			}
			if sale, _, err := record(d, rs...); err != nil || sale.Filled != c.last {
				t.Errorf("%v: %v, want %v; %v", c.group, sale.Filled, c.last, err)
			}
		}
	})
}
