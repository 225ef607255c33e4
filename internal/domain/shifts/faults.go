package shifts

import "github.com/tillpost/tillpost/internal/base/fault"

// Faults of this package; the codes are part of the API.
var (
	ErrNotFound     = fault.New(fault.NotFound, "shift_not_found", "there is no shift with this id")
	ErrRegisterBusy = fault.New(fault.Conflict, "shift_register_busy", "this register still has an open shift: count and close it first")
	ErrDrawerBusy   = fault.New(fault.Conflict, "shift_drawer_busy", "this drawer is still in use in an open shift: count and close that first")
	ErrOtherContent = fault.New(fault.Conflict, "shift_other_content", "this id was already used for something else; what was recorded stays")
	ErrNotOpen      = fault.New(fault.Conflict, "shift_not_open", "the shift was counted or closed: cash cannot move in it any more")
	ErrCounted      = fault.New(fault.Conflict, "shift_already_counted", "the shift was already counted: a second count needs a reason")
	ErrNotCounted   = fault.New(fault.Conflict, "shift_not_counted", "the drawer must be counted before the shift is closed")
	ErrClosed       = fault.New(fault.Conflict, "shift_closed", "the shift is closed")
	ErrPieces       = fault.New(fault.Invalid, "count_pieces", "a count has at most 64 denominations, each with a positive value and a number from 0 to 10000000")
	ErrCountTwice   = fault.New(fault.Invalid, "count_currency_twice", "a currency is counted twice")
	ErrText         = fault.New(fault.Invalid, "shift_text", "a text is too long, has control characters or holds a card number")
	ErrAmount       = fault.New(fault.Invalid, "shift_amount", "the amount must be positive and not absurd")
	ErrNoID         = fault.New(fault.Invalid, "shift_without_id", "whoever sends a command gives it an id")
	ErrNoDeposit    = fault.New(fault.NotFound, "deposit_not_found", "there is no bag with this id")
	ErrMatched      = fault.New(fault.Conflict, "deposit_matched", "this bag is already matched with another line of a statement")
)
