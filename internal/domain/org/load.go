package org

import (
	"database/sql"

	"github.com/tillpost/tillpost/internal/base/money"
	"github.com/tillpost/tillpost/internal/platform/db"
)

// Shop is a snapshot of all of this package, small enough to be read whole. Its maps are shared:
// readers do not change them.
type Shop struct {
	Book            money.Currency      `json:"book"`              // "" until the shop is set up
	FiscalYearStart string              `json:"fiscal_year_start"` // "MM-DD"
	Chart           string              `json:"chart"`
	Stores          map[string]Store    `json:"stores"`
	Registers       map[string]Register `json:"registers"` // by Key
	Drawers         map[string]Drawer   `json:"drawers"`   // by Key
}

// Store finds a store, or ErrNoStore.
func (s Shop) Store(code string) (Store, error) {
	if st, ok := s.Stores[code]; ok {
		return st, nil
	}
	return Store{}, ErrNoStore.Named("store", code)
}

// Register finds a register, or ErrNoRegister.
func (s Shop) Register(store, code string) (Register, error) {
	if r, ok := s.Registers[Key(store, code)]; ok {
		return r, nil
	}
	return Register{}, ErrNoRegister.Named("register", Key(store, code))
}

// Drawer finds a drawer, or ErrNoDrawer.
func (s Shop) Drawer(store, code string) (Drawer, error) {
	if d, ok := s.Drawers[Key(store, code)]; ok {
		return d, nil
	}
	return Drawer{}, ErrNoDrawer.Named("drawer", Key(store, code))
}

const (
	selectStores    db.SQL = `SELECT code, name, zone, cutover_min, jurisdiction, prices_include, tax_rounding, cash_step FROM stores`
	selectRegisters db.SQL = `SELECT store, code, name, kind FROM registers`
	selectDrawers   db.SQL = `SELECT store, code, name FROM drawers`
)

// Load reads the shop.
func Load(q db.Q) (Shop, error) {
	s := Shop{Stores: map[string]Store{}, Registers: map[string]Register{}, Drawers: map[string]Drawer{}}
	book, _, err := Setting(q, SettingBook)
	if err != nil {
		return Shop{}, err
	}
	s.Book = money.Currency(book)
	start, ok, err := Setting(q, SettingFiscalYearStart)
	if err != nil {
		return Shop{}, err
	}
	if s.FiscalYearStart = "01-01"; ok {
		s.FiscalYearStart = start
	}
	if s.Chart, _, err = Setting(q, SettingChart); err != nil {
		return Shop{}, err
	}
	err = each(q, selectStores, func(rows *sql.Rows) error {
		st, err := scanStore(rows)
		s.Stores[st.Code] = st
		return err
	})
	if err != nil {
		return Shop{}, err
	}
	err = each(q, selectRegisters, func(rows *sql.Rows) error {
		var r Register
		err := rows.Scan(&r.Store, &r.Code, &r.Name, &r.Kind)
		s.Registers[Key(r.Store, r.Code)] = r
		return err
	})
	if err != nil {
		return Shop{}, err
	}
	err = each(q, selectDrawers, func(rows *sql.Rows) error {
		var d Drawer
		err := rows.Scan(&d.Store, &d.Code, &d.Name)
		s.Drawers[Key(d.Store, d.Code)] = d
		return err
	})
	return s, err
}

func each(q db.Q, query db.SQL, scan func(*sql.Rows) error) error {
	rows, err := q.Query(query)
	if err != nil {
		return err
	}
	defer rows.Close()
	for rows.Next() {
		if err := scan(rows); err != nil {
			return err
		}
	}
	return rows.Err()
}

type shopKey struct{}

// cached is the group's snapshot; a change in the same group drops it.
type cached struct {
	shop   Shop
	loaded bool
}

// LoadShared is Load once per group commit, for the hot path. It sees what the group itself added.
func LoadShared(tx *db.Tx) (Shop, error) {
	c, err := cache(tx)
	if err != nil || c.loaded {
		return c.shop, err
	}
	if c.shop, err = Load(tx); err != nil {
		return Shop{}, err
	}
	c.loaded = true
	return c.shop, nil
}

func cache(tx *db.Tx) (*cached, error) {
	return db.Kept(tx, shopKey{}, func() (*cached, error) { return &cached{}, nil })
}

// forget drops the group's snapshot after a change and passes err on.
func forget(tx *db.Tx, err error) error {
	c, e := cache(tx)
	if e == nil {
		c.loaded = false
	}
	if err != nil {
		return err
	}
	return e
}
