package cli

import (
	"time"

	"github.com/tillpost/tillpost/internal/base/money"
	"github.com/tillpost/tillpost/internal/domain/org"
	"github.com/tillpost/tillpost/internal/flow/setup"
)

type setupCmd struct {
	Currency     string        `help:"Currency of the books (ISO 4217)." required:"" placeholder:"CODE"`
	Chart        string        `help:"Chart of accounts: us, uk or eu." enum:"us,uk,eu" default:"us"`
	FiscalYear   string        `help:"First day of the fiscal year." default:"01-01" placeholder:"MM-DD"`
	Store        string        `help:"Code of the first store." default:"S01" placeholder:"CODE"`
	Name         string        `help:"Its name." default:"Store 1"`
	Zone         string        `help:"Its time zone." default:"UTC" placeholder:"ZONE"`
	CutOver      time.Duration `help:"How long after midnight a sale still belongs to the day before." default:"0s" placeholder:"3h"`
	Jurisdiction string        `help:"Where it pays tax, as in US-PA or GB." placeholder:"CODE"`
	TaxOnTop     bool          `help:"Prices are shown without tax (usual in the US)."`
	TaxRounding  string        `help:"How tax becomes cents: per line, per rate or per receipt." enum:"line,rate,receipt" default:"rate"`
	CashStep     int64         `help:"Smallest coin in minor units, for cash rounding." default:"1"`
	Register     []string      `help:"Codes of its registers." default:"R1" placeholder:"CODE"`
}

// Run sets the shop up; the same again changes nothing.
func (c setupCmd) Run(e *env) error {
	currency, err := money.ParseCurrency(c.Currency)
	if err != nil {
		return err
	}
	s := setup.Shop{Currency: currency, Chart: c.Chart, FiscalYearStart: c.FiscalYear,
		Store: org.Store{Code: c.Store, Name: c.Name, Zone: c.Zone, CutOver: c.CutOver, Jurisdiction: c.Jurisdiction,
			PricesInclude: !c.TaxOnTop, TaxRounding: c.TaxRounding, CashStep: money.Minor(c.CashStep)}}
	for _, r := range c.Register {
		s.Registers = append(s.Registers, org.Register{Code: r, Name: "Register " + r, Kind: org.Till})
	}
	d, err := e.open()
	if err != nil {
		return err
	}
	defer d.Close()
	if err := setup.Run(e.ctx, d, s); err != nil {
		return err
	}
	e.say("The books are kept in %s; store %s is ready.", currency, c.Store)
	return nil
}
