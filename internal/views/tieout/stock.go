package tieout

import (
	"github.com/tillpost/tillpost/internal/domain/inventory"
	"github.com/tillpost/tillpost/internal/platform/db"
)

const (
	sumMoves db.SQL = `SELECT count(*), CAST(COALESCE(SUM(m.qty), 0) AS BIGINT), CAST(COALESCE(SUM(m.value), 0) AS BIGINT)
		FROM entries e JOIN stock_moves m ON m.entry_seq = e.seq WHERE` + scopeEntries

	// Goods that nobody knew when they were sold moved no stock then: their moves belong to the mapping.
	// The sum has the sign of moves.
	waitingGoods db.SQL = `SELECT CAST(COALESCE(SUM(w.qty), 0) AS BIGINT) FROM stock_waiting w JOIN entries e ON e.seq = w.entry_seq
		WHERE` + scopeEntries + ` AND w.item IN (SELECT sku FROM items WHERE kind = 'item')`
)

// stock reads the moves of the sales, and takes off the goods what moved nothing because it was unknown.
func (f *figures) stock(p *Proof) error {
	var waiting int64
	err := f.sums([]sum{{sumMoves, f.args, []any{&p.Moves, &f.moved, &f.movedValue}}, {waitingGoods, f.args, []any{&waiting}}})
	f.goods += waiting
	return err
}

const (
	countTasks db.SQL = `SELECT count(*) FROM tasks WHERE state = 'open' AND ($1 = '' OR store = '' OR store = $1)`
	sumLevels  db.SQL = `SELECT CASE WHEN substr(location, 1, 8) = 'transit:' THEN 'transit:' ELSE location END, CAST(SUM(value) AS BIGINT)
		FROM stock_levels GROUP BY CASE WHEN substr(location, 1, 8) = 'transit:' THEN 'transit:' ELSE location END`
	sumBalances db.SQL = `SELECT account, store, CAST(SUM(debit - credit) AS BIGINT) FROM account_days WHERE account IN
		(SELECT account FROM account_roles WHERE role IN ('inventory', 'stock_in_transit')) GROUP BY account, store`
)

// now reads what the stock is worth at this moment, and the balance of its accounts. What is under way
// between stores is in no store's stock. It has an account of its own; where it has not, both are taken
// together for all stores, and a single one cannot be proved.
func (f *figures) now(p *Proof) error {
	if err := f.sums([]sum{{countTasks, []any{f.scope.Store}, []any{&p.OpenTasks}}}); err != nil {
		return err
	}
	shared := false
	for _, a := range f.accounts {
		shared = shared || a.inventory && a.transit
	}
	if shared && f.scope.Store != "" {
		return nil
	}
	err := f.each(sumLevels, nil, func(scan func(...any) error) error {
		var location string
		var value int64
		err := scan(&location, &value)
		if whole := f.scope.Store == "" && (shared || location != inventory.TransitPrefix); whole || location == f.scope.Store {
			f.levels += value
		}
		return err
	})
	if err != nil {
		return err
	}
	return f.each(sumBalances, nil, func(scan func(...any) error) error {
		var code, store string
		var value int64
		err := scan(&code, &store, &value)
		if f.accounts[code].inventory && (f.scope.Store == "" || store == f.scope.Store) {
			f.inventory += value
		}
		return err
	})
}
