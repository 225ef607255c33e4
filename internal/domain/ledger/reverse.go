package ledger

import (
	"database/sql"
	"errors"
	"strconv"
	"time"

	"github.com/tillpost/tillpost/internal/base/day"
	"github.com/tillpost/tillpost/internal/base/id"
	"github.com/tillpost/tillpost/internal/platform/db"
)

// KindReversal is the Kind of the entries that Reverse builds.
const KindReversal = "reversal"

// Reverse builds the entry that takes back another one, line by line, on the day of the correction;
// the caller posts it. Nothing in the books is ever edited. memo "" names the entry taken back. The
// same entry always gets the same reversal id, and Post refuses a second one.
//
// It turns only the ledger. An entry that also moved stock or a drawer is taken back by the flow that
// made it.
func Reverse(q db.Q, entry id.ID, on day.Day, memo string) (Entry, error) {
	was, err := Get(q, entry)
	if err != nil {
		return Entry{}, err
	}
	var seq int64
	if err := q.QueryRow(reversedBy, entry[:]).Scan(&seq); !errors.Is(err, sql.ErrNoRows) {
		if err != nil {
			return Entry{}, err
		}
		return Entry{}, ErrAlreadyReversed.Named("entry", entry.String())
	}
	if _, err := day.Parse(string(on)); err != nil {
		return Entry{}, err
	}
	if on < was.BusinessDay {
		return Entry{}, ErrReversalDay.Named("entry", entry.String())
	}
	if memo == "" {
		memo = "reversal of entry " + strconv.FormatInt(was.Seq, 10)
	}
	e := Entry{ID: id.Derive(time.UnixMilli(was.PostedMs), "ledger/reversal", string(was.ID[:])), Kind: KindReversal,
		Doc: was.Doc, Store: was.Store, Register: was.Register, BusinessDay: on, Memo: memo, Reverses: was.ID,
		Lines: make([]Line, len(was.Lines))}
	for i, l := range was.Lines {
		l.Amount, l.Foreign.Minor = -l.Amount, -l.Foreign.Minor
		e.Lines[i] = l
	}
	return e, nil
}
