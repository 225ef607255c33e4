package catalogue

import (
	"errors"

	"github.com/tillpost/tillpost/internal/domain/catalog"
	"github.com/tillpost/tillpost/internal/domain/pricing"
	"github.com/tillpost/tillpost/internal/platform/db"
)

// attached checks that what is attached to an item is sold and has nothing attached itself, whichever
// of the two was put first: a book with anything else would stop the tills.
func (p *putting) attached() error {
	skus := make([]string, 0, len(p.c.Items))
	touched := map[string]int{} // items that others may no longer have attached, with their place
	for i := range p.c.Items {
		it := &p.c.Items[i]
		if it.Retired || len(it.Attached) > 0 {
			touched[it.SKU] = i
		}
		for _, a := range it.Attached {
			skus = append(skus, a.SKU)
		}
	}
	if len(touched) == 0 {
		return nil
	}
	known, err := catalog.Find(p.tx, skus)
	if err != nil {
		return err
	}
	here := map[string]bool{}
	for i := range p.c.Items {
		here[p.c.Items[i].SKU] = true
		if err := p.attachedTo(&p.c.Items[i], i, known); err != nil {
			return err
		}
	}
	others, err := catalog.Attaching(p.tx)
	if err != nil {
		return err
	}
	for _, other := range others {
		if here[other.SKU] {
			continue // its own place has told it
		}
		for _, a := range other.Attached {
			if i, ok := touched[a.SKU]; ok {
				if err := p.fault(ErrAttached.Because(errors.New("item "+other.SKU)), "items[%d]", i); err != nil {
					return err
				}
			}
		}
	}
	return nil
}

// attachedTo checks what one item of the document has attached. A retired one may keep what it had.
func (p *putting) attachedTo(it *catalog.Item, i int, known map[string]*catalog.Item) error {
	if it.Retired {
		return nil
	}
	for j, a := range it.Attached {
		why := ""
		switch o := known[a.SKU]; {
		case o == nil:
			why = "there is no item with this SKU"
		case o.Retired:
			why = "it is retired"
		case len(o.Attached) > 0:
			why = "it has something attached"
		}
		if why == "" {
			continue
		}
		if err := p.fault(pricing.ErrAttached.Because(errors.New(why)), "items[%d].attached[%d]", i, j); err != nil {
			return err
		}
	}
	return nil
}

// loadItems reads the items of a scope, and with them what is attached to them: its prices are needed too.
func loadItems(q db.Q, s *Scope) ([]pricing.Item, error) {
	items, err := loadGoods(q, s.Items)
	if err != nil || s.Items == nil {
		return items, err
	}
	asked, more := map[string]bool{}, []string(nil)
	for _, sku := range s.Items {
		asked[sku] = true
	}
	for i := range items {
		for _, a := range items[i].Attached {
			if !asked[a.SKU] {
				asked[a.SKU], more = true, append(more, a.SKU)
			}
		}
	}
	if len(more) == 0 {
		return items, nil
	}
	s.Items = append(s.Items, more...)
	rest, err := loadGoods(q, more)
	return append(items, rest...), err
}
