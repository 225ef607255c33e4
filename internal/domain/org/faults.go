package org

import "github.com/tillpost/tillpost/internal/base/fault"

// Faults of this package; the codes are part of the API.
var (
	ErrCode          = fault.New(fault.Invalid, "org_code", "a code has 1 to 24 letters, digits, dots, dashes or underscores and begins and ends with a letter or digit")
	ErrName          = fault.New(fault.Invalid, "org_name", "a name has at most 100 characters on one line and must not hold a card number")
	ErrZone          = fault.New(fault.Invalid, "org_zone", "this is not a time zone name like Europe/London")
	ErrCutOver       = fault.New(fault.Invalid, "org_cut_over", "the cut-over is in whole minutes after midnight, at most 12:00")
	ErrTaxRounding   = fault.New(fault.Invalid, "org_tax_rounding", "the tax rounding is one of line, rate, receipt, given")
	ErrCashStep      = fault.New(fault.Invalid, "org_cash_step", "the cash step is the value of the smallest coin in minor units, from 1 to 1000000")
	ErrRegisterKind  = fault.New(fault.Invalid, "org_register_kind", "a register is a till or an import")
	ErrSetting       = fault.New(fault.Invalid, "org_setting", "the setting's name or value is not valid")
	ErrYearStart     = fault.New(fault.Invalid, "org_fiscal_year_start", "the fiscal year starts on a day like 01-01 that every year has")
	ErrOtherContent  = fault.New(fault.Conflict, "org_other_content", "this code already stands for something else; only its name can change")
	ErrBookCurrency  = fault.New(fault.Conflict, "org_book_currency", "the currency of the books cannot change once it is set")
	ErrNoStore       = fault.New(fault.NotFound, "store_unknown", "there is no store with this code")
	ErrNoRegister    = fault.New(fault.NotFound, "register_unknown", "there is no register with this code in the store")
	ErrNoDrawer      = fault.New(fault.NotFound, "drawer_unknown", "there is no drawer with this code in the store")
	ErrNotConfigured = fault.New(fault.NotFound, "shop_not_set_up", "the shop is not set up yet: its book currency is missing")
)
