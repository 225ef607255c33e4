package cli

import (
	"github.com/tillpost/tillpost/internal/domain/shifts"
	"github.com/tillpost/tillpost/internal/platform/db"
	"github.com/tillpost/tillpost/internal/views/zreport"
)

// sayOverdrawn asks back when more has left a drawer than can have been in it. What happened stays booked;
// but a wrong digit is noticed now rather than at the count. A drawer that holds enough is not told of: the
// count is blind.
func (e *env) sayOverdrawn(d *db.DB, s shifts.Shift) error {
	return d.Read(e.ctx, func(v *db.View) error {
		r, err := zreport.Shift(v, s.ID, now(), zreport.Options{Expected: true})
		if err != nil {
			return err
		}
		for _, c := range r.Cash {
			if c.Expected != nil && *c.Expected < 0 {
				e.say("  the drawer should now hold %s %s: was the amount right?", amount(c.Currency, *c.Expected), c.Currency)
			}
		}
		return nil
	})
}
