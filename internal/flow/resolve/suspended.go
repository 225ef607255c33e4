package resolve

import (
	"cmp"
	"maps"
	"slices"
	"strings"

	"github.com/tillpost/tillpost/internal/domain/inventory"
	"github.com/tillpost/tillpost/internal/flow/posting"
	"github.com/tillpost/tillpost/internal/platform/db"
)

// A document's line says by its sign whether something was sold or brought back. Voids, reversals and
// reclasses turn the sign of the line that they take back, so theirs is read the other way round: each
// sum then comes to zero once it is settled. What KindTurned settles has the other sign, and so have its
// lines. Only the lines after the last reclass are counted.
const (
	selectSuspended db.SQL = `SELECT l.account, l.store, e.register, l.department, l.tax_code, l.tender, l.party, l.foreign_currency,
		CASE WHEN (l.amount > 0) = (e.kind NOT IN ('void', 'reversal', 'reclass')) THEN 1 ELSE 0 END AS debit,
		CAST(SUM(l.amount) AS BIGINT), CAST(SUM(l.foreign_amount) AS BIGINT),
		CAST(SUM(CASE WHEN l.entry_seq > (SELECT COALESCE(MAX(p.entry_seq), 0) FROM entry_lines p JOIN entries r ON r.seq = p.entry_seq
			WHERE p.unknown = $1 AND p.unknown <> '' AND r.kind IN ('reclass', 'reclass_turned')) THEN 1 ELSE 0 END) AS BIGINT)
		FROM entry_lines l JOIN entries e ON e.seq = l.entry_seq
		WHERE l.unknown = $1 AND l.unknown <> ''
		GROUP BY l.account, l.store, e.register, l.department, l.tax_code, l.tender, l.party, l.foreign_currency,
		CASE WHEN (l.amount > 0) = (e.kind NOT IN ('void', 'reversal', 'reclass')) THEN 1 ELSE 0 END
		ORDER BY l.store, e.register, l.account, l.department, l.tax_code, l.tender, l.party, l.foreign_currency, debit`
)

// turned tells that a sum has the sign of the other side: voids came without the sales, or returns, that
// they take back.
func turned(s posting.Suspended) bool { return s.Debit == (s.Amount < 0) }

// place is whose entry it becomes: a store's, or, where the drawers matter, a register's.
type place struct{ store, register string }

func (p place) compare(o place) int {
	return cmp.Or(cmp.Compare(p.store, o.store), cmp.Compare(p.register, o.register))
}

type settledKey struct{}

// suspended is what the mapping settles. Somebody else may have given the same answer in the same group
// commit, and what it took out of suspense is not in the tables yet: then nothing is left.
func (w *work) suspended() (map[place][]posting.Suspended, error) {
	settled, err := db.Shared(w.tx, settledKey{}, func() (map[string]bool, error) { return map[string]bool{}, nil })
	if err != nil || settled[w.m.Key] {
		return nil, err
	}
	settled[w.m.Key] = true
	return suspended(w.tx, w.m.Key, w.byRegister)
}

// suspended reads what stands in suspense under a key, by place.
func suspended(q db.Q, key string, byRegister bool) (map[place][]posting.Suspended, error) {
	rows, err := q.Query(selectSuspended, key)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	out := map[place][]posting.Suspended{}
	for rows.Next() {
		var s posting.Suspended
		var debit int
		if err := rows.Scan(&s.Account, &s.Store, &s.Register, &s.Department, &s.TaxCode, &s.Tender, &s.Party, &s.Foreign.Currency,
			&debit, &s.Amount, &s.Foreign.Minor, &s.Lines); err != nil {
			return nil, err
		}
		s.Debit = debit == 1
		if !byRegister {
			s.Register = ""
		}
		at := place{s.Store, s.Register}
		out[at] = merge(out[at], s)
	}
	for at, list := range out {
		if list = slices.DeleteFunc(list, func(s posting.Suspended) bool { return s.Amount == 0 }); len(list) == 0 {
			delete(out, at)
		} else {
			out[at] = list
		}
	}
	return out, rows.Err()
}

// merge adds s to the sum that differs in nothing else.
func merge(list []posting.Suspended, s posting.Suspended) []posting.Suspended {
	for i := range list {
		same := list[i]
		same.Amount, same.Foreign.Minor, same.Lines = s.Amount, s.Foreign.Minor, s.Lines
		if same == s {
			list[i].Amount += s.Amount
			list[i].Foreign.Minor += s.Foreign.Minor
			list[i].Lines += s.Lines
			return list
		}
	}
	return append(list, s)
}

// waits tells whether money or goods wait under a key.
func waits(q db.Q, key string, byRegister bool) (bool, error) {
	open, err := suspended(q, key, byRegister)
	item, ok := strings.CutPrefix(key, "item:")
	if err != nil || len(open) > 0 || !ok {
		return len(open) > 0, err
	}
	goods, err := inventory.WaitingOf(q, item)
	return len(goods) > 0, err
}

// places lists where there is something to do, in order.
func places(open map[place][]posting.Suspended, late map[place]inventory.Issue) []place {
	all := map[place]bool{}
	for p := range open {
		all[p] = true
	}
	for p := range late {
		all[p] = true
	}
	return slices.SortedFunc(maps.Keys(all), place.compare)
}
