package org

import (
	"database/sql"
	"errors"
	"time"

	"github.com/tillpost/tillpost/internal/base/money"
	"github.com/tillpost/tillpost/internal/platform/db"
	"github.com/tillpost/tillpost/internal/platform/outbox"
)

const (
	selectStore    db.SQL = `SELECT code, name, zone, cutover_min, jurisdiction, prices_include, tax_rounding, cash_step FROM stores WHERE code = $1`
	insertStore    db.SQL = `INSERT INTO stores (code, name, zone, cutover_min, jurisdiction, prices_include, tax_rounding, cash_step, created_ms) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)`
	renameStore    db.SQL = `UPDATE stores SET name = $2 WHERE code = $1`
	selectRegister db.SQL = `SELECT store, code, name, kind FROM registers WHERE store = $1 AND code = $2`
	insertRegister db.SQL = `INSERT INTO registers (store, code, name, kind, created_ms) VALUES ($1, $2, $3, $4, $5)`
	renameRegister db.SQL = `UPDATE registers SET name = $3 WHERE store = $1 AND code = $2`
	selectDrawer   db.SQL = `SELECT store, code, name FROM drawers WHERE store = $1 AND code = $2`
	insertDrawer   db.SQL = `INSERT INTO drawers (store, code, name, created_ms) VALUES ($1, $2, $3, $4)`
	renameDrawer   db.SQL = `UPDATE drawers SET name = $3 WHERE store = $1 AND code = $2`
)

// AddStore records a store. The same store again changes nothing but its name; another zone, cut-over
// or tax rule under the same code is ErrOtherContent.
func AddStore(tx *db.Tx, s Store) error {
	if s.CashStep == 0 {
		s.CashStep = 1
	}
	if err := s.check(); err != nil {
		return err
	}
	was, err := scanStore(tx.QueryRow(selectStore, s.Code))
	if errors.Is(err, sql.ErrNoRows) {
		_, err = tx.Exec(insertStore, s.Code, s.Name, s.Zone, int64(s.CutOver/time.Minute), s.Jurisdiction, s.PricesInclude,
			s.TaxRounding, int64(s.CashStep), tx.Now.UnixMilli())
		return changed(tx, err, outbox.StoreChanged, s.Code, s.Code)
	}
	if err != nil {
		return err
	}
	name := s.Name
	if s.Name = was.Name; s != was {
		return ErrOtherContent.Named("code", s.Code)
	}
	if name == was.Name {
		return nil
	}
	_, err = tx.Exec(renameStore, s.Code, name)
	return changed(tx, err, outbox.StoreChanged, s.Code, s.Code)
}

// changed notes a change that was written, unless err says that it was not, and drops the group's
// snapshot.
func changed(tx *db.Tx, err error, topic outbox.Topic, subject, store string) error {
	if err = forget(tx, err); err != nil {
		return err
	}
	return outbox.Add(tx, topic, subject, store)
}

func (s Store) check() error {
	if CheckCode(s.Code) != nil {
		return ErrCode.At("code")
	}
	if checkName(s.Name) != nil {
		return ErrName.At("name")
	}
	if _, err := location(s.Zone); err != nil {
		return ErrZone.At("zone")
	}
	if s.CutOver < 0 || s.CutOver > CutOverMost || s.CutOver%time.Minute != 0 {
		return ErrCutOver.At("cut_over")
	}
	if checkName(s.Jurisdiction) != nil {
		return ErrName.At("jurisdiction")
	}
	switch s.TaxRounding {
	case "line", "rate", "receipt", "given":
	default:
		return ErrTaxRounding.At("tax_rounding")
	}
	if s.CashStep < 1 || s.CashStep > 1_000_000 {
		return ErrCashStep.At("cash_step")
	}
	return nil
}

// AddRegister records a register of a store that exists. The same again changes nothing but the name.
func AddRegister(tx *db.Tx, r Register) error {
	if CheckCode(r.Code) != nil {
		return ErrCode.At("code")
	}
	if checkName(r.Name) != nil {
		return ErrName.At("name")
	}
	if r.Kind != Till && r.Kind != Import {
		return ErrRegisterKind.At("kind")
	}
	if err := storeExists(tx, r.Store); err != nil {
		return err
	}
	var was Register
	err := tx.QueryRow(selectRegister, r.Store, r.Code).Scan(&was.Store, &was.Code, &was.Name, &was.Kind)
	switch {
	case errors.Is(err, sql.ErrNoRows):
		_, err = tx.Exec(insertRegister, r.Store, r.Code, r.Name, r.Kind, tx.Now.UnixMilli())
	case err != nil:
		return err
	case was.Kind != r.Kind:
		return ErrOtherContent.Named("code", Key(r.Store, r.Code))
	case was.Name != r.Name:
		_, err = tx.Exec(renameRegister, r.Store, r.Code, r.Name)
	default:
		return nil
	}
	return changed(tx, err, outbox.RegisterChanged, Key(r.Store, r.Code), r.Store)
}

// AddDrawer records a drawer of a store that exists. The same again changes nothing but the name.
func AddDrawer(tx *db.Tx, d Drawer) error {
	if CheckCode(d.Code) != nil {
		return ErrCode.At("code")
	}
	if checkName(d.Name) != nil {
		return ErrName.At("name")
	}
	if err := storeExists(tx, d.Store); err != nil {
		return err
	}
	var was Drawer
	err := tx.QueryRow(selectDrawer, d.Store, d.Code).Scan(&was.Store, &was.Code, &was.Name)
	switch {
	case errors.Is(err, sql.ErrNoRows):
		_, err = tx.Exec(insertDrawer, d.Store, d.Code, d.Name, tx.Now.UnixMilli())
	case err != nil:
		return err
	case was.Name != d.Name:
		_, err = tx.Exec(renameDrawer, d.Store, d.Code, d.Name)
	default:
		return nil
	}
	return changed(tx, err, outbox.DrawerChanged, Key(d.Store, d.Code), d.Store)
}

func storeExists(tx *db.Tx, code string) error {
	_, err := scanStore(tx.QueryRow(selectStore, code))
	if errors.Is(err, sql.ErrNoRows) {
		return ErrNoStore.Named("store", code)
	}
	return err
}

type scanner interface{ Scan(dest ...any) error }

func scanStore(row scanner) (Store, error) {
	var s Store
	var minutes, step int64
	err := row.Scan(&s.Code, &s.Name, &s.Zone, &minutes, &s.Jurisdiction, &s.PricesInclude, &s.TaxRounding, &step)
	s.CutOver, s.CashStep = time.Duration(minutes)*time.Minute, money.Minor(step)
	return s, err
}
