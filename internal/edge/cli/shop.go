package cli

import (
	"errors"
	"iter"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/tillpost/tillpost/internal/base/fault"
	"github.com/tillpost/tillpost/internal/base/money"
	"github.com/tillpost/tillpost/internal/domain/org"
	"github.com/tillpost/tillpost/internal/domain/payments"
	"github.com/tillpost/tillpost/internal/flow/setup"
	"github.com/tillpost/tillpost/internal/platform/db"
	"github.com/tillpost/tillpost/internal/views/table"
)

// onlyStore is the store of a shop that has one.
func onlyStore(shop org.Shop) (string, bool) {
	for code := range shop.Stores {
		return code, len(shop.Stores) == 1
	}
	return "", false
}

// known refuses a store that does not exist; "" is all stores.
func known(shop org.Shop, code string) error {
	if code == "" {
		return nil
	}
	_, err := shop.Store(code)
	return err
}

// chooseStore returns the named store, or the only one.
func chooseStore(shop org.Shop, code string) (string, error) {
	if only, ok := onlyStore(shop); code == "" && ok {
		return only, nil
	}
	if code == "" {
		return "", choose(ErrStore, maps.Keys(shop.Stores))
	}
	return code, known(shop, code)
}

// storesOf are the codes of the named store, or of all.
func storesOf(shop org.Shop, code string) []string {
	if code != "" {
		return []string{code}
	}
	return slices.Sorted(maps.Keys(shop.Stores))
}

// chooseRegister returns the store's named register, or its only one.
func chooseRegister(shop org.Shop, store, code string) (string, error) {
	if code != "" {
		_, err := shop.Register(store, code)
		return code, err
	}
	there := map[string]bool{}
	for _, r := range shop.Registers {
		if r.Store == store && r.Kind == org.Till {
			there[r.Code], code = true, r.Code
		}
	}
	if len(there) == 1 {
		return code, nil
	}
	return "", choose(ErrRegister, maps.Keys(there))
}

// choose names what there is to choose from.
func choose(f *fault.Error, codes iter.Seq[string]) error {
	list := slices.Sorted(codes)
	if len(list) == 0 {
		return f.Because(errors.New("there is none yet"))
	}
	return f.Because(errors.New("there are " + strings.Join(list, ", ")))
}

// place are the properties of a store.
type place struct {
	Zone         string        `help:"Its time zone, as in Europe/London (UTC when left out)." default:"UTC" placeholder:"ZONE"`
	CutOver      time.Duration `help:"How long after midnight a sale still belongs to the day before (0 when left out)." default:"0s" placeholder:"3h"`
	Jurisdiction string        `help:"Where it pays tax, as in US-PA or GB." placeholder:"CODE"`
	TaxOnTop     bool          `help:"Prices are shown without tax (usual in the US)."`
	TaxRounding  string        `help:"How tax becomes cents: per line, per rate or per receipt." enum:"line,rate,receipt" default:"rate"`
	CashStep     int64         `help:"Smallest coin in minor units, for cash rounding." default:"1"`
	Register     []string      `help:"Codes of its registers (R1 when left out)." default:"R1" placeholder:"CODE"`
}

func (p place) store(code, name string) org.Store {
	return org.Store{Code: code, Name: name, Zone: p.Zone, CutOver: p.CutOver, Jurisdiction: p.Jurisdiction, PricesInclude: !p.TaxOnTop,
		TaxRounding: p.TaxRounding, CashStep: money.Minor(p.CashStep)}
}

func (p place) registers() []org.Register {
	var out []org.Register
	for _, r := range p.Register {
		out = append(out, org.Register{Code: r, Name: "Register " + r, Kind: org.Till})
	}
	return out
}

type storeCmd struct {
	List storeListCmd `cmd:"" help:"List the stores."`
	Add  storeAddCmd  `cmd:"" help:"Add a store. The same again changes its name only."`
}

type storeListCmd struct {
	layout `embed:""`
}

// Run lists the stores.
func (c storeListCmd) Run(e *env) error {
	return e.report(c.layout, func(_ *db.View, shop org.Shop) (*table.Table, error) {
		t := &table.Table{Title: "Stores", Subtitle: []string{"books in " + string(shop.Book)}, Columns: []table.Column{{Name: "store"},
			{Name: "name"}, {Name: "zone"}, {Name: "day_ends"}, {Name: "jurisdiction"}, {Name: "prices"}, {Name: "tax_rounding", Label: "Tax rounded per"},
			{Name: "registers", Kind: table.KindCount}}}
		for _, code := range slices.Sorted(maps.Keys(shop.Stores)) {
			s := shop.Stores[code]
			prices := "without tax"
			if s.PricesInclude {
				prices = "with tax"
			}
			var registers int64
			for _, r := range shop.Registers {
				if r.Store == code {
					registers++
				}
			}
			ends := time.Time{}.Add(s.CutOver).Format("15:04")
			t.Add(table.Text(s.Code), table.Text(s.Name), table.Text(s.Zone), table.Text(ends), table.Text(s.Jurisdiction), table.Text(prices),
				table.Text(s.TaxRounding), table.Count(registers))
		}
		return t, nil
	})
}

type storeAddCmd struct {
	Code  string `arg:"" help:"Its code: letters, digits, dots, dashes. It never changes."`
	Name  string `help:"Its name." required:""`
	place `embed:""`
}

// Run adds the store to the shop.
func (c storeAddCmd) Run(e *env) error {
	err := e.write(func(tx *db.Tx, shop org.Shop) error {
		start, _, err := org.Setting(tx, org.SettingFiscalYearStart)
		if err != nil {
			return err
		}
		return setup.InTx(tx, setup.Shop{Currency: shop.Book, Chart: shop.Chart, FiscalYearStart: start, Store: c.store(c.Code, c.Name),
			Registers: c.registers()})
	})
	if err != nil {
		return err
	}
	e.say("Store %s is ready, with register %s.", c.Code, strings.Join(c.Register, ", "))
	return nil
}

type registerCmd struct {
	List registerListCmd `cmd:"" help:"List the registers."`
	Add  registerAddCmd  `cmd:"" help:"Add a register. The same again changes its name only."`
}

type registerListCmd struct {
	Store  string `help:"One store; all stores when left out." placeholder:"CODE"`
	layout `embed:""`
}

// Run lists the registers.
func (c registerListCmd) Run(e *env) error {
	return e.report(c.layout, func(_ *db.View, shop org.Shop) (*table.Table, error) {
		t := &table.Table{Title: "Registers", Columns: []table.Column{{Name: "store"}, {Name: "register"}, {Name: "name"}, {Name: "kind"}}}
		for _, key := range slices.Sorted(maps.Keys(shop.Registers)) {
			if r := shop.Registers[key]; c.Store == "" || r.Store == c.Store {
				t.Add(table.Text(r.Store), table.Text(r.Code), table.Text(r.Name), table.Text(r.Kind))
			}
		}
		return t, known(shop, c.Store)
	})
}

type registerAddCmd struct {
	Code  string `arg:"" help:"Its code: letters, digits, dots, dashes. It never changes."`
	Store string `help:"The store that it stands in. Default: the only one there is." placeholder:"CODE"`
	Name  string `help:"Its name." placeholder:"NAME"`
	Kind  string `help:"A till numbers its receipts itself; those of an import are numbered here." enum:"till,import" default:"till"`
}

// Run adds the register.
func (c registerAddCmd) Run(e *env) error {
	if c.Name == "" {
		c.Name = "Register " + c.Code
	}
	var store string
	err := e.write(func(tx *db.Tx, shop org.Shop) (err error) {
		if store, err = chooseStore(shop, c.Store); err != nil {
			return err
		}
		return org.AddRegister(tx, org.Register{Store: store, Code: c.Code, Name: c.Name, Kind: c.Kind})
	})
	if err == nil {
		e.say("Register %s of store %s is ready.", c.Code, store)
	}
	return err
}

type tenderCmd struct {
	List tenderListCmd `cmd:"" help:"List the ways to pay."`
	Add  tenderAddCmd  `cmd:"" help:"Add a way to pay. For one that waits in suspense use \"tillpost task map\"."`
}

type tenderListCmd struct {
	layout `embed:""`
}

// Run lists the tender types.
func (c tenderListCmd) Run(e *env) error {
	return e.report(c.layout, func(v *db.View, _ org.Shop) (*table.Table, error) {
		list, err := payments.ListTenders(v)
		t := &table.Table{Title: "Tenders", Columns: []table.Column{{Name: "tender"}, {Name: "name"}, {Name: "kind"}}}
		for _, x := range list {
			t.Add(table.Text(x.Code), table.Text(x.Name), table.Text(x.Kind))
		}
		return t, err
	})
}

type tenderAddCmd struct {
	Code string `arg:"" help:"Its code, letter for letter as receipts have it."`
	Kind string `help:"What becomes of the money: ${tenders}." enum:"${tender_kinds}" required:"" placeholder:"KIND"`
	Name string `help:"What people call it." placeholder:"NAME"`
}

// tenderKinds lists the kinds of tender, for help texts and for kong.
func tenderKinds(between string) string { return strings.Join(payments.Kinds(), between) }

// Run adds the tender type.
func (c tenderAddCmd) Run(e *env) error {
	if c.Name == "" {
		c.Name = c.Code
	}
	err := e.write(func(tx *db.Tx, _ org.Shop) error {
		return payments.AddTender(tx, payments.TenderType{Code: c.Code, Name: c.Name, Kind: c.Kind})
	})
	if err == nil {
		e.say("Tender %s is known as %s.", c.Code, c.Kind)
	}
	return err
}
