package catalog

import (
	"cmp"
	"maps"
	"slices"
	"unicode/utf8"

	"github.com/tillpost/tillpost/internal/base/day"
	"github.com/tillpost/tillpost/internal/platform/db"
	"github.com/tillpost/tillpost/internal/platform/outbox"
)

// TaxEntry is a piece of tax law of the shop's own: which taxes a category of goods has in a place from
// a day on. What is in the body is the tax engine's business: whoever puts one has it checked there.
type TaxEntry struct {
	Category     string  `json:"category"`
	Jurisdiction string  `json:"jurisdiction"`
	Since        day.Day `json:"since"`
	Body         string  `json:"body"`              // JSON
	Retired      bool    `json:"retired,omitempty"` // kept, and not applied any more
}

// taxEntriesMost is how many entries a shop may have of its own. All places of the United States that levy a
// sales tax are about thirteen thousand; with the built-in ones they fit what the tax engine takes.
const taxEntriesMost = 15_000

// key names an entry: what is put under the same key replaces it.
func (e TaxEntry) key() TaxEntry {
	return TaxEntry{Category: e.Category, Jurisdiction: e.Jurisdiction, Since: e.Since}
}

func compareTaxes(a, b TaxEntry) int {
	return cmp.Or(cmp.Compare(a.Jurisdiction, b.Jurisdiction), cmp.Compare(a.Category, b.Category), cmp.Compare(a.Since, b.Since))
}

// PutTaxEntry adds a tax entry or replaces the one of the same category, jurisdiction and first day; the
// same again changes nothing.
func PutTaxEntry(tx *db.Tx, e TaxEntry) error {
	switch {
	case !isCode(e.Category):
		return ErrTaxEntry.At("category")
	case !isCode(e.Jurisdiction):
		return ErrTaxEntry.At("jurisdiction")
	case e.Since == "" || checkDays(e.Since, "") != nil:
		return ErrTaxEntry.At("since")
	case e.Body == "" || len(e.Body) > bodyMost || !utf8.ValidString(e.Body):
		return ErrTaxEntry.At("body")
	}
	g, err := open(tx)
	if err != nil {
		return err
	}
	if err := g.readTaxes(tx); err != nil {
		return err
	}
	if g.taxes[e.key()] == nil && len(g.taxes) >= taxEntriesMost {
		return ErrTooManyTaxes
	}
	if old := g.taxes[e.key()]; old != nil && *old == e {
		return nil
	}
	g.taxes[e.key()], g.taxed[e.key()] = &e, &e
	return outbox.Add(tx, outbox.TaxChanged, e.Jurisdiction+"/"+e.Category+"/"+string(e.Since), "")
}

const (
	selectTaxes db.SQL = `SELECT category, jurisdiction, since, body, active FROM tax_entries`
)

// TaxEntries reads the shop's own tax entries, by place, category and first day.
func TaxEntries(q db.Q) ([]TaxEntry, error) {
	out, err := list(q, selectTaxes, nil, scanTax)
	slices.SortFunc(out, compareTaxes)
	return out, err
}

// TaxEntriesIn is TaxEntries with what the group of writes has put and not written yet.
func TaxEntriesIn(tx *db.Tx) ([]TaxEntry, error) {
	g, err := open(tx)
	if err != nil {
		return nil, err
	}
	if err := g.readTaxes(tx); err != nil {
		return nil, err
	}
	out := make([]TaxEntry, 0, len(g.taxes))
	for _, e := range g.taxes {
		out = append(out, *e)
	}
	slices.SortFunc(out, compareTaxes)
	return out, nil
}

func (g *group) readTaxes(tx *db.Tx) error {
	if g.taxes != nil {
		return nil
	}
	stored, err := TaxEntries(tx)
	if err != nil {
		return err
	}
	g.taxes = make(map[TaxEntry]*TaxEntry, len(stored))
	for i := range stored {
		g.taxes[stored[i].key()] = &stored[i]
	}
	return nil
}

var taxesTable = db.Table{Name: "tax_entries", Columns: []string{"category", "jurisdiction", "since", "body", "active"},
	Conflict: "ON CONFLICT (category, jurisdiction, since) DO UPDATE SET body = excluded.body, active = excluded.active"}

func (g *group) saveTaxes(tx *db.Tx) {
	for _, k := range slices.SortedFunc(maps.Keys(g.taxed), compareTaxes) {
		e := g.taxed[k]
		tx.Insert(&taxesTable, e.Category, e.Jurisdiction, string(e.Since), e.Body, !e.Retired)
	}
}

func scanTax(row scanner) (TaxEntry, error) {
	var e TaxEntry
	var active bool
	err := row.Scan(&e.Category, &e.Jurisdiction, &e.Since, &e.Body, &active)
	e.Retired = !active
	return e, err
}
