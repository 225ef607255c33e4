package ledger

import (
	"math"
	"slices"

	"github.com/tillpost/tillpost/internal/base/day"
	"github.com/tillpost/tillpost/internal/base/id"
	"github.com/tillpost/tillpost/internal/platform/db"
)

// Wanted says which entries a list has. Empty fields do not narrow it.
type Wanted struct {
	From, To day.Day // on which they count, both included
	Store    string  // of the entry
	Kind     string
	Account  string // on which they have a line
	Doc      id.ID
}

// Place is where an entry stands in a list.
type Place struct {
	Seq int64 `json:"s"`
	// Last is where the list ends, found once for all its pages: 0 is not known yet.
	Last int64 `json:"l"`
}

const (
	wanted = `SELECT seq, id, kind, doc, store, register, business_day, effective_day, posted_ms, memo, attachment, reverses,
		prev_hash, hash FROM entries WHERE seq > $1 AND seq <= $2 AND effective_day >= $3 AND effective_day <= $4
		AND ($5 = '' OR store = $5) AND ($6 = '' OR kind = $6)`
	selectWanted   db.SQL = wanted + ` ORDER BY seq LIMIT $7`
	selectWantedOf db.SQL = wanted + ` AND EXISTS (SELECT 1 FROM entry_lines l WHERE l.entry_seq = entries.seq AND l.account = $8) ORDER BY seq LIMIT $7`
	daysOfAccount  db.SQL = `SELECT COALESCE(MIN(day), ''), COALESCE(MAX(day), '') FROM account_days WHERE account = $1 AND day >= $2 AND day <= $3`
)

// forever is a day after all others.
const forever day.Day = "9999-12-31"

// Page is the next most entries behind a place, in the order in which they were posted, and where the
// list ends; the zero Place is before the first. A page costs what lies between its first and its last
// entry.
func Page(q db.Q, w Wanted, after Place, most int) (entries []Entry, last int64, err error) {
	if !w.Doc.IsZero() {
		entries, err = w.ofDoc(q, after.Seq, most)
		return entries, after.Last, err
	}
	if w.To == "" {
		w.To = forever
	}
	if w.Account != "" && !storable(w.Account) {
		return nil, 0, nil
	}
	if w.Account != "" {
		if err := q.QueryRow(daysOfAccount, w.Account, string(w.From), string(w.To)).Scan(&w.From, &w.To); err != nil || w.To == "" {
			return nil, 0, err
		}
	}
	if after.Last == 0 && w.From == "" && w.To == forever {
		after.Last = math.MaxInt64
	}
	if after.Last == 0 {
		first, last, err := Span(q, w.From, w.To)
		if err != nil || first > last {
			return nil, 0, err
		}
		after.Seq, after.Last = max(after.Seq, first-1), last
	}
	statement, args := selectWanted, []any{after.Seq, after.Last, string(w.From), string(w.To), w.Store, w.Kind, int64(most)}
	if w.Account != "" {
		statement, args = selectWantedOf, append(args, w.Account)
	}
	if entries, err = scanEntries(q, nil, statement, args...); err != nil {
		return nil, 0, err
	}
	return entries, after.Last, linesOf(q, entries)
}

// dense is how many entries may lie between those that are wanted for one reading of all their lines to
// be better than one for each.
const dense = 4

// linesOf reads the lines of entries that are in order and need not follow one another.
func linesOf(q db.Q, entries []Entry) error {
	if n := len(entries); n == 0 || entries[n-1].Seq-entries[0].Seq < int64(dense*n) {
		for rest := entries; len(rest) > 0; {
			_, done, err := readLines(q, rest, nil)
			if err != nil {
				return err
			}
			rest = rest[done:]
		}
		return nil
	}
	for i := range entries {
		if _, _, err := readLines(q, entries[i:i+1], nil); err != nil {
			return err
		}
	}
	return nil
}

// ofDoc are the entries of one document.
func (w *Wanted) ofDoc(q db.Q, after int64, most int) ([]Entry, error) {
	all, err := ByDoc(q, w.Doc)
	kept := slices.DeleteFunc(all, func(e Entry) bool { return e.Seq <= after || !w.has(&e) })
	return kept[:min(len(kept), most)], err
}

// has tells whether an entry is wanted.
func (w *Wanted) has(e *Entry) bool {
	return e.EffectiveDay >= w.From && (w.To == "" || e.EffectiveDay <= w.To) && (w.Store == "" || e.Store == w.Store) &&
		(w.Kind == "" || e.Kind == w.Kind) && (w.Account == "" || slices.ContainsFunc(e.Lines, func(l Line) bool { return l.Account == w.Account }))
}
