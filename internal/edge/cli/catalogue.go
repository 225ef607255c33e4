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
	Import catalogueImportCmd `cmd:"" help:"Take in items, barcodes and prices from a CSV file."`
	List   catalogueListCmd   `cmd:"" help:"List the items."`
	Put    cataloguePutCmd    `cmd:"" help:"Take in a JSON document: items, price lists, promotions, taxes: all of it or nothing."`
	Show   catalogueShowCmd   `cmd:"" help:"Show what there is, as the document that put reads."`
	Scan   catalogueScanCmd   `cmd:"" help:"Tell what barcodes stand for, as a basket that quote reads."`
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
what is known; the same file twice changes nothing. All lines are checked before the first is written; they are
written by thousands, so that the tills can go on. After a stop, the same command again completes it. A dry run ends with 1 when a row is wrong, an import with 2.`
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
	b := newBar(e.stderr)
	o.Progress = func(lines, total int) {
		text := "checked " + count(int64(lines)) + " lines"
		if total > 0 {
			if lines <= catalogue.Batch { // the checks say nothing about the pace of writing
				b.clear()
				b = newBar(e.stderr)
			}
			text = "wrote " + count(int64(lines)) + " of " + count(int64(total)) + " lines"
		}
		b.show(int64(lines), int64(total), text)
	}
	res, faults, err := catalogue.Import(e.ctx, d, in, o)
	b.clear()
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
