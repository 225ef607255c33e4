package tax

import (
	"fmt"
	"sort"
	"strings"

	"github.com/tillpost/tillpost/internal/base/day"
)

// Entry says which taxes a category of goods has in a place from Since to Until, both included.
type Entry struct {
	Category string `json:"category"` // "standard", "reduced", "clothing": the shop's tax category
	// Jurisdiction is an ISO 3166 country and finer parts behind dashes: "DE", "US-PA", "US-PA-003".
	Jurisdiction string      `json:"jurisdiction"`
	Since        day.Day     `json:"since"`
	Until        day.Day     `json:"until,omitempty"` // last day; empty while it is in force
	Components   []Component `json:"components"`      // all taxes of the place, the wider ones too
	Source       string      `json:"source"`          // the law, or the publication that states it
}

// Table is tax law as data: entries in any order, never two for one category, place and day. A new
// rate is a new entry; old ones stay, because returns are taxed by the day of the sale.
type Table struct {
	Entries []Entry `json:"entries"`
}

// Lookup returns the taxes of a category in a jurisdiction on a day. A place without an entry in
// force has its parent's: "US-NY-NYC", then "US-NY", then "US". The result is the table's own; an
// empty list with true means that the law knows the case and asks for no tax. It scans: a shop loads
// the places it sells in, not the world.
func (t *Table) Lookup(category, jurisdiction string, on day.Day) ([]Component, bool) {
	for place := jurisdiction; place != ""; place = Parent(place) {
		for i := range t.Entries {
			e := &t.Entries[i]
			if e.Category == category && e.Jurisdiction == place && e.inForce(on) {
				return e.Components[:len(e.Components):len(e.Components)], true
			}
		}
	}
	return nil, false
}

// inForce tells whether the entry holds on a day; days compare as text.
func (e *Entry) inForce(on day.Day) bool {
	return on >= e.Since && (e.Until == "" || on <= e.Until)
}

// Parent returns the jurisdiction around this one: "US-NY" for "US-NY-NYC", "" for "US".
func Parent(jurisdiction string) string {
	i := strings.LastIndexByte(jurisdiction, '-')
	return jurisdiction[:max(i, 0)]
}

// Including returns the taxes as parts of the price, or as additions to it: the same law serves
// shelves labelled either way. Zero-rated and exempt ones are turned too, which changes no amount.
func Including(cs []Component, included bool) []Component {
	out := make([]Component, len(cs))
	for i, c := range cs {
		c.Included = included
		out[i] = c
	}
	return out
}

// Validate tells the first thing that is wrong with the table, with its place ("entries[3].since").
func (t *Table) Validate() error {
	if len(t.Entries) > MaxEntries {
		return ErrTableTooLarge
	}
	for i := range t.Entries {
		if err := t.Entries[i].check(fmt.Sprintf("entries[%d]", i)); err != nil {
			return err
		}
	}
	return t.overlaps()
}

// check looks at one entry by itself.
func (e *Entry) check(at string) error {
	name := func(s string) bool { return s != "" && len(s) <= MaxCode && strings.TrimSpace(s) == s }
	if !name(e.Category) {
		return ErrTableEntry.At(at + ".category")
	}
	if !name(e.Jurisdiction) || strings.Contains("-"+e.Jurisdiction+"-", "--") {
		return ErrTableEntry.At(at + ".jurisdiction")
	}
	if strings.TrimSpace(e.Source) == "" || len(e.Source) > MaxSource {
		return ErrTableEntry.At(at + ".source")
	}
	if _, err := day.Parse(string(e.Since)); err != nil {
		return ErrTableDays.At(at + ".since")
	}
	if e.Until != "" {
		if _, err := day.Parse(string(e.Until)); err != nil || e.Until < e.Since {
			return ErrTableDays.At(at + ".until")
		}
	}
	return CheckComponents(e.Components, at+".components")
}

// overlaps looks for two entries of one category and place that share a day.
func (t *Table) overlaps() error {
	order := make([]int, len(t.Entries))
	for i := range order {
		order[i] = i
	}
	key := func(i int) string { return t.Entries[i].Jurisdiction + "\x00" + t.Entries[i].Category + "\x00" }
	sort.SliceStable(order, func(a, b int) bool {
		return key(order[a])+string(t.Entries[order[a]].Since) < key(order[b])+string(t.Entries[order[b]].Since)
	})
	for n := 1; n < len(order); n++ {
		before, after := &t.Entries[order[n-1]], &t.Entries[order[n]]
		if key(order[n-1]) == key(order[n]) && (before.Until == "" || before.Until >= after.Since) {
			return ErrTableOverlap.At(fmt.Sprintf("entries[%d]", order[n])).Because(
				fmt.Errorf("entries[%d] is in force until %q", order[n-1], before.Until))
		}
	}
	return nil
}
