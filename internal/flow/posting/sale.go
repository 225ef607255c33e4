package posting

import (
	"strconv"

	"github.com/tillpost/tillpost/internal/base/id"
	"github.com/tillpost/tillpost/internal/base/money"
	"github.com/tillpost/tillpost/internal/domain/inventory"
	"github.com/tillpost/tillpost/internal/domain/ledger"
	"github.com/tillpost/tillpost/internal/domain/payments"
	"github.com/tillpost/tillpost/internal/domain/receipt"
)

// Sale books a receipt: revenue, taxes, what is owed to others, tenders, cash rounding and the cost
// of the goods, in one entry (J1, J2, J11, J16, J19, J20). costs are what the stock moves of the
// receipt's lines took out of inventory; unexplained is what was tendered beyond total and rounding.
//
// A sale that happened is never refused: what is not known goes to suspense and is returned as
// Unknown. A void is the same receipt with its signs turned, so its entry is the exact mirror. A
// receipt that posts nothing (training, aborted) gives an entry without lines.
func Sale(r *receipt.Receipt, costs []inventory.Cost, unexplained money.Minor, books Books) (ledger.Entry, []Unknown, error) {
	if !r.Posts() {
		return ledger.Entry{}, nil, nil
	}
	if books.Book != "" && r.Currency != books.Book {
		return ledger.Entry{}, nil, ErrCurrency.At("currency")
	}
	var room [roomParts]part
	b := newBuilder(&books, r.Store, room[:0])
	for i := range r.Lines {
		b.saleLine(&r.Lines[i])
	}
	for i := range r.Tenders {
		b.tender(&r.Tenders[i], till{r.Register, r.Currency, r.Customer})
	}
	b.add(RoleRounding, "", -r.Rounding, dims{})
	if unexplained != 0 {
		b.suspend(Unexplained, "difference:"+or(r.Source, r.Register), -unexplained, dims{})
	}
	for i := range costs {
		b.cost(r, &costs[i])
	}
	return b.entry(ledger.Entry{ID: EntryID(r.ID), Kind: string(r.Kind), Doc: r.ID, Store: r.Store, Register: r.Register,
		BusinessDay: r.BusinessDay, Memo: memo(r)})
}

// EntryID is the id of the entry that books a document: the same document always gives the same
// entry, so a second posting meets the unique key.
func EntryID(doc id.ID) id.ID {
	e := doc
	e[15] ^= 0x5a // another id than the document's, in the same place of the index
	e[9] ^= 0xa5
	return e
}

// memo names the receipt as people do: the source's own number, or store, register and number.
func memo(r *receipt.Receipt) string {
	if r.External != "" {
		return r.External
	}
	if r.Number == 0 {
		return r.Store + "/" + r.Register
	}
	return r.Store + "/" + r.Register + " #" + strconv.FormatInt(r.Number, 10)
}

// saleLine credits what a line earned or owes, by its kind, and its taxes.
func (b *builder) saleLine(l *receipt.Line) {
	d := dims{department: l.Department}
	switch l.Kind {
	case receipt.Item:
		if l.Item != "" && b.books.Items != nil && !b.books.Items(l.Item) {
			b.unknownItem(l)
			break
		}
		b.revenue(RoleSales, l, d)
	case receipt.Service, receipt.ServiceCharge:
		b.revenue(RoleServices, l, d)
	case receipt.Consignment:
		b.add(RoleConsignors, l.Party, l.Commission-l.Net, dims{department: l.Department, party: l.Party})
		b.add(RoleCommission, "", -l.Commission, d)
	default:
		b.owed(l)
	}
	for i := range l.Taxes {
		t := &l.Taxes[i]
		b.put(&part{role: RoleTax, key: t.Code, exact: true, back: l.Return != nil, amount: -t.Amount, dims: dims{taxCode: t.Code}})
	}
}

// revenue credits the price before discounts and debits the discounts. What is brought back is one
// debit on returns, net of the discounts that it was sold with.
func (b *builder) revenue(role string, l *receipt.Line, d dims) {
	if l.Return != nil {
		b.add(RoleReturns, l.Department, -l.Net, d)
		return
	}
	b.add(role, l.Department, -(l.Net + l.NetDiscount), d)
	b.add(RoleDiscounts, l.Department, l.NetDiscount, d)
}

// unknownItem keeps the revenue of an unknown SKU in suspense. Its discounts are known, so that
// mapping the item later only moves the revenue.
func (b *builder) unknownItem(l *receipt.Line) {
	d := dims{department: l.Department}
	if l.Return != nil {
		b.put(&part{kind: UnknownItem, unknown: "item:" + l.Item, back: true, amount: -l.Net, dims: d})
		return
	}
	b.suspend(UnknownItem, "item:"+l.Item, -(l.Net + l.NetDiscount), d)
	b.add(RoleDiscounts, l.Department, l.NetDiscount, d)
}

// owed credits lines that are not revenue: somebody is owed the money, or owed it to us.
func (b *builder) owed(l *receipt.Line) {
	d := dims{department: l.Department, party: l.Party}
	role, key := "", ""
	switch l.Kind {
	case receipt.Tip:
		role = RoleTips
	case receipt.GiftCard:
		role = RoleGiftCards
	case receipt.StoreCredit:
		role = RoleStoreCredit
	case receipt.Deposit:
		role = RoleDeposits
	case receipt.BottleDeposit:
		role = RoleBottleDeposits
	case receipt.Charity:
		role, key = RoleCharity, l.Party
	case receipt.Fee: // a negative line is the expense, a positive one recharges it
		role, key = RoleCardFees, l.Party
	case receipt.OnAccount:
		role = RoleReceivable
	default:
		b.suspend(UnknownLine, "line:"+string(l.Kind), -l.Net, d)
		return
	}
	b.add(role, key, -l.Net, d)
}

// till is what a tender takes from its receipt.
type till struct {
	register string
	currency money.Currency
	customer string
}

// tender debits what was paid with; a negative tender (refund, change) credits the same account.
func (b *builder) tender(t *receipt.Tender, at till) {
	d := dims{tender: t.Type, foreign: t.Foreign}
	kind := b.books.Tenders[t.Type]
	if kind == payments.Cash {
		b.cash(t, at, d)
		return
	}
	role, ok := TenderRole(kind)
	switch role {
	case RoleGiftCards, RoleStoreCredit, RoleCoupons, RoleLoyalty:
		d.party = t.Party
	case RoleReceivable, "": // the unknown one may turn out to be on account
		d.party = or(t.Party, at.customer)
	}
	if !ok {
		b.suspend(UnknownTender, "tender:"+t.Type, t.Amount, d)
		return
	}
	b.add(role, t.Type, t.Amount, d)
}

// TenderRole is the role that takings of a kind of tender type go to, with the type's code as its
// key. It is false for cash, which goes to its drawer, and for kinds that do not exist.
func TenderRole(kind string) (role string, ok bool) {
	switch kind {
	case payments.Card, payments.Check, payments.Transfer, payments.Other:
		return RoleClearing, true
	case payments.GiftCard:
		return RoleGiftCards, true
	case payments.StoreCredit:
		return RoleStoreCredit, true
	case payments.OnAccount:
		return RoleReceivable, true
	case payments.Coupon:
		return RoleCoupons, true
	case payments.Loyalty:
		return RoleLoyalty, true
	case payments.Marketplace:
		return RoleMarketplace, true
	case payments.Unspecified:
		return RoleUnspecified, true
	}
	return "", false
}

// cash goes into a drawer's own account, one per currency. Foreign cash never falls back to a
// default account: that one holds the book currency.
func (b *builder) cash(t *receipt.Tender, at till, d dims) {
	currency := at.currency
	if t.Foreign.Currency != "" {
		currency = t.Foreign.Currency
	}
	key := b.drawerKey(or(t.Drawer, at.register), currency)
	if currency != at.currency {
		b.addExact(RoleDrawer, key, t.Amount, d)
		return
	}
	b.add(RoleDrawer, key, t.Amount, d)
}

// drawerKey is DrawerKey, remembered for the drawer that the document used last.
func (b *builder) drawerKey(drawer string, currency money.Currency) string {
	if b.drawer != drawer || b.currency != currency {
		b.drawer, b.currency, b.key = drawer, currency, DrawerKey(b.store, drawer, currency)
	}
	return b.key
}

// DrawerKey is the key of RoleDrawer: a drawer has one account for each currency in it.
func DrawerKey(store, drawer string, currency money.Currency) string {
	return store + "/" + drawer + "/" + string(currency)
}

func or(a, b string) string {
	if a != "" {
		return a
	}
	return b
}
