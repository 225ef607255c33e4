package catalog

import (
	"maps"
	"slices"
	"strings"

	"github.com/tillpost/tillpost/internal/base/gtin"
	"github.com/tillpost/tillpost/internal/platform/db"
	"github.com/tillpost/tillpost/internal/platform/outbox"
)

// BarcodeFormat is how the codes look that a scale prints, with a weight, a price or a count inside. The
// item is found by its number on the scale: its barcode of at most six digits.
type BarcodeFormat struct {
	gtin.Format
	Retired bool `json:"retired,omitempty"` // kept, and not read any more
}

// PutBarcodeFormat adds a format or replaces the one of that name; the same again changes nothing.
// Errors: ErrCode, ErrFormats, those of gtin.Format.Check.
func PutBarcodeFormat(tx *db.Tx, f BarcodeFormat) error {
	if !isCode(f.Name) {
		return ErrCode.At("name")
	}
	if err := f.Check(); err != nil {
		return err
	}
	g, err := open(tx)
	if err != nil {
		return err
	}
	if g.formats == nil {
		stored, err := BarcodeFormats(tx)
		if err != nil {
			return err
		}
		g.formats = make(map[string]*BarcodeFormat, len(stored))
		for i := range stored {
			g.formats[stored[i].Name] = &stored[i]
		}
	}
	if g.formats[f.Name] == nil && len(g.formats) >= gtin.MaxFormats {
		return ErrFormats.At("name")
	}
	if old := g.formats[f.Name]; old != nil && *old == f {
		return nil
	}
	g.formats[f.Name], g.formed[f.Name] = &f, &f
	return outbox.Add(tx, outbox.BarcodeFormatChanged, f.Name, "")
}

const selectFormats db.SQL = `SELECT name, pattern, decimals, active FROM barcode_formats`

// BarcodeFormats reads all formats by name, which is the order in which a code is compared with them.
func BarcodeFormats(q db.Q) ([]BarcodeFormat, error) {
	out, err := list(q, selectFormats, nil, scanFormat)
	slices.SortFunc(out, func(a, b BarcodeFormat) int { return strings.Compare(a.Name, b.Name) })
	return out, err
}

var formatsTable = db.Table{Name: "barcode_formats", Columns: []string{"name", "pattern", "decimals", "active"},
	Conflict: "ON CONFLICT (name) DO UPDATE SET pattern = excluded.pattern, decimals = excluded.decimals, active = excluded.active"}

func (g *group) saveFormats(tx *db.Tx) {
	for _, name := range slices.Sorted(maps.Keys(g.formed)) {
		f := g.formed[name]
		tx.Insert(&formatsTable, f.Name, f.Pattern, int64(f.Decimals), !f.Retired)
	}
}

func scanFormat(row scanner) (BarcodeFormat, error) {
	var f BarcodeFormat
	var active bool
	err := row.Scan(&f.Name, &f.Pattern, &f.Decimals, &active)
	f.Retired = !active
	return f, err
}
