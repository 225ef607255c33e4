package catalogue

import (
	"encoding/json"
	"fmt"
	"strings"
	"sync"
	"unicode"

	"github.com/tillpost/tillpost/internal/base/fault"
	"github.com/tillpost/tillpost/internal/base/pan"
	"github.com/tillpost/tillpost/internal/domain/catalog"
	"github.com/tillpost/tillpost/internal/domain/tax"
	"github.com/tillpost/tillpost/internal/flow/setup"
	"github.com/tillpost/tillpost/internal/platform/db"
)

// TaxEntry is a piece of tax law of the shop's own: which taxes a category has in a place since a day,
// and where that is written. While it is in force it counts instead of what comes with the program for
// the same category and place. Without a last day it ends when the shop's next one begins.
type TaxEntry struct {
	tax.Entry
	Retired bool `json:"retired,omitempty"` // kept, and not applied any more
}

func (e *TaxEntry) key() catalog.TaxEntry {
	return catalog.TaxEntry{Category: e.Category, Jurisdiction: e.Jurisdiction, Since: e.Since}
}

// taxes puts the entries, each tax with its account, and looks whether all of the shop's fit together.
func (p *putting) taxes() error {
	for i := range p.c.Taxes {
		if err := p.fault(p.tax(&p.c.Taxes[i]), "taxes[%d]", i); err != nil {
			return err
		}
	}
	if len(p.c.Taxes) == 0 || len(p.faults) > 0 {
		return nil
	}
	all, err := catalog.TaxEntriesIn(p.tx)
	if err != nil {
		return err
	}
	_, err = ownTaxes(all, "", func(e *tax.Entry, why *fault.Error) error { return p.fault(why, "%s", p.placeOf(e)) })
	return err
}

func (p *putting) tax(e *TaxEntry) error {
	if err := checkTax(&e.Entry); err != nil {
		return err
	}
	body, err := json.Marshal(e.Entry)
	if err != nil {
		return ErrTaxStored.Because(err)
	}
	one := e.key()
	one.Body, one.Retired = string(body), e.Retired
	if err := catalog.PutTaxEntry(p.tx, one); err != nil || e.Retired {
		return err
	}
	for _, c := range e.Components {
		if c.Rate == 0 && c.PerUnit == 0 {
			continue // nothing will ever be owed
		}
		name := c.Name
		if name == "" {
			name = c.Code
		}
		if err := setup.TaxCode(p.tx, c.Code, name); err != nil {
			return err
		}
	}
	return nil
}

// checkTax has the tax engine look at the entry, in a table of its own.
func checkTax(e *tax.Entry) error {
	t := tax.Table{Entries: []tax.Entry{*e}}
	if err := t.Validate(); err != nil {
		return inside(err, "entries[0]")
	}
	if !isText(e.Source) {
		return catalog.ErrText.At("source")
	}
	for i, c := range e.Components {
		if !isText(c.Name) || len(c.Name) > tax.MaxSource {
			return catalog.ErrText.At(fmt.Sprintf("components[%d].name", i))
		}
		if !isText(c.Code) {
			return tax.ErrCode.At(fmt.Sprintf("components[%d].code", i))
		}
	}
	return nil
}

// isText tells whether a text may be printed: it is on every receipt.
func isText(s string) bool { return !strings.ContainsFunc(s, unicode.IsControl) && !pan.Found(s) }

// placeOf names an entry by its place in what was handed over, or else by what it is.
func (p *putting) placeOf(e *tax.Entry) string {
	for i := range p.c.Taxes {
		if x := &p.c.Taxes[i]; x.Category == e.Category && x.Jurisdiction == e.Jurisdiction && x.Since == e.Since {
			return fmt.Sprintf("taxes[%d]", i)
		}
	}
	return fmt.Sprintf("taxes (%s %s since %s)", e.Jurisdiction, e.Category, e.Since)
}

// ownTaxes are the shop's entries of a country ("" for all) that apply; one without a last day ends when
// the next begins. What is sorted by place, category and first day stays so. overlap hears of an entry
// that begins before the one in front of it has ended.
func ownTaxes(stored []catalog.TaxEntry, country string, overlap func(e *tax.Entry, why *fault.Error) error) ([]tax.Entry, error) {
	var out []tax.Entry
	for i := range stored {
		if stored[i].Retired || country != "" && countryOf(stored[i].Jurisdiction) != country {
			continue
		}
		var e tax.Entry
		if err := json.Unmarshal([]byte(stored[i].Body), &e); err != nil {
			return nil, ErrTaxStored.At(stored[i].Jurisdiction + " " + stored[i].Category).Because(err)
		}
		if n := len(out) - 1; n >= 0 && out[n].Category == e.Category && out[n].Jurisdiction == e.Jurisdiction {
			switch before := &out[n]; {
			case before.Until == "":
				before.Until = e.Since.Add(-1)
			case before.Until >= e.Since:
				why := tax.ErrTableOverlap.Because(fmt.Errorf("the one since %s is in force until %s", before.Since, before.Until))
				if err := overlap(&e, why); err != nil {
					return nil, err
				}
			}
		}
		out = append(out, e)
	}
	return out, nil
}

func countryOf(jurisdiction string) string {
	country, _, _ := strings.Cut(jurisdiction, "-")
	return country
}

var builtIn = sync.OnceValues(tax.BuiltIn)

// loadTaxes is the law of the store's country, the shop's own over what comes with the program; a store
// without a jurisdiction has all countries.
func loadTaxes(q db.Q, s *Scope, jurisdiction string) (tax.Table, error) {
	if s.Taxes != nil {
		return *s.Taxes, nil
	}
	given, err := builtIn()
	if err != nil {
		return tax.Table{}, err
	}
	stored, err := catalog.TaxEntries(q)
	if err != nil {
		return tax.Table{}, err
	}
	country := countryOf(jurisdiction)
	own, err := ownTaxes(stored, country, func(_ *tax.Entry, why *fault.Error) error { return why })
	if err != nil {
		return tax.Table{}, err
	}
	return tax.Table{Entries: overlay(own, given.Entries, country)}, nil
}

// overlay lays the shop's entries over those of the program: of these, only the days remain on which the
// shop has no law of its own for the same category and place.
func overlay(own, given []tax.Entry, country string) []tax.Entry {
	type kind struct{ category, place string }
	of := map[kind][]tax.Entry{}
	for _, e := range own {
		k := kind{e.Category, e.Jurisdiction}
		of[k] = append(of[k], e)
	}
	out := own[:len(own):len(own)]
	for _, e := range given {
		if country == "" || countryOf(e.Jurisdiction) == country {
			out = append(out, uncovered(e, of[kind{e.Category, e.Jurisdiction}])...)
		}
	}
	return out
}

// uncovered are the spans of an entry that others, sorted by their first days, leave.
func uncovered(e tax.Entry, others []tax.Entry) (out []tax.Entry) {
	rest := e
	for _, o := range others {
		if o.Until != "" && o.Until < rest.Since || rest.Until != "" && o.Since > rest.Until {
			continue
		}
		if o.Since > rest.Since {
			before := rest
			before.Until = o.Since.Add(-1)
			out = append(out, before)
		}
		if o.Until == "" || rest.Until != "" && o.Until >= rest.Until {
			return out
		}
		rest.Since = o.Until.Add(1)
	}
	return append(out, rest)
}
