package posting

import (
	"github.com/tillpost/tillpost/internal/base/day"
	"github.com/tillpost/tillpost/internal/base/id"
	"github.com/tillpost/tillpost/internal/base/money"
	"github.com/tillpost/tillpost/internal/domain/ledger"
)

// Cash is a sum of notes and coins and what it is worth in the book currency. For cash of the book
// currency the two are the same.
type Cash struct {
	money.Amount
	Book money.Minor `json:"book"`
}

// CashKind says how cash moved between a drawer and the rest of the shop.
type CashKind string

// The kinds of cash movement, as in the table shift_cash.
const (
	CashFloat   CashKind = "float"    // from the safe into the drawer, to begin with
	CashPaidIn  CashKind = "paid_in"  // into the drawer, not for a sale
	CashPaidOut CashKind = "paid_out" // out of the drawer, not for a return
	CashDrop    CashKind = "drop"     // from the drawer to the safe during the shift
	CashSkim    CashKind = "skim"     // from the drawer to the safe at its end
	CashTipsOut CashKind = "tips_out" // tips handed to staff
)

// CashPurpose says what a paid in or paid out is for. The empty purpose is PurposeExpense.
type CashPurpose string

// The purposes: an expense (or its refund), change money from or to the safe, the owner's own money,
// wages, a supplier's bill.
const (
	PurposeExpense  CashPurpose = "expense"
	PurposeSafe     CashPurpose = "safe"
	PurposeOwner    CashPurpose = "owner"
	PurposeWages    CashPurpose = "wages"
	PurposeSupplier CashPurpose = "supplier"
)

// Holder is whose cash it is: what every entry about a drawer says of its place.
type Holder struct {
	Shift    id.ID
	Store    string
	Register string
	Drawer   string
	Employee string
	Day      day.Day // the shift's business day
}

// CashMove is one movement of a shift. Cash is positive whichever way it goes.
type CashMove struct {
	ID id.ID // also the entry's
	Holder
	Kind    CashKind
	Cash    Cash
	Purpose CashPurpose // of paid in and paid out
	Expense string      // kind of expense: the key of its account
	Tax     money.Minor // the input tax in Cash.Book, when a voucher shows it
	TaxCode string
	Payroll money.Minor // tips_out: what the employees get with their wages, in the book currency
	Memo    string
}

// MoveCash books a movement (J3, J10). Cash moved whatever the chart knows, so an expense without an
// account goes to suspense.
func MoveCash(m CashMove, books Books) (ledger.Entry, []Unknown, error) {
	b := newBuilder(&books, m.Store, nil)
	in := m.Cash
	out := m.Cash.negative()
	switch m.Kind {
	case CashFloat:
		drawerLine(&b, m.Holder, in)
		safeLine(&b, m.Store, out)
	case CashDrop, CashSkim:
		safeLine(&b, m.Store, in)
		drawerLine(&b, m.Holder, out)
	case CashPaidIn:
		drawerLine(&b, m.Holder, in)
		if err := purposeLines(&b, m, -1); err != nil {
			return ledger.Entry{}, nil, err
		}
	case CashPaidOut:
		if err := purposeLines(&b, m, 1); err != nil {
			return ledger.Entry{}, nil, err
		}
		drawerLine(&b, m.Holder, out)
	case CashTipsOut:
		b.add(RoleTips, "", m.Cash.Book+m.Payroll, dims{party: m.Employee})
		drawerLine(&b, m.Holder, out)
		b.add(RoleWagesPayable, "", -m.Payroll, dims{party: m.Employee})
	default:
		return ledger.Entry{}, nil, ErrCashKind
	}
	return b.entry(m.entry(m.ID, m.Memo))
}

// purposeLines books the other side of a paid in (sign -1) or paid out (sign 1).
func purposeLines(b *builder, m CashMove, sign money.Minor) error {
	if m.Tax != 0 && m.Purpose != PurposeExpense && m.Purpose != "" {
		return ErrCashKind // input tax belongs to what was bought
	}
	amount := sign * m.Cash.Book
	switch m.Purpose {
	case PurposeExpense, "":
		b.add(RoleExpense, m.Expense, amount-sign*m.Tax, dims{})
		b.add(RoleInputTax, m.TaxCode, sign*m.Tax, dims{taxCode: m.TaxCode})
	case PurposeSafe:
		c := m.Cash
		if sign < 0 {
			c = c.negative()
		}
		safeLine(b, m.Store, c)
	case PurposeOwner:
		b.add(RoleEquity, "", amount, dims{})
	case PurposeWages:
		b.add(RoleWagesPayable, "", amount, dims{party: m.Employee})
	case PurposeSupplier:
		b.add(RolePayable, "", amount, dims{})
	default:
		return ErrCashKind
	}
	return nil
}

// AdoptCash moves the cash that a drawer took before it had an account of its own there, from the one
// that took it. No cash moved: nothing means that there was none.
func AdoptCash(u id.ID, h Holder, from string, amount money.Minor, books Books) (ledger.Entry, []Unknown, error) {
	b := newBuilder(&books, h.Store, nil)
	drawerLine(&b, h, Cash{Amount: money.Amount{Minor: amount, Currency: books.Book}, Book: amount})
	b.post(from, -amount, dims{})
	return b.entry(h.entry(u, "taken before the first shift"))
}

// CashDifference is what a count found more (positive) or less than expected, per currency.
type CashDifference struct {
	ID     id.ID
	Holder // whose shift it is charged to; at an opening that of the holder before
	Day    day.Day
	Over   []Cash
	Memo   string
}

// CountCash books the difference of a count to over/short (J3): cash that is missing is a debit
// there, an overage a credit. An entry without lines means that the count was right.
func CountCash(d CashDifference, books Books) (ledger.Entry, []Unknown, error) {
	b := newBuilder(&books, d.Store, nil)
	for _, c := range d.Over {
		b.add(RoleOverShort, "", -c.Book, dims{party: d.Employee})
		drawerLine(&b, d.Holder, c)
	}
	e := d.Holder.entry(d.ID, d.Memo)
	e.BusinessDay = d.Day
	return b.entry(e)
}

// Deposit is a bag of cash on its way from a store's safe to the bank.
type Deposit struct {
	ID     id.ID
	Store  string
	Day    day.Day
	Amount money.Minor // in the book currency
	Memo   string      // the bag's number
}

// SendDeposit books a bag that leaves the safe (J4): it is in transit until a statement shows it.
func SendDeposit(d Deposit, books Books) (ledger.Entry, []Unknown, error) {
	b := newBuilder(&books, d.Store, nil)
	b.add(RoleCashInTransit, d.Store, d.Amount, dims{})
	b.add(RoleSafe, d.Store, -d.Amount, dims{})
	return b.entry(ledger.Entry{ID: d.ID, Kind: "deposit", Doc: d.ID, Store: d.Store, BusinessDay: d.Day, Memo: d.Memo})
}

// MatchDeposit books the line of a bank statement that shows the bag (J4). What the bank counted more
// or less than the bag's slip says is over/short: the bag is no longer in transit.
func MatchDeposit(entry id.ID, d Deposit, credited money.Minor, books Books) (ledger.Entry, []Unknown, error) {
	b := newBuilder(&books, d.Store, nil)
	b.add(RoleBank, "", credited, dims{})
	b.add(RoleOverShort, "", d.Amount-credited, dims{})
	b.add(RoleCashInTransit, d.Store, -d.Amount, dims{})
	return b.entry(ledger.Entry{ID: entry, Kind: "deposit", Doc: d.ID, Store: d.Store, BusinessDay: d.Day, Memo: d.Memo})
}

func (h Holder) entry(u id.ID, memo string) ledger.Entry {
	return ledger.Entry{ID: u, Kind: "shift", Doc: h.Shift, Store: h.Store, Register: h.Register, BusinessDay: h.Day, Memo: memo}
}

func (c Cash) negative() Cash {
	c.Minor, c.Book = -c.Minor, -c.Book
	return c
}

// foreign is what the line says beside its book value: nothing for cash of the book currency.
func (c Cash) foreign(book money.Currency) money.Amount {
	if c.Currency == book || c.Currency == "" {
		return money.Amount{}
	}
	return c.Amount
}

// drawerLine moves cash into (positive) or out of the drawer. Foreign cash needs the drawer's account
// of that currency: in the default account it would be lost among the rest.
func drawerLine(b *builder, h Holder, c Cash) {
	placeLine(b, RoleDrawer, DrawerKey(h.Store, h.Drawer, c.in(b.books.Book)), c)
}

func safeLine(b *builder, store string, c Cash) {
	placeLine(b, RoleSafe, CashSafeKey(store, c.Currency, b.books.Book), c)
}

func placeLine(b *builder, role, key string, c Cash) {
	d := dims{foreign: c.foreign(b.books.Book)}
	if d.foreign.Currency == "" {
		b.add(role, key, c.Book, d)
		return
	}
	b.addExact(role, key, c.Book, d)
}

func (c Cash) in(book money.Currency) money.Currency {
	if c.Currency == "" {
		return book
	}
	return c.Currency
}

// CashSafeKey is the key of RoleSafe: the store, and for foreign cash its currency.
func CashSafeKey(store string, c, book money.Currency) string {
	if c == book || c == "" {
		return store
	}
	return store + "/" + string(c)
}
