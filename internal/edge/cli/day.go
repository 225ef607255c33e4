package cli

import (
	"encoding/hex"
	"fmt"
	"time"

	"github.com/tillpost/tillpost/internal/base/day"
	"github.com/tillpost/tillpost/internal/domain/org"
	"github.com/tillpost/tillpost/internal/domain/shifts"
	"github.com/tillpost/tillpost/internal/flow/closeday"
	"github.com/tillpost/tillpost/internal/platform/db"
	"github.com/tillpost/tillpost/internal/views/table"
)

type dayCmd struct {
	Close dayCloseCmd `cmd:"" help:"Seal a business day: its receipt numbers, their count, their total and the last hash."`
	Due   dayDueCmd   `cmd:"" help:"Days with sales that nobody has closed."`
	Late  dayLateCmd  `cmd:"" help:"Receipts that came after their day was closed."`
	Seals daySealsCmd `cmd:"" help:"The seals of closed days, each checked against its receipts."`
}

// ofStore is a choice of store and day.
type ofStore struct {
	Store string `help:"The store. Default: the only one there is." placeholder:"CODE"`
	Day   string `help:"The business day. Default: the store's day of this moment." placeholder:"DAY"`
}

// choose finds the store and the day.
func (o ofStore) choose(shop org.Shop) (string, day.Day, error) {
	store, err := chooseStore(shop, o.Store)
	if err != nil {
		return "", "", err
	}
	if o.Day == "" {
		return store, shop.Stores[store].Rule().Of(time.Now()), nil
	}
	d, err := parseDay("--day", o.Day)
	return store, d, err
}

type dayCloseCmd struct {
	ofStore `embed:""`
	Due     bool   `help:"Close all days that are due, the oldest first."`
	Force   bool   `help:"Close although shifts are still open; their receipts that come later are late."`
	Format  string `help:"text or json." enum:"text,json" default:"text"`
}

// Help is the text below the flags.
func (dayCloseCmd) Help() string {
	return `A day is closed once and never opened again. Every receipt is in the books already, so closing posts nothing. It ends
with 1 when receipt numbers are missing: the day is closed all the same, and each gap has a task until its numbers arrive.`
}

// Run closes a day, or all that are due.
func (c dayCloseCmd) Run(e *env) error {
	d, shop, err := e.existing()
	if err != nil {
		return err
	}
	defer d.Close()
	store, on, err := c.choose(shop)
	if err != nil {
		return err
	}
	days := []day.Day{on}
	if c.ofStore.Day != "" && c.Due {
		return &usageError{"--due closes all days that are due, --day one: say which"}
	}
	if c.Due {
		if err := d.Read(e.ctx, func(v *db.View) (err error) { days, err = closeday.Due(v, store, time.Now()); return err }); err != nil {
			return err
		}
	}
	answers := []closeday.Closed{}
	for _, on := range days {
		closed, err := closeday.Close(e.ctx, d, closeday.Command{Store: store, Day: on, Force: c.Force})
		if err != nil {
			return err
		}
		answers = append(answers, closed)
	}
	return c.tell(e, shop, store, answers)
}

func (c dayCloseCmd) tell(e *env, shop org.Shop, store string, answers []closeday.Closed) error {
	var missing int64
	for _, a := range answers {
		missing += a.Store.Missing
		if c.Format == "text" {
			e.say("Closed %s of store %s as number %s: %s, total %s %s.", a.Store.Day, store, count(a.Store.Z),
				plural(a.Store.Receipts, "receipt", "receipts"), amount(shop.Book, a.Store.Total), shop.Book)
			for _, r := range a.Registers {
				e.sayGaps(r)
			}
		}
	}
	if c.Format == "json" {
		if err := e.json(answers); err != nil {
			return err
		}
	} else if len(answers) == 0 {
		e.say("No day of store %s is due.", store)
	}
	if missing > 0 {
		return errFound
	}
	return nil
}

func (e *env) sayGaps(s shifts.Seal) {
	for _, g := range s.Gaps {
		if g.First == g.Last {
			e.say("  register %s: number %d has not arrived", s.Register, g.First)
		} else {
			e.say("  register %s: numbers %d to %d have not arrived", s.Register, g.First, g.Last)
		}
	}
}

type dayDueCmd struct {
	Store  string `help:"One store; all stores when left out." placeholder:"CODE"`
	layout `embed:""`
}

// Run lists the days that nobody has closed.
func (c dayDueCmd) Run(e *env) error {
	return e.report(c.layout, func(v *db.View, shop org.Shop) (*table.Table, error) {
		t := &table.Table{Title: "Days to be closed", Columns: []table.Column{{Name: "store"}, {Name: "business_day"}}}
		for _, s := range storesOf(shop, c.Store) {
			days, err := closeday.Due(v, s, time.Now())
			if err != nil {
				return nil, err
			}
			for _, d := range days {
				t.Add(table.Text(s), table.Text(string(d)))
			}
		}
		return t, nil
	})
}

type dayLateCmd struct {
	ofStore `embed:""`
	layout  `embed:""`
}

// Run lists the late receipts of a closed day.
func (c dayLateCmd) Run(e *env) error {
	return e.report(c.layout, func(v *db.View, shop org.Shop) (*table.Table, error) {
		store, on, err := c.choose(shop)
		if err != nil {
			return nil, err
		}
		late, err := closeday.Late(v, store, on)
		if err != nil {
			return nil, err
		}
		t := &table.Table{Title: "Late receipts", Subtitle: []string{string(on), "store " + store, string(shop.Book)}, Columns: []table.Column{
			{Name: "register"}, {Name: "number", Kind: table.KindCount}, {Name: "kind"}, {Name: "arrived"}, {Name: "id"},
			{Name: "total", Kind: table.KindMoney, Currency: shop.Book, Total: true}}}
		zone := shop.Stores[store].Rule().Zone
		for _, r := range late {
			t.Add(table.Text(r.Register), table.Count(r.Number), table.Text(r.Kind), table.Text(clock(r.ServerMs, zone)), table.Text(r.ID.String()),
				table.Money(r.Total))
		}
		return t, nil
	})
}

type daySealsCmd struct {
	Store  string `help:"One store; all stores when left out." placeholder:"CODE"`
	layout `embed:""`
}

// Run lists the seals; it exits with 1 when one does not hold.
func (c daySealsCmd) Run(e *env) error {
	broken := 0
	err := e.report(c.layout, func(v *db.View, shop org.Shop) (*table.Table, error) {
		if err := known(shop, c.Store); err != nil {
			return nil, err
		}
		seals, err := shifts.AllSeals(v)
		if err != nil {
			return nil, err
		}
		findings, err := closeday.Verify(v)
		if err != nil {
			return nil, err
		}
		wrong := map[[32]byte]string{}
		for _, f := range findings {
			wrong[f.Seal.Hash] = f.Message
		}
		t := sealTable(shop)
		for _, s := range seals {
			if c.Store != "" && s.Store != c.Store {
				continue
			}
			state := "holds"
			if w, bad := wrong[s.Hash]; bad {
				broken++
				state = "BROKEN: " + w
			}
			t.Add(sealCells(s, state)...)
		}
		return t, nil
	})
	if err == nil && broken > 0 {
		return errFound
	}
	return err
}

func sealTable(shop org.Shop) *table.Table {
	return &table.Table{Title: "Seals of closed days", Subtitle: []string{string(shop.Book)}, Columns: []table.Column{{Name: "business_day"},
		{Name: "store"}, {Name: "register"}, {Name: "z_number", Label: "Z", Kind: table.KindCount}, {Name: "numbers"}, {Name: "receipts", Kind: table.KindCount},
		{Name: "missing", Kind: table.KindCount}, {Name: "total", Kind: table.KindMoney, Currency: shop.Book}, {Name: "hash", Data: true},
		{Name: "seal"}, {Name: "state"}}}
}

func sealCells(s shifts.Seal, state string) []table.Cell {
	register, numbers := s.Register, ""
	if register == "" {
		register = "(all)"
	} else if s.Receipts > 0 {
		numbers = fmt.Sprintf("%d to %d", s.First, s.Last)
	}
	hash := hex.EncodeToString(s.Hash[:])
	return []table.Cell{table.Text(string(s.Day)), table.Text(s.Store), table.Text(register), table.Count(s.Z), table.Text(numbers),
		table.Count(s.Receipts), table.Count(s.Missing), table.Money(s.Total), table.Text(hash), table.Text(hash[:12]), table.Text(state)}
}

// clock is an instant on the store's wall clock.
func clock(ms int64, zone *time.Location) string {
	if ms == 0 {
		return ""
	}
	return time.UnixMilli(ms).In(zone).Format("2006-01-02 15:04")
}
