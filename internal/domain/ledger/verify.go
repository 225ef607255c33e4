package ledger

import (
	"database/sql"
	"errors"
	"fmt"
	"maps"
	"math"
	"slices"

	"github.com/tillpost/tillpost/internal/base/day"
	"github.com/tillpost/tillpost/internal/base/id"
	"github.com/tillpost/tillpost/internal/base/money"
	"github.com/tillpost/tillpost/internal/platform/db"
)

// Finding is one thing that is wrong in the ledger's rows.
type Finding struct {
	Seq     int64  `json:"seq,omitempty"` // the entry, 0 when it is none
	Entry   id.ID  `json:"entry,omitzero"`
	Code    string `json:"code"` // stable; one of the Found constants
	Message string `json:"message"`
	Total   *Total `json:"total,omitempty"` // the running total that is wrong

	Off money.Minor `json:"off,omitempty"` // debits less credits of an entry that does not balance
}

// Total is a running total as it is, and what its lines come to.
type Total struct {
	Account     string      `json:"account"`
	Day         day.Day     `json:"day,omitempty"`
	Month       string      `json:"month,omitempty"` // of a month's total, which is of all stores
	Store       string      `json:"store"`
	Debit       money.Minor `json:"debit"`
	Credit      money.Minor `json:"credit"`
	LinesDebit  money.Minor `json:"lines_debit"`
	LinesCredit money.Minor `json:"lines_credit"`
}

// What Verify can find.
const (
	FoundMissing     = "entry_missing"       // a number of the sequence has no entry
	FoundChanged     = "entry_changed"       // the content is not what was hashed
	FoundBroken      = "chain_broken"        // the entry does not follow the one before it
	FoundUnbalanced  = "entry_unbalanced"    // debits and credits differ
	FoundNoAccount   = "entry_account"       // a line names an account that does not exist
	FoundOrphan      = "lines_without_entry" // lines whose entry is gone
	FoundHead        = "chain_head"          // the chain's recorded end is another: entries are missing at the end
	FoundTotal       = "account_day_total"   // a running total differs from its lines
	FoundTotalOrphan = "account_day_extra"   // a running total without lines
	FoundMonth       = "account_month_total" // the same of a month's total
)

// findingsMost bounds the list: after so many the rest is only counted.
const findingsMost = 100

// Check is the result of Verify.
type Check struct {
	Entries  int64     `json:"entries"`
	Lines    int64     `json:"lines"`
	Findings []Finding `json:"findings"` // the first ones, in order
	Count    int64     `json:"count"`    // of all findings
	Head     string    `json:"head"`     // hash of the last entry, in hexadecimal
}

// OK tells whether nothing was found.
func (c *Check) OK() bool { return c.Count == 0 }

const (
	orphanLines db.SQL = `SELECT l.entry_seq, COUNT(*) FROM entry_lines l WHERE NOT EXISTS (SELECT 1 FROM entries e WHERE e.seq = l.entry_seq)
		GROUP BY l.entry_seq ORDER BY l.entry_seq`
	spanOfLines db.SQL = `SELECT COALESCE(MIN(entry_seq), 1), COALESCE(MAX(entry_seq), 0) FROM entry_lines`
	selectCodes db.SQL = `SELECT code, type, currency FROM accounts`
	selectDays  db.SQL = `SELECT account, day, store, debit, credit FROM account_days`

	selectMonths db.SQL = `SELECT month, account, debit, credit FROM account_months`
)

// VerifyChain reads the whole ledger once and recomputes what it says of itself: the sequence, every
// hash, every balance, the end of the chain and the running totals. progress, unless nil, is called
// now and then with the number of entries done. Memory is bounded by the number of running totals.
func VerifyChain(q db.Q, progress func(done int64)) (Check, error) {
	v, err := NewVerifier(q)
	if err != nil {
		return Check{}, err
	}
	err = EachBatch(q, math.MinInt64, math.MaxInt64, func(batch []Entry) error {
		for i := range batch {
			v.Entry(&batch[i])
		}
		if progress != nil {
			progress(v.check.Entries)
		}
		return nil
	})
	if err != nil {
		return v.check, err
	}
	return v.Finish(q)
}

// Verifier is VerifyChain for callers that read the ledger for a purpose of their own: give it every
// entry in the order of Seq, then Finish.
type Verifier struct {
	check   Check
	g       *group
	sum     [32]byte // hash of the last entry as it is computed
	missing bool     // an entry of the sequence
}

// NewVerifier begins with an empty ledger and the chart of accounts.
func NewVerifier(q db.Q) (*Verifier, error) {
	v := &Verifier{g: newGroup()}
	return v, v.accounts(q)
}

// Finish compares what the entries came to with what is recorded beside them.
func (v *Verifier) Finish(q db.Q) (Check, error) {
	v.check.Head = fmt.Sprintf("%x", v.g.hash)
	months := v.g.months() // before totals forgets what agrees
	for _, step := range []func(db.Q) error{v.head, v.orphans, v.totals, func(q db.Q) error { return v.months(q, months) }} {
		if err := step(q); err != nil {
			return v.check, err
		}
	}
	return v.check, nil
}

// accounts reads the whole chart.
func (v *Verifier) accounts(q db.Q) error {
	rows, err := q.Query(selectCodes)
	if err != nil {
		return err
	}
	defer rows.Close()
	return v.g.scanKnown(rows)
}

func (v *Verifier) find(e *Entry, code, message string, args ...any) {
	f := Finding{Code: code, Message: fmt.Sprintf(message, args...)}
	if e != nil {
		f.Seq, f.Entry = e.Seq, e.ID
	}
	v.add(f)
}

func (v *Verifier) add(f Finding) {
	v.check.Count++
	if len(v.check.Findings) < findingsMost {
		v.check.Findings = append(v.check.Findings, f)
	}
}

// Entry checks one entry against the one before it. Where it is wrong, the check goes on with what is
// stored, so that one bad entry is one finding.
func (v *Verifier) Entry(e *Entry) {
	v.check.Entries++
	v.check.Lines += int64(len(e.Lines))
	switch {
	case e.Seq != v.g.number+1:
		v.missing = true
		v.find(e, FoundMissing, "entry %d follows entry %d: entries are missing between them", e.Seq, v.g.number)
	case e.PrevHash != v.g.hash && e.PrevHash != v.sum: // a changed hash is the fault of the entry that it is on
		v.find(e, FoundBroken, "entry %d does not carry the hash of the entry before it", e.Seq)
	}
	if v.sum, v.g.scratch = e.Sum256(v.g.scratch); v.sum != e.Hash {
		v.find(e, FoundChanged, "entry %d (%s of %s) was changed after it was posted", e.Seq, e.Kind, e.BusinessDay)
	}
	if off, err := e.Sum(); err != nil || off != 0 {
		v.add(Finding{Seq: e.Seq, Entry: e.ID, Code: FoundUnbalanced, Message: fmt.Sprintf("entry %d does not balance", e.Seq), Off: off})
	}
	for i := range e.Lines {
		if _, ok := v.g.accounts[e.Lines[i].Account]; !ok {
			v.find(e, FoundNoAccount, "line %d of entry %d names account %q, which does not exist", i+1, e.Seq, e.Lines[i].Account)
		}
	}
	if err := v.g.add(e); err != nil {
		v.find(e, FoundTotal, "the amounts of entry %d are too large to add up", e.Seq)
	}
	v.g.number, v.g.hash = e.Seq, e.Hash
}

func (v *Verifier) head(q db.Q) error {
	var number int64
	var hash []byte
	err := q.QueryRow(selectHead, chainName).Scan(&number, &hash)
	if err != nil && !errors.Is(err, sql.ErrNoRows) {
		return err
	}
	if number != v.g.number || number > 0 && string(hash) != string(v.g.hash[:]) {
		v.find(nil, FoundHead, "the chain was recorded to end with entry %d, and ends with entry %d", number, v.g.number)
	}
	return nil
}

// orphans looks for lines whose entry is gone. Where no entry is missing there are none within the
// sequence.
func (v *Verifier) orphans(q db.Q) error {
	var first, last int64
	if err := q.QueryRow(spanOfLines).Scan(&first, &last); err != nil {
		return err
	}
	if !v.missing && first >= 1 && last <= v.g.number {
		return nil
	}
	rows, err := q.Query(orphanLines)
	if err != nil {
		return err
	}
	defer rows.Close()
	for rows.Next() {
		var seq, n int64
		if err := rows.Scan(&seq, &n); err != nil {
			return err
		}
		v.find(&Entry{Seq: seq}, FoundOrphan, "%d lines name entry %d, which does not exist", n, seq)
	}
	return rows.Err()
}

// totals compares the running totals with the sums of the lines.
func (v *Verifier) totals(q db.Q) error {
	rows, err := q.Query(selectDays)
	if err != nil {
		return err
	}
	defer rows.Close()
	stored := make(map[dayKey]dayTotal, len(v.g.days))
	for rows.Next() {
		var k dayKey
		var is dayTotal
		if err := rows.Scan(&k.account, &k.day, &k.store, &is.debit, &is.credit); err != nil {
			return err
		}
		if want := v.g.days[k]; want != nil && *want == is {
			delete(v.g.days, k)
			continue
		}
		stored[k] = is
	}
	if err := rows.Err(); err != nil {
		return err
	}
	for _, k := range slices.SortedFunc(maps.Keys(stored), dayKey.compare) {
		is, want := stored[k], v.g.days[k]
		if want == nil {
			v.total(FoundTotalOrphan, "the running total has no lines", k, is, dayTotal{})
			continue
		}
		v.total(FoundTotal, "the running total is not what its lines come to", k, is, *want)
		delete(v.g.days, k)
	}
	for _, k := range slices.SortedFunc(maps.Keys(v.g.days), dayKey.compare) {
		v.total(FoundTotal, "the running total is missing", k, dayTotal{}, *v.g.days[k])
	}
	return nil
}

// months compares the totals of months with the sums of the lines.
func (v *Verifier) months(q db.Q, want map[monthKey]dayTotal) error {
	rows, err := q.Query(selectMonths)
	if err != nil {
		return err
	}
	defer rows.Close()
	stored := map[monthKey]dayTotal{}
	for rows.Next() {
		var k monthKey
		var is dayTotal
		if err := rows.Scan(&k.month, &k.account, &is.debit, &is.credit); err != nil {
			return err
		}
		if stored[k] = is; want[k] == (dayTotal{}) {
			want[k] = dayTotal{} // it has to be nothing
		}
	}
	for _, k := range slices.SortedFunc(maps.Keys(want), monthKey.compare) {
		if is, sum := stored[k], want[k]; is != sum {
			v.add(Finding{Code: FoundMonth, Message: fmt.Sprintf("account %s, %s: the running total is not what its lines come to", k.account, k.month),
				Total: &Total{Account: k.account, Month: k.month, Debit: money.Minor(is.debit), Credit: money.Minor(is.credit),
					LinesDebit: money.Minor(sum.debit), LinesCredit: money.Minor(sum.credit)}})
		}
	}
	return rows.Err()
}

func (v *Verifier) total(code, message string, k dayKey, is, want dayTotal) {
	v.add(Finding{Code: code, Message: fmt.Sprintf("account %s, %s, store %q: %s", k.account, k.day, k.store, message),
		Total: &Total{Account: k.account, Day: k.day, Store: k.store, Debit: money.Minor(is.debit), Credit: money.Minor(is.credit),
			LinesDebit: money.Minor(want.debit), LinesCredit: money.Minor(want.credit)}})
}
