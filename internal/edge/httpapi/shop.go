package httpapi

import (
	"maps"
	"slices"
	"time"

	"github.com/tillpost/tillpost/internal/base/money"
	"github.com/tillpost/tillpost/internal/domain/org"
	"github.com/tillpost/tillpost/internal/flow/setup"
	"github.com/tillpost/tillpost/internal/platform/auth"
	"github.com/tillpost/tillpost/internal/platform/db"
)

// shop registers the operations on stores, registers, drawers and ways to pay.
func (a *API) shop() {
	get(a, operation{ID: "getShop", Path: "/shop", Tag: tagShop, Scope: auth.ShopRead, Summary: "The shop's settings",
		Doc: "What was decided when the shop was set up (tillpost setup). It never changes."}, getShop)
	get(a, operation{ID: "listStores", Path: "/stores", Tag: tagShop, Scope: auth.ShopRead, Summary: "The stores",
		Doc: "By code. A key for some stores sees only these."}, listStores)
	get(a, operation{ID: "getStore", Path: "/stores/{store}", Tag: tagShop, Scope: auth.ShopRead, Summary: "One store"}, getStore)
	put(a, operation{ID: "putStore", Path: "/stores/{store}", Tag: tagShop, Scope: auth.ShopWrite, Conflicts: true, Summary: "Add or rename a store",
		Doc: "Receipts and entries refer to a store by its code, so the code never comes to mean something else: of a store that is there only the name changes, " +
			"any other difference is a conflict. The taxes that the built-in tables know at its place get their accounts."}, putStore)
	a.registers()
	a.tenderTypes()
}

// Shop is what was decided when the shop was set up.
type Shop struct {
	Currency        money.Currency `json:"currency" doc:"Of the books."`
	Chart           string         `json:"chart" doc:"The chart of accounts that the books began with."`
	FiscalYearStart string         `json:"fiscal_year_start" doc:"Month and day." example:"04-06"`
}

// loadShop reads the shop's settings, stores, registers and drawers.
func (c *Call) loadShop() (shop org.Shop, err error) {
	err = c.Read(func(v *db.View) error {
		shop, err = org.Load(v)
		return err
	})
	return shop, err
}

func getShop(c *Call, _ *struct{}) (Shop, error) {
	s, err := c.loadShop()
	if err == nil && s.Book == "" {
		err = org.ErrNotConfigured
	}
	return Shop{Currency: s.Book, Chart: s.Chart, FiscalYearStart: s.FiscalYearStart}, err
}

// Store is a place of business as it is sent and answered.
type Store struct {
	Code          string      `json:"code,omitempty" doc:"May be left out in an edit: the address has it."`
	Name          string      `json:"name"`
	Zone          string      `json:"zone" doc:"Its time zone." example:"Europe/London"`
	CutOver       string      `json:"cut_over,omitempty" pattern:"^[0-9]{2}:[0-9]{2}$" doc:"Until when after midnight a sale belongs to the day before; 00:00 unless stated." example:"03:00"`
	Jurisdiction  string      `json:"jurisdiction,omitempty" doc:"Where it pays tax." example:"US-PA"`
	PricesInclude bool        `json:"prices_include_tax,omitempty"`
	TaxRounding   string      `json:"tax_rounding" enum:"line,rate,receipt,given" doc:"Where tax becomes whole minor units."`
	CashStep      money.Minor `json:"cash_step,omitempty" doc:"The smallest coin in minor units; 1 unless stated."`
}

func storeOf(s org.Store) Store {
	return Store{Code: s.Code, Name: s.Name, Zone: s.Zone, CutOver: time.Time{}.Add(s.CutOver).Format("15:04"), Jurisdiction: s.Jurisdiction,
		PricesInclude: s.PricesInclude, TaxRounding: s.TaxRounding, CashStep: s.CashStep}
}

// org is the store as the shop knows it.
func (s *Store) org() (org.Store, error) {
	var cut time.Duration
	if s.CutOver != "" {
		at, err := time.Parse("15:04", s.CutOver)
		if err != nil || len(s.CutOver) != len("15:04") {
			return org.Store{}, org.ErrCutOver.At("cut_over")
		}
		cut = time.Duration(at.Hour())*time.Hour + time.Duration(at.Minute())*time.Minute
	}
	return org.Store{Code: s.Code, Name: s.Name, Zone: s.Zone, CutOver: cut, Jurisdiction: s.Jurisdiction, PricesInclude: s.PricesInclude,
		TaxRounding: s.TaxRounding, CashStep: s.CashStep}, nil
}

func listStores(c *Call, in *struct{ Paged }) (Page[Store], error) {
	shop, err := c.loadShop()
	if err != nil {
		return Page[Store]{}, err
	}
	var rows []Store
	for _, code := range slices.Sorted(maps.Keys(shop.Stores)) {
		if c.Who.InStore(code) {
			rows = append(rows, storeOf(shop.Stores[code]))
		}
	}
	return pageOf(rows, &in.Paged, func(s Store) string { return s.Code })
}

// AtStore is a store in the address.
type AtStore struct {
	Store string `path:"store" doc:"The store's code."`
}

func getStore(c *Call, in *AtStore) (Store, error) {
	shop, err := c.storeShop(in.Store)
	return storeOf(shop.Stores[in.Store]), err
}

// storeShop reads the shop for a question about one store, which must be there and the key's.
func (c *Call) storeShop(store string) (org.Shop, error) {
	if err := c.Who.NeedStore(store); err != nil {
		return org.Shop{}, err
	}
	shop, err := c.loadShop()
	if err == nil {
		_, err = shop.Store(store)
	}
	return shop, err
}

func putStore(c *Call, in *AtStore, doc Store) (Store, bool, error) {
	err := agree("code", &doc.Code, in.Store)
	if err == nil {
		err = c.Who.NeedStore(in.Store)
	}
	if err != nil {
		return Store{}, false, err
	}
	store, err := doc.org()
	if err != nil {
		return Store{}, false, err
	}
	return shopEdit(c, func(shop org.Shop) (Store, error) {
		s, err := shop.Store(in.Store)
		return storeOf(s), err
	}, func(tx *db.Tx) error { return setup.AddStore(tx, store) })
}

// soleStore is the named store, or the only one there is.
func soleStore(shop org.Shop, code string) string {
	if code == "" && len(shop.Stores) == 1 {
		for only := range shop.Stores {
			return only
		}
	}
	return code
}
