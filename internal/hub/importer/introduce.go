package importer

import (
	"github.com/tillpost/tillpost/internal/base/fixed"
	"github.com/tillpost/tillpost/internal/base/money"
	"github.com/tillpost/tillpost/internal/domain/catalog"
	"github.com/tillpost/tillpost/internal/domain/receipt"
	"github.com/tillpost/tillpost/internal/flow/setup"
	"github.com/tillpost/tillpost/internal/hub/intake"
)

// introduce adds the items and tax codes that the file brings with it, unless the run is strict.
func (s *settling) introduce(docs []intake.Document) error {
	if s.o.Strict {
		return nil
	}
	fresh := map[string]catalog.Item{}
	var order []string
	note := func(it catalog.Item) {
		if it.SKU == "" || s.introduced[it.SKU] {
			return
		}
		if _, ok := fresh[it.SKU]; !ok {
			fresh[it.SKU] = it
			order = append(order, it.SKU)
		}
	}
	codes := map[string]bool{}
	for i := range docs {
		if a := docs[i].Adjustment; a != nil {
			note(catalog.Item{SKU: a.Item, Name: a.Name})
		}
		if docs[i].Receipt == nil {
			continue
		}
		for j := range docs[i].Receipt.Lines {
			l := &docs[i].Receipt.Lines[j]
			note(s.item(l))
			for _, t := range l.Taxes {
				if !s.taxes[t.Code] && !codes[t.Code] {
					codes[t.Code] = true
					s.codes = append(s.codes, t.Code)
				}
			}
		}
	}
	known, err := catalog.Find(s.tx, order)
	if err != nil {
		return err
	}
	var add []catalog.Item
	for _, sku := range order {
		if known[sku] == nil {
			add = append(add, fresh[sku])
		}
	}
	s.items = order
	if err := catalog.Introduce(s.tx, add...); err != nil {
		return err
	}
	return s.introduceTaxes()
}

func (s *settling) introduceTaxes() error {
	if len(s.codes) == 0 {
		return nil
	}
	for _, code := range s.codes {
		if err := setup.TaxCode(s.tx, code, code); err != nil {
			return err
		}
	}
	return nil
}

// item is what a line tells of an item that nobody has described yet.
func (s *settling) item(l *receipt.Line) catalog.Item {
	it := catalog.Item{SKU: l.Item, Name: l.Name, Department: l.Department}
	switch l.Kind {
	case receipt.Item, receipt.Consignment:
	default:
		it.Kind = "service"
	}
	if s.o.Cost > 0 && l.UnitPrice > 0 {
		if n, err := fixed.MulDiv(int64(l.UnitPrice), int64(s.o.Cost), int64(money.OneRate), fixed.HalfUp); err == nil {
			it.Cost = money.Price(n)
		}
	}
	return it
}

func remember(set map[string]bool, keys []string) {
	for _, k := range keys {
		set[k] = true
	}
}
