package shift

import (
	"bytes"
	"github.com/tillpost/tillpost/internal/base/id"
	"github.com/tillpost/tillpost/internal/base/money"
	"github.com/tillpost/tillpost/internal/domain/shifts"
	"github.com/tillpost/tillpost/internal/flow/posting"
	"github.com/tillpost/tillpost/internal/platform/db"
	"maps"
	"slices"
)

// found is what must be in the drawer before the shift begins. In the book currency that is what the
// ledger says; the amount of a foreign currency comes from the documents. Cash of receipts that came
// late for shifts already closed was counted in those: it is booked off as their over/short, first.
func (h *handover) found() (holdings, error) {
	out := holdings{}
	own, err := takings(h.tx, h.shift)
	if err != nil {
		return nil, err
	}
	since := map[id.ID]holdings{}
	if h.had {
		if out, err = remains(h.tx, h.before); err != nil {
			return nil, err
		}
		if since, err = byShift(h.tx, selectSince, h.shift.Store, h.shift.Drawer, h.before.SettledSeq); err != nil {
			return nil, err
		}
	}
	delete(since, h.shift.ID) // receipts that overtook the opening: they are its takings
	late := holdings{}
	for _, u := range inOrder(since) {
		cash := since[u]
		s, err := h.closed(u)
		if err != nil {
			return nil, err
		}
		for c, x := range cash {
			if s.ID.IsZero() { // no shift that we know has counted it: it is in the drawer
				out.add(c, x)
			} else {
				late.add(c, x)
			}
		}
		if err := h.bookLate(s, cash, "open"); err != nil {
			return nil, err
		}
	}
	for _, c := range currencies(out, late, own, holdings{h.shop.Book: {}}) {
		n, err := balance(h.tx, &h.books, h.shift.Store, h.shift.Drawer, c)
		if err != nil {
			return nil, err
		}
		n -= late[c].book + own[c].book
		if c == h.shop.Book {
			n += h.early
			out[c] = holding{n, n}
		} else {
			out[c] = holding{out[c].own, n}
		}
		if out[c] == (holding{}) {
			delete(out, c)
		}
	}
	return out, nil
}

// remains is what a closed shift left in its drawer: its last count less what went to the safe.
func remains(q db.Q, s shifts.Shift) (holdings, error) {
	counts, err := shifts.Counts(q, s.ID)
	if err != nil {
		return nil, err
	}
	out := holdings{}
	for c, n := range shifts.Final(counts) {
		out.add(c, holding{own: n.Counted})
	}
	moves, err := shifts.Movements(q, s.ID)
	if err != nil {
		return nil, err
	}
	for _, m := range moves {
		if m.Kind == string(posting.CashSkim) {
			out.add(m.Amount.Currency, holding{own: m.Amount.Minor})
		}
	}
	return out, nil
}

// closed finds the closed shift that a receipt names; the zero Shift when it names none or one that
// is not closed.
func (t till) closed(u id.ID) (shifts.Shift, error) {
	if u.IsZero() {
		return shifts.Shift{}, nil
	}
	s, ok, err := shifts.Find(t.tx, u)
	if err != nil || !ok || s.State != shifts.Closed {
		return shifts.Shift{}, err
	}
	return s, nil
}

// bookLate books the cash of receipts that came after their shift was counted off the drawer: the
// count had found it as an overage of that shift, or else it is missing there.
func (h *handover) bookLate(s shifts.Shift, cash holdings, stage string) error {
	if s.ID.IsZero() {
		return nil
	}
	return h.till.bookLate(h.shift, s, cash, stage)
}

func (t till) bookLate(now, s shifts.Shift, cash holdings, stage string) error {
	d := posting.CashDifference{ID: id.Derive(t.tx.Now, "shift-late-"+stage, string(now.ID[:])+string(s.ID[:])),
		Holder: posting.Holder{Shift: s.ID, Store: s.Store, Register: s.Register, Drawer: now.Drawer, Employee: s.Employee, Day: now.Day},
		Day:    now.Day, Memo: "cash of receipts that came after the count"}
	for _, c := range currencies(cash) {
		if x := cash[c]; x.book != 0 {
			d.Over = append(d.Over, posting.Cash{Amount: money.Amount{Minor: -x.own, Currency: c}, Book: -x.book})
		}
	}
	return t.post(posting.CountCash(d, t.books))
}

// inOrder returns the ids in their order: what is booked for several shifts stands in the ledger the
// same way each time.
func inOrder(since map[id.ID]holdings) []id.ID {
	return slices.SortedFunc(maps.Keys(since), func(a, b id.ID) int { return bytes.Compare(a[:], b[:]) })
}
