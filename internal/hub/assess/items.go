package assess

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/tillpost/tillpost/internal/base/money"
	"github.com/tillpost/tillpost/internal/domain/receipt"
	"github.com/tillpost/tillpost/internal/hub/intake"
)

// item is what is known of one item code.
type item struct {
	names    []string // as first written, different when case and spaces are left out
	low, top money.Price
	row      int
	doc      string
}

// item remembers the line's code, name and price.
func (r *review) item(d *intake.Document, l *receipt.Line) {
	it := r.items[l.Item]
	if it == nil {
		if !r.room(len(r.items), maxItems, "item codes") {
			return
		}
		it = &item{row: d.FirstRow, doc: d.External}
		r.items[l.Item] = it
		fold := strings.ToLower(l.Item)
		if other, ok := r.folded[fold]; ok {
			r.find("sku_case", d.FirstRow, d.External, "%q and %q", other, l.Item)
		} else {
			r.folded[fold] = l.Item
		}
	}
	if l.Name != "" && len(it.names) < maxNames && r.nameBytes < maxNameBytes && !slices.ContainsFunc(it.names, func(n string) bool { return sameName(n, l.Name) }) {
		if it.names = append(it.names, l.Name); len(it.names) > 1 {
			r.nameBytes += len(l.Name)
		}
		r.room(r.nameBytes, maxNameBytes, "bytes of item names")
	}
	if l.UnitPrice > 0 {
		if it.low == 0 || l.UnitPrice < it.low {
			it.low = l.UnitPrice
		}
		it.top = max(it.top, l.UnitPrice)
	}
}

// sameName leaves out letter case and all that is not a letter or digit.
func sameName(a, b string) bool {
	if a == b {
		return true
	}
	return strings.EqualFold(letters(a), letters(b))
}

func letters(s string) string {
	return strings.Map(func(r rune) rune {
		switch {
		case r >= 'a' && r <= 'z', r >= 'A' && r <= 'Z', r >= '0' && r <= '9', r >= 0x80:
			return r
		}
		return -1
	}, s)
}

// catalogue makes the findings about item codes.
func (r *review) catalogue() {
	codes := make([]string, 0, len(r.items))
	for code := range r.items {
		codes = append(codes, code)
	}
	slices.Sort(codes)
	r.names(codes)
	r.prices(codes)
	r.gtins(codes)
}

func (r *review) names(codes []string) {
	var clash []string
	for _, c := range codes {
		if len(r.items[c].names) > 1 {
			clash = append(clash, c)
		}
	}
	slices.SortStableFunc(clash, func(a, b string) int { return cmp.Compare(len(r.items[b].names), len(r.items[a].names)) })
	for _, c := range clash {
		it := r.items[c]
		more := ""
		if n := len(it.names) - 3; n > 0 {
			more = fmt.Sprintf(" and %d more", n)
		}
		r.find("sku_names", it.row, it.doc, "%s: %s%s", c, strings.Join(it.names[:min(3, len(it.names))], " | "), more)
	}
	r.of("sku_names", len(codes))
}

func (r *review) prices(codes []string) {
	var wide []string
	for _, c := range codes {
		if it := r.items[c]; it.low > 0 && it.top/10 > it.low {
			wide = append(wide, c)
		}
	}
	slices.SortStableFunc(wide, func(a, b string) int {
		return cmp.Compare(r.items[b].top/r.items[b].low, r.items[a].top/r.items[a].low)
	})
	for _, c := range wide {
		it := r.items[c]
		name := ""
		if len(it.names) > 0 {
			name = " " + it.names[0]
		}
		r.find("sku_prices", it.row, it.doc, "%s%s: from %s to %s", c, name, it.low, it.top)
	}
	r.of("sku_prices", len(codes))
}

// gtins checks the check digits of the codes that are as long as a GTIN. When most of them do not
// check, they are the shop's own codes and no barcodes.
func (r *review) gtins(codes []string) {
	var bad []string
	long := 0
	for _, c := range codes {
		if is, good := gtinDigits(c); is {
			if long++; !good {
				bad = append(bad, c)
			}
		}
	}
	code := "gtin_check"
	if 2*len(bad) > long {
		code = "gtin_padding"
	}
	for _, c := range bad {
		r.find(code, r.items[c].row, r.items[c].doc, "%s", c)
	}
	r.of(code, long)
}

// of says how many of a finding there could be.
func (r *review) of(code string, n int) {
	if f := r.findings[code]; f != nil {
		f.Of = n
	}
}
