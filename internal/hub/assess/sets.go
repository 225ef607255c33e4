package assess

import (
	"errors"
	"slices"
	"sort"

	"github.com/tillpost/tillpost/internal/base/gtin"
)

// Limits on what is kept in memory, whatever the file's length. Below them every count is exact.
const (
	maxKeys      = 1_000_000 // documents, pairs of customer and item
	maxItems     = 200_000
	maxSeries    = 10_000
	maxRanges    = 200_000 // runs of numbers in one series
	maxNames     = 20      // different names of one item
	maxPayouts   = 50_000
	maxNameBytes = 16 << 20 // of second and further names
	maxExamples  = 5
	maxDays      = 40_000
)

// runs are the numbers that a series has, as ranges in order.
type runs struct {
	ranges []Range
	count  int64
	twice  int64
	full   bool
}

// add puts a number in; numbers mostly come in order, so the last range is tried first.
func (r *runs) add(n int64) {
	if k := len(r.ranges); k > 0 && r.ranges[k-1].To+1 == n {
		r.ranges[k-1].To = n
		r.count++
		return
	}
	i := sort.Search(len(r.ranges), func(i int) bool { return r.ranges[i].To >= n })
	if i < len(r.ranges) && r.ranges[i].From <= n {
		r.twice++
		return
	}
	left := i > 0 && r.ranges[i-1].To+1 == n
	right := i < len(r.ranges) && r.ranges[i].From-1 == n
	r.count++
	switch {
	case left && right:
		r.ranges[i-1].To = r.ranges[i].To
		r.ranges = slices.Delete(r.ranges, i, i+1)
	case left:
		r.ranges[i-1].To = n
	case right:
		r.ranges[i].From = n
	case len(r.ranges) >= maxRanges:
		r.full = true
		r.count--
	default:
		r.ranges = slices.Insert(r.ranges, i, Range{n, n})
	}
}

// series describes the numbers: what is missing between the first and the last.
func (r *runs) series(name string) Series {
	s := Series{Name: name, Count: r.count, Twice: r.twice}
	if len(r.ranges) == 0 {
		return s
	}
	s.First, s.Last = r.ranges[0].From, r.ranges[len(r.ranges)-1].To
	s.Missing = s.Last - s.First + 1 - r.count
	for i := 1; i < len(r.ranges); i++ {
		s.Gaps = append(s.Gaps, Range{r.ranges[i-1].To + 1, r.ranges[i].From - 1})
	}
	sort.SliceStable(s.Gaps, func(i, j int) bool { return s.Gaps[i].To-s.Gaps[i].From > s.Gaps[j].To-s.Gaps[j].From })
	if len(s.Gaps) > maxExamples {
		s.Gaps = slices.Clone(s.Gaps[:maxExamples])
	}
	return s
}

// gtinDigits tells whether a code is as long as a GTIN and all digits, and whether it is one.
func gtinDigits(code string) (long, good bool) {
	err := gtin.Check(code)
	return err == nil || errors.Is(err, gtin.ErrCheck), err == nil
}
