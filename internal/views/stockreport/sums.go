package stockreport

import (
	"slices"

	"github.com/tillpost/tillpost/internal/platform/db"
)

// The sums of now are made by the database: of many thousand levels come a dozen rows.
const (
	sumLocations db.SQL = `SELECT l.location, '', CAST(SUM(l.qty) AS BIGINT), CAST(SUM(l.value) AS BIGINT), COUNT(*)
	FROM stock_levels l LEFT JOIN items i ON i.sku = l.item
	WHERE (CAST($1 AS TEXT) = '' OR l.location = $1) AND (CAST($2 AS TEXT) = '' OR i.department = $2) AND (CAST($3 AS TEXT) = '' OR l.item = $3)
	AND (l.qty <> 0 OR l.value <> 0) GROUP BY l.location`
	sumDepartments db.SQL = `SELECT '', COALESCE(i.department, ''), CAST(SUM(x.qty) AS BIGINT), CAST(SUM(x.value) AS BIGINT), CAST(SUM(x.n) AS BIGINT)
	FROM (SELECT item, SUM(qty) AS qty, SUM(value) AS value, COUNT(*) AS n FROM stock_levels WHERE (CAST($1 AS TEXT) = '' OR location = $1)
	AND (CAST($3 AS TEXT) = '' OR item = $3) AND (qty <> 0 OR value <> 0) GROUP BY item) x LEFT JOIN items i ON i.sku = x.item
	WHERE (CAST($2 AS TEXT) = '' OR i.department = $2) GROUP BY COALESCE(i.department, '')`
)

// sums is what there is now by department or location.
func sums(q db.Q, query Query) ([]Row, error) {
	statement, to := sumDepartments, map[string]string{}
	if query.By == ByLocation {
		statement = sumLocations
		var err error
		if to, err = destinations(q); err != nil {
			return nil, err
		}
	}
	rows, err := q.Query(statement, query.Location, query.Department, query.Item)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	out := []Row{}
	for rows.Next() {
		var r Row
		if err := rows.Scan(&r.Location, &r.Department, &r.Qty, &r.Value, &r.Items); err != nil {
			return nil, err
		}
		r.Destination = to[r.Location]
		out = append(out, r)
	}
	slices.SortFunc(out, compare)
	return out, rows.Err()
}
