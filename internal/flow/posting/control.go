package posting

import "github.com/tillpost/tillpost/internal/platform/db"

// selectControls names the accounts whose balance something else must equal: the stock's value, the
// cash in a drawer, deliveries without a bill, what waits in suspense.
const selectControls db.SQL = `SELECT account, role FROM account_roles WHERE role IN ('inventory', 'stock_in_transit', 'drawer', 'grni', 'suspense')`

// LoadControls returns the accounts that only the rules of their own documents may post to, with
// their role. A line by hand there would part the account from what it stands for.
func LoadControls(q db.Q) (map[string]string, error) {
	rows, err := q.Query(selectControls)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	controls := map[string]string{}
	for rows.Next() {
		var account, role string
		if err := rows.Scan(&account, &role); err != nil {
			return nil, err
		}
		controls[account] = role
	}
	return controls, rows.Err()
}
