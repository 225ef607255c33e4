package shift

import (
	"context"

	"github.com/tillpost/tillpost/internal/base/id"
	"github.com/tillpost/tillpost/internal/base/money"
	"github.com/tillpost/tillpost/internal/domain/sales"
	"github.com/tillpost/tillpost/internal/domain/shifts"
	"github.com/tillpost/tillpost/internal/domain/tasks"
	"github.com/tillpost/tillpost/internal/flow/posting"
	"github.com/tillpost/tillpost/internal/platform/db"
)

// Closing is the command that ends a counted shift.
type Closing struct {
	Shift id.ID `json:"shift"`
	// Keep is the float that stays in the drawer; what was counted beyond it goes to the safe. Of a
	// currency that is not named, everything stays.
	Keep []money.Amount `json:"keep,omitempty"`
	// Rates are what one major unit of a foreign currency is worth, needed only for one that was found
	// and not expected.
	Rates map[money.Currency]money.Rate `json:"rates,omitempty"`
}

// Ended is the answer to a Closing.
type Ended struct {
	Shift  shifts.Shift   `json:"shift"` // with its Z number
	Counts []Result       `json:"counts"`
	Skims  []money.Amount `json:"skims,omitempty"` // what went to the safe
}

// Close books what is over or short, takes the drawer down to its float and ends the shift. Closing
// again gives the same answer.
func Close(ctx context.Context, d *db.DB, c Closing) (Ended, error) {
	return write(ctx, d, func(tx *db.Tx) (Ended, bool, error) { return CloseInTx(tx, c) })
}

// CloseInTx is Close inside a transaction, of which it must be the first part; fresh is false for a shift
// that was closed before.
func CloseInTx(tx *db.Tx, c Closing) (out Ended, fresh bool, err error) {
	t, err := open(tx)
	if err != nil {
		return Ended{}, false, err
	}
	keep, err := c.keep()
	if err != nil {
		return Ended{}, false, err
	}
	s, err := shifts.Get(tx, c.Shift)
	if err != nil {
		return Ended{}, false, err
	}
	switch s.State {
	case shifts.Open:
		return Ended{}, false, shifts.ErrNotCounted.Named("shift", s.ID.String())
	case shifts.Closed:
		out, err = ended(tx, s)
		return out, false, err
	}
	if err := alone(tx); err != nil {
		return Ended{}, false, err
	}
	settled, err := sales.Last(tx)
	if err != nil {
		return Ended{}, false, err
	}
	e := ending{till: t, order: c, shift: s}
	if err := e.settle(); err != nil {
		return Ended{}, false, err
	}
	if err := e.skim(keep); err != nil {
		return Ended{}, false, err
	}
	if s, err = shifts.Finish(tx, s, settled); err != nil {
		return Ended{}, false, err
	}
	out, err = ended(tx, s)
	return out, true, err
}

func (c Closing) keep() (map[money.Currency]money.Minor, error) {
	keep := map[money.Currency]money.Minor{}
	for _, a := range c.Keep {
		if _, err := money.ParseCurrency(string(a.Currency)); err != nil {
			return nil, err
		}
		if _, twice := keep[a.Currency]; twice || a.Minor < 0 || a.Minor.CheckRange() != nil {
			return nil, ErrKeep.At(string(a.Currency))
		}
		keep[a.Currency] = a.Minor
	}
	for c, r := range c.Rates {
		if r <= 0 {
			return nil, ErrRate.At(string(c))
		}
	}
	return keep, nil
}

// ended is what is stored of a closed shift.
func ended(tx *db.Tx, s shifts.Shift) (Ended, error) {
	counts, err := shifts.Counts(tx, s.ID)
	if err != nil {
		return Ended{}, err
	}
	moves, err := shifts.Movements(tx, s.ID)
	if err != nil {
		return Ended{}, err
	}
	out := Ended{Shift: s, Counts: results(shifts.Final(counts))}
	for _, m := range moves {
		if m.Kind == string(posting.CashSkim) {
			out.Skims = append(out.Skims, money.Amount{Minor: -m.Amount.Minor, Currency: m.Amount.Currency})
		}
	}
	return out, nil
}

// ending is a drawer whose shift ends.
type ending struct {
	till
	order  Closing
	shift  shifts.Shift
	counts map[money.Currency]shifts.Count
	left   holdings // what the drawer holds once the differences are booked
}

func (e *ending) holder() posting.Holder {
	s := e.shift
	return posting.Holder{Shift: s.ID, Store: s.Store, Register: s.Register, Drawer: s.Drawer, Employee: s.Employee, Day: s.Day}
}

// settle books everything by which the ledger differs from what was counted, each part to whom it
// belongs: the shift's own difference; the cash of late receipts, to the shifts that counted it; and
// in the book currency what no document explains, which a person must look at.
func (e *ending) settle() error {
	all, err := shifts.Counts(e.tx, e.shift.ID)
	if err != nil {
		return err
	}
	e.counts, e.left = shifts.Final(all), holdings{}
	late, err := e.late()
	if err != nil {
		return err
	}
	names := holdings{e.shop.Book: {}}
	for c := range e.counts {
		names[c] = holding{}
	}
	list := currencies(names, late)
	if err := e.accounts(e.shift.Store, e.shift.Drawer, list); err != nil {
		return err
	}
	own := posting.CashDifference{ID: id.Derive(e.tx.Now, "shift-count", string(e.shift.ID[:])), Holder: e.holder(), Day: e.shift.Day, Memo: "difference of the count"}
	for _, c := range list {
		diff, err := e.difference(c, late[c])
		if err != nil {
			return err
		}
		if diff.Book != 0 {
			own.Over = append(own.Over, diff)
		}
	}
	return e.post(posting.CountCash(own, e.books))
}

// late books off the cash of receipts that came late for closed shifts, and returns that and the cash
// of shifts that are not known yet, which stays.
func (e *ending) late() (holdings, error) {
	s := e.shift
	since, err := byShift(e.tx, selectLate, s.Store, s.Drawer, s.FirstSeq, s.ID[:], s.LastSeq, string(s.Day))
	if err != nil {
		return nil, err
	}
	all := holdings{}
	for _, u := range inOrder(since) {
		cash := since[u]
		if u.IsZero() {
			continue // no document says who counted it: difference finds it in the ledger
		}
		from, err := e.closed(u)
		if err != nil {
			return nil, err
		}
		if u == s.ID {
			from = s // came between its count and its close
		}
		for c, x := range cash {
			all.add(c, x)
		}
		if from.ID.IsZero() {
			continue
		}
		if err := e.bookLate(s, from, cash, "close"); err != nil {
			return nil, err
		}
	}
	return all, nil
}

// difference is the shift's own difference in one currency. What the ledger holds in the book currency
// beyond the documents is booked to over/short without a holder, and a task names it.
func (e *ending) difference(c money.Currency, late holding) (posting.Cash, error) {
	n := e.counts[c]
	n.Currency = c
	ledger, err := balance(e.tx, &e.books, e.shift.Store, e.shift.Drawer, c)
	if err != nil {
		return posting.Cash{}, err
	}
	a := money.Amount{Minor: n.Difference(), Currency: c}
	if c == e.shop.Book {
		e.left[c] = holding{n.Counted, n.Counted}
		return posting.Cash{Amount: a, Book: a.Minor}, e.unexplained(ledger - late.book - n.Expected)
	}
	carried := holding{n.Expected, ledger - late.book}
	if carried.book <= 0 { // the tenders waited in suspense for this account: take them as they were
		carried.book = n.Book
	}
	book, err := value(a, carried, e.order.Rates[c], e.shop.Book)
	e.left[c] = holding{n.Counted, carried.book + book}
	return posting.Cash{Amount: a, Book: book}, err
}

// unexplained clears what the drawer's account holds and no document explains.
func (e *ending) unexplained(rest money.Minor) error {
	if rest == 0 {
		return nil
	}
	h := e.holder()
	h.Employee = ""
	over := posting.Cash{Amount: money.Amount{Minor: -rest, Currency: e.shop.Book}, Book: -rest}
	d := posting.CashDifference{ID: id.Derive(e.tx.Now, "shift-unexplained", string(e.shift.ID[:])), Holder: h, Day: e.shift.Day, Over: []posting.Cash{over},
		Memo: "the drawer's account differed from its documents"}
	if err := e.post(posting.CountCash(d, e.books)); err != nil {
		return err
	}
	return tasks.Open(e.tx, tasks.Task{Kind: "drawer_unexplained", Key: "drawer:" + e.shift.ID.String(), Store: e.shift.Store, Doc: e.shift.ID,
		Message: "the account of drawer " + e.shift.Drawer + " held " + e.shop.Book.Format(rest) + " " + string(e.shop.Book) +
			" that no receipt or movement of the shift explains; it was booked to over/short: look at the account"})
}

// skim takes the drawer down to its float.
func (e *ending) skim(keep map[money.Currency]money.Minor) error {
	for _, c := range currencies(e.left) {
		stays, ok := keep[c]
		out := money.Amount{Minor: e.left[c].own - stays, Currency: c}
		if !ok || out.Minor <= 0 {
			continue
		}
		book, err := value(money.Amount{Minor: -out.Minor, Currency: c}, e.left[c], e.order.Rates[c], e.shop.Book)
		if err != nil {
			return err
		}
		if _, err := EnsureSafeAccount(e.tx, e.shift.Store, c); err != nil {
			return err
		}
		m := shifts.Movement{ID: id.Derive(e.tx.Now, "shift-skim", string(e.shift.ID[:])+string(c)), Shift: e.shift.ID, Kind: string(posting.CashSkim),
			Amount: money.Amount{Minor: -out.Minor, Currency: c}, Book: book}
		if _, err := shifts.Move(e.tx, e.shift.Store, m); err != nil {
			return err
		}
		move := posting.CashMove{ID: m.ID, Holder: e.holder(), Kind: posting.CashSkim, Cash: posting.Cash{Amount: out, Book: -book}, Memo: "down to the float"}
		if err := e.post(posting.MoveCash(move, e.books)); err != nil {
			return err
		}
	}
	return nil
}
