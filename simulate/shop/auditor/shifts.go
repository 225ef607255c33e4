package auditor

import (
	"encoding/hex"
	"strings"
)

// compareShifts looks at each shift's state and at what its count says.
func (b *Books) compareShifts(r *reader, d *Differences) error {
	want, got := figures{}, figures{}
	states := map[string]int64{"open": 1, "counted": 2, "closed": 3}
	for u, h := range b.holding {
		u = strings.ReplaceAll(u, "-", "")
		state := "closed"
		if h.drawer.holder == h {
			state = "open"
			if h.counted {
				state = "counted"
			}
		}
		want[u+" "+h.drawer.store+"/"+h.drawer.code+" of "+h.day] = [6]int64{states[state]}
		for c, n := range h.count {
			want[u+" "+c] = [6]int64{h.expected[c].own, n}
		}
	}
	var u []byte
	var drawer, day, state, currency string
	var expected, counted int64
	if err := r.rows(`SELECT id, store || '/' || drawer, business_day, state FROM shifts`, []any{&u, &drawer, &day, &state},
		func() { got[hex.EncodeToString(u)+" "+drawer+" of "+day] = [6]int64{states[state]} }); err != nil {
		return err
	}
	err := r.rows(`SELECT c.shift, c.currency, c.expected, COALESCE(again.counted, c.counted) FROM shift_counts c
		LEFT JOIN shift_counts again ON again.shift = c.shift AND again.currency = c.currency AND again.stage = 'recount' WHERE c.stage = 'close'`,
		[]any{&u, &currency, &expected, &counted}, func() { got[hex.EncodeToString(u)+" "+currency] = [6]int64{expected, counted} })
	differ(d, "shift (state; expected, counted)", want, got)
	return err
}
