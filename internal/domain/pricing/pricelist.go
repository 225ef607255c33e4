package pricing

import (
	"cmp"
	"slices"

	"github.com/tillpost/tillpost/internal/base/day"
	"github.com/tillpost/tillpost/internal/base/money"
)

// listed is a price in a list, ready to be compared.
type listed struct {
	list  *PriceList
	price money.Price
}

func (r *Rules) indexLists() error {
	codes := make(map[string]bool, len(r.book.Lists))
	for i := range r.book.Lists {
		l := &r.book.Lists[i]
		if l.Code == "" || codes[l.Code] || !dayOrNone(l.From) || !dayOrNone(l.To) {
			return at(ErrList, "price_lists[%d]", i)
		}
		codes[l.Code] = true
		seen := make(map[string]bool, len(l.Prices))
		for j, p := range l.Prices {
			switch {
			case p.Price < 0:
				return at(ErrPriceNegative, "price_lists[%d].prices[%d].price", i, j)
			case p.SKU == "" || seen[p.SKU]:
				return at(ErrList, "price_lists[%d].prices[%d].sku", i, j)
			}
			seen[p.SKU] = true
			r.prices[p.SKU] = append(r.prices[p.SKU], listed{l, p.Price})
		}
	}
	for _, ls := range r.prices {
		slices.SortFunc(ls, func(a, b listed) int {
			return cmp.Or(
				cmp.Compare(b.list.specificity(), a.list.specificity()),
				cmp.Compare(b.list.Priority, a.list.Priority),
				cmp.Compare(b.list.From, a.list.From),
				cmp.Compare(a.list.Code, b.list.Code),
			)
		})
	}
	return nil
}

// specificity is 3 for a list of a store and a group, 2 of a group, 1 of a store, 0 of neither.
func (l *PriceList) specificity() int {
	n := 0
	if len(l.Groups) > 0 {
		n += 2
	}
	if len(l.Stores) > 0 {
		n++
	}
	return n
}

func (l *PriceList) matches(b *Basket) bool {
	return (l.From == "" || b.Day >= l.From) && (l.To == "" || b.Day <= l.To) && namesBasket(l.Stores, l.Groups, b)
}

// namesBasket tells whether the basket is in one of the stores and groups; an empty list is everyone.
func namesBasket(stores, groups []string, b *Basket) bool {
	if len(stores) > 0 && !slices.Contains(stores, b.Store) {
		return false
	}
	if len(groups) == 0 {
		return true
	}
	return slices.ContainsFunc(groups, func(g string) bool { return slices.Contains(b.Groups, g) })
}

// UnitPrice returns the item's price for this basket; ok is false when it has none.
func (r *Rules) UnitPrice(sku string, b *Basket) (p money.Price, ok bool) {
	for _, l := range r.prices[sku] {
		if l.list.matches(b) {
			return l.price, true
		}
	}
	if it := r.items[sku]; it != nil && it.Price != nil {
		return *it.Price, true
	}
	return 0, false
}

func dayOrNone(d day.Day) bool {
	if d == "" {
		return true
	}
	_, err := day.Parse(string(d))
	return err == nil
}
