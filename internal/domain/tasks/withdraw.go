package tasks

import (
	"database/sql"

	"github.com/tillpost/tillpost/internal/platform/db"
)

// Withdraw takes a task back that this group commit has opened and not written yet, and tells whether
// there was one. What an earlier group has written stays; see Resolve.
func Withdraw(tx *db.Tx, key string) (bool, error) {
	p, err := group(tx)
	if err != nil {
		return false, err
	}
	key = cut(key, keyMost)
	_, ok := p[key]
	delete(p, key)
	return ok, nil
}

// selectKeys has a bound on the key, which all of them pass: it is what makes SQLite read the index of
// the open tasks and not the table.
const selectKeys db.SQL = `SELECT key FROM tasks WHERE state = 'open' AND key > '' AND kind IN ($1, $2, $3) LIMIT $4`

// Keys returns the keys of the open tasks of three kinds, at most so many.
func Keys(q db.Q, kinds [3]string, most int) ([]string, error) {
	rows, err := q.Query(selectKeys, kinds[0], kinds[1], kinds[2], int64(most))
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	return scanKeys(rows)
}

func scanKeys(rows *sql.Rows) (keys []string, err error) {
	for rows.Next() {
		var key string
		if err := rows.Scan(&key); err != nil {
			return nil, err
		}
		keys = append(keys, key)
	}
	return keys, rows.Err()
}
