package auditor

import (
	"fmt"
	"slices"
)

// compareGaps asks that an open task stands for each run of numbers that a register has not sent, and
// for nothing else.
func (b *Books) compareGaps(r *reader, d *Differences) error {
	want, got := figures{}, figures{}
	arrived := map[string][]int64{}
	for _, x := range b.receipts {
		name := x.Store + "/" + x.Register
		arrived[name] = append(arrived[name], x.Number)
	}
	for name, numbers := range arrived {
		slices.Sort(numbers)
		last := int64(0)
		for _, n := range numbers {
			if n > last+1 {
				want[fmt.Sprintf("gap:%s:%d-%d", name, last+1, n-1)] = [6]int64{1}
			}
			last = n
		}
	}
	var key string
	err := r.rows(`SELECT key FROM tasks WHERE state = 'open' AND kind = 'number_gap'`, []any{&key}, func() { got[key] = [6]int64{1} })
	differ(d, "open task", want, got)
	return err
}
