package check

import (
	"fmt"

	"github.com/tillpost/tillpost/internal/base/money"
	"github.com/tillpost/tillpost/internal/base/qty"
	"github.com/tillpost/tillpost/internal/platform/db"
)

const (
	// Levels against the sums of their moves, both ways round.
	levelsOff db.SQL = `SELECT l.location, l.item, l.qty, l.value, CAST(COALESCE(m.qty, 0) AS BIGINT), CAST(COALESCE(m.value, 0) AS BIGINT)
		FROM stock_levels l LEFT JOIN (SELECT location, item, SUM(qty) AS qty, SUM(value) AS value FROM stock_moves GROUP BY location, item) m
		ON m.location = l.location AND m.item = l.item
		WHERE l.qty <> COALESCE(m.qty, 0) OR l.value <> COALESCE(m.value, 0) ORDER BY l.location, l.item`

	movesAlone db.SQL = `SELECT m.location, m.item, CAST(SUM(m.qty) AS BIGINT) FROM stock_moves m LEFT JOIN stock_levels l
		ON l.location = m.location AND l.item = m.item WHERE l.item IS NULL GROUP BY m.location, m.item ORDER BY m.location, m.item`

	// Each entry books on the inventory accounts exactly the value of its moves.
	entriesOff db.SQL = `SELECT e.seq, e.kind, CAST(COALESCE(j.amount, 0) AS BIGINT), CAST(COALESCE(m.value, 0) AS BIGINT) FROM entries e
		LEFT JOIN (SELECT entry_seq, SUM(amount) AS amount FROM entry_lines WHERE account IN
		(SELECT account FROM account_roles WHERE role IN ('inventory','stock_in_transit')) GROUP BY entry_seq) j ON j.entry_seq = e.seq
		LEFT JOIN (SELECT entry_seq, SUM(value) AS value FROM stock_moves GROUP BY entry_seq) m ON m.entry_seq = e.seq
		WHERE e.kind <> 'manual' AND COALESCE(j.amount, 0) <> COALESCE(m.value, 0) ORDER BY e.seq`

	levelsByLocation db.SQL = `SELECT location, CAST(SUM(value) AS BIGINT) FROM stock_levels GROUP BY location`
	booksByStore     db.SQL = `SELECT store, CAST(SUM(debit - credit) AS BIGINT) FROM account_days
		WHERE account IN (SELECT account FROM account_roles WHERE role = 'inventory') GROUP BY store`

	emptyWithValue db.SQL = `SELECT location, item, value FROM stock_levels WHERE qty = 0 AND value <> 0 ORDER BY location, item`

	// Goods on receipts against the moves that they made, item by item.
	goodsOff db.SQL = `SELECT item, CAST(SUM(sold) AS BIGINT), CAST(SUM(moved) AS BIGINT) FROM (
		SELECT l.item AS item, SUM(l.qty) AS sold, 0 AS moved FROM receipts r JOIN receipt_lines l ON l.receipt_seq = r.seq
			JOIN items i ON i.sku = l.item AND i.kind = 'item'
			WHERE r.kind IN ('sale','void') AND l.kind = 'item' AND l.disposition NOT IN ('none','damaged') GROUP BY l.item
		UNION ALL
		SELECT m.item, 0, SUM(-m.qty) FROM stock_moves m JOIN entries e ON e.seq = m.entry_seq
			WHERE e.kind IN ('sale','void','reclass') GROUP BY m.item) x
		GROUP BY item HAVING SUM(sold) <> SUM(moved) ORDER BY item`

	countMoves db.SQL = `SELECT count(*) FROM stock_moves`
)

// stock checks levels, moves, receipts and the inventory accounts against each other.
func (c *checker) stock() error {
	if !c.wants("stock") {
		return nil
	}
	c.tell("stock", 0, 1)
	if err := c.q.QueryRow(countMoves).Scan(&c.result.Moves); err != nil {
		return err
	}
	for _, step := range []func() error{c.stockLevels, c.stockEntries, c.stockReceipts, c.stockBooks} {
		if err := step(); err != nil {
			return err
		}
	}
	return nil
}

func (c *checker) stockLevels() error {
	err := c.rows(levelsOff, func(scan scanner) error {
		var location, item string
		var q, sum qty.Qty
		var value, moved money.Minor
		if err := scan(&location, &item, &q, &value, &sum, &moved); err != nil {
			return err
		}
		where := "item " + item + " at " + location
		if q != sum {
			c.report(Finding{Check: "stock", Where: where, Message: "the stock level is not the sum of the moves", Want: sum.String(), Got: q.String()})
		}
		c.differ("stock", where, "the stock value is not the sum of the moves", moved, value)
		return nil
	})
	if err != nil {
		return err
	}
	err = c.rows(movesAlone, func(scan scanner) error {
		var location, item string
		var q qty.Qty
		if err := scan(&location, &item, &q); err != nil {
			return err
		}
		c.report(Finding{Check: "stock", Where: "item " + item + " at " + location, Message: "there are moves and no stock level", Want: q.String()})
		return nil
	})
	if err != nil {
		return err
	}
	return c.rows(emptyWithValue, func(scan scanner) error {
		var location, item string
		var value money.Minor
		if err := scan(&location, &item, &value); err != nil {
			return err
		}
		c.differ("stock", "item "+item+" at "+location, "nothing is there, but it has a value", 0, value)
		return nil
	})
}

func (c *checker) stockEntries() error {
	return c.rows(entriesOff, func(scan scanner) error {
		var seq int64
		var kind string
		var booked, moved money.Minor
		if err := scan(&seq, &kind, &booked, &moved); err != nil {
			return err
		}
		c.differ("stock", fmt.Sprintf("entry %d (%s)", seq, kind), "the entry books another value than its stock moves have", moved, booked)
		return nil
	})
}

func (c *checker) stockReceipts() error {
	return c.rows(goodsOff, func(scan scanner) error {
		var item string
		var sold, moved qty.Qty
		if err := scan(&item, &sold, &moved); err != nil {
			return err
		}
		c.report(Finding{Check: "stock", Where: "item " + item, Message: "receipts sell another quantity than the stock moves say", Want: sold.String(), Got: moved.String()})
		return nil
	})
}

func (c *checker) stockBooks() error {
	sums := map[string]money.Minor{}
	err := c.rows(levelsByLocation, func(scan scanner) error {
		var location string
		var value money.Minor
		err := scan(&location, &value)
		if !isTransit(location) {
			sums[location] += value
		}
		return err
	})
	if err != nil {
		return err
	}
	err = c.rows(booksByStore, func(scan scanner) error {
		var store string
		var value money.Minor
		err := scan(&store, &value)
		sums[store] -= value
		return err
	})
	if err != nil {
		return err
	}
	for store, off := range sums {
		c.differ("stock", "inventory of "+orAll(store), "stock value and inventory accounts differ by", 0, off)
	}
	return nil
}

// isTransit tells whether a location holds goods on their way, which have an account of their own.
func isTransit(location string) bool { return len(location) > 8 && location[:8] == "transit:" }
