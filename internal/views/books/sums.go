package books

import (
	"github.com/tillpost/tillpost/internal/base/day"
	"github.com/tillpost/tillpost/internal/base/money"
	"github.com/tillpost/tillpost/internal/platform/db"
)

const (
	storeBalances db.SQL = `SELECT account,
	CAST(SUM(CASE WHEN day < $1 THEN debit - credit ELSE 0 END) AS BIGINT),
	CAST(SUM(CASE WHEN day >= $1 THEN debit ELSE 0 END) AS BIGINT),
	CAST(SUM(CASE WHEN day >= $1 THEN credit ELSE 0 END) AS BIGINT)
	FROM account_days WHERE day <= $2 AND store = $3 GROUP BY account`

	monthBalances db.SQL = `SELECT account, CAST(SUM(debit) AS BIGINT), CAST(SUM(credit) AS BIGINT) FROM account_months WHERE month < $1 GROUP BY account`
	// Only what has moved in the month is looked for, account by account.
	dayBalances db.SQL = `SELECT account, CAST(SUM(debit) AS BIGINT), CAST(SUM(credit) AS BIGINT) FROM account_days
	WHERE account IN (SELECT account FROM account_months WHERE month = $1) AND day >= $1 AND day <= $2 GROUP BY account`
)

// movements are the sums of every account in a scope, and of what was before it.
func movements(q db.Q, s Scope) ([]Balance, error) {
	if s.Store != "" {
		return storeMovements(q, s)
	}
	all, err := upTo(q, s.To)
	if err != nil || s.From == "" {
		return all, err
	}
	before, err := upTo(q, s.From.Add(-1))
	if err != nil {
		return nil, err
	}
	at := make(map[string]*Balance, len(before))
	for i := range before {
		at[before[i].Account] = &before[i]
	}
	for i := range all { // whatever was before has moved up to the end
		a := &all[i]
		if b := at[a.Account]; b != nil {
			a.Opening, a.Debit, a.Credit = b.Debit-b.Credit, a.Debit-b.Debit, a.Credit-b.Credit
		}
	}
	return all, nil
}

// upTo is what every account has moved to the end of a day, "" being the last: the months that are over
// by then, and the days of the one that is not.
func upTo(q db.Q, last day.Day) ([]Balance, error) {
	if last == "" {
		return read(q, monthBalances, nil, "9999-99")
	}
	if next := last.Add(1); next.Month() != last.Month() {
		return read(q, monthBalances, nil, next.Month())
	}
	out, err := read(q, monthBalances, nil, last.Month())
	if err != nil {
		return nil, err
	}
	return read(q, dayBalances, out, last.Month(), string(last))
}

// read adds rows to the balances of their accounts.
func read(q db.Q, query db.SQL, out []Balance, args ...any) ([]Balance, error) {
	at := make(map[string]int, len(out))
	for i := range out {
		at[out[i].Account] = i
	}
	rows, err := q.Query(query, args...)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	for rows.Next() {
		var account string
		var debit, credit money.Minor
		if err := rows.Scan(&account, &debit, &credit); err != nil {
			return nil, err
		}
		i, ok := at[account]
		if !ok {
			i = len(out)
			out = append(out, Balance{Account: account})
		}
		b := &out[i]
		if b.Debit, err = b.Debit.Add(debit); err != nil {
			return nil, err
		}
		if b.Credit, err = b.Credit.Add(credit); err != nil {
			return nil, err
		}
	}
	return out, rows.Err()
}

func storeMovements(q db.Q, s Scope) ([]Balance, error) {
	rows, err := q.Query(storeBalances, string(s.From), s.Until(), s.Store)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	var out []Balance
	for rows.Next() {
		var b Balance
		if err := rows.Scan(&b.Account, &b.Opening, &b.Debit, &b.Credit); err != nil {
			return nil, err
		}
		out = append(out, b)
	}
	return out, rows.Err()
}
