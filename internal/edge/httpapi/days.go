package httpapi

import (
	"github.com/tillpost/tillpost/internal/base/day"
	"github.com/tillpost/tillpost/internal/domain/org"
	"github.com/tillpost/tillpost/internal/domain/receipt"
	"github.com/tillpost/tillpost/internal/domain/shifts"
	"github.com/tillpost/tillpost/internal/flow/closeday"
	"github.com/tillpost/tillpost/internal/platform/auth"
	"github.com/tillpost/tillpost/internal/platform/db"
	"github.com/tillpost/tillpost/internal/views/zreport"
)

// days registers the operations on business days.
func (a *API) days() {
	post(a, operation{ID: "closeDay", Path: "/day-closes", Tag: tagShop, Scope: auth.ShiftsWrite, Conflicts: true, Summary: "Close a business day",
		Doc: "Seals the day of a store: its receipt numbers, their count, their total and the last hash. Missing numbers become tasks and do not keep it open. " +
			"A day is closed once: closing it again gives the same answer."}, closeDay)
	get(a, operation{ID: "listDayCloses", Path: "/day-closes", Tag: tagShop, Scope: auth.ShiftsRead, Summary: "The seals of closed days",
		Doc: "By day, store and register. The seal without a register is that of the whole store."}, listSeals)
	get(a, operation{ID: "listDueDays", Path: "/stores/{store}/due-days", Tag: tagShop, Scope: auth.ShiftsRead, Summary: "Days that nobody has closed",
		Doc: "Business days before today's that have sales and no seal."}, listDueDays)
	get(a, operation{ID: "getDayReport", Path: "/day-reports", Tag: tagShop, Scope: auth.ShiftsRead, Summary: "The X or Z report of a business day",
		Doc: "Of a store or of one of its registers: X while the day is open, Z once it is closed. As long as a drawer on it is not counted it is blind, as a shift's is: it has no amounts of what was sold, " +
			"unless expected asks for them; that needs reports:read."}, getDayReport)
}

// Seal is a register's or, without a register, a store's closed day.
type Seal struct {
	shifts.Seal
	LastHash receipt.Hash `json:"last_hash" doc:"Of the last receipt; of a store's seal over those of its registers."`
	PrevHash receipt.Hash `json:"prev_hash,omitzero" doc:"Of the seal before, of the same register."`
	Hash     receipt.Hash `json:"hash"`
}

func sealOf(s shifts.Seal) Seal { return Seal{s, s.LastHash, s.PrevHash, s.Hash} }

// DayClosed is a closed day.
type DayClosed struct {
	Store     Seal   `json:"store"`
	Registers []Seal `json:"registers" doc:"Of the registers that had receipts."`
}

func closeDay(c *Call, _ *struct{}, doc closeday.Command) (DayClosed, bool, error) {
	if err := c.Who.NeedStore(doc.Store); err != nil {
		return DayClosed{}, false, err
	}
	closed, fresh, err := commit(c, doc, closeday.InTx)
	out := DayClosed{Store: sealOf(closed.Store), Registers: []Seal{}}
	for _, s := range closed.Registers {
		out.Registers = append(out.Registers, sealOf(s))
	}
	return out, fresh, err
}

// sealAt is a seal's place in the list.
type sealAt struct {
	Day      day.Day `json:"d"`
	Store    string  `json:"s"`
	Register string  `json:"r"`
}

func listSeals(c *Call, in *struct {
	OfStore
	Day string `query:"day" format:"date" doc:"Only this business day."`
	Paged
}) (Page[Seal], error) {
	var after sealAt
	on, err := optionalDay("query.day", in.Day)
	if err == nil {
		err = in.after(&after)
	}
	if err == nil {
		err = c.Who.NeedStore(in.Store)
	}
	if err != nil {
		return Page[Seal]{}, err
	}
	var rows []Seal
	err = c.Read(func(v *db.View) error {
		seals, err := shifts.SealsAfter(v, in.Store, on, shifts.Seal{Day: after.Day, Store: after.Store, Register: after.Register}, in.Limit+1)
		for _, s := range seals {
			rows = append(rows, sealOf(s))
		}
		return err
	})
	return page(rows, in.Limit, func(s Seal) any { return sealAt{s.Day, s.Store, s.Register} }), err
}

func listDueDays(c *Call, in *storeList) (Page[day.Day], error) {
	if err := c.Who.NeedStore(in.Store); err != nil {
		return Page[day.Day]{}, err
	}
	var rows []day.Day
	err := c.Read(func(v *db.View) (err error) {
		rows, err = closeday.Due(v, in.Store, c.DB().Now())
		return err
	})
	if err != nil {
		return Page[day.Day]{}, err
	}
	return pageOf(rows, &in.Paged, func(d day.Day) string { return string(d) })
}

func getDayReport(c *Call, in *struct {
	Store    string `query:"store" doc:"The store; the only one there is unless stated."`
	Day      string `query:"day" format:"date" doc:"The business day; the store's day of this moment unless stated."`
	Register string `query:"register" doc:"Only this register."`
	Revealed
}) (r zreport.Report, err error) {
	on, err := optionalDay("query.day", in.Day)
	if err != nil {
		return r, err
	}
	o, err := in.options(c)
	if err != nil {
		return r, err
	}
	err = c.Read(func(v *db.View) error {
		shop, err := org.Load(v)
		if err != nil {
			return err
		}
		code := soleStore(shop, in.Store)
		if err := c.Who.NeedStore(code); err != nil {
			return err
		}
		store, err := shop.Store(code)
		if err == nil && in.Register != "" {
			_, err = shop.Register(code, in.Register)
		}
		if err != nil {
			return err
		}
		if on == "" {
			on = store.Rule().Of(c.DB().Now())
		}
		r, err = zreport.Day(v, code, on, in.Register, c.DB().Now(), o)
		return err
	})
	return r.Blinded(), err
}
