package httpapi

import (
	"github.com/tillpost/tillpost/internal/base/id"
	"github.com/tillpost/tillpost/internal/domain/shifts"
	"github.com/tillpost/tillpost/internal/flow/shift"
	"github.com/tillpost/tillpost/internal/platform/auth"
	"github.com/tillpost/tillpost/internal/platform/db"
	"github.com/tillpost/tillpost/internal/views/zreport"
)

// shifts registers the operations on shifts, bags for the bank and business days.
func (a *API) shifts() {
	get(a, operation{ID: "listShifts", Path: "/shifts", Tag: tagShop, Scope: auth.ShiftsRead, Summary: "Shifts", Doc: "In the order of opening."}, listShifts)
	get(a, operation{ID: "getShift", Path: "/shifts/{id}", Tag: tagShop, Scope: auth.ShiftsRead, Summary: "One shift",
		Doc: "With what moved in its drawer apart from receipts, and everything that was counted."}, getShift)
	get(a, operation{ID: "getShiftReport", Path: "/shifts/{id}/report", Tag: tagShop, Scope: auth.ShiftsRead, Summary: "The X or Z report of a shift",
		Doc: "X while the shift goes on, Z once it is closed. Until the drawer is counted the report is blind: it has counts and numbers, the float and what moved, and neither what was sold nor how it was paid. " +
			"Cash is counted without knowing what should be there, and who knows the total and the card terminal's own sum knows the cash. expected asks for all of it; that needs reports:read."}, getShiftReport)
	a.shiftDocuments()
	a.bankDeposits()
	a.days()
}

// OfStore are the parameters of a list that may be of one store.
type OfStore struct {
	Store string `query:"store" doc:"Only this store. A key for one store means that one, a key for several has to name one."`
}

func listShifts(c *Call, in *struct {
	OfStore
	Day   string `query:"day" format:"date" doc:"Only this business day."`
	State string `query:"state" enum:"open,counted,closed" doc:"Only those in this state."`
	Paged
}) (Page[shifts.Listed], error) {
	var after int64
	on, err := optionalDay("query.day", in.Day)
	if err == nil {
		err = in.after(&after)
	}
	if err == nil {
		err = c.Who.NeedStore(in.Store)
	}
	if err != nil {
		return Page[shifts.Listed]{}, err
	}
	var rows []shifts.Listed
	err = c.Read(func(v *db.View) (err error) {
		rows, err = shifts.Page(v, shifts.Filter{Store: in.Store, Day: on, State: shifts.State(in.State)}, after, in.Limit+1)
		return err
	})
	return page(rows, in.Limit, func(l shifts.Listed) any { return l.Number }), err
}

// OneID is something with an id.
type OneID struct {
	ID id.ID `path:"id"`
}

// ShiftDetail is a shift and all that was said in it.
type ShiftDetail struct {
	shifts.Shift
	Movements []shifts.Movement `json:"movements"`
	Counts    []shifts.Count    `json:"counts" doc:"At the opening, at the close and again. Those at the close are there once they are made: who counts is not told what is expected."`
}

// ownShift reads a shift, which must be of a store of the key.
func (c *Call) ownShift(q db.Q, u id.ID) (shifts.Shift, error) {
	s, err := shifts.Get(q, u)
	if err == nil {
		err = c.Who.NeedStore(s.Store)
	}
	return s, err
}

func getShift(c *Call, in *OneID) (out ShiftDetail, err error) {
	err = c.Read(func(v *db.View) error {
		if out.Shift, err = c.ownShift(v, in.ID); err != nil {
			return err
		}
		if out.Movements, err = shifts.Movements(v, in.ID); err != nil {
			return err
		}
		out.Counts, err = shifts.Counts(v, in.ID)
		return err
	})
	out.Movements, out.Counts = filled(out.Movements), filled(out.Counts)
	return out, err
}

// Revealed asks a till's report for what a blind count must not know.
type Revealed struct {
	Expected bool `query:"expected" doc:"Also the amounts, and what a drawer should hold, before it was counted; needs reports:read. Who counts must not see them."`
}

// options are those of the report, if the key may ask for them.
func (r *Revealed) options(c *Call) (zreport.Options, error) {
	if !r.Expected {
		return zreport.Options{}, nil
	}
	return zreport.Options{Expected: true}, c.Who.Need(auth.ReportsRead)
}

func getShiftReport(c *Call, in *struct {
	OneID
	Revealed
}) (r zreport.Report, err error) {
	o, err := in.options(c)
	if err != nil {
		return r, err
	}
	err = c.Read(func(v *db.View) error {
		if _, err := c.ownShift(v, in.ID); err != nil {
			return err
		}
		r, err = zreport.Shift(v, in.ID, c.DB().Now(), o)
		return err
	})
	return r.Blinded(), err
}

// shiftDocuments registers what happens in a shift.
func (a *API) shiftDocuments() {
	post(a, operation{ID: "openShift", Path: "/shifts", Tag: tagShop, Scope: auth.ShiftsWrite, Conflicts: true, Summary: "Open a shift",
		Doc: "Somebody takes a drawer over. A difference to what the shift before left is over/short of that one."}, openShift)
	post(a, operation{ID: "moveCash", Path: "/shifts/{id}/moves", Tag: tagShop, Scope: auth.ShiftsWrite, Conflicts: true, Summary: "Move cash without a receipt",
		Doc: "Paid in or out, to the safe, tips. The shift may be left out of the document: the address has it."}, moveCash)
	post(a, operation{ID: "countShift", Path: "/shifts/{id}/counts", Tag: tagShop, Scope: auth.ShiftsWrite, Conflicts: true, Summary: "Count the drawer, blind",
		Doc: "Every currency that may be in it. The answer tells what was expected, when the count is on disk. From then on the shift takes no more movements."}, counts(shift.CountInTx))
	post(a, operation{ID: "recountShift", Path: "/shifts/{id}/recounts", Tag: tagShop, Scope: auth.ShiftsWrite, Conflicts: true, Summary: "Count the drawer again",
		Doc: "With a reason, before the shift is closed. Both counts stay; this one decides."}, counts(shift.RecountInTx))
	post(a, operation{ID: "closeShift", Path: "/shifts/{id}/close", Tag: tagShop, Scope: auth.ShiftsWrite, Conflicts: true, Summary: "Close a counted shift",
		Doc: "Books what is over or short, takes the drawer down to its float and gives the shift its Z number. Closing it again gives the same answer."}, closeShift)
}

// commit runs a flow that tells whether its document is new.
func commit[T, O any](c *Call, doc T, flow func(tx *db.Tx, doc T) (O, bool, error)) (out O, fresh bool, err error) {
	err = c.Write(func(tx *db.Tx) error {
		out, fresh, err = flow(tx, doc)
		return err
	})
	return out, fresh, err
}

func openShift(c *Call, _ *struct{}, doc shift.Opening) (out shift.Opened, fresh bool, err error) {
	if err := c.Who.NeedStore(doc.Store); err != nil {
		return out, false, err
	}
	return commit(c, doc, shift.OpenInTx)
}

// inShift fills in a document's shift from the address, or refuses another one, and looks whether the key
// is for its store.
func (c *Call) inShift(doc *id.ID, address id.ID) error {
	if doc.IsZero() {
		*doc = address
	}
	if *doc != address {
		return ErrCodeDiffers.At("shift")
	}
	return c.Read(func(v *db.View) error {
		_, err := c.ownShift(v, address)
		return err
	})
}

func moveCash(c *Call, in *OneID, doc shift.Movement) (out shifts.Movement, fresh bool, err error) {
	if err := c.inShift(&doc.Shift, in.ID); err != nil {
		return out, false, err
	}
	return commit(c, doc, shift.MoveInTx)
}

func counts(flow func(tx *db.Tx, b shift.Blind) (shift.Counted, bool, error)) func(*Call, *OneID, shift.Blind) (shift.Counted, bool, error) {
	return func(c *Call, in *OneID, doc shift.Blind) (out shift.Counted, fresh bool, err error) {
		if err := c.inShift(&doc.Shift, in.ID); err != nil {
			return out, false, err
		}
		return commit(c, doc, flow)
	}
}
