package posting

import (
	"strings"

	"github.com/tillpost/tillpost/internal/base/money"
	"github.com/tillpost/tillpost/internal/domain/inventory"
	"github.com/tillpost/tillpost/internal/domain/ledger"
	"github.com/tillpost/tillpost/internal/domain/receipt"
)

// Suspended is what stands in suspense under one key: the sum of the lines that are alike.
type Suspended struct {
	Account                            string // the suspense account
	Store, Register                    string
	Department, TaxCode, Tender, Party string
	// Debit tells that the sum came from the debit side of ordinary documents. For an item that is what
	// was brought back.
	Debit   bool
	Amount  money.Minor
	Foreign money.Amount
	Lines   int64 // how many lines stand behind it
}

// Target says where suspended lines belong, as far as the mapping alone does not.
type Target struct {
	Store      string // whose suspense it is; "" for what belongs to no store
	Account    string // named by a person; needed for differences
	Department string // of an item whose lines name none
}

// Reclass gives the lines that take what is suspended under a key to where it belongs now that it is
// mapped (J19). All of open is of one store. Each suspended sum keeps its own counter line, so that a
// second run finds each of them at zero.
//
// costs are the goods of an unknown item that leave the stock now that it is known; they become cost
// of goods with the same entry.
//
// What still cannot be placed is suspended again under its new key and returned as Unknown; when it
// has the same key, nothing was mapped.
func Reclass(key string, open []Suspended, to Target, costs []inventory.Cost, books Books) ([]ledger.Line, []Unknown, error) {
	if len(open) == 0 && len(costs) == 0 {
		return nil, nil, nil
	}
	what, name, ok := strings.Cut(key, ":")
	if !ok || name == "" {
		return nil, nil, ErrKey.Named("task", key)
	}
	b := newBuilder(&books, to.Store, nil)
	for i := range costs {
		b.add(RoleCOGS, to.Department, costs[i].Value, dims{department: to.Department})
		b.add(RoleInventory, costs[i].Location, -costs[i].Value, dims{})
	}
	counter := make([]ledger.Line, 0, len(open))
	for i := range open {
		s := &open[i]
		if s.Amount == 0 {
			continue
		}
		if err := b.place(what, name, s, to); err != nil {
			return nil, nil, err
		}
		back := s.Foreign
		back.Minor = -back.Minor
		counter = append(counter, ledger.Line{Account: s.Account, Amount: -s.Amount, Store: s.Store, Department: s.Department,
			TaxCode: s.TaxCode, Tender: s.Tender, Party: s.Party, Unknown: key, Foreign: back})
	}
	lines, unknown, err := b.lines()
	if err != nil {
		return nil, nil, err
	}
	return append(lines, counter...), unknown, nil
}

// place adds what is suspended where the rules for its kind put it.
func (b *builder) place(what, name string, s *Suspended, to Target) error {
	d := dims{department: s.Department, taxCode: s.TaxCode, tender: s.Tender, party: s.Party, foreign: s.Foreign}
	if to.Account != "" {
		b.post(to.Account, s.Amount, d)
		return nil
	}
	switch what {
	case "tender":
		t := receipt.Tender{Type: name, Amount: s.Amount, Foreign: s.Foreign, Party: s.Party}
		b.tender(&t, till{register: s.Register, currency: b.books.Book})
	case "tax":
		b.addExact(RoleTax, name, s.Amount, d)
	case "item":
		d.department = or(s.Department, to.Department)
		role := RoleSales
		if s.Debit {
			role = RoleReturns
		}
		b.add(role, d.department, s.Amount, d)
	case "account":
		role, key, exact := strings.Cut(name, "/")
		if exact {
			b.addExact(role, key, s.Amount, d)
			break
		}
		b.add(role, b.keyOf(role, s), s.Amount, d)
	case "difference", "line", "movement":
		return ErrNoTarget.Named("task", what+":"+name)
	default:
		return ErrKey.Named("task", what+":"+name)
	}
	return nil
}

// keyOf is the key that a role's line had, from what the line still says.
func (b *builder) keyOf(role string, s *Suspended) string {
	switch role {
	case RoleSales, RoleDiscounts, RoleReturns, RoleServices, RoleCOGS, RoleDamaged:
		return s.Department
	case RoleClearing, RoleMarketplace, RoleUnspecified, RoleGiftCards, RoleStoreCredit, RoleReceivable, RoleCoupons, RoleLoyalty:
		return s.Tender
	case RoleCharity, RoleConsignors, RoleCardFees, RoleHolds:
		return s.Party
	case RoleInventory, RoleSafe, RoleCashInTransit:
		return s.Store
	case RoleDrawer:
		return DrawerKey(s.Store, s.Register, b.books.Book)
	case RoleInputTax:
		return s.TaxCode
	}
	return ""
}
