package ledger

import (
	"database/sql"
	"math"

	"github.com/tillpost/tillpost/internal/base/day"
	"github.com/tillpost/tillpost/internal/base/id"
	"github.com/tillpost/tillpost/internal/base/money"
	"github.com/tillpost/tillpost/internal/platform/db"
)

// Reading in the ledger's order goes in batches, so that memory stays bounded: a batch ends after so
// many entries, or earlier when their lines are many.
const (
	batchEntries = 1000
	batchLines   = 20_000
)

const (
	selectEntries db.SQL = `SELECT seq, id, kind, doc, store, register, business_day, effective_day, posted_ms, memo, attachment, reverses,
		prev_hash, hash FROM entries WHERE seq >= $1 AND seq <= $2 ORDER BY seq LIMIT $3`
	selectByID db.SQL = `SELECT seq, id, kind, doc, store, register, business_day, effective_day, posted_ms, memo, attachment, reverses,
		prev_hash, hash FROM entries WHERE id = $1`
	selectByDoc db.SQL = `SELECT seq, id, kind, doc, store, register, business_day, effective_day, posted_ms, memo, attachment, reverses,
		prev_hash, hash FROM entries WHERE doc = $1 ORDER BY seq`
	selectLines db.SQL = `SELECT entry_seq, account, amount, store, department, tax_code, tender, party, unknown, foreign_currency, foreign_amount
		FROM entry_lines WHERE entry_seq >= $1 AND entry_seq <= $2 ORDER BY entry_seq, line_no`
	spanOfDays db.SQL = `SELECT MIN(seq), MAX(seq) FROM entries WHERE effective_day >= $1 AND effective_day <= $2`
)

// Get reads an entry with its lines; an unknown id is ErrUnknownEntry. It does not see entries that
// the same group commit has posted.
func Get(q db.Q, entry id.ID) (Entry, error) {
	found, err := entriesOf(q, selectByID, entry[:])
	if err != nil {
		return Entry{}, err
	}
	if len(found) == 0 {
		return Entry{}, ErrUnknownEntry.Named("entry", entry.String())
	}
	return found[0], nil
}

// ByDoc reads the entries of a document in the order in which they were posted.
func ByDoc(q db.Q, doc id.ID) ([]Entry, error) { return entriesOf(q, selectByDoc, doc[:]) }

func entriesOf(q db.Q, statement db.SQL, args ...any) ([]Entry, error) {
	found, err := scanEntries(q, nil, statement, args...)
	if err != nil {
		return nil, err
	}
	for i := range found {
		if _, _, err := readLines(q, found[i:i+1], nil); err != nil {
			return nil, err
		}
	}
	return found, nil
}

// Each calls fn for every entry from fromSeq on, in the order of Seq, with its lines. The entry and
// its lines are valid until fn returns. fn may read from q.
func Each(q db.Q, fromSeq int64, fn func(e *Entry) error) error {
	return EachBatch(q, fromSeq, math.MaxInt64, func(batch []Entry) error {
		for i := range batch {
			if err := fn(&batch[i]); err != nil {
				return err
			}
		}
		return nil
	})
}

// EachBatch is Each for callers that fetch something else for many entries at once: entries from..to
// in the order of Seq, in batches. The batch is valid until fn returns.
func EachBatch(q db.Q, from, to int64, fn func(batch []Entry) error) error {
	r := reader{q: q, from: from, to: to}
	for {
		batch, err := r.batch()
		if err != nil || len(batch) == 0 {
			return err
		}
		if err := fn(batch); err != nil {
			return err
		}
	}
}

// Cursor is Each for callers that read something else beside it: each call of next gives the next
// entry, nil after the last. The entry is valid until the next call.
func Cursor(q db.Q, fromSeq int64) (next func() (*Entry, error), err error) {
	r := reader{q: q, from: fromSeq, to: math.MaxInt64}
	batch, err := r.batch()
	at := 0
	return func() (*Entry, error) {
		if at == len(batch) && at > 0 {
			if batch, err = r.batch(); err != nil {
				return nil, err
			}
			at = 0
		}
		if len(batch) == 0 {
			return nil, nil
		}
		at++
		return &batch[at-1], nil
	}, err
}

// reader reads batch after batch into the same memory. Between batches nothing is open.
type reader struct {
	q        db.Q
	from, to int64
	entries  []Entry
	lines    []Line
}

// batch is the next one, empty at the end.
func (r *reader) batch() ([]Entry, error) {
	if r.from > r.to {
		return nil, nil
	}
	var err error
	if r.entries, err = scanEntries(r.q, r.entries[:0], selectEntries, r.from, r.to, int64(batchEntries)); err != nil || len(r.entries) == 0 {
		return nil, err
	}
	var done int
	if r.lines, done, err = readLines(r.q, r.entries, r.lines[:0]); err != nil {
		return nil, err
	}
	if r.from = r.entries[done-1].Seq; r.from == math.MaxInt64 {
		r.to = r.from - 1
	} else {
		r.from++
	}
	return r.entries[:done], nil
}

// Span is the first and last Seq of the entries that count on the days from..to; "" is no bound.
// Entries of other days may lie between. Without entries first is greater than last.
func Span(q db.Q, from, to day.Day) (first, last int64, err error) {
	if to == "" {
		to = "9999-12-31"
	}
	var a, b sql.NullInt64
	if err := q.QueryRow(spanOfDays, string(from), string(to)).Scan(&a, &b); err != nil {
		return 0, 0, err
	}
	if !a.Valid {
		return 1, 0, nil
	}
	return a.Int64, b.Int64, nil
}

func scanEntries(q db.Q, into []Entry, statement db.SQL, args ...any) ([]Entry, error) {
	rows, err := q.Query(statement, args...)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	var own, doc, reverses, prev, hash sql.RawBytes
	var business, effective string
	for rows.Next() {
		into = append(into, Entry{})
		e := &into[len(into)-1]
		if err := rows.Scan(&e.Seq, &own, &e.Kind, &doc, &e.Store, &e.Register, &business, &effective,
			&e.PostedMs, &e.Memo, &e.Attachment, &reverses, &prev, &hash); err != nil {
			return nil, err
		}
		e.BusinessDay, e.EffectiveDay = day.Day(business), day.Day(effective)
		copy(e.ID[:], own)
		copy(e.Doc[:], doc)
		copy(e.Reverses[:], reverses)
		copy(e.PrevHash[:], prev)
		copy(e.Hash[:], hash)
	}
	return into, rows.Err()
}

// readLines reads the lines of the entries, which must be in order, into one slice and cuts it up
// among them. It stops early when the lines are many, and says for how many entries it has them.
func readLines(q db.Q, entries []Entry, into []Line) ([]Line, int, error) {
	rows, err := q.Query(selectLines, entries[0].Seq, entries[len(entries)-1].Seq)
	if err != nil {
		return nil, 0, err
	}
	defer rows.Close()
	starts := make([]int, len(entries)+1)
	at := 0                        // the entry that the lines are of now
	var seq, amount, foreign int64 // plain types: Scan is several times slower with others
	var currency string
	var l Line
	for rows.Next() {
		if err := rows.Scan(&seq, &l.Account, &amount, &l.Store, &l.Department, &l.TaxCode, &l.Tender, &l.Party,
			&l.Unknown, &currency, &foreign); err != nil {
			return nil, 0, err
		}
		l.Amount, l.Foreign = money.Minor(amount), money.Amount{Minor: money.Minor(foreign), Currency: money.Currency(currency)}
		for entries[at].Seq < seq {
			at++
			starts[at] = len(into)
		}
		if entries[at].Seq != seq {
			continue // lines without an entry: Verify names them
		}
		if at > 0 && len(into) >= batchLines && starts[at] == len(into) {
			return into, share(entries[:at], into, starts), nil
		}
		into = append(into, l)
	}
	for at++; at <= len(entries); at++ {
		starts[at] = len(into)
	}
	return into, share(entries, into, starts), rows.Err()
}

// share gives each entry its part of the lines.
func share(entries []Entry, lines []Line, starts []int) int {
	for i := range entries {
		entries[i].Lines = lines[starts[i]:starts[i+1]:starts[i+1]]
	}
	return len(entries)
}

const firstDay db.SQL = `SELECT COALESCE(MIN(effective_day), '') FROM entries`

// FirstDay is the earliest day on which an entry counts, "" when there is none.
func FirstDay(q db.Q) (day.Day, error) {
	var d string
	err := q.QueryRow(firstDay).Scan(&d)
	return day.Day(d), err
}
