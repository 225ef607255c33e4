package inventory

import (
	"github.com/tillpost/tillpost/internal/base/fixed"
	"github.com/tillpost/tillpost/internal/base/id"
	"github.com/tillpost/tillpost/internal/base/money"
	"github.com/tillpost/tillpost/internal/base/qty"
	"github.com/tillpost/tillpost/internal/platform/db"
)

// selectCost finds a line's moves by the document of their entry: the moves do not repeat the
// document's id on half a million lines. What a damaged return throws away is not what it cost.
const selectCost db.SQL = `SELECT CAST(COALESCE(SUM(m.qty), 0) AS BIGINT), CAST(COALESCE(SUM(m.value), 0) AS BIGINT)
	FROM entries e JOIN stock_moves m ON m.entry_seq = e.seq
	WHERE e.doc = $1 AND m.doc_line = $2 AND m.kind <> 'damage' AND m.kind <> 'true_up'`

// CostOf is what a unit of a line cost when the document moved it, in the book currency c: what a
// return of the line, or its void, is worth. The second result is false when the document moved no
// goods on that line.
func CostOf(tx *db.Tx, c money.Currency, doc id.ID, line int) (money.Price, bool, error) {
	q, v, err := movedBy(tx, doc, line)
	if err != nil || q == 0 {
		return 0, false, err
	}
	p, err := unitOf(v, q, c)
	return p, err == nil, err
}

// SetBack values an issue that takes back what a line of an earlier document moved, all of it or a
// part: at what was booked then, to the minor unit. Nothing is set when the document moved no goods
// on that line.
func SetBack(tx *db.Tx, c money.Currency, is *Issue, doc id.ID, line int) error {
	q, v, err := movedBy(tx, doc, line)
	if err != nil || q == 0 {
		return err
	}
	if is.UnitCost, err = unitOf(v, q, c); err != nil {
		return err
	}
	is.HasCost = true
	if q < 0 {
		q, v = -q, -v
	}
	n := max(is.Qty, -is.Qty)
	if is.HasWorth = v >= 0 && n > 0 && n <= q; is.HasWorth {
		is.Worth, err = share(v, n, q)
	}
	return err
}

// movedBy is what a document's line moved into its location: negative when it sold.
func movedBy(tx *db.Tx, doc id.ID, line int) (q qty.Qty, v money.Minor, err error) {
	g, err := open(tx)
	if err != nil {
		return 0, 0, err
	}
	at, ok := g.receipts[doc]
	if !ok {
		err = tx.QueryRow(selectCost, doc[:], int64(line)).Scan(&q, &v)
		return q, v, err
	}
	for _, m := range g.moves[at.from:at.to] {
		if m.docLine == line && m.kind != Damage {
			q, v = q+m.qty, v+m.value
		}
	}
	return q, v, nil
}

// unitOf is the price of a unit of q that are worth v together.
func unitOf(v money.Minor, q qty.Qty, c money.Currency) (money.Price, error) {
	n, err := fixed.MulDiv(int64(v), fixed.Pow10(money.PricePlaces+qty.Places-c.Digits()), int64(q), fixed.HalfUp)
	return money.Price(n), err
}
