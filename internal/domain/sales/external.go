package sales

import (
	"database/sql"

	"github.com/tillpost/tillpost/internal/base/id"
	"github.com/tillpost/tillpost/internal/platform/db"
)

// External names a document of an outside system within a store.
type External struct{ Store, Number string }

var externalsLookup = db.Lookup{Table: "receipts", Keys: []string{"source", "external"}, Columns: []string{"store", "external", "id"},
	Where: "t.external <> ''"}

// Externals finds the receipts that carry the outside numbers of a source. A document whose time or
// place was read otherwise has another id, but the same number. It does not see what the same group
// commit has recorded.
func Externals(tx *db.Tx, source string, numbers []string) (map[External]id.ID, error) {
	out := map[External]id.ID{}
	keys := make([]any, 0, 2*len(numbers))
	for _, n := range numbers {
		keys = append(keys, source, n)
	}
	return out, tx.Lookup(&externalsLookup, keys, func(rows *sql.Rows) error {
		var x External
		var u id.ID
		err := rows.Scan(&x.Store, &x.Number, &u)
		out[x] = u
		return err
	})
}
