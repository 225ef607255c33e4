// Package setup makes a shop: its books, a first store, its registers, tender types and tax codes. All
// of it is idempotent, so that a script can run it again.
package setup

import (
	"context"

	"github.com/tillpost/tillpost/internal/base/day"
	"github.com/tillpost/tillpost/internal/base/money"
	"github.com/tillpost/tillpost/internal/domain/ledger"
	"github.com/tillpost/tillpost/internal/domain/org"
	"github.com/tillpost/tillpost/internal/domain/payments"
	"github.com/tillpost/tillpost/internal/platform/db"
)

// Shop is what a new shop needs to know of itself.
type Shop struct {
	Currency        money.Currency
	Chart           string // "uk", "eu", "us"
	FiscalYearStart string // "MM-DD"; default that of the books, or else the calendar year
	Store           org.Store
	Registers       []org.Register
}

// Run sets the shop up. Running it again adds what is missing; another currency, chart or fiscal year
// than the one in the books is ErrOtherBooks.
func Run(ctx context.Context, d *db.DB, s Shop) error {
	return d.Write(ctx, func(tx *db.Tx) error { return InTx(tx, s) })
}

// InTx is Run inside a transaction.
func InTx(tx *db.Tx, s Shop) error {
	shop, err := org.Load(tx)
	if err != nil {
		return err
	}
	if s.FiscalYearStart == "" {
		s.FiscalYearStart = shop.FiscalYearStart
	}
	if shop.Book != "" && (shop.Book != s.Currency || shop.Chart != s.Chart || shop.FiscalYearStart != s.FiscalYearStart) {
		return ErrOtherBooks
	}
	if shop.Book == "" {
		if err := begin(tx, s); err != nil {
			return err
		}
	}
	if err := AddStore(tx, s.Store); err != nil {
		return err
	}
	for _, r := range s.Registers {
		r.Store = s.Store.Code
		if err := org.AddRegister(tx, r); err != nil {
			return err
		}
	}
	start, err := ledger.ParseFiscalStart(s.FiscalYearStart)
	if err != nil {
		return err
	}
	_, err = ledger.EnsureYear(tx, day.Of(tx.Now), start)
	return err
}

// AddStore adds a store to a shop that is set up, and an account for each tax of its place. The same
// store again changes nothing but its name.
func AddStore(tx *db.Tx, s org.Store) error {
	shop, err := org.LoadShared(tx)
	if err != nil {
		return err
	}
	if shop.Book == "" {
		return org.ErrNotConfigured
	}
	if err := org.AddStore(tx, s); err != nil {
		return err
	}
	return knownTaxes(tx, s.Jurisdiction)
}

// begin writes the settings, the chart of accounts and the usual tender types.
func begin(tx *db.Tx, s Shop) error {
	for _, set := range [...][2]string{{org.SettingBook, string(s.Currency)}, {org.SettingChart, s.Chart},
		{org.SettingFiscalYearStart, s.FiscalYearStart}} {
		if err := org.PutSetting(tx, set[0], set[1]); err != nil {
			return err
		}
	}
	if err := ledger.Setup(tx, s.Chart, s.Currency); err != nil {
		return err
	}
	for _, t := range tenders {
		if err := payments.AddTender(tx, t); err != nil {
			return err
		}
	}
	return nil
}

// tenders are the types that every shop starts with.
var tenders = []payments.TenderType{
	{Code: "cash", Name: "Cash", Kind: payments.Cash},
	{Code: "card", Name: "Card", Kind: payments.Card},
	{Code: "gift_card", Name: "Gift card", Kind: payments.GiftCard},
	{Code: "store_credit", Name: "Store credit", Kind: payments.StoreCredit},
	{Code: "on_account", Name: "On account", Kind: payments.OnAccount},
	{Code: "coupon", Name: "Manufacturer's coupon", Kind: payments.Coupon},
	{Code: "loyalty", Name: "Loyalty points", Kind: payments.Loyalty},
	{Code: "check", Name: "Cheque", Kind: payments.Check},
	{Code: "transfer", Name: "Bank transfer", Kind: payments.Transfer},
	{Code: "other", Name: "Other tender", Kind: payments.Other},
	{Code: "unspecified", Name: "Not stated by the source", Kind: payments.Unspecified},
}
