package cli

import (
	"fmt"
	"strings"
	"time"

	"github.com/tillpost/tillpost/internal/views/check"
)

type checkCmd struct {
	Checks []string `arg:"" optional:"" help:"What to check: chain, balance, receipts, tax, totals, stock, gaps, outbox. All when left out."`
	Format string   `help:"text or json." enum:"text,json" default:"text"`
}

// Run recomputes the books; it exits with 1 when something is wrong.
func (c checkCmd) Run(e *env) error {
	d, shop, err := e.existing()
	if err != nil {
		return err
	}
	defer d.Close()
	bar := newBar(e.stderr)
	began := time.Now()
	res, err := check.Run(e.ctx, d, shop.Book, c.Checks, func(name string, done, total int64) {
		bar.show(done, total, "checking "+name)
	})
	bar.clear()
	if err != nil {
		return err
	}
	if c.Format == "json" {
		err = e.json(res)
	} else {
		writeCheck(e, &res, time.Since(began))
	}
	if err == nil && !res.Sound() {
		return errFound
	}
	return err
}

// findingsShown is how many findings the text form lists; JSON has them all.
const findingsShown = 50

func writeCheck(e *env, res *check.Result, took time.Duration) {
	for i, f := range res.Findings {
		if i == findingsShown {
			e.say("… and %s more (--format json lists them)", count(int64(len(res.Findings)-i)+res.More))
			break
		}
		label := "WRONG"
		if f.Warning {
			label = "note "
		}
		line := fmt.Sprintf("%s  %-9s %s: %s", label, f.Check, f.Where, f.Message)
		if f.Want != "" || f.Got != "" {
			line += fmt.Sprintf(" (should be %s, is %s)", f.Want, f.Got)
		}
		e.say("%s", line)
	}
	verdict := "Everything agrees."
	if !res.Sound() {
		verdict = "Something is wrong."
	}
	e.say("Checked %s on %s receipts with %s lines and %s entries in %s. %s", strings.Join(res.Checks, ", "),
		count(res.Receipts), count(res.Lines), count(res.Entries), took.Round(10*time.Millisecond), verdict)
}
