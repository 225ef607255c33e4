package cli

import (
	"strconv"
	"strings"
	"time"

	"github.com/tillpost/tillpost/internal/base/day"
	"github.com/tillpost/tillpost/internal/base/id"
	"github.com/tillpost/tillpost/internal/base/money"
	"github.com/tillpost/tillpost/internal/domain/org"
	"github.com/tillpost/tillpost/internal/domain/shifts"
	"github.com/tillpost/tillpost/internal/flow/posting"
	"github.com/tillpost/tillpost/internal/flow/shift"
	"github.com/tillpost/tillpost/internal/platform/db"
	"github.com/tillpost/tillpost/internal/views/table"
)

type shiftCmd struct {
	Open    shiftOpenCmd    `cmd:"" help:"Take over a drawer."`
	PaidIn  shiftPaidInCmd  `cmd:"" help:"Cash into the drawer that is not from a sale."`
	PaidOut shiftPaidOutCmd `cmd:"" help:"Cash out of the drawer that is not a refund."`
	Drop    shiftDropCmd    `cmd:"" help:"Cash from the drawer to the safe."`
	Count   shiftCountCmd   `cmd:"" help:"Count the drawer, without being told what should be in it."`
	Close   shiftCloseCmd   `cmd:"" help:"Book what is over or short, skim the drawer and end the shift."`
	List    shiftListCmd    `cmd:"" help:"The shifts of a day, or those that are not closed."`
}

// atRegister is a choice of register.
type atRegister struct {
	Store    string `help:"The store. Default: the only one there is." placeholder:"CODE"`
	Register string `help:"The register. Default: the store's only till." placeholder:"CODE"`
}

func (a atRegister) choose(shop org.Shop) (store, register string, err error) {
	if store, err = chooseStore(shop, a.Store); err == nil {
		register, err = chooseRegister(shop, store, a.Register)
	}
	return store, register, err
}

// active opens the database and finds the register's shift that is not closed.
func (a atRegister) active(e *env) (*db.DB, org.Shop, shifts.Shift, error) {
	d, shop, err := e.existing()
	if err != nil {
		return nil, shop, shifts.Shift{}, err
	}
	var s shifts.Shift
	err = d.Read(e.ctx, func(v *db.View) error {
		store, register, err := a.choose(shop)
		if err != nil {
			return err
		}
		found, ok, err := shifts.Active(v, store, register)
		if err == nil && !ok {
			err = ErrNoShift.At(store + "/" + register)
		}
		s = found
		return err
	})
	if err != nil {
		_ = d.Close()
		return nil, shop, s, err
	}
	return d, shop, s, nil
}

// repeatable lets a command that got no answer be sent again without doing it twice.
type repeatable struct {
	ID string `help:"Id of the command (a UUID). Sending the same again with the same id changes nothing." placeholder:"ID"`
}

func (r repeatable) id() (id.ID, error) {
	if r.ID == "" {
		return id.New(time.Now()), nil
	}
	u, err := id.Parse(r.ID)
	if err != nil {
		return u, id.ErrSyntax.At("--id")
	}
	return u, nil
}

type shiftOpenCmd struct {
	atRegister `embed:""`
	repeatable `embed:""`
	Drawer     string   `help:"The drawer. Default: the register's own." placeholder:"CODE"`
	Employee   string   `help:"Who takes it." placeholder:"CODE"`
	Float      string   `help:"Cash brought from the safe for this shift." placeholder:"AMOUNT"`
	Found      []string `arg:"" optional:"" help:"What is in the drawer, with the float, as VALUExNUMBER: 20x5 0.50x12. Left out: what should be in it."`
}

// Run opens a shift.
func (c shiftOpenCmd) Run(e *env) error {
	d, shop, err := e.existing()
	if err != nil {
		return err
	}
	defer d.Close()
	o := shift.Opening{Drawer: c.Drawer, Employee: c.Employee}
	if o.Store, o.Register, err = c.choose(shop); err != nil {
		return err
	}
	if o.ID, err = c.id(); err != nil {
		return err
	}
	if c.Float != "" {
		a, err := parseAmount("--float", shop.Book, c.Float)
		if err != nil {
			return err
		}
		o.FromSafe = []money.Amount{a}
	}
	if len(c.Found) > 0 {
		counting, err := parseCount(shop.Book, c.Found)
		if err != nil {
			return err
		}
		o.Counts = []shift.Counting{counting}
	}
	opened, err := shift.Open(e.ctx, d, o)
	if err != nil {
		return err
	}
	e.say("Shift %s is open: register %s of store %s, drawer %s, business day %s.", opened.Shift.ID, o.Register, o.Store, opened.Shift.Drawer, opened.Shift.Day)
	for _, r := range opened.Counts {
		e.say("  in the drawer: %s %s", amount(r.Currency, r.Counted), r.Currency)
		if r.Difference != 0 {
			e.say("  %s from what the shift before left; booked as its difference", signed(r.Currency, r.Difference))
		}
	}
	return nil
}

// moving are the flags of a cash movement.
type moving struct {
	Amount     string `arg:"" help:"How much."`
	atRegister `embed:""`
	repeatable `embed:""`
	Reason     string `help:"Why, in the shop's words." placeholder:"TEXT"`
}

// move books a movement of the open shift.
func (c moving) move(e *env, m shift.Movement) error {
	d, shop, s, err := c.active(e)
	if err != nil {
		return err
	}
	defer d.Close()
	if m.ID, err = c.id(); err != nil {
		return err
	}
	if m.Amount, err = parseAmount("amount", shop.Book, c.Amount); err != nil {
		return err
	}
	m.Shift, m.Reason = s.ID, c.Reason
	row, err := shift.Move(e.ctx, d, m)
	if err != nil {
		return err
	}
	direction := "out of"
	if row.Amount.Minor > 0 {
		direction = "into"
	}
	e.say("%s %s %s drawer %s.", amount(shop.Book, row.Amount.Minor.Abs()), shop.Book, direction, s.Drawer)
	if row.Amount.Minor < 0 {
		return e.sayOverdrawn(d, s)
	}
	return nil
}

type shiftPaidInCmd struct {
	moving  `embed:""`
	Purpose string `help:"safe (change money), owner, or expense (a refund of one)." enum:"expense,safe,owner,wages,supplier" default:"safe"`
	Expense string `help:"Kind of expense: the key of its account." placeholder:"KIND"`
}

// Run books cash that was paid in.
func (c shiftPaidInCmd) Run(e *env) error {
	return c.move(e, shift.Movement{Kind: posting.CashPaidIn, Purpose: posting.CashPurpose(c.Purpose), Expense: c.Expense})
}

type shiftPaidOutCmd struct {
	moving   `embed:""`
	Purpose  string `help:"expense, safe, owner, wages or supplier." enum:"expense,safe,owner,wages,supplier" default:"expense"`
	Expense  string `help:"Kind of expense: the key of its account." placeholder:"KIND"`
	Tax      string `help:"Input tax that the voucher shows, part of the amount." placeholder:"AMOUNT"`
	TaxCode  string `help:"Its tax code." placeholder:"CODE"`
	Employee string `help:"Who gets the wages." placeholder:"CODE"`
}

// Run books cash that was paid out.
func (c shiftPaidOutCmd) Run(e *env) error {
	m := shift.Movement{Kind: posting.CashPaidOut, Purpose: posting.CashPurpose(c.Purpose), Expense: c.Expense, TaxCode: c.TaxCode, Employee: c.Employee}
	if c.Tax != "" {
		shop, err := e.shop()
		if err != nil {
			return err
		}
		tax, err := parseAmount("--tax", shop.Book, c.Tax)
		if err != nil {
			return err
		}
		m.Tax = tax.Minor
	}
	return c.move(e, m)
}

type shiftDropCmd struct {
	moving `embed:""`
}

// Run books cash that went to the safe.
func (c shiftDropCmd) Run(e *env) error { return c.move(e, shift.Movement{Kind: posting.CashDrop}) }

type shiftCountCmd struct {
	Pieces     []string `arg:"" help:"What is in the drawer, as VALUExNUMBER: 20x5 10x3 0.50x12. An empty drawer is 0x0."`
	atRegister `embed:""`
	Again      string `help:"Count a second time, and why. Both counts stay; this one decides." placeholder:"REASON"`
}

// Help is the text below the flags.
func (shiftCountCmd) Help() string {
	return `What should be in the drawer is told when the count is on disk. From then on the shift takes no movements. Foreign cash
is counted with "tillpost post shift-count".`
}

// Run stores the blind count and tells what was expected.
func (c shiftCountCmd) Run(e *env) error {
	d, shop, s, err := c.active(e)
	if err != nil {
		return err
	}
	defer d.Close()
	counting, err := parseCount(shop.Book, c.Pieces)
	if err != nil {
		return err
	}
	count, blind := shift.Count, shift.Blind{Shift: s.ID, Counts: []shift.Counting{counting}, Reason: c.Again}
	if c.Again != "" {
		count = shift.Recount
	}
	counted, err := count(e.ctx, d, blind)
	if err != nil {
		return err
	}
	e.sayCounts(counted.Counts)
	return nil
}

type shiftCloseCmd struct {
	atRegister `embed:""`
	Keep       string `help:"Float that stays in the drawer; the rest goes to the safe. Left out: everything stays." placeholder:"AMOUNT"`
}

// Run ends the shift.
func (c shiftCloseCmd) Run(e *env) error {
	d, shop, s, err := c.active(e)
	if err != nil {
		return err
	}
	defer d.Close()
	order := shift.Closing{Shift: s.ID}
	if c.Keep != "" {
		a, err := parseAmount("--keep", shop.Book, c.Keep)
		if err != nil {
			return err
		}
		order.Keep = []money.Amount{a}
	}
	ended, err := shift.Close(e.ctx, d, order)
	if err != nil {
		return err
	}
	e.say("Shift of register %s is closed as Z number %s. \"tillpost report z --shift %s\" prints it.", s.Register, count(ended.Shift.Z), s.ID)
	e.sayCounts(ended.Counts)
	for _, a := range ended.Skims {
		e.say("  to the safe %s %s", amount(a.Currency, a.Minor), a.Currency)
	}
	return nil
}

func (e *env) sayCounts(counts []shift.Result) {
	for _, r := range counts {
		verdict := "exact"
		if r.Difference != 0 {
			verdict = signed(r.Currency, r.Difference)
		}
		e.say("  counted %s %s, expected %s: %s", amount(r.Currency, r.Counted), r.Currency, amount(r.Currency, r.Expected), verdict)
	}
}

// signed says over or short.
func signed(c money.Currency, a money.Minor) string {
	if a < 0 {
		return amount(c, -a) + " short"
	}
	return amount(c, a) + " over"
}

type shiftListCmd struct {
	Store  string `help:"One store; all stores when left out." placeholder:"CODE"`
	Day    string `help:"All shifts of this business day; those that are not closed when left out." placeholder:"DAY"`
	layout `embed:""`
}

// Run lists shifts.
func (c shiftListCmd) Run(e *env) error {
	on, title := lastDay, "Shifts that are not closed"
	if c.Day != "" {
		var err error
		if on, err = parseDay("--day", c.Day); err != nil {
			return err
		}
		title = "Shifts of " + c.Day
	}
	return e.report(c.layout, func(v *db.View, shop org.Shop) (*table.Table, error) {
		t := &table.Table{Title: title, Columns: []table.Column{{Name: "business_day"}, {Name: "store"}, {Name: "register"}, {Name: "drawer"},
			{Name: "employee"}, {Name: "state"}, {Name: "opened"}, {Name: "counted"}, {Name: "closed"}, {Name: "z_number", Label: "Z", Kind: table.KindCount},
			{Name: "shift"}}}
		if err := known(shop, c.Store); err != nil {
			return nil, err
		}
		for _, store := range storesOf(shop, c.Store) {
			list, err := c.shifts(v, store, on)
			if err != nil {
				return nil, err
			}
			zone := shop.Stores[store].Rule().Zone
			for _, s := range list {
				z := table.Blank()
				if s.Z > 0 {
					z = table.Count(s.Z)
				}
				t.Add(table.Text(string(s.Day)), table.Text(s.Store), table.Text(s.Register), table.Text(s.Drawer), table.Text(s.Employee),
					table.Text(string(s.State)), table.Text(clock(s.OpenedMs, zone)), table.Text(clock(s.CountedMs, zone)),
					table.Text(clock(s.ClosedMs, zone)), z, table.Text(s.ID.String()))
			}
		}
		return t, nil
	})
}

func (c shiftListCmd) shifts(v *db.View, store string, on day.Day) ([]shifts.Shift, error) {
	if c.Day != "" {
		return shifts.OfDay(v, store, on)
	}
	return shifts.Unclosed(v, store, on)
}

// parseAmount reads an amount in the books' currency.
func parseAmount(flag string, c money.Currency, text string) (money.Amount, error) {
	minor, err := c.Parse(text)
	if err != nil {
		return money.Amount{}, ErrAmount.At(flag)
	}
	return money.Amount{Minor: minor, Currency: c}, nil
}

// parseCount reads "20x5 0.50x12".
func parseCount(c money.Currency, texts []string) (shift.Counting, error) {
	out := shift.Counting{Currency: c}
	for _, text := range texts {
		value, number, ok := strings.Cut(strings.ReplaceAll(text, "×", "x"), "x")
		minor, err := c.Parse(value)
		n, err2 := strconv.ParseInt(number, 10, 64)
		if !ok || err != nil || err2 != nil {
			return out, ErrPieces.At(text)
		}
		if minor != 0 || n != 0 {
			out.Pieces = append(out.Pieces, shifts.Piece{Value: minor, Number: n})
		}
	}
	return out, nil
}
