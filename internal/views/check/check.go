// Package check recomputes everything from the receipts and the entries, and names what is off, down
// to the row. It trusts no running total: it is the proof that they can be trusted.
//
// Receipts, journal and stock moves are read once, side by side, so that it takes the time of reading
// them. Memory grows with the number of running totals and stock levels, never with that of receipts.
package check

import (
	"context"
	"fmt"
	"slices"

	"github.com/tillpost/tillpost/internal/base/money"
	"github.com/tillpost/tillpost/internal/platform/db"
)

// Names lists the checks in the order in which their findings come.
var Names = []string{Chain, Balance, Receipts, Tax, Stock, Totals, Drawers, Gaps, Outbox}

// The checks: hashes and sequences; debits, credits and accounts; receipts by themselves and against
// the journal; taxes; goods, levels and their value; running totals; cash; missing receipt numbers;
// what the outside was told.
const (
	Chain    = "chain"
	Balance  = "balance"
	Receipts = "receipts"
	Tax      = "tax"
	Stock    = "stock"
	Totals   = "totals"
	Drawers  = "drawers"
	Gaps     = "gaps"
	Outbox   = "outbox"
)

// Finding is one thing that is wrong, or worth knowing.
type Finding struct {
	Check   string `json:"check"`
	Where   string `json:"where"` // the row: "receipt S01/R1 #42", "account 1300 on 2026-03-14"
	Message string `json:"message"`
	Want    string `json:"want,omitempty"`
	Got     string `json:"got,omitempty"`
	Warning bool   `json:"warning,omitempty"` // worth knowing, not wrong
}

// Result is the outcome of a run. The counts are of what the checks that ran have read.
type Result struct {
	Checks   []string       `json:"checks"`
	Receipts int64          `json:"receipts"`
	Lines    int64          `json:"lines"`
	Entries  int64          `json:"entries"`
	Moves    int64          `json:"stock_moves"`
	Currency money.Currency `json:"currency"`
	Findings []Finding      `json:"findings"`
	// More is how many findings beyond FindingsMost were counted and not listed.
	More int64 `json:"more,omitempty"`
}

// FindingsMost bounds the list: a broken database must not fill the memory.
const FindingsMost = 1000

// Sound tells whether nothing is wrong.
func (r *Result) Sound() bool {
	return r.More == 0 && !slices.ContainsFunc(r.Findings, func(f Finding) bool { return !f.Warning })
}

// Progress is told now and then how far a run is: what it is reading, and how much of how much.
type Progress func(what string, done, total int64)

// Run runs the named checks, all of them when none is named, on one snapshot.
func Run(ctx context.Context, d *db.DB, currency money.Currency, names []string, tell Progress) (Result, error) {
	if tell == nil {
		tell = func(string, int64, int64) {}
	}
	for _, n := range names {
		if !slices.Contains(Names, n) {
			return Result{}, ErrUnknownCheck.Because(fmt.Errorf("%q", n))
		}
	}
	if len(names) == 0 {
		names = Names
	}
	var res Result
	err := d.Read(ctx, func(v *db.View) (err error) {
		res, err = look(v, currency, names, tell)
		return err
	})
	return res, err
}

// look runs the checks on a snapshot.
func look(q db.Q, currency money.Currency, names []string, tell Progress) (Result, error) {
	c := &checker{q: q, want: names, tell: tell, result: Result{Checks: names, Currency: currency, Findings: []Finding{}}}
	err := c.run()
	slices.SortStableFunc(c.result.Findings, func(a, b Finding) int { return slices.Index(Names, a.Check) - slices.Index(Names, b.Check) })
	return c.result, err
}

type checker struct {
	q      db.Q
	want   []string
	tell   Progress
	result Result
}

func (c *checker) wants(names ...string) bool {
	return slices.ContainsFunc(names, func(n string) bool { return slices.Contains(c.want, n) })
}

func (c *checker) run() error {
	for _, step := range []func() error{c.documents, c.gaps, c.outbox} {
		if err := step(); err != nil {
			return err
		}
	}
	return nil
}

// report notes a finding of a check that is wanted.
func (c *checker) report(f Finding) {
	if !c.wants(f.Check) {
		return
	}
	if len(c.result.Findings) < FindingsMost {
		c.result.Findings = append(c.result.Findings, f)
		return
	}
	c.result.More++
}

// differ notes a finding when two amounts differ.
func (c *checker) differ(check, where, message string, want, got money.Minor) {
	if want != got {
		cur := c.result.Currency
		c.report(Finding{Check: check, Where: where, Message: message, Want: cur.Format(want), Got: cur.Format(got)})
	}
}

type scanner func(into ...any) error

// rows calls fn for each row of a query.
func (c *checker) rows(q db.SQL, fn func(scanner) error, args ...any) error {
	rows, err := c.q.Query(q, args...)
	if err != nil {
		return err
	}
	defer rows.Close()
	for rows.Next() {
		if err := fn(rows.Scan); err != nil {
			return err
		}
	}
	return rows.Err()
}
