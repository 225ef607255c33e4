package stockreport

import (
	"cmp"
	"maps"
	"slices"
	"strings"

	"github.com/tillpost/tillpost/internal/base/money"
	"github.com/tillpost/tillpost/internal/base/qty"
	"github.com/tillpost/tillpost/internal/domain/inventory"
	"github.com/tillpost/tillpost/internal/platform/db"
)

// TieRow compares the stock of a store with the books: what lies there and what is on its way there,
// against the accounts of inventory and of goods in transit with this store.
type TieRow struct {
	Store      string      `json:"store"` // empty for entries that name none
	OnHand     money.Minor `json:"on_hand"`
	InTransit  money.Minor `json:"in_transit"`
	Ledger     money.Minor `json:"ledger"`
	Difference money.Minor `json:"difference"` // stock less ledger
}

// LevelOff is a level that is not the sum of its moves, or that has a value without a quantity.
type LevelOff struct {
	Location   string      `json:"location"`
	Item       string      `json:"item"`
	Qty        qty.Qty     `json:"qty"`
	Value      money.Minor `json:"value"`
	MovedQty   qty.Qty     `json:"moved_qty"`
	MovedValue money.Minor `json:"moved_value"`
}

// GRNI compares the deliveries that are not billed yet with their account.
type GRNI struct {
	Open       money.Minor `json:"open"`
	Ledger     money.Minor `json:"ledger"` // what is owed, positive
	Difference money.Minor `json:"difference"`
}

// Tie is the proof of the stock. OK is true when nothing differs.
type Tie struct {
	OK     bool       `json:"ok"`
	Stores []TieRow   `json:"stores"`
	Levels []LevelOff `json:"levels,omitempty"` // at most OffMost
	GRNI   GRNI       `json:"grni"`
}

// OffMost bounds how many wrong levels are listed: when there are more, the cause is one.
const OffMost = 1000

const (
	sumLevels db.SQL = `SELECT location, CAST(SUM(value) AS BIGINT) FROM stock_levels GROUP BY location`
	sumBooks  db.SQL = `SELECT store, CAST(SUM(debit - credit) AS BIGINT) FROM account_days WHERE account IN
		(SELECT account FROM account_roles WHERE role = 'inventory' OR role = 'stock_in_transit') GROUP BY store`
	selectSums db.SQL = `SELECT location, item, qty, value FROM stock_levels`
	sumOpen    db.SQL = `SELECT CAST(COALESCE(SUM(open_value), 0) AS BIGINT) FROM stock_docs`
	sumGRNI    db.SQL = `SELECT CAST(COALESCE(SUM(credit - debit), 0) AS BIGINT) FROM account_days WHERE account IN
		(SELECT account FROM account_roles WHERE role = 'grni')`
)

// TieOf compares the stock with its moves and with the books.
func TieOf(q db.Q) (Tie, error) {
	t := Tie{OK: true, Stores: []TieRow{}}
	if err := t.stores(q); err != nil {
		return t, err
	}
	if err := t.levels(q); err != nil {
		return t, err
	}
	if err := q.QueryRow(sumOpen).Scan(&t.GRNI.Open); err != nil {
		return t, err
	}
	if err := q.QueryRow(sumGRNI).Scan(&t.GRNI.Ledger); err != nil {
		return t, err
	}
	t.GRNI.Difference = t.GRNI.Open - t.GRNI.Ledger
	t.OK = t.OK && len(t.Levels) == 0 && t.GRNI.Difference == 0
	return t, nil
}

func (t *Tie) stores(q db.Q) error {
	to, err := destinations(q)
	if err != nil {
		return err
	}
	sums := map[string]*TieRow{}
	of := func(store string) *TieRow {
		if sums[store] == nil {
			sums[store] = &TieRow{Store: store}
		}
		return sums[store]
	}
	err = pairs(q, sumLevels, func(location string, v money.Minor) {
		if strings.HasPrefix(location, inventory.TransitPrefix) {
			of(to[location]).InTransit += v
		} else {
			of(location).OnHand += v
		}
	})
	if err != nil {
		return err
	}
	if err := pairs(q, sumBooks, func(store string, v money.Minor) { of(store).Ledger += v }); err != nil {
		return err
	}
	for _, store := range slices.Sorted(maps.Keys(sums)) {
		r := sums[store]
		r.Difference = r.OnHand + r.InTransit - r.Ledger
		t.OK = t.OK && r.Difference == 0
		t.Stores = append(t.Stores, *r)
	}
	return nil
}

func pairs(q db.Q, text db.SQL, each func(key string, v money.Minor)) error {
	rows, err := q.Query(text)
	if err != nil {
		return err
	}
	defer rows.Close()
	for rows.Next() {
		var key string
		var v money.Minor
		if err := rows.Scan(&key, &v); err != nil {
			return err
		}
		each(key, v)
	}
	return rows.Err()
}

// levels compares every level with the sum of its moves, both ways round.
func (t *Tie) levels(q db.Q) error {
	sums := map[place]*LevelOff{}
	of := func(at place) *LevelOff {
		l := sums[at]
		if l == nil {
			l = &LevelOff{Location: at.location, Item: at.item}
			sums[at] = l
		}
		return l
	}
	if err := eachMove(q, selectSums, nil, func(at place, n qty.Qty, v money.Minor) { l := of(at); l.Qty, l.Value = n, v }); err != nil {
		return err
	}
	if err := eachMove(q, selectMoves, nil, func(at place, n qty.Qty, v money.Minor) {
		l := of(at)
		l.MovedQty, l.MovedValue = l.MovedQty+n, l.MovedValue+v
	}); err != nil {
		return err
	}
	for _, l := range sums {
		if l.Qty != l.MovedQty || l.Value != l.MovedValue || l.Qty == 0 && l.Value != 0 {
			t.Levels = append(t.Levels, *l)
		}
	}
	slices.SortFunc(t.Levels, func(a, b LevelOff) int {
		return cmp.Or(strings.Compare(a.Location, b.Location), strings.Compare(a.Item, b.Item))
	})
	t.Levels = t.Levels[:min(len(t.Levels), OffMost)]
	return nil
}
