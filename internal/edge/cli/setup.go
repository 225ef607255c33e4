package cli

import (
	"strings"

	"github.com/tillpost/tillpost/internal/base/money"
	"github.com/tillpost/tillpost/internal/flow/setup"
)

type setupCmd struct {
	Currency   string `help:"Currency of the books (ISO 4217). It never changes." required:"" placeholder:"CODE"`
	Chart      string `help:"Chart of accounts: us, uk or eu." enum:"us,uk,eu" default:"us"`
	FiscalYear string `help:"First day of the fiscal year (01-01 when left out)." default:"01-01" placeholder:"MM-DD"`
	Store      string `help:"Code of the first store (S01 when left out)." default:"S01" placeholder:"CODE"`
	Name       string `help:"Its name." default:"Store 1"`
	place      `embed:""`
}

// Run sets the shop up; the same again changes nothing.
func (c setupCmd) Run(e *env) error {
	currency, err := money.ParseCurrency(c.Currency)
	if err != nil {
		return err
	}
	d, shut, err := e.openFresh()
	if err != nil {
		return err
	}
	err = setup.Run(e.ctx, d, setup.Shop{Currency: currency, Chart: c.Chart, FiscalYearStart: c.FiscalYear, Store: c.store(c.Store, c.Name),
		Registers: c.registers()})
	shut(err)
	if err != nil {
		return err
	}
	e.say("The books are kept in %s; store %s is ready, with register %s.", currency, c.Store, strings.Join(c.Register, ", "))
	return nil
}
