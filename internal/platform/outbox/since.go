package outbox

import (
	"database/sql"
	"slices"
	"time"

	"github.com/tillpost/tillpost/internal/platform/db"
)

// Change is one row of the log.
type Change struct {
	Seq     int64     `json:"seq"` // counts from 1 without a gap, in the order in which changes were committed
	Topic   Topic     `json:"topic"`
	Subject string    `json:"subject"`
	Store   string    `json:"store,omitempty"` // "" for the whole business
	Actor   string    `json:"actor,omitempty"` // who did it: "cli", "key:NAME", "system"
	At      time.Time `json:"at"`
}

// Filter chooses changes. An empty list does not restrict; the store "" stands for what belongs to the
// whole business.
type Filter struct {
	Topics []Topic
	Stores []string
}

// Wants tells whether a change passes the filter.
func (f Filter) Wants(c Change) bool {
	return (len(f.Topics) == 0 || slices.Contains(f.Topics, c.Topic)) && (len(f.Stores) == 0 || slices.Contains(f.Stores, c.Store))
}

// Limits of one reading.
const (
	// SinceMost is the most changes that Since returns at once.
	SinceMost = 1000
	// lookMost is how many rows one Since looks at: a filter that passes little must not hold the snapshot long.
	lookMost = 20_000
	lookPage = 1000
)

const (
	selectSince db.SQL = `SELECT seq, topic, subject, store, actor, at_ms FROM outbox WHERE seq > $1 ORDER BY seq LIMIT $2`
	selectLast  db.SQL = `SELECT CAST(COALESCE(MAX(seq), 0) AS BIGINT) FROM outbox`
)

// Since reads the changes behind a seq (0 for all), at most limit of them, and the seq to ask behind
// next time. When that is the seq that was asked for, there is nothing more yet. Less than limit does
// not mean that: one reading looks only at so many rows.
//
// Reading behind the last seq misses nothing: groups of writes commit one at a time, also those of
// several processes, so that no lower seq can appear later.
func Since(q db.Q, after int64, limit int, f Filter) (out []Change, last int64, err error) {
	if limit <= 0 || limit > SinceMost {
		limit = SinceMost
	}
	page, most := lookPage, lookMost
	if len(f.Topics)+len(f.Stores) == 0 {
		page, most = limit, limit
	}
	for looked, n := 0, page; looked < most && n == page && len(out) < limit; looked += n {
		before := after
		n = 0
		err := each(q, after, page, func(c Change) bool {
			n++
			after = c.Seq
			if f.Wants(c) {
				out = append(out, c)
			}
			return len(out) < limit
		})
		if err != nil {
			return nil, before, err
		}
	}
	return out, after, nil
}

// each hands over the rows behind a seq until take has enough.
func each(q db.Q, after int64, limit int, take func(c Change) bool) error {
	rows, err := q.Query(selectSince, after, int64(limit))
	if err != nil {
		return err
	}
	defer rows.Close()
	for rows.Next() {
		c, err := scan(rows)
		if err != nil {
			return err
		}
		if !take(c) {
			return rows.Close()
		}
	}
	return rows.Err()
}

// Last is the seq of the newest change, 0 when there is none.
func Last(q db.Q) (seq int64, err error) { return seq, q.QueryRow(selectLast).Scan(&seq) }

// LastIn is Last inside a transaction, with what its group has noted and not written yet.
func LastIn(tx *db.Tx) (int64, error) {
	next, err := tx.Next("outbox", 0)
	return next - 1, err
}

func scan(rows *sql.Rows) (Change, error) {
	var c Change
	var at int64
	err := rows.Scan(&c.Seq, &c.Topic, &c.Subject, &c.Store, &c.Actor, &at)
	c.At = time.UnixMilli(at).UTC()
	return c, err
}
