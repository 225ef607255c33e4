package tieout

import (
	"github.com/tillpost/tillpost/internal/domain/inventory"
	"github.com/tillpost/tillpost/internal/platform/db"
)

const (
	sumMoves db.SQL = `SELECT count(*), CAST(COALESCE(SUM(m.qty), 0) AS BIGINT), CAST(COALESCE(SUM(m.value), 0) AS BIGINT)
		FROM entries e JOIN stock_moves m ON m.entry_seq = e.seq WHERE` + scopeEntries

	// Goods that nobody knew when they were sold moved no stock then: their moves belong to the mapping.
	// They are found by their lines in suspense.
	waitingGoods db.SQL = `SELECT CAST(COALESCE(SUM(l.qty), 0) AS BIGINT) FROM (SELECT DISTINCT e.doc AS doc, u.unknown AS unknown
			FROM entry_lines u JOIN entries e ON e.seq = u.entry_seq WHERE u.unknown <> '' AND substr(u.unknown, 1, 5) = 'item:' AND` + scopeEntries + `) x
		JOIN receipts r ON r.id = x.doc JOIN receipt_lines l ON l.receipt_seq = r.seq AND 'item:' || l.item = x.unknown
		WHERE l.kind = 'item' AND l.disposition NOT IN ('none','damaged') AND l.item IN (SELECT sku FROM items WHERE kind = 'item')`

	// Those that were given away have no line in suspense. The task that asked about them says so.
	givenAway db.SQL = `SELECT CAST(COALESCE(SUM(l.qty), 0) AS BIGINT) FROM receipts r JOIN receipt_lines l ON l.receipt_seq = r.seq
		WHERE` + scopeReceipts + ` AND l.kind = 'item' AND l.disposition NOT IN ('none','damaged') AND l.net = 0 AND l.net_discount = 0
		AND l.item IN (SELECT sku FROM items WHERE kind = 'item') AND 'item:' || l.item IN (SELECT key FROM tasks WHERE kind = 'unknown_item')
		AND NOT EXISTS (SELECT 1 FROM entries e JOIN stock_moves m ON m.entry_seq = e.seq WHERE e.doc = r.id AND m.item = l.item)
		AND NOT EXISTS (SELECT 1 FROM entries e JOIN entry_lines u ON u.entry_seq = e.seq WHERE e.doc = r.id AND u.unknown = 'item:' || l.item)`
)

// stock reads the moves of the sales, and takes off the goods what moved nothing because it was unknown.
func (f *figures) stock(p *Proof) error {
	var waiting, given int64
	err := f.sums([]sum{{sumMoves, f.args, []any{&p.Moves, &f.moved, &f.movedValue}}, {waitingGoods, f.args, []any{&waiting}}})
	if err != nil {
		return err
	}
	f.goods -= waiting
	if f.goods == -f.moved {
		return nil
	}
	err = f.sums([]sum{{givenAway, f.args, []any{&given}}}) // seldom, and it looks at every line again
	f.goods -= given
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
