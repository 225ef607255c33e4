package cli

import (
	"errors"
	"fmt"
	"strings"

	"github.com/tillpost/tillpost/internal/domain/catalog"
	"github.com/tillpost/tillpost/internal/domain/org"
	"github.com/tillpost/tillpost/internal/domain/pricing"
	"github.com/tillpost/tillpost/internal/flow/catalogue"
	"github.com/tillpost/tillpost/internal/platform/db"
)

type cataloguePutCmd struct {
	File   string `arg:"" help:"The document; - reads the standard input."`
	DryRun bool   `help:"Check everything and write nothing."`
}

// Help is the text below the flags.
func (cataloguePutCmd) Help() string {
	return `The document has any of: taxes, barcode_formats, items, barcodes, price_lists, prices, promotions. What it does not name
stays as it is, what is known under the same name is replaced, the same document twice changes nothing. Nothing is ever
deleted: items, promotions, formats and taxes can be "retired". docs/catalogue.md explains each part by an example.
A dry run ends with 1 when something is wrong, put with 2.`
}

// Run puts the document.
func (c cataloguePutCmd) Run(e *env) error {
	in, err := e.input(c.File)
	if err != nil {
		return err
	}
	defer in.Close()
	doc, err := catalogue.Read(in)
	if err != nil {
		return err
	}
	d, _, err := e.existing()
	if err != nil {
		return err
	}
	defer d.Close()
	put, verb := catalogue.Put, "Took in"
	if c.DryRun {
		put, verb = catalogue.Try, "Would take in"
	}
	err = put(e.ctx, d, doc)
	var faults catalogue.Faults
	if errors.As(err, &faults) {
		if !c.DryRun {
			faults, err = faults[:len(faults)-1], faults[len(faults)-1] // the last is told as the end of the command
		}
		for _, f := range faults {
			fmt.Fprintln(e.stderr, explain(f, e.dsn))
		}
		if c.DryRun {
			e.say("%s. Nothing was written.", plural(int64(len(faults)), "thing is wrong", "things are wrong"))
			return errFound
		}
	}
	if err != nil {
		return err
	}
	e.say("%s %s.", verb, contentsOf(&doc))
	return nil
}

// contentsOf counts what is in a document.
func contentsOf(c *catalogue.Catalogue) string {
	var parts []string
	for _, p := range []struct {
		n         int
		one, many string
	}{
		{len(c.Taxes), "tax entry", "tax entries"}, {len(c.BarcodeFormats), "barcode format", "barcode formats"},
		{len(c.Items), "item", "items"}, {len(c.Barcodes), "barcode", "barcodes"}, {len(c.PriceLists), "price list", "price lists"},
		{len(c.Prices), "price", "prices"}, {len(c.Promotions), "promotion", "promotions"},
	} {
		if p.n > 0 {
			parts = append(parts, plural(int64(p.n), p.one, p.many))
		}
	}
	if len(parts) == 0 {
		return "nothing"
	}
	return strings.Join(parts, ", ")
}

type catalogueShowCmd struct {
	JSON bool     `help:"The document, as put reads it."`
	Part []string `help:"With --json: only these parts (${enum}). Default: all." enum:"taxes,barcode_formats,items,barcodes,price_lists,prices,promotions" placeholder:"PART"`
}

// Help is the text below the flags.
func (catalogueShowCmd) Help() string {
	return `Without --json the rules are listed: taxes of the shop's own, barcode formats, price lists, promotions. The items are in
"tillpost catalogue list". With it all is written, one row a line:

  tillpost catalogue show --json > catalogue.json
  tillpost catalogue put catalogue.json`
}

// Run shows the catalogue.
func (c catalogueShowCmd) Run(e *env) error {
	return e.read(func(v *db.View, shop org.Shop) error {
		if c.JSON {
			return catalogue.Write(v, e.stdout, c.Part...)
		}
		return e.showRules(v)
	})
}

// showRules lists what decides about prices.
func (e *env) showRules(v *db.View) error {
	taxes, err := catalog.TaxEntries(v)
	if err != nil {
		return err
	}
	formats, err := catalog.BarcodeFormats(v)
	if err != nil {
		return err
	}
	lists, err := catalog.PriceLists(v)
	if err != nil {
		return err
	}
	promotions, err := catalog.Promotions(v)
	if err != nil {
		return err
	}
	for _, t := range taxes {
		e.say("tax %s %s since %s%s", t.Jurisdiction, t.Category, t.Since, retired(t.Retired))
	}
	for _, f := range formats {
		e.say("barcode format %s %s%s", f.Name, f.Pattern, retired(f.Retired))
	}
	for _, l := range lists {
		e.say("price list %s%s%s%s", l.Code, where(" in store ", l.Store), where(" for ", l.CustomerGroup), listDays(l))
	}
	for _, p := range promotions {
		e.say("promotion %s%s", p.Code, retired(p.Retired))
	}
	if len(taxes)+len(formats)+len(lists)+len(promotions) == 0 {
		e.say("There are no price lists, promotions, barcode formats and taxes of the shop's own.")
	}
	return nil
}

func retired(is bool) string {
	if is {
		return ", retired"
	}
	return ""
}

func where(word, what string) string {
	if what == "" {
		return ""
	}
	return word + what
}

func listDays(l catalog.PriceList) string {
	return where(" since ", string(l.Since)) + where(" until ", string(l.Until))
}

type catalogueScanCmd struct {
	Codes []string `arg:"" name:"code" help:"What the scanner reads: an item's barcode, a pack's, a scale's, or a SKU."`
	Store string   `help:"The store. Default: the only one there is." placeholder:"CODE"`
}

// Help is the text below the flags.
func (catalogueScanCmd) Help() string {
	return `  tillpost catalogue scan 4006381333931 2104011015003 | tillpost quote`
}

// Run scans the codes.
func (c catalogueScanCmd) Run(e *env) error {
	return e.read(func(v *db.View, shop org.Shop) error {
		store, err := chooseStore(shop, c.Store)
		if err != nil {
			return err
		}
		entries, err := catalogue.Scan(v, c.Codes, catalogue.Scope{Store: store, Day: shop.Stores[store].Rule().Of(now())})
		if err != nil {
			return err
		}
		return e.json(struct {
			Store   string          `json:"store"`
			Entries []pricing.Entry `json:"entries"`
		}{store, entries})
	})
}
