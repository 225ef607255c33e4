package check

import (
	"fmt"
	"maps"
	"slices"

	"github.com/tillpost/tillpost/internal/domain/sales"
	"github.com/tillpost/tillpost/internal/domain/tasks"
	"github.com/tillpost/tillpost/internal/platform/db"
)

const (
	gapRows db.SQL = `SELECT store, register, number, prior FROM (
		SELECT store, register, number, COALESCE(LAG(number) OVER (PARTITION BY store, register ORDER BY number), 0) AS prior FROM receipts) x
		WHERE number <> prior + 1 ORDER BY store, register, number`
	gapTasks db.SQL = `SELECT key, state, resolution FROM tasks WHERE kind = $1`
)

// gaps reports numbers that a register has left out. A till may still send them: it is a warning. That
// no open task names exactly these numbers, and nobody has decided about them, is more than that.
func (c *checker) gaps() error {
	if !c.wants(Gaps) {
		return nil
	}
	c.tell("numbers", 0, 1)
	asked, err := c.askedGaps()
	if err != nil {
		return err
	}
	err = c.rows(gapRows, func(scan scanner) error {
		var store, register string
		var number, prior int64
		if err := scan(&store, &register, &number, &prior); err != nil {
			return err
		}
		missing, where := fmt.Sprintf("number %d is missing", prior+1), "register "+store+"/"+register
		if number-prior > 2 {
			missing = fmt.Sprintf("numbers %d to %d are missing", prior+1, number-1)
		}
		c.report(Finding{Check: Gaps, Where: where, Message: missing, Warning: true})
		if run := (sales.Run{First: prior + 1, Last: number - 1}); !asked.about(store, register, run) {
			c.report(Finding{Check: Gaps, Where: where, Message: missing + " and no task says so", Want: sales.GapKey(store, register, run)})
		}
		return nil
	})
	for _, key := range slices.Sorted(maps.Keys(asked.open)) {
		c.report(Finding{Check: Gaps, Where: "task " + key, Message: "it is open, and names other numbers than are missing"})
	}
	return err
}

// askedGaps are the tasks about missing numbers.
type askedGaps struct {
	open    map[string]bool        // that no run of missing numbers was found for yet
	decided map[string][]sales.Run // by register: what people have decided
}

func (c *checker) askedGaps() (askedGaps, error) {
	a := askedGaps{open: map[string]bool{}, decided: map[string][]sales.Run{}}
	return a, c.rows(gapTasks, func(scan scanner) error {
		var key, state, resolution string
		if err := scan(&key, &state, &resolution); err != nil {
			return err
		}
		if state == tasks.StateOpen {
			a.open[key] = true
		} else if store, register, run, ok := sales.ParseGapKey(key); ok && resolution != sales.GapFilled && resolution != sales.GapNarrowed {
			a.decided[store+"/"+register] = append(a.decided[store+"/"+register], run)
		}
		return nil
	}, sales.NumberGap)
}

// about tells whether a run has its task, or is a part of what was decided.
func (a *askedGaps) about(store, register string, run sales.Run) bool {
	if key := sales.GapKey(store, register, run); a.open[key] {
		delete(a.open, key)
		return true
	}
	return slices.ContainsFunc(a.decided[store+"/"+register], func(d sales.Run) bool { return d.First <= run.First && run.Last <= d.Last })
}
