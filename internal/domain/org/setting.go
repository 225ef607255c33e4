package org

import (
	"database/sql"
	"errors"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"github.com/tillpost/tillpost/internal/base/money"
	"github.com/tillpost/tillpost/internal/platform/db"
	"github.com/tillpost/tillpost/internal/platform/outbox"
)

// The settings that this package gives a meaning.
const (
	SettingBook            = "book_currency"     // ISO 4217; set once
	SettingFiscalYearStart = "fiscal_year_start" // "MM-DD", default "01-01"
	SettingChart           = "chart"             // name of the chart template that the books began with
)

// Limits of a setting: names are written by programs, values by people.
const (
	settingNameMost  = 64
	settingValueMost = 4096
)

const (
	selectSetting db.SQL = `SELECT value FROM settings WHERE name = $1`
	putSetting    db.SQL = `INSERT INTO settings (name, value) VALUES ($1, $2) ON CONFLICT (name) DO UPDATE SET value = excluded.value`
)

// Setting reads one setting; ok is false when it was never put.
func Setting(q db.Q, name string) (value string, ok bool, err error) {
	err = q.QueryRow(selectSetting, name).Scan(&value)
	if errors.Is(err, sql.ErrNoRows) {
		return "", false, nil
	}
	return value, err == nil, err
}

// PutSetting sets a setting. The book currency can be set once: every amount in the books is in it.
func PutSetting(tx *db.Tx, name, value string) error {
	if name == "" || len(name) > settingNameMost || strings.ContainsFunc(name, func(r rune) bool { return r > '~' || r <= ' ' }) {
		return ErrSetting.At(name)
	}
	if len(value) > settingValueMost || !utf8.ValidString(value) || strings.ContainsFunc(value, func(r rune) bool { return unicode.IsControl(r) && r != '\n' && r != '\t' }) {
		return ErrSetting.At(name)
	}
	was, ok, err := Setting(tx, name)
	if err != nil {
		return err
	}
	switch name {
	case SettingBook:
		if _, err := money.ParseCurrency(value); err != nil {
			return err
		}
		if ok && was != value {
			return ErrBookCurrency
		}
	case SettingFiscalYearStart:
		if t, err := time.Parse("2006-01-02", "2001-"+value); err != nil || t.Year() != 2001 {
			return ErrYearStart // 2001 is no leap year: 02-29 does not come every year
		}
	}
	if ok && was == value {
		return nil
	}
	_, err = tx.Exec(putSetting, name, value)
	return changed(tx, err, outbox.SettingChanged, name, "")
}
