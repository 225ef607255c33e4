package httpapi

import (
	"slices"
	"strings"
	"sync"

	"github.com/tillpost/tillpost/internal/base/day"
	"github.com/tillpost/tillpost/internal/domain/catalog"
	"github.com/tillpost/tillpost/internal/domain/tax"
	"github.com/tillpost/tillpost/internal/flow/catalogue"
	"github.com/tillpost/tillpost/internal/platform/auth"
	"github.com/tillpost/tillpost/internal/platform/db"
)

// taxes registers the operations on tax law.
func (a *API) taxes() {
	get(a, operation{ID: "listTaxes", Path: "/taxes", Tag: tagCatalogue, Scope: auth.CatalogueRead, Summary: "Taxes of the shop's own",
		Doc: "While one is in force it counts instead of what comes with the program for the same category and place."}, listTaxes)
	get(a, operation{ID: "getTax", Path: "/taxes/{jurisdiction}/{category}/{since}", Tag: tagCatalogue, Scope: auth.CatalogueRead, Summary: "One tax entry of the shop's own"}, getTax)
	put(a, operation{ID: "putTax", Path: "/taxes/{jurisdiction}/{category}/{since}", Tag: tagCatalogue, Scope: auth.CatalogueWrite, Conflicts: true,
		Summary: "Add or replace a tax entry of the shop's own", Doc: "Each tax gets an account. Without a last day it ends when the shop's next one for the same category and place begins. " +
			"Nothing is deleted: an entry that must not count is retired." + wholeDocument}, putTax)
	get(a, operation{ID: "listTaxTables", Path: "/tax-tables", Tag: tagCatalogue, Scope: auth.CatalogueRead, Summary: "Taxes that come with the program",
		Doc: "By place, category and first day, each with its source. They are a start, not advice."}, listTaxTables)
}

// OfPlace are the parameters of a list of taxes.
type OfPlace struct {
	Jurisdiction string `query:"jurisdiction" doc:"Only this place and those in it." example:"US-PA"`
	Category     string `query:"category" doc:"Only this category of goods."`
}

// has tells whether an entry is asked for.
func (p *OfPlace) has(jurisdiction, category string) bool {
	return (p.Category == "" || p.Category == category) && (p.Jurisdiction == "" || strings.HasPrefix(jurisdiction+"-", p.Jurisdiction+"-"))
}

// taxKey is an entry's place in a list.
func taxKey(jurisdiction, category string, since day.Day) string {
	return jurisdiction + "\x00" + category + "\x00" + string(since)
}

// sortBy sorts rows by their keys, as pageOf needs them.
func sortBy[T any](rows []T, key func(T) string) {
	slices.SortFunc(rows, func(a, b T) int { return strings.Compare(key(a), key(b)) })
}

func listTaxes(c *Call, in *struct {
	OfPlace
	Paged
}) (Page[catalogue.TaxEntry], error) {
	var rows []catalog.TaxEntry
	err := c.Read(func(v *db.View) error {
		all, err := catalog.TaxEntries(v)
		for _, e := range all {
			if in.has(e.Jurisdiction, e.Category) {
				rows = append(rows, e)
			}
		}
		return err
	})
	if err != nil {
		return Page[catalogue.TaxEntry]{}, err
	}
	key := func(e catalog.TaxEntry) string { return taxKey(e.Jurisdiction, e.Category, e.Since) }
	sortBy(rows, key)
	p, err := pageOf(rows, &in.Paged, key)
	if err != nil {
		return Page[catalogue.TaxEntry]{}, err
	}
	return opened(p, catalogue.OpenTax)
}

// oneTax is a tax entry in the address.
type oneTax struct {
	Jurisdiction string `path:"jurisdiction"`
	Category     string `path:"category"`
	Since        string `path:"since" format:"date"`
}

func (in *oneTax) key() catalog.TaxEntry {
	return catalog.TaxEntry{Jurisdiction: in.Jurisdiction, Category: in.Category, Since: day.Day(in.Since)}
}

func getTax(c *Call, in *oneTax) (e catalogue.TaxEntry, err error) {
	err = c.Read(func(v *db.View) error {
		stored, err := catalog.GetTaxEntry(v, in.key())
		if err == nil {
			e, err = catalogue.OpenTax(&stored)
		}
		return err
	})
	return e, err
}

func putTax(c *Call, in *oneTax, doc catalogue.TaxEntry) (catalogue.TaxEntry, bool, error) {
	for _, err := range []error{agree("jurisdiction", &doc.Jurisdiction, in.Jurisdiction), agree("category", &doc.Category, in.Category),
		agree("since", &doc.Since, in.Since), c.Who.NeedStore("")} {
		if err != nil {
			return catalogue.TaxEntry{}, false, err
		}
	}
	return edit(c, func(tx *db.Tx) (catalogue.TaxEntry, error) {
		stored, err := catalog.TaxEntryIn(tx, in.key())
		if err != nil {
			return catalogue.TaxEntry{}, err
		}
		return catalogue.OpenTax(&stored)
	}, func(tx *db.Tx) error {
		return putOne(tx, "taxes", catalogue.Catalogue{Taxes: []catalogue.TaxEntry{doc}})
	})
}

// builtInTaxes are the tables that come with the program, in the order of their keys.
var builtInTaxes = sync.OnceValues(func() ([]tax.Entry, error) {
	t, err := tax.BuiltIn()
	sortBy(t.Entries, entryKey)
	for i := range t.Entries {
		t.Entries[i].Components = filled(t.Entries[i].Components)
	}
	return t.Entries, err
})

func entryKey(e tax.Entry) string { return taxKey(e.Jurisdiction, e.Category, e.Since) }

func listTaxTables(_ *Call, in *struct {
	OfPlace
	Paged
}) (Page[tax.Entry], error) {
	all, err := builtInTaxes()
	if err != nil {
		return Page[tax.Entry]{}, err
	}
	var rows []tax.Entry
	for _, e := range all {
		if in.has(e.Jurisdiction, e.Category) {
			rows = append(rows, e)
		}
	}
	return pageOf(rows, &in.Paged, entryKey)
}
