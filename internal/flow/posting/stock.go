package posting

import (
	"fmt"
	"strings"

	"github.com/tillpost/tillpost/internal/base/day"
	"github.com/tillpost/tillpost/internal/base/id"
	"github.com/tillpost/tillpost/internal/base/money"
	"github.com/tillpost/tillpost/internal/domain/inventory"
	"github.com/tillpost/tillpost/internal/domain/ledger"
)

// StockDoc is a stock document as the rules see it: what it did to the value of the stock.
type StockDoc struct {
	ID       id.ID
	Kind     string // of the document: inventory.DocDelivery, …
	Store    string // whose document it is
	Day      day.Day
	Memo     string
	Costs    []inventory.Cost
	Supplier string // whom a delivery is owed to
	To       string // of a transfer: the store that the goods in transit are meant for
	// Department of an item, for the cost accounts; nil when there are none.
	Department func(item string) string
}

// Stock books a stock document (J14). Each change of value stands on the inventory account of its
// location, or on the account of goods in transit with the store that they are meant for; against it
// stands what the kind of the change says. The two sides of a transfer face each other.
func Stock(doc StockDoc, books Books) (ledger.Entry, []Unknown, error) {
	sides := stores{books: &books}
	for i := range doc.Costs {
		c := &doc.Costs[i]
		role, store := RoleInventory, c.Location
		if strings.HasPrefix(c.Location, inventory.TransitPrefix) {
			role, store = RoleStockInTransit, doc.To
		}
		b := sides.of(store)
		b.add(role, store, -c.Value, dims{})
		if c.Kind == inventory.Transfer {
			continue
		}
		d := dims{}
		if doc.Department != nil {
			d.department = doc.Department(c.Item)
		}
		switch c.Kind {
		case inventory.Received:
			b.add(RoleGRNI, doc.Supplier, c.Value, dims{party: doc.Supplier})
		case inventory.Opening:
			b.add(RoleEquity, "", c.Value, dims{})
		case inventory.Counted, inventory.Found, inventory.Shrink:
			b.add(RoleShrink, d.department, c.Value, d)
		case inventory.Damage:
			b.add(RoleDamaged, d.department, c.Value, d)
		default: // what was sold, and its true cost when it became known
			b.add(RoleCOGS, d.department, c.Value, d)
		}
	}
	return sides.entry(doc.entry())
}

// entry begins the entry of the document.
func (doc *StockDoc) entry() ledger.Entry {
	return ledger.Entry{ID: EntryID(doc.ID), Kind: doc.Kind, Doc: doc.ID, Store: doc.Store, BusinessDay: doc.Day, Memo: doc.Memo}
}

// SupplierBill is a supplier's bill of goods that were delivered before. Amounts below zero are a
// credit note, for goods that went back to him.
type SupplierBill struct {
	ID       id.ID
	Store    string
	Day      day.Day
	Memo     string
	Supplier string
	Settles  []StoreAmount // what the deliveries stand at in goods received and not billed; returns negative
	Net      money.Minor   // what the supplier asks for the goods, without tax
	Taxes    []BillTax
}

// StoreAmount is an amount that belongs to a store.
type StoreAmount struct {
	Store  string
	Amount money.Minor
}

// BillTax is input tax as it stands on a supplier's bill.
type BillTax struct {
	Code   string      `json:"code"`
	Amount money.Minor `json:"amount"`
}

// Bill books a supplier's bill (J14): it settles what the deliveries were received at; what the goods
// cost more or less is price variance, for they may be sold already.
func Bill(bill SupplierBill, books Books) (ledger.Entry, []Unknown, error) {
	sides := stores{books: &books}
	b := sides.of(bill.Store)
	d := dims{party: bill.Supplier}
	variance := bill.Net
	for _, a := range bill.Settles {
		sides.of(a.Store).add(RoleGRNI, bill.Supplier, a.Amount, d)
		var err error
		if variance, err = variance.Add(-a.Amount); err != nil {
			return ledger.Entry{}, nil, err
		}
	}
	b.add(RolePriceVariance, "", variance, dims{})
	owed := bill.Net
	for _, t := range bill.Taxes {
		b.add(RoleInputTax, t.Code, t.Amount, dims{taxCode: t.Code})
		var err error
		if owed, err = owed.Add(t.Amount); err != nil {
			return ledger.Entry{}, nil, err
		}
	}
	b.add(RolePayable, bill.Supplier, -owed, d)
	return sides.entry(ledger.Entry{ID: EntryID(bill.ID), Kind: inventory.DocBill, Doc: bill.ID, Store: bill.Store, BusinessDay: bill.Day, Memo: bill.Memo})
}

// stores is an entry that touches several stores: one builder each, in order of appearance.
type stores struct {
	books    *Books
	builders []*builder
}

func (s *stores) of(store string) *builder {
	for _, b := range s.builders {
		if b.store == store {
			return b
		}
	}
	b := newBuilder(s.books, store, nil)
	s.builders = append(s.builders, &b)
	return &b
}

// entry completes e with the lines of all stores.
func (s *stores) entry(e ledger.Entry) (ledger.Entry, []Unknown, error) {
	var unknown []Unknown
	for _, b := range s.builders {
		lines, more, err := b.lines()
		if err != nil {
			return ledger.Entry{}, nil, err
		}
		e.Lines = append(e.Lines, lines...)
		for _, u := range more {
			unknown = note(unknown, u.Kind, u.Key, u.Amount)
		}
	}
	sum, err := e.Sum()
	if err != nil {
		return ledger.Entry{}, nil, err
	}
	if sum != 0 {
		return ledger.Entry{}, nil, ErrFooting.Because(fmt.Errorf("%s %s is off by %d", e.Kind, e.Memo, sum))
	}
	return e, unknown, nil
}
