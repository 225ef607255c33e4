package catalogue

import (
	"github.com/tillpost/tillpost/internal/base/money"
	"github.com/tillpost/tillpost/internal/domain/catalog"
)

// checkTwice refuses two different things under one name: which of them counts would be chance.
func (p *putting) checkTwice() error {
	c := p.c
	twice := func(bad bool, path string, i int) {
		if bad {
			_ = p.fault(ErrTwice, path, i) // a fault is kept, never returned
		}
	}
	taxes := map[catalog.TaxEntry]bool{}
	for i := range c.Taxes {
		k := c.Taxes[i].key()
		twice(taxes[k], "taxes[%d].since", i)
		taxes[k] = true
	}
	formats := map[string]int{}
	for i, f := range c.BarcodeFormats {
		j, ok := formats[f.Name]
		twice(ok && f != c.BarcodeFormats[j], "barcode_formats[%d].name", i)
		formats[f.Name] = i
	}
	items := map[string]int{}
	for i := range c.Items {
		j, ok := items[c.Items[i].SKU]
		twice(ok && !c.Items[i].Equal(c.Items[j]), "items[%d].sku", i)
		items[c.Items[i].SKU] = i
	}
	lists := map[string]int{}
	for i, l := range c.PriceLists {
		j, ok := lists[l.Code]
		twice(ok && l != c.PriceLists[j], "price_lists[%d].code", i)
		lists[l.Code] = i
	}
	prices := map[catalog.Price]money.Price{}
	for i, one := range c.Prices {
		k := catalog.Price{List: one.List, SKU: one.SKU, Since: one.Since}
		old, ok := prices[k]
		twice(ok && old != one.Price, "prices[%d].sku", i)
		prices[k] = one.Price
	}
	offers := map[string]bool{}
	for i := range c.Promotions {
		twice(offers[c.Promotions[i].Code], "promotions[%d].code", i)
		offers[c.Promotions[i].Code] = true
	}
	return nil
}
