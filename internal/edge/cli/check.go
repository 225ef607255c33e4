package cli

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/tillpost/tillpost/internal/domain/org"
	"github.com/tillpost/tillpost/internal/flow/closeday"
	"github.com/tillpost/tillpost/internal/platform/db"
	"github.com/tillpost/tillpost/internal/views/check"
)

type checkCmd struct {
	Checks []string `arg:"" optional:"" help:"What to check: ${checks}. All when left out."`
	Format string   `help:"text or json." enum:"text,json" default:"text"`
}

// Help is the text below the flags.
func (checkCmd) Help() string {
	return `Everything is computed again from the receipts and the entries, row by row, while the shop goes on selling. It ends with 1
when something is wrong; a note is worth knowing and not wrong.`
}

// checkSeals is the check of closed days. Seals belong to the close of a day, so it stands beside the
// others.
const checkSeals = "seals"

// checkNames lists the checks for help texts.
func checkNames() string { return strings.Join(append(slices.Clone(check.Names), checkSeals), ", ") }

// Run recomputes the books; it exits with 1 when something is wrong.
func (c checkCmd) Run(e *env) error {
	d, shop, err := e.existing()
	if err != nil {
		return err
	}
	defer d.Close()
	began := time.Now()
	res, err := runCheck(e, d, shop, c.Checks)
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

// runCheck runs the named checks, all when none is named, with a progress line.
func runCheck(e *env, d *db.DB, shop org.Shop, names []string) (check.Result, error) {
	for _, n := range names {
		if n != checkSeals && !slices.Contains(check.Names, n) {
			return check.Result{}, ErrNoCheck.At(n).Because(errors.New("there are " + checkNames()))
		}
	}
	all := len(names) == 0
	rest := slices.DeleteFunc(slices.Clone(names), func(n string) bool { return n == checkSeals })
	res := check.Result{Currency: shop.Book, Findings: []check.Finding{}}
	if all || len(rest) > 0 {
		b := newBar(e.stderr)
		var err error
		res, err = check.Run(e.ctx, d, shop.Book, rest, func(name string, done, total int64) { b.show(done, total, "checking "+name) })
		b.clear()
		if err != nil {
			return res, err
		}
	}
	if !all && len(rest) == len(names) {
		return res, nil
	}
	res.Checks = append(slices.Clone(res.Checks), checkSeals)
	var broken []closeday.Finding
	err := d.Read(e.ctx, func(v *db.View) (err error) {
		broken, err = closeday.Verify(v)
		return err
	})
	for _, f := range broken {
		where := "seal of " + string(f.Seal.Day) + ", store " + f.Seal.Store
		if f.Seal.Register != "" {
			where += ", register " + f.Seal.Register
		}
		res.Findings = append(res.Findings, check.Finding{Check: checkSeals, Where: where, Message: f.Message})
	}
	return res, err
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
	of := ""
	if res.Receipts > 0 || res.Entries > 0 {
		of = fmt.Sprintf(" of %s with %s and %s", plural(res.Receipts, "receipt", "receipts"), plural(res.Lines, "line", "lines"),
			plural(res.Entries, "entry", "entries"))
	}
	e.say("Checked %s%s in %s. %s", strings.Join(res.Checks, ", "), of, round(took), verdict)
}
