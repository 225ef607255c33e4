package resolve

import (
	"time"

	"github.com/tillpost/tillpost/internal/base/id"
	"github.com/tillpost/tillpost/internal/base/qty"
	"github.com/tillpost/tillpost/internal/domain/inventory"
	"github.com/tillpost/tillpost/internal/platform/db"
)

// What the receipts that met an unknown item sold of it, less what their entries and earlier reclasses
// moved of it, is what has not left the stock.
//
// Those receipts are found by their lines in suspense, which have an index. A receipt that gave the
// item away has no such line, but like all the others it was noted on the item's task: when the tasks
// count more receipts than the suspense shows, everything since the first of them is read.
const (
	selectMet db.SQL = `SELECT CAST(COALESCE(SUM(t.count), 0) AS BIGINT), CAST(COALESCE(MIN(r.seq), 0) AS BIGINT)
		FROM tasks t LEFT JOIN receipts r ON r.id = t.doc WHERE t.key = $1`
	countSuspended db.SQL = `SELECT COUNT(DISTINCT e.doc)` + suspendedEntries

	suspendedEntries = ` FROM entry_lines u JOIN entries e ON e.seq = u.entry_seq
		WHERE u.unknown = $1 AND u.unknown <> '' AND e.kind IN ('sale', 'void')`
	suspendedReceipts = `(SELECT r.seq, r.id, r.store FROM receipts r JOIN (SELECT DISTINCT e.doc AS doc` + suspendedEntries + `) s ON s.doc = r.id)`
	laterReceipts     = `(SELECT r.seq, r.id, r.store FROM receipts r JOIN (SELECT DISTINCT l.receipt_seq AS seq FROM receipt_lines l
		WHERE l.receipt_seq >= $1 AND l.item = $2 AND l.kind = 'item') s ON s.seq = r.seq WHERE r.kind IN ('sale', 'void'))`

	sold = ` d JOIN receipt_lines l ON l.receipt_seq = d.seq
		WHERE l.item = $2 AND l.kind = 'item' AND l.disposition NOT IN ('none', 'damaged') GROUP BY d.store`
	moved = ` d JOIN entries e ON e.doc = d.id JOIN stock_moves m ON m.entry_seq = e.seq
		WHERE m.item = $2 AND e.kind IN ('sale', 'void') GROUP BY m.location`

	soldSuspended  db.SQL = `SELECT d.store, CAST(SUM(l.qty) AS BIGINT) FROM ` + suspendedReceipts + sold
	movedSuspended db.SQL = `SELECT m.location, CAST(SUM(m.qty) AS BIGINT) FROM ` + suspendedReceipts + moved
	soldLater      db.SQL = `SELECT d.store, CAST(SUM(l.qty) AS BIGINT) FROM ` + laterReceipts + sold
	movedLater     db.SQL = `SELECT m.location, CAST(SUM(m.qty) AS BIGINT) FROM ` + laterReceipts + moved
	movedByReclass db.SQL = `SELECT m.location, CAST(SUM(m.qty) AS BIGINT) FROM entries e JOIN stock_moves m ON m.entry_seq = e.seq
		WHERE e.doc = $1 AND m.item = $2 GROUP BY m.location`
)

// docOf is the document of a key's reclasses at a place: what they have moved is found by it.
func docOf(key string, at place) id.ID {
	return id.Derive(time.Time{}, "reclass", key+"\x00"+at.store+"/"+at.register)
}

// unmoved is what each store sold of the mapped item without moving it: sold while the SKU was
// unknown. Goods that came back damaged never reach the shelf, so they move nothing now.
func (w *work) unmoved() (map[place]inventory.Issue, error) {
	if w.goods == nil {
		return nil, nil
	}
	missing, err := w.missing()
	if err != nil {
		return nil, err
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

// missing is sold less moved, by store; what left has a negative quantity in the moves.
func (w *work) missing() (map[string]qty.Qty, error) {
	var met, first, suspended int64
	if err := w.tx.QueryRow(selectMet, w.m.Key).Scan(&met, &first); err != nil {
		return nil, err
	}
	if err := w.tx.QueryRow(countSuspended, w.m.Key).Scan(&suspended); err != nil {
		return nil, err
	}
	out := map[string]qty.Qty{}
	texts, receipts := [...]db.SQL{soldSuspended, movedSuspended}, any(w.m.Key)
	if suspended < met {
		texts, receipts = [...]db.SQL{soldLater, movedLater}, first
	}
	for _, q := range texts {
		if err := w.sum(out, q, receipts); err != nil {
			return nil, err
		}
	}
	for store := range out {
		doc := docOf(w.m.Key, place{store: store})
		if err := w.sum(out, movedByReclass, doc[:]); err != nil {
			return nil, err
		}
	}
	return out, nil
}

// sum adds the quantities of a statement to those of the stores.
func (w *work) sum(into map[string]qty.Qty, q db.SQL, which any) error {
	rows, err := w.tx.Query(q, which, w.name)
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
