package resolve

import (
	"github.com/tillpost/tillpost/internal/base/qty"
	"github.com/tillpost/tillpost/internal/domain/inventory"
	"github.com/tillpost/tillpost/internal/platform/db"
)

// What receipts sold of an item less what their entries and earlier reclasses moved of it is what has
// not left the stock. Both tables are read whole: it happens once in an item's life, and an index for
// it would cost every sale.
const (
	selectSold db.SQL = `SELECT r.store, CAST(SUM(l.qty) AS BIGINT) FROM receipt_lines l JOIN receipts r ON r.seq = l.receipt_seq
		WHERE l.item = $1 AND l.kind = 'item' AND r.kind IN ('sale', 'void') AND l.disposition NOT IN ('none', 'damaged') GROUP BY r.store`
	selectMoved db.SQL = `SELECT m.location, CAST(SUM(m.qty) AS BIGINT) FROM stock_moves m JOIN entries e ON e.seq = m.entry_seq
		WHERE m.item = $1 AND e.kind IN ('sale', 'void', 'reclass') GROUP BY m.location`
)

// unmoved is what each store sold of the mapped item without moving it: sold while the SKU was
// unknown. Goods that came back damaged never reach the shelf, so they move nothing now.
func (w *work) unmoved() (map[place]inventory.Issue, error) {
	if w.goods == nil {
		return nil, nil
	}
	missing := map[string]qty.Qty{}
	for _, q := range [...]db.SQL{selectSold, selectMoved} { // what left has a negative quantity in the second
		if err := w.sum(q, missing); err != nil {
			return nil, err
		}
	}
	late := map[place]inventory.Issue{}
	for store, n := range missing {
		if _, ok := w.shop.Stores[store]; !ok || n == 0 {
			continue
		}
		kind := inventory.Sale
		if n < 0 {
			kind = inventory.Return
		}
		late[place{store: store}] = inventory.Issue{Line: 1, Item: w.name, Location: store, Kind: kind, Qty: n, Fallback: w.goods.Cost}
	}
	return late, nil
}

func (w *work) sum(q db.SQL, into map[string]qty.Qty) error {
	rows, err := w.tx.Query(q, w.name)
	if err != nil {
		return err
	}
	defer rows.Close()
	for rows.Next() {
		var store string
		var n qty.Qty
		if err := rows.Scan(&store, &n); err != nil {
			return err
		}
		into[store] += n
	}
	return rows.Err()
}
