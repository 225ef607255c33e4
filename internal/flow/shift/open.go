package shift

import (
	"context"
	"time"

	"github.com/tillpost/tillpost/internal/base/id"
	"github.com/tillpost/tillpost/internal/base/money"
	"github.com/tillpost/tillpost/internal/domain/org"
	"github.com/tillpost/tillpost/internal/domain/sales"
	"github.com/tillpost/tillpost/internal/domain/shifts"
	"github.com/tillpost/tillpost/internal/flow/posting"
	"github.com/tillpost/tillpost/internal/platform/db"
)

// Counting is what somebody counted of one currency. Rate is what one major unit of a foreign
// currency is worth, needed only when the books hold none of it yet.
type Counting struct {
	Currency money.Currency `json:"currency"`
	Pieces   []shifts.Piece `json:"pieces"` // none: there is no cash of this currency
	Rate     money.Rate     `json:"rate,omitempty"`
}

// Opening is the command that begins a shift.
type Opening struct {
	ID       id.ID  `json:"id"` // the shift's
	Store    string `json:"store"`
	Register string `json:"register"`
	Drawer   string `json:"drawer,omitempty"` // "" is the register's own
	Employee string `json:"employee,omitempty"`
	// Counts is the drawer as it was found, with what was brought from the safe. A currency that is not
	// counted is taken over as the books have it.
	Counts []Counting `json:"counts,omitempty"`
	// FromSafe is the float that was brought from the safe for this shift.
	FromSafe []money.Amount `json:"from_safe,omitempty"`
	// At is when it began by the device's clock, Sent when the device sent it; zero means now. See
	// org.Store.BusinessDay.
	At   time.Time `json:"at,omitzero"`
	Sent time.Time `json:"sent,omitzero"`
}

// Result is one currency of a count. The difference is what was found more (positive) or less.
type Result struct {
	Currency   money.Currency `json:"currency"`
	Expected   money.Minor    `json:"expected"`
	Counted    money.Minor    `json:"counted"`
	Difference money.Minor    `json:"difference"`
}

// Opened is the answer to an Opening. Differences are charged to the shift that had the drawer before.
type Opened struct {
	Shift  shifts.Shift `json:"shift"`
	Before id.ID        `json:"before,omitzero"` // that shift
	Counts []Result     `json:"counts"`
}

// Open begins a shift.
//
// What the drawer holds must be what the shift before left in it, with what was brought from the
// safe; a difference is booked as over/short of that shift. A drawer that nobody had before holds what
// was sold into it, and gets its first float from the safe, whatever it is.
func Open(ctx context.Context, d *db.DB, o Opening) (Opened, error) {
	return write(ctx, d, func(tx *db.Tx) (Opened, bool, error) { return OpenInTx(tx, o) })
}

// OpenInTx is Open inside a transaction, of which it must be the first part; fresh is false for a shift that
// was recorded before.
func OpenInTx(tx *db.Tx, o Opening) (opened Opened, fresh bool, err error) {
	t, err := open(tx)
	if err != nil {
		return Opened{}, false, err
	}
	if err := o.check(t); err != nil {
		return Opened{}, false, err
	}
	if err := alone(tx); err != nil {
		return Opened{}, false, err
	}
	before, had, err := shifts.Before(tx, o.Store, o.Drawer)
	if err != nil {
		return Opened{}, false, err
	}
	last, err := sales.Last(tx)
	if err != nil {
		return Opened{}, false, err
	}
	at := o.At
	if at.IsZero() {
		at = tx.Now
	}
	s, fresh, err := shifts.Start(tx, shifts.Shift{ID: o.ID, Store: o.Store, Register: o.Register, Drawer: o.Drawer, Employee: o.Employee,
		Day: t.shop.Stores[o.Store].BusinessDay(at, o.Sent, tx.Now), FirstSeq: last})
	if err != nil {
		return Opened{}, false, err
	}
	if !fresh {
		opened, err = o.repeated(tx, s)
		return opened, false, err
	}
	h := handover{till: t, order: o, shift: s, before: before, had: had}
	opened, err = h.run()
	return opened, true, err
}

// check completes the command and refuses what can never work.
func (o *Opening) check(t till) error {
	if o.Drawer == "" {
		o.Drawer = o.Register
	}
	if _, err := t.shop.Register(o.Store, o.Register); err != nil {
		return err
	}
	if _, err := t.shop.Drawer(o.Store, o.Drawer); err != nil {
		if o.Drawer != o.Register {
			return err
		}
		// A register has a drawer of its own without being asked.
		if err := org.AddDrawer(t.tx, org.Drawer{Store: o.Store, Code: o.Drawer, Name: o.Drawer}); err != nil {
			return err
		}
	}
	for _, a := range o.FromSafe {
		if err := shifts.CheckAmount(a); err != nil {
			return err
		}
	}
	_, err := sums(o.Counts)
	return err
}

// sums are the counted totals by currency.
func sums(counts []Counting) (map[money.Currency]money.Minor, error) {
	out := map[money.Currency]money.Minor{}
	for _, c := range counts {
		if _, err := money.ParseCurrency(string(c.Currency)); err != nil {
			return nil, err
		}
		if _, twice := out[c.Currency]; twice {
			return nil, shifts.ErrCountTwice.At(string(c.Currency))
		}
		if c.Rate < 0 {
			return nil, ErrRate.At(string(c.Currency))
		}
		n, err := shifts.Sum(c.Pieces)
		if err != nil {
			return nil, err
		}
		out[c.Currency] = n
	}
	return out, nil
}

// repeated answers an Opening that was recorded before: the same, or a conflict when its counts differ.
func (o *Opening) repeated(tx *db.Tx, s shifts.Shift) (Opened, error) {
	counts, err := shifts.Counts(tx, s.ID)
	if err != nil {
		return Opened{}, err
	}
	stored := shifts.At(counts, shifts.AtOpen)
	counted, err := sums(o.Counts)
	if err != nil {
		return Opened{}, err
	}
	for c, n := range counted {
		if was, ok := stored[c]; !ok || was.Counted != n {
			return Opened{}, shifts.ErrOtherContent.At("counts")
		}
	}
	before, had, err := shifts.Previous(tx, s)
	if err != nil {
		return Opened{}, err
	}
	out := Opened{Shift: s, Counts: results(stored)}
	if had {
		out.Before = before.ID
	}
	return out, nil
}

func results(counts map[money.Currency]shifts.Count) []Result {
	have := holdings{}
	for c := range counts {
		have[c] = holding{}
	}
	out := []Result{}
	for _, c := range currencies(have) {
		n := counts[c]
		out = append(out, Result{c, n.Expected, n.Counted, n.Difference()})
	}
	return out
}

// handover is a drawer on its way from one holder to the next.
type handover struct {
	till
	order  Opening
	shift  shifts.Shift
	before shifts.Shift
	had    bool        // there was a holder before
	early  money.Minor // cash of the book currency on its way to the drawer's account: see adopt
}

func (h *handover) run() (Opened, error) {
	if err := h.adopt(); err != nil {
		return Opened{}, err
	}
	found, err := h.found()
	if err != nil {
		return Opened{}, err
	}
	fromSafe, counted := holdings{}, map[money.Currency]Counting{}
	for _, a := range h.order.FromSafe {
		fromSafe.add(a.Currency, holding{own: a.Minor})
	}
	asked := holdings{h.shop.Book: {}}
	for _, c := range h.order.Counts {
		asked[c.Currency], counted[c.Currency] = holding{}, c
	}
	out := Opened{Shift: h.shift}
	if h.had {
		out.Before = h.before.ID
	}
	all := currencies(found, fromSafe, asked)
	if err := h.accounts(h.shift.Store, h.shift.Drawer, all); err != nil {
		return Opened{}, err
	}
	var counts []shifts.Count
	over := posting.CashDifference{ID: id.Derive(h.tx.Now, "shift-open", string(h.shift.ID[:])), Holder: h.holder(h.before), Day: h.shift.Day,
		Memo: "difference at the opening"}
	for _, c := range all {
		count, diff, err := h.take(c, found[c], fromSafe[c].own, counted)
		if err != nil {
			return Opened{}, err
		}
		counts = append(counts, count)
		if diff.Book != 0 || diff.Minor != 0 {
			over.Over = append(over.Over, diff)
		}
		out.Counts = append(out.Counts, Result{c, count.Expected, count.Counted, count.Difference()})
	}
	if _, err := shifts.RecordCounts(h.tx, h.shift, counts, 0); err != nil {
		return Opened{}, err
	}
	return out, h.post(posting.CountCash(over, h.books))
}

// holder names the shift that had the drawer before, or nobody.
func (h *handover) holder(s shifts.Shift) posting.Holder {
	return posting.Holder{Shift: s.ID, Store: h.shift.Store, Register: h.shift.Register, Drawer: h.shift.Drawer, Employee: s.Employee, Day: h.shift.Day}
}

// take takes over one currency: the count to be stored and the difference to be charged to the holder
// before. Count.Book is what the counted cash is carried at from now on.
func (h *handover) take(c money.Currency, found holding, fromSafe money.Minor, counted map[money.Currency]Counting) (shifts.Count, posting.Cash, error) {
	said, given := counted[c]
	n := shifts.Count{Shift: h.shift.ID, Stage: shifts.AtOpen, Currency: c, Pieces: said.Pieces}
	total, err := shifts.Sum(said.Pieces)
	if err != nil {
		return n, posting.Cash{}, err
	}
	if n.Counted = found.own + fromSafe; given {
		n.Counted = total
	}
	if !h.had {
		fromSafe = n.Counted - found.own
	}
	n.Expected = found.own + fromSafe
	worth := func(minor money.Minor) (posting.Cash, error) {
		a := money.Amount{Minor: minor, Currency: c}
		book, err := value(a, found, said.Rate, h.shop.Book)
		return posting.Cash{Amount: a, Book: book}, err
	}
	brought, err := worth(fromSafe)
	if err != nil {
		return n, posting.Cash{}, err
	}
	found = found.plus(holding{brought.Minor, brought.Book})
	diff, err := worth(n.Counted - n.Expected)
	if err != nil {
		return n, posting.Cash{}, err
	}
	n.Book = found.book + diff.Book
	return n, diff, h.bring(brought)
}

// bring books the float: from the safe, or to it when a first holder finds more than a float.
func (h *handover) bring(c posting.Cash) error {
	if c.Minor == 0 {
		return nil
	}
	if _, err := EnsureSafeAccount(h.tx, h.shift.Store, c.Currency); err != nil {
		return err
	}
	m := shifts.Movement{ID: id.Derive(h.tx.Now, "shift-float", string(h.shift.ID[:])+string(c.Currency)), Shift: h.shift.ID,
		Kind: string(posting.CashFloat), Amount: c.Amount, Book: c.Book}
	if _, err := shifts.Move(h.tx, h.shift.Store, m); err != nil {
		return err
	}
	holder := h.holder(h.shift)
	move := posting.CashMove{ID: m.ID, Holder: holder, Kind: posting.CashFloat, Cash: c, Memo: "float"}
	if c.Minor < 0 {
		move.Kind, move.Cash = posting.CashDrop, posting.Cash{Amount: money.Amount{Minor: -c.Minor, Currency: c.Currency}, Book: -c.Book}
		move.Memo = "more than a float, to the safe"
	}
	return h.post(posting.MoveCash(move, h.books))
}
