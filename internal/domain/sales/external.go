package sales

import (
	"github.com/tillpost/tillpost/internal/base/id"
	"github.com/tillpost/tillpost/internal/platform/db"
)

// External names a document of an outside system within a store.
type External struct{ Store, Number string }

const selectExternals db.SQL = `SELECT store, external, id FROM receipts WHERE external IN (` + hundred + `) AND external <> '' AND source = $101`

// Externals finds the receipts that carry the outside numbers of a source. A document whose time or
// place was read otherwise has another id, but the same number. It does not see what the same group
// commit has recorded.
func Externals(q db.Q, source string, numbers []string) (map[External]id.ID, error) {
	out := map[External]id.ID{}
	args := make([]any, chunk+1)
	args[chunk] = source
	for len(numbers) > 0 {
		n := min(chunk, len(numbers))
		for i := range chunk {
			args[i] = numbers[min(i, n-1)]
		}
		if err := externals(q, args, out); err != nil {
			return nil, err
		}
		numbers = numbers[n:]
	}
	return out, nil
}

func externals(q db.Q, args []any, into map[External]id.ID) error {
	rows, err := q.Query(selectExternals, args...)
	if err != nil {
		return err
	}
	defer rows.Close()
	for rows.Next() {
		var x External
		var u id.ID
		if err := rows.Scan(&x.Store, &x.Number, &u); err != nil {
			return err
		}
		into[x] = u
	}
	return rows.Err()
}
