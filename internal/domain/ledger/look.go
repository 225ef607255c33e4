package ledger

import (
	"database/sql"

	"github.com/tillpost/tillpost/internal/base/day"
	"github.com/tillpost/tillpost/internal/base/money"
	"github.com/tillpost/tillpost/internal/platform/db"
)

// known is what Post needs to know of an account; the zero known is an account that does not exist.
type known struct {
	typ      Type
	currency money.Currency
}

// askMost is how many accounts are looked up with one statement: more than an entry usually names.
const askMost = 12

const selectKnown db.SQL = `SELECT code, type, currency FROM accounts WHERE code IN ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)`

// meet looks up the accounts of the lines that the group has not met yet, so that a posting costs its
// lines and not the length of the chart.
func (g *group) meet(q db.Q, lines []Line) error {
	var ask [askMost]string
	n := 0
	for i := range lines {
		code := lines[i].Account
		if _, ok := g.accounts[code]; ok {
			continue
		}
		g.accounts[code] = known{}
		ask[n] = code
		if n++; n == askMost {
			if err := g.ask(q, ask); err != nil {
				return err
			}
			n, ask = 0, [askMost]string{}
		}
	}
	if n == 0 {
		return nil
	}
	return g.ask(q, ask)
}

func (g *group) ask(q db.Q, codes [askMost]string) error {
	var args [askMost]any
	for i, c := range codes {
		args[i] = c
		if !storable(c) {
			args[i] = "" // PostgreSQL would refuse the statement
		}
	}
	rows, err := q.Query(selectKnown, args[:]...)
	if err != nil {
		return err
	}
	defer rows.Close()
	return g.scanKnown(rows)
}

func (g *group) scanKnown(rows *sql.Rows) error {
	for rows.Next() {
		var code, typ, currency string
		if err := rows.Scan(&code, &typ, &currency); err != nil {
			return err
		}
		g.accounts[code] = known{Type(typ), money.Currency(currency)}
	}
	return rows.Err()
}

// find looks up one account; ok is false when there is none.
func (g *group) find(q db.Q, code string) (k known, ok bool, err error) {
	err = g.meet(q, []Line{{Account: code}})
	k = g.accounts[code]
	return k, k.typ != "", err
}

// firstOpen is d, or the first day after the lock that covers it.
func (g *group) firstOpen(q db.Q, d day.Day) (day.Day, error) {
	if !g.lockRead {
		locked, err := LockedTo(q)
		if err != nil {
			return "", err
		}
		g.lockRead, g.locked, g.open = true, locked, ""
		if locked != "" {
			g.open = locked.Add(1)
		}
	}
	if d <= g.locked {
		return g.open, nil
	}
	return d, nil
}
