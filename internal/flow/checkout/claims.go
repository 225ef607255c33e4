package checkout

import (
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/tillpost/tillpost/internal/base/day"
	"github.com/tillpost/tillpost/internal/base/id"
	"github.com/tillpost/tillpost/internal/domain/inventory"
	"github.com/tillpost/tillpost/internal/domain/receipt"
	"github.com/tillpost/tillpost/internal/domain/sales"
	"github.com/tillpost/tillpost/internal/domain/shifts"
	"github.com/tillpost/tillpost/internal/domain/tasks"
	"github.com/tillpost/tillpost/internal/platform/db"
)

// The kinds of task about a receipt's head. Those about what it takes back are in domain/sales.
const (
	ClockOdd     = "clock_odd"     // the business day does not fit the device's time
	ShiftUnknown = "shift_unknown" // the receipt names a shift that nobody has opened here
)

// oddAfter is how far the business day may lie from the one that the device's time gives: a day for a
// shop that closes after midnight by another rule than ours, and one for a clock in another zone.
const oddAfter = 2 * 24 * time.Hour

// reportClaims opens tasks for what is odd about a receipt that was just recorded: what it takes back of
// other receipts, its clock, its shift. It is posted all the same, because it happened. A receipt with
// nothing odd costs a look at its lines and, once in a group commit, one question.
func reportClaims(tx *db.Tx, sale *sales.Sale, rule day.Rule) error {
	r := &sale.Receipt
	g, err := watch(tx)
	if err != nil {
		return err
	}
	if err := g.arrived(tx, r); err != nil {
		return err
	}
	claims, err := sales.Claims(tx, r)
	if err != nil {
		return err
	}
	if err := g.open(tx, r, claims); err != nil {
		return err
	}
	if err := reportClock(tx, r, rule); err != nil {
		return err
	}
	return g.reportShift(tx, r)
}

// waitMost bounds how many awaited documents a group keeps in memory; beyond it each one asks for itself.
const waitMost = 1000

// shiftsMost bounds the shifts that stay in memory.
const shiftsMost = 10_000

// watched is what receipts look out for. It is kept from group to group: a task that somebody else settles
// leaves a document here that is asked for once more than needed.
type watched struct {
	awaited map[id.ID]bool // receipts of which something was taken back before they came, and shifts that were named
	more    bool           // there are more than waitMost
	shifts  map[id.ID]bool // that are known
}

type watchedKey struct{}

func watch(tx *db.Tx) (*watched, error) {
	g, err := db.Kept(tx, watchedKey{}, func() (*watched, error) {
		g := &watched{awaited: map[id.ID]bool{}, shifts: map[id.ID]bool{}}
		keys, err := tasks.Keys(tx, [3]string{sales.ReturnUnknown, sales.VoidUnknown, ShiftUnknown}, waitMost)
		g.more = len(keys) == waitMost
		for _, key := range keys {
			_, text, _ := strings.Cut(key, ":")
			if u, err := id.Parse(text); err == nil {
				g.awaited[u] = true
			}
		}
		return g, err
	})
	if err == nil && len(g.shifts) > shiftsMost {
		clear(g.shifts)
	}
	return g, err
}

// open opens a task for each claim.
func (g *watched) open(tx *db.Tx, r *receipt.Receipt, claims []sales.Claim) error {
	for _, c := range claims {
		if c.Kind == sales.ReturnUnknown || c.Kind == sales.VoidUnknown {
			g.awaited[c.Original] = true
		}
		if err := tasks.Open(tx, tasks.Task{Kind: c.Kind, Key: c.Key(), Store: r.Store, Doc: r.ID, Message: c.Message}); err != nil {
			return err
		}
	}
	return nil
}

// arrived settles the tasks that waited for the receipt, and looks at what was taken back of it.
func (g *watched) arrived(tx *db.Tx, r *receipt.Receipt) error {
	if !g.awaited[r.ID] && !g.more {
		return nil
	}
	waited := false
	for _, kind := range []string{sales.ReturnUnknown, sales.VoidUnknown} {
		closed, err := settle(tx, sales.ClaimKey(kind, r.ID), sales.ShortName(r)+" has arrived")
		if err != nil {
			return err
		}
		waited = waited || closed
	}
	if !waited {
		return nil
	}
	delete(g.awaited, r.ID)
	claims, err := sales.Awaited(tx, r)
	if err != nil {
		return err
	}
	return g.open(tx, r, claims)
}

// settle closes a task, whether it is written or was opened by this group.
func settle(tx *db.Tx, key, resolution string) (bool, error) {
	fresh, err := tasks.Withdraw(tx, key)
	if err != nil {
		return false, err
	}
	_, err = tasks.Find(tx, key) // asking is cheaper than an update that changes nothing
	if errors.Is(err, tasks.ErrNotFound) {
		return fresh, nil
	}
	if err != nil {
		return false, err
	}
	return tasks.Resolve(tx, key, resolution)
}

// setBackRest values goods that come back by what is left of their sale. before are the issues of the
// receipt's earlier lines.
func setBackRest(tx *db.Tx, r *receipt.Receipt, l *receipt.Line, issue *inventory.Issue, before []inventory.Issue) error {
	of := *l.Return
	places, err := sales.Returning(tx, of.Receipt, of.Line)
	if err != nil {
		return err
	}
	earlier := make([]inventory.Earlier, 0, len(places))
	for _, p := range places {
		earlier = append(earlier, inventory.Earlier{Doc: p.Receipt, Line: p.Line})
	}
	for i := range before {
		b := &before[i]
		if x := r.Lines[b.Line-1].Return; b.HasWorth && x != nil && x.Receipt == of.Receipt && x.Line == of.Line {
			earlier = append(earlier, inventory.Earlier{Qty: -b.Qty, Worth: b.Worth})
		}
	}
	return inventory.SetBackRest(tx, r.Currency, issue, of.Receipt, of.Line, earlier)
}

// reportClock opens a task when the business day lies days away from the device's time. One task stands
// for all receipts of a register's day.
func reportClock(tx *db.Tx, r *receipt.Receipt, rule day.Rule) error {
	said := rule.Of(r.DeviceTime)
	if said == r.BusinessDay {
		return nil
	}
	if off := r.BusinessDay.Time().Sub(said.Time()); off <= oddAfter && off >= -oddAfter {
		return nil
	}
	return tasks.Open(tx, tasks.Task{Kind: ClockOdd, Key: fmt.Sprintf("%s:%s/%s:%s", ClockOdd, r.Store, r.Register, r.BusinessDay),
		Store: r.Store, Doc: r.ID, Message: fmt.Sprintf("%s is of the business day %s, and its device's clock says %s",
			sales.ShortName(r), r.BusinessDay, said)})
}

// reportShift opens a task for a shift that is not here, and closes it when the shift has come after its
// receipts: with the next one that names it.
func (g *watched) reportShift(tx *db.Tx, r *receipt.Receipt) error {
	if r.Shift.IsZero() {
		return nil
	}
	if g.shifts[r.Shift] {
		return nil
	}
	key := ShiftUnknown + ":" + r.Shift.String()
	_, known, err := shifts.Find(tx, r.Shift)
	if err != nil {
		return err
	}
	if known {
		g.shifts[r.Shift] = true
		if g.more || g.awaited[r.Shift] {
			_, err = settle(tx, key, "the shift has been opened")
		}
		return err
	}
	g.awaited[r.Shift] = true
	return tasks.Open(tx, tasks.Task{Kind: ShiftUnknown, Key: key, Store: r.Store, Doc: r.ID,
		Message: fmt.Sprintf("%s names the shift %s, which nobody has opened", sales.ShortName(r), r.Shift)})
}
