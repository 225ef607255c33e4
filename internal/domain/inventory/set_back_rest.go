package inventory

import (
	"github.com/tillpost/tillpost/internal/base/id"
	"github.com/tillpost/tillpost/internal/base/money"
	"github.com/tillpost/tillpost/internal/base/qty"
	"github.com/tillpost/tillpost/internal/platform/db"
)

// Earlier is a line that took goods of the same sold line back before: of a recorded document, or of the
// one that is being recorded (Doc is zero), whose Qty and Worth are given.
type Earlier struct {
	Doc   id.ID
	Line  int
	Qty   qty.Qty // that came back, positive
	Worth money.Minor
}

// SetBackRest is SetBack for a part of a line of which other parts came back before: what stays sold is
// worth its rounded share of the whole, and the part is the difference to what stayed before. So parts
// add up to the whole, to the minor unit.
func SetBackRest(tx *db.Tx, c money.Currency, is *Issue, doc id.ID, line int, earlier []Earlier) error {
	if err := SetBack(tx, c, is, doc, line); err != nil || !is.HasWorth || len(earlier) == 0 {
		return err
	}
	q, v, err := movedBy(tx, doc, line)
	if err != nil {
		return err
	}
	if q < 0 {
		q, v = -q, -v
	}
	n := max(is.Qty, -is.Qty)
	var worth money.Minor
	for _, e := range earlier {
		if !e.Doc.IsZero() {
			if e.Qty, e.Worth, err = movedBy(tx, e.Doc, e.Line); err != nil {
				return err
			}
		}
		n, worth = n+e.Qty, worth+e.Worth
	}
	if n < 0 || n > q { // more than was sold: nothing to share
		return nil
	}
	all, err := share(v, n, q)
	if err == nil && all >= worth {
		is.Worth = all - worth
	}
	return err
}
