package importer

import (
	"github.com/tillpost/tillpost/internal/base/fixed"
	"github.com/tillpost/tillpost/internal/base/money"
	"github.com/tillpost/tillpost/internal/domain/catalog"
	"github.com/tillpost/tillpost/internal/domain/inventory"
	"github.com/tillpost/tillpost/internal/domain/ledger"
	"github.com/tillpost/tillpost/internal/domain/org"
	"github.com/tillpost/tillpost/internal/domain/payments"
	"github.com/tillpost/tillpost/internal/domain/receipt"
	"github.com/tillpost/tillpost/internal/flow/setup"
	"github.com/tillpost/tillpost/internal/hub/intake"
	"github.com/tillpost/tillpost/internal/platform/db"
)

// scene is what a batch needs besides its documents, gathered to be read and added at once.
type scene struct {
	registers keys[org.Register]
	skus      keys[string]
	levels    keys[inventory.Key]
	codes     keys[string] // tax codes
	tenders   keys[string]
	described map[string]catalog.Item // what the documents tell of their items
}

// keys is a set in the order in which it was met.
type keys[K comparable] struct {
	seen map[K]bool
	list []K
}

// add tells whether k is new.
func (s *keys[K]) add(k K) bool {
	if s.seen[k] {
		return false
	}
	if s.seen == nil {
		s.seen = map[K]bool{}
	}
	s.seen[k] = true
	s.list = append(s.list, k)
	return true
}

// introduce reads what the documents need, adds the registers that they name and, unless the run is
// strict, the items, tax codes and usual ways to pay that they bring with them.
func (s *settling) introduce(docs []intake.Document) error {
	c := s.look(docs)
	if err := addRegisters(s.tx, c.registers.list); err != nil {
		return err
	}
	known, err := catalog.Find(s.tx, c.skus.list)
	if err != nil {
		return err
	}
	if err := inventory.Preload(s.tx, c.levels.list); err != nil || s.o.Strict {
		return err
	}
	var add []catalog.Item
	for _, sku := range c.skus.list {
		if known[sku] == nil {
			add = append(add, c.described[sku])
		}
	}
	if err := catalog.Introduce(s.tx, add...); err != nil {
		return err
	}
	if err := addTaxes(s.tx, c.codes.list); err != nil {
		return err
	}
	return addTenders(s.tx, c.tenders.list)
}

// look gathers the scene of some documents.
func (s *settling) look(docs []intake.Document) *scene {
	c := &scene{described: map[string]catalog.Item{}}
	for i := range docs {
		if a := docs[i].Adjustment; a != nil {
			if c.skus.add(a.Item) {
				c.described[a.Item] = catalog.Item{SKU: a.Item, Name: a.Name}
			}
			c.levels.add(inventory.Key{Location: s.o.Store, Item: a.Item})
		}
		r := docs[i].Receipt
		if r == nil {
			continue
		}
		c.registers.add(org.Register{Store: r.Store, Code: r.Register})
		for j := range r.Lines {
			l := &r.Lines[j]
			if l.Item != "" && c.skus.add(l.Item) {
				c.described[l.Item] = s.item(l)
			}
			if l.Kind == receipt.Item && l.Item != "" {
				c.levels.add(inventory.Key{Location: r.Store, Item: l.Item})
			}
			for _, t := range l.Taxes {
				c.codes.add(t.Code)
			}
		}
		for j := range r.Tenders {
			c.tenders.add(r.Tenders[j].Type)
		}
	}
	return c
}

// item is what a line tells of an item that nobody has described yet.
func (s *settling) item(l *receipt.Line) catalog.Item {
	it := catalog.Item{SKU: l.Item, Name: l.Name, Department: l.Department, Kind: itemKind(l.Kind)}
	if s.o.Cost > 0 && l.UnitPrice > 0 {
		if n, err := fixed.MulDiv(int64(l.UnitPrice), int64(s.o.Cost), int64(money.OneRate), fixed.HalfUp); err == nil {
			it.Cost = money.Price(n)
		}
	}
	return it
}

// itemKind is what an item is that was sold by a line of this kind.
func itemKind(k receipt.LineKind) string {
	switch k {
	case receipt.Item:
		return catalog.KindItem
	case receipt.Consignment:
		return catalog.KindConsignment
	case receipt.GiftCard:
		return catalog.KindGiftCard
	case receipt.BottleDeposit:
		return catalog.KindBottleDeposit
	case receipt.Deposit:
		return catalog.KindDeposit
	case receipt.Charity:
		return catalog.KindCharity
	default:
		return catalog.KindService
	}
}

func addRegisters(tx *db.Tx, registers []org.Register) error {
	shop, err := org.LoadShared(tx)
	if err != nil {
		return err
	}
	for _, r := range registers {
		if _, err := shop.Register(r.Store, r.Code); err == nil {
			continue
		}
		r.Name, r.Kind = r.Code, org.Import
		if err := org.AddRegister(tx, r); err != nil {
			return err
		}
	}
	return nil
}

func addTaxes(tx *db.Tx, codes []string) error {
	for _, code := range codes {
		if err := setup.TaxCode(tx, code, code); err != nil {
			return err
		}
	}
	return nil
}

// addTenders makes the usual ways to pay known under the names that the file has for them. One that
// nobody can know goes to suspense until somebody says what it is.
func addTenders(tx *db.Tx, types []string) error {
	known, err := payments.TendersIn(tx)
	if err != nil {
		return err
	}
	for _, t := range types {
		kind, usual := usualTender(t)
		if _, ok := known[t]; ok || !usual {
			continue
		}
		if err := payments.AddTender(tx, payments.TenderType{Code: t, Name: ledger.AccountName(t), Kind: kind}); err != nil {
			return err
		}
	}
	return nil
}
