package inventory

import (
	"github.com/tillpost/tillpost/internal/base/fixed"
	"github.com/tillpost/tillpost/internal/base/money"
	"github.com/tillpost/tillpost/internal/base/qty"
)

// Level is what a location holds of one item. Its rules: no quantity has no value; the value never
// has the other sign than the quantity; what is taken out and what stays always add up.
type Level struct {
	Qty   qty.Qty     `json:"qty"`
	Value money.Minor `json:"value"` // minor units of the book currency; negative while Qty is
	// UnitCost is what a unit cost when that was last known, 0 when it never was. It values what is sold
	// while there is nothing in stock.
	UnitCost money.Price `json:"unit_cost"`
}

// worth is what q units, q > 0, cost when they leave: their share of the value. Taking everything
// takes the whole value; what is taken beyond that is priced.
func (l *Level) worth(q qty.Qty, c money.Currency, fallback money.Price) (money.Minor, error) {
	if l.Qty <= 0 {
		return l.priced(q, c, fallback)
	}
	if q <= l.Qty {
		return share(l.Value, q, l.Qty)
	}
	more, err := l.priced(q-l.Qty, c, fallback)
	if err != nil {
		return 0, err
	}
	return l.Value.Add(more)
}

// priced values q units, q > 0, that are not in stock: at the last known cost, or else the fallback,
// or else the average of what is there. The average comes last because the penny that rounding left
// behind would be a huge price for the last gram.
func (l *Level) priced(q qty.Qty, c money.Currency, fallback money.Price) (money.Minor, error) {
	price := l.UnitCost
	if price <= 0 {
		price = fallback
	}
	if price <= 0 {
		if l.Qty <= 0 {
			return 0, nil
		}
		return share(l.Value, q, l.Qty)
	}
	return money.Extend(price, q, c, fixed.HalfUp)
}

// take removes q units, q > 0, and returns their value.
func (l *Level) take(q qty.Qty, c money.Currency, fallback money.Price) (money.Minor, error) {
	v, err := l.worth(q, c, fallback)
	if err != nil {
		return 0, err
	}
	return v, l.add(-q, -v)
}

// receive adds q units, q > 0, that cost v. Units that were sold before they came get their true
// cost now: trueUp is what they cost more than they were booked at (less when negative). It has left
// with them, so the level grows by v - trueUp.
func (l *Level) receive(q qty.Qty, v money.Minor, c money.Currency) (trueUp money.Minor, err error) {
	switch owed := -l.Qty; {
	case owed <= 0:
	case q >= owed:
		cost, err := share(v, owed, q)
		if err != nil {
			return 0, err
		}
		trueUp = cost + l.Value // the value is negative: what they were booked at
	default:
		booked, err := share(-l.Value, q, owed)
		if err != nil {
			return 0, err
		}
		trueUp = v - booked
	}
	if err := l.add(q, v-trueUp); err != nil {
		return 0, err
	}
	return trueUp, l.learn(q, v, c)
}

// learn keeps the cost of a unit: the average of what is in stock, or what just came.
func (l *Level) learn(q qty.Qty, v money.Minor, c money.Currency) error {
	if l.Qty > 0 {
		q, v = l.Qty, l.Value
	}
	unit, err := unitOf(v, q, c)
	if err == nil && unit > 0 {
		l.UnitCost = unit
	}
	return err
}

// putBack adds q units, q > 0, that come without a purchase: a return, goods found. Their value is
// what they were sold at when that is known (has), or else what units of this item cost. Units that are missing below
// zero come back at what they were booked at, so that a sale below zero and its return cancel out.
func (l *Level) putBack(q qty.Qty, cost money.Price, has bool, c money.Currency, fallback money.Price) (money.Minor, error) {
	var v money.Minor
	var err error
	rest := q
	if owed := -l.Qty; owed > 0 {
		n := min(q, owed)
		if v, err = share(-l.Value, n, owed); err != nil {
			return 0, err
		}
		rest -= n
	}
	if rest > 0 {
		var more money.Minor
		if has && cost >= 0 {
			more, err = money.Extend(cost, rest, c, fixed.HalfUp)
		} else {
			more, err = l.priced(rest, c, fallback)
		}
		if err != nil {
			return 0, err
		}
		if v, err = v.Add(more); err != nil {
			return 0, err
		}
	}
	return v, l.add(q, v)
}

func (l *Level) add(q qty.Qty, v money.Minor) error {
	n, err := fixed.Add(int64(l.Qty), int64(q))
	if err != nil {
		return err
	}
	sum, err := l.Value.Add(v)
	if err != nil {
		return err
	}
	l.Qty, l.Value = qty.Qty(n), sum
	return nil
}

// share is the part of v that belongs to n of all units, rounded half up; all of them take all of it.
func share(v money.Minor, n, all qty.Qty) (money.Minor, error) {
	if n == all {
		return v, nil
	}
	s, err := fixed.MulDiv(int64(v), int64(n), int64(all), fixed.HalfUp)
	return money.Minor(s), err
}
