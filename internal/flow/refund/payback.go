package refund

import (
	"slices"

	"github.com/tillpost/tillpost/internal/base/fixed"
	"github.com/tillpost/tillpost/internal/base/money"
	"github.com/tillpost/tillpost/internal/domain/payments"
	"github.com/tillpost/tillpost/internal/domain/receipt"
)

// way is one way in which a receipt was paid, and what of it was not given back yet.
type way struct {
	tender receipt.Tender // without its amount
	cash   bool
	left   money.Minor
}

// payBack shares what is due to the customer among tenders. Each way of paying gets back at most what it
// paid, cards and the like first; what no way explains (the receipt was an exchange, or paid in another
// currency) goes to the last one. Only cash is rounded, and the last refund of a receipt gives back the
// cash that is left of it, so that refunds of all its parts add up to what was paid.
func (o *office) payBack(c *Command, due money.Minor, last bool) ([]receipt.Tender, error) {
	ways, err := o.ways(c)
	if err != nil || due == 0 && !last {
		return nil, err
	}
	if len(ways) == 0 && due != 0 {
		return nil, ErrNoTender.At("tender")
	}
	var out []receipt.Tender
	rest := due
	for i := range ways {
		w := &ways[i]
		n := min(w.left, rest)
		if i == len(ways)-1 {
			n = rest
		}
		if rest -= n; w.cash {
			if n, err = o.coins(n, w.left, last, c.Tender != ""); err != nil {
				return nil, err
			}
		}
		if n != 0 || w.cash && due != 0 && i == len(ways)-1 && len(out) == 0 { // two cents, rounded to nothing
			t := w.tender
			t.Amount = -n
			out = append(out, t)
		}
	}
	return out, nil
}

// coins rounds cash to what can be paid out. The cash that the receipt brought, left, is not exceeded by
// what it and its refunds were rounded by, and the last refund gives that back too.
func (o *office) coins(n, left money.Minor, last, named bool) (money.Minor, error) {
	rounded := o.history.Original.Rounding.Abs() + o.step*money.Minor(len(o.history.Receipts))
	if !named && left >= 0 && (left-n).Abs() <= rounded && (last || left < n) {
		return left, nil
	}
	return n.Round(o.step, fixed.HalfUp)
}

// ways lists how the receipt was paid, cash last; or the one way that the command names.
func (o *office) ways(c *Command) ([]way, error) {
	original := &o.history.Original
	if c.Tender != "" {
		kind, ok := o.tenders[c.Tender]
		if !ok {
			return nil, ErrTender.At("tender")
		}
		if c.Drawer != "" && kind != payments.Cash {
			return nil, ErrDrawer.At("drawer")
		}
		t := receipt.Tender{Type: c.Tender, Drawer: c.Drawer, Party: original.Customer}
		if kind == payments.Cash && t.Drawer == "" {
			t.Drawer = original.Register
		}
		for i := range original.Tenders {
			if p := &original.Tenders[i]; p.Type == c.Tender {
				t.Party, t.Reference = p.Party, p.Reference
				if c.Drawer == "" {
					t.Drawer = o.drawer(original, p)
				}
				break
			}
		}
		return []way{{tender: t, cash: kind == payments.Cash}}, nil
	}
	if c.Drawer != "" {
		return nil, ErrDrawer.At("drawer")
	}
	var ways []way
	o.count(&ways, original, true)
	for i := range o.history.Receipts {
		if r := &o.history.Receipts[i]; onlyOf(r, original) {
			o.count(&ways, r, false)
		}
	}
	ways = slices.DeleteFunc(ways, func(w way) bool { return w.left <= 0 && !w.cash })
	slices.SortStableFunc(ways, func(a, b way) int {
		switch {
		case a.cash == b.cash:
			return 0
		case a.cash:
			return 1
		}
		return -1
	})
	return ways, nil
}

// count adds a receipt's tenders to the ways; those of refunds are negative. Only the sale itself adds a
// way: a refund by another tender is no claim on that one.
func (o *office) count(ways *[]way, r *receipt.Receipt, sale bool) {
	for i := range r.Tenders {
		t := receipt.Tender{Type: r.Tenders[i].Type, Party: r.Tenders[i].Party, Drawer: o.drawer(r, &r.Tenders[i])}
		at := slices.IndexFunc(*ways, func(w way) bool {
			return w.tender.Type == t.Type && w.tender.Party == t.Party && w.tender.Drawer == t.Drawer
		})
		if at < 0 && !sale {
			continue
		}
		if at < 0 {
			at = len(*ways)
			t.Reference = r.Tenders[i].Reference
			*ways = append(*ways, way{tender: t, cash: o.tenders[t.Type] == payments.Cash})
		}
		(*ways)[at].left += r.Tenders[i].Amount
	}
}

// drawer names the drawer of a cash tender, which on a receipt is its register's unless stated.
func (o *office) drawer(r *receipt.Receipt, t *receipt.Tender) string {
	if t.Drawer == "" && o.tenders[t.Type] == payments.Cash {
		return r.Register
	}
	return t.Drawer
}

// onlyOf tells whether a receipt does nothing but take back of the original, or undo that.
func onlyOf(r, original *receipt.Receipt) bool {
	for i := range r.Lines {
		if l := &r.Lines[i]; l.Return == nil || l.Return.Receipt != original.ID {
			return false
		}
	}
	return true
}
