package cli

import (
	"errors"
	"fmt"
	"strings"

	"github.com/tillpost/tillpost/internal/base/day"
	"github.com/tillpost/tillpost/internal/domain/catalog"
	"github.com/tillpost/tillpost/internal/domain/org"
	"github.com/tillpost/tillpost/internal/flow/catalogue"
	"github.com/tillpost/tillpost/internal/platform/db"
	"github.com/tillpost/tillpost/internal/views/table"
)

type catalogueCmd struct {
	Import catalogueImportCmd `cmd:"" help:"Take in items, barcodes and prices from a CSV file: all of it or nothing."`
	List   catalogueListCmd   `cmd:"" help:"List the items."`
}

type catalogueImportCmd struct {
	File   string `arg:"" help:"The file; - reads the standard input."`
	List   string `help:"Price list that the prices go to; it is made when it is not there." default:"standard" placeholder:"CODE"`
	Since  string `help:"Business day from which the prices hold. Default: since ever." placeholder:"DAY"`
	DryRun bool   `help:"Check everything and write nothing."`
	Format string `help:"text or json." enum:"text,json" default:"text"`
}

// Help is the text below the flags.
func (catalogueImportCmd) Help() string {
	return `The first line names the columns, in any order: sku, name, department, unit, tax_category, price, cost, barcode,
reorder_point, reorder_to. Commas, semicolons or tabs stand between the cells. A column that is not there leaves
what is known; the same file twice changes nothing. A dry run ends with 1 when a row is wrong, an import with 2.`
}

// Run takes the catalogue in.
func (c catalogueImportCmd) Run(e *env) error {
	o := catalogue.Options{List: c.List, DryRun: c.DryRun}
	if c.Since != "" {
		var err error
		if o.Since, err = parseDay("--since", c.Since); err != nil {
			return err
		}
	}
	in, err := e.input(c.File)
	if err != nil {
		return err
	}
	defer in.Close()
	d, _, err := e.existing()
	if err != nil {
		return err
	}
	defer d.Close()
	res, faults, err := catalogue.Import(e.ctx, d, in, o)
	for _, f := range faults {
		fmt.Fprintln(e.stderr, explain(f, e.dsn))
	}
	if errors.Is(err, catalogue.ErrRows) && c.DryRun {
		e.say("%s wrong. Nothing was written.", plural(int64(len(faults)), "row is", "rows are"))
		return errFound
	}
	if err != nil {
		return err
	}
	if c.Format == "json" {
		return e.json(res)
	}
	verb := "Took in"
	if c.DryRun {
		verb = "Would take in"
	}
	e.say("%s %s: %s new, %s, %s.", verb, plural(int64(res.Rows), "item", "items"), count(int64(res.New)),
		plural(int64(res.Prices), "price", "prices"), plural(int64(res.Barcodes), "barcode", "barcodes"))
	if len(res.Ignored) > 0 {
		e.say("Columns that mean nothing here: %s.", strings.Join(res.Ignored, ", "))
	}
	return nil
}

type catalogueListCmd struct {
	Department string `help:"One department." placeholder:"NAME"`
	Store      string `help:"The store whose prices are shown. Default: the only one there is." placeholder:"CODE"`
	layout     `embed:""`
}

// Run lists the items page by page: a catalogue may be large.
func (c catalogueListCmd) Run(e *env) error {
	return e.read(func(v *db.View, shop org.Shop) error {
		store, err := chooseStore(shop, c.Store)
		if err != nil {
			return err
		}
		today := shop.Stores[store].Rule().Of(now())
		t := &table.Table{Title: "Catalogue", Subtitle: []string{"prices of " + string(today), "store " + store, string(shop.Book)}, Columns: []table.Column{
			{Name: "sku", Label: "SKU"}, {Name: "name"}, {Name: "department"}, {Name: "kind"}, {Name: "unit"}, {Name: "tax_category"},
			{Name: "price", Kind: table.KindText}, {Name: "cost", Kind: table.KindText}}}
		w := table.Begin(e.stdout, t, c.options(e.stdout))
		for after := ""; ; {
			page, err := catalog.Items(v, after, catalog.PageMost)
			if err != nil {
				return err
			}
			if err := c.page(v, w, store, today, page); err != nil {
				return err
			}
			if len(page) < catalog.PageMost {
				return w.End()
			}
			after = page[len(page)-1].SKU
		}
	})
}

func (c catalogueListCmd) page(v *db.View, w *table.Writer, store string, today day.Day, page []catalog.Item) error {
	skus := make([]string, len(page))
	for i := range page {
		skus[i] = page[i].SKU
	}
	prices, err := catalog.PricesOn(v, store, today, skus)
	if err != nil {
		return err
	}
	of := map[string]string{}
	for _, p := range prices {
		if p.List == catalogue.StandardList || of[p.SKU] == "" {
			of[p.SKU] = p.Price.String()
		}
	}
	for _, it := range page {
		if c.Department != "" && it.Department != c.Department {
			continue
		}
		cost := ""
		if it.Cost != 0 {
			cost = it.Cost.String()
		}
		if err := w.Add(table.Text(it.SKU), table.Text(it.Name), table.Text(it.Department), table.Text(it.Kind), table.Text(it.Unit),
			table.Text(it.TaxCategory), table.Text(of[it.SKU]), table.Text(cost)); err != nil {
			return err
		}
	}
	return nil
}
