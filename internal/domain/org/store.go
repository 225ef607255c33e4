package org

import (
	"sync"
	"time"
	_ "time/tzdata" // the zones travel in the binary: a shop's day must not depend on the machine's files

	"github.com/tillpost/tillpost/internal/base/day"
	"github.com/tillpost/tillpost/internal/base/money"
)

// CutOverMost is the latest cut-over: beyond noon it would be the next day's.
const CutOverMost = 12 * time.Hour

// Store is one place of business. Its rules are those of new receipts; what was recorded before keeps
// the day, taxes and rounding that stand on it.
type Store struct {
	Code          string        `json:"code"`
	Name          string        `json:"name"`
	Zone          string        `json:"zone"`     // IANA name: "Europe/London"
	CutOver       time.Duration `json:"cut_over"` // how long after midnight a sale is still yesterday's
	Jurisdiction  string        `json:"jurisdiction,omitempty"`
	PricesInclude bool          `json:"prices_include_tax"`
	TaxRounding   string        `json:"tax_rounding"` // "line", "rate", "receipt" or "given", as on the receipt
	CashStep      money.Minor   `json:"cash_step"`    // smallest coin in minor units: 5 where cents are not paid out; 0 means 1
}

// Register is one source of gapless receipt numbers.
type Register struct {
	Store string `json:"store"`
	Code  string `json:"code"`
	Name  string `json:"name"`
	Kind  string `json:"kind"` // Till or Import
}

// The kinds of register: a till numbers its receipts itself; an import's receipts are numbered here.
const (
	Till   = "till"
	Import = "import"
)

// Drawer is one physical cash drawer: it has one ledger account per currency, so that what is missing
// from it is missing from nothing else.
type Drawer struct {
	Store string `json:"store"`
	Code  string `json:"code"`
	Name  string `json:"name"`
}

// Key is how registers and drawers are found in a Shop: "STORE/CODE".
func Key(store, code string) string { return store + "/" + code }

// Rule turns instants into the store's business days. The zone was checked when the store was added;
// one that this program does not know counts as UTC.
func (s Store) Rule() day.Rule {
	zone, err := location(s.Zone)
	if err != nil {
		zone = time.UTC
	}
	return day.Rule{Zone: zone, CutOver: s.CutOver}
}

// BusinessDay is the day of something that a device recorded at the device's time at, sent at the
// device's time sent, and that arrived at the server's time now. The difference between now and sent
// is how wrong the device's clock is, so a clock that is days off still gives the right day, also for
// what waited offline. A zero sent means that the device's clock is not known to be wrong. What is
// still in the future then has not happened later than now.
func (s Store) BusinessDay(at, sent, now time.Time) day.Day {
	if !sent.IsZero() {
		at = at.Add(now.Sub(sent))
	}
	if at.After(now) {
		at = now
	}
	return s.Rule().Of(at)
}

// zones keeps the locations that were loaded: reading one costs more than a sale's whole computation.
var zones sync.Map // string -> *time.Location

func location(name string) (*time.Location, error) {
	if z, ok := zones.Load(name); ok {
		return z.(*time.Location), nil
	}
	if name == "" || name == "Local" || len(name) > 64 { // these would mean the machine's zone, not the shop's
		return nil, ErrZone
	}
	z, err := time.LoadLocation(name)
	if err != nil {
		return nil, ErrZone.Because(err)
	}
	zones.Store(name, z)
	return z, nil
}
