package ledger

import (
	"github.com/tillpost/tillpost/internal/base/day"
	"github.com/tillpost/tillpost/internal/base/id"
	"github.com/tillpost/tillpost/internal/base/money"
	"github.com/tillpost/tillpost/internal/platform/db"
)

// Late is an entry that counts on a later day than the one on which it happened, because that day's
// period was locked when it arrived.
type Late struct {
	Seq          int64       `json:"seq"`
	Entry        id.ID       `json:"entry"`
	Kind         string      `json:"kind"`
	Doc          id.ID       `json:"doc,omitzero"`
	Store        string      `json:"store,omitempty"`
	BusinessDay  day.Day     `json:"business_day"`
	EffectiveDay day.Day     `json:"effective_day"`
	Memo         string      `json:"memo,omitempty"`
	Debits       money.Minor `json:"debits"`
}

const selectLate db.SQL = `SELECT e.seq, e.id, e.kind, e.doc, e.store, e.business_day, e.effective_day, e.memo,
	(SELECT CAST(COALESCE(SUM(l.amount), 0) AS BIGINT) FROM entry_lines l WHERE l.entry_seq = e.seq AND l.amount > 0)
	FROM entries e
	WHERE e.effective_day >= $1 AND e.effective_day <> e.business_day AND e.business_day <= $2
	AND (e.effective_day <= $2 OR e.business_day >= $1)
	ORDER BY e.seq`

// LateArrivals calls fn for the late entries that happened in from..to or count in it, in order: they
// belong to the close papers of both months. "" is no bound.
func LateArrivals(q db.Q, from, to day.Day, fn func(Late) error) error {
	if to == "" {
		to = "9999-12-31"
	}
	rows, err := q.Query(selectLate, string(from), string(to))
	if err != nil {
		return err
	}
	defer rows.Close()
	for rows.Next() {
		var l Late
		if err := rows.Scan(&l.Seq, &l.Entry, &l.Kind, &l.Doc, &l.Store, &l.BusinessDay, &l.EffectiveDay, &l.Memo, &l.Debits); err != nil {
			return err
		}
		if err := fn(l); err != nil {
			return err
		}
	}
	return rows.Err()
}
