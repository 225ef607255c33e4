package inventory

import (
	"github.com/tillpost/tillpost/internal/base/qty"
	"github.com/tillpost/tillpost/internal/platform/db"
)

// Waiting is one line of goods that left a location, or came back to it, before anybody knew what they
// are. What they were sold for does not matter: nothing at all waits too.
type Waiting struct {
	Line     int // the receipt's line
	Item     string
	Location string
	Qty      qty.Qty // positive left the location, as in Issue
}

var waitingTable = db.Table{Name: "stock_waiting", Columns: []string{"entry_seq", "line_no", "location", "item", "qty"}}

// Wait keeps goods that the catalogue does not have. They move nothing until somebody says what they
// are; see Moved. entrySeq is the ledger entry of their receipt.
func Wait(tx *db.Tx, entrySeq int64, goods []Waiting) {
	for i := range goods {
		w := &goods[i]
		tx.Insert(&waitingTable, entrySeq, int64(w.Line), w.Location, w.Item, int64(-w.Qty))
	}
}

const (
	selectWaiting db.SQL = `SELECT location, CAST(SUM(qty) AS BIGINT) FROM stock_waiting WHERE item = $1 AND moved_seq = 0 GROUP BY location`
	takeWaiting   db.SQL = `UPDATE stock_waiting SET moved_seq = $1 WHERE item = $2 AND location = $3 AND moved_seq = 0`
	dropWaiting   db.SQL = `DELETE FROM stock_waiting WHERE item = $1 AND moved_seq = 0`
)

// WaitingOf is what waits of an item at each location, positive left it. What comes to nothing there is
// not listed. It does not see what the same group commit has recorded.
func WaitingOf(q db.Q, item string) (map[string]qty.Qty, error) {
	rows, err := q.Query(selectWaiting, item)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	out := map[string]qty.Qty{}
	for rows.Next() {
		var location string
		var n qty.Qty
		if err := rows.Scan(&location, &n); err != nil {
			return nil, err
		}
		if n != 0 {
			out[location] = -n
		}
	}
	return out, rows.Err()
}

// Moved notes that an entry's moves have taken what waited of an item at a location.
func Moved(tx *db.Tx, item, location string, entrySeq int64) error {
	_, err := tx.Exec(takeWaiting, entrySeq, item, location)
	return err
}

// NotGoods ends the waiting of an item that turns out to have no stock.
func NotGoods(tx *db.Tx, item string) error {
	_, err := tx.Exec(dropWaiting, item)
	return err
}
