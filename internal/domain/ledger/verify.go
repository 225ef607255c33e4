package ledger

import (
	"database/sql"
	"errors"
	"fmt"
	"maps"
	"math"
	"slices"

	"github.com/tillpost/tillpost/internal/base/id"
	"github.com/tillpost/tillpost/internal/platform/db"
)

// Finding is one thing that is wrong in the ledger's rows.
type Finding struct {
	Seq     int64  `json:"seq,omitempty"` // the entry, 0 when it is none
	Entry   id.ID  `json:"entry,omitzero"`
	Code    string `json:"code"` // stable; one of the Found constants
	Message string `json:"message"`
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
	selectCodes db.SQL = `SELECT code, type, currency FROM accounts`
	selectDays  db.SQL = `SELECT account, day, store, debit, credit FROM account_days`
)

// VerifyChain reads the whole ledger once and recomputes what it says of itself: the sequence, every
// hash, every balance, the end of the chain and the running totals. progress, unless nil, is called
// now and then with the number of entries done. Memory is bounded by the number of running totals.
func VerifyChain(q db.Q, progress func(done int64)) (Check, error) {
	v := verifier{g: newGroup()}
	if err := v.accounts(q); err != nil {
		return v.Check, err
	}
	err := EachBatch(q, math.MinInt64, math.MaxInt64, func(batch []Entry) error {
		for i := range batch {
			v.entry(&batch[i])
		}
		if progress != nil {
			progress(v.Entries)
		}
		return nil
	})
	if err != nil {
		return v.Check, err
	}
	v.Head = fmt.Sprintf("%x", v.g.hash)
	for _, step := range []func(db.Q) error{v.head, v.orphans, v.totals} {
		if err := step(q); err != nil {
			return v.Check, err
		}
	}
	return v.Check, nil
}

type verifier struct {
	Check
	g *group
}

// accounts reads the whole chart.
func (v *verifier) accounts(q db.Q) error {
	rows, err := q.Query(selectCodes)
	if err != nil {
		return err
	}
	defer rows.Close()
	return v.g.scanKnown(rows)
}

func (v *verifier) find(e *Entry, code, message string, args ...any) {
	v.Count++
	if len(v.Findings) >= findingsMost {
		return
	}
	f := Finding{Code: code, Message: fmt.Sprintf(message, args...)}
	if e != nil {
		f.Seq, f.Entry = e.Seq, e.ID
	}
	v.Findings = append(v.Findings, f)
}

// entry checks one entry against the one before it. Where it is wrong, the check goes on with what is
// stored, so that one bad entry is one finding.
func (v *verifier) entry(e *Entry) {
	v.Entries++
	v.Lines += int64(len(e.Lines))
	if e.Seq != v.g.number+1 {
		v.find(e, FoundMissing, "entry %d follows entry %d: entries are missing between them", e.Seq, v.g.number)
	}
	if e.PrevHash != v.g.hash {
		v.find(e, FoundBroken, "entry %d does not carry the hash of the entry before it", e.Seq)
	}
	var sum [32]byte
	if sum, v.g.scratch = e.Sum256(v.g.scratch); sum != e.Hash {
		v.find(e, FoundChanged, "entry %d (%s of %s) was changed after it was posted", e.Seq, e.Kind, e.BusinessDay)
	}
	if off, err := e.Sum(); err != nil || off != 0 {
		v.find(e, FoundUnbalanced, "entry %d is off by %d", e.Seq, off)
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

func (v *verifier) head(q db.Q) error {
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

func (v *verifier) orphans(q db.Q) error {
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
func (v *verifier) totals(q db.Q) error {
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
			v.find(nil, FoundTotalOrphan, "account %s, %s, store %q: the running total %d/%d has no lines", k.account, k.day, k.store, is.debit, is.credit)
			continue
		}
		v.find(nil, FoundTotal, "account %s, %s, store %q: the running total is %d/%d, its lines come to %d/%d", k.account, k.day, k.store,
			is.debit, is.credit, want.debit, want.credit)
		delete(v.g.days, k)
	}
	for _, k := range slices.SortedFunc(maps.Keys(v.g.days), dayKey.compare) {
		v.find(nil, FoundTotal, "account %s, %s, store %q: the running total is missing", k.account, k.day, k.store)
	}
	return nil
}
