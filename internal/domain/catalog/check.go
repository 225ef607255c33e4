package catalog

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/tillpost/tillpost/internal/base/day"
	"github.com/tillpost/tillpost/internal/base/money"
	"github.com/tillpost/tillpost/internal/base/pan"
	"github.com/tillpost/tillpost/internal/base/qty"
)

// Limits on what people and feeds may send.
const (
	codeMost     = 100 // as on a receipt: what was sold must be kept
	nameMost     = 200 // longer names fit on no receipt
	barcodeMost  = 80  // what the pricing engine looks at
	bodyMost     = 1 << 16
	priorityMost = 1_000_000
	priceMost    = money.Price(1_000_000_000_000_000) // a billion in major units
	qtyMost      = qty.Qty(1_000_000_000_000_000)     // a billion units
)

// The kinds of item; the words are those of a receipt's lines.
const (
	KindItem          = "item"
	KindService       = "service"
	KindGiftCard      = "gift_card"
	KindBottleDeposit = "bottle_deposit"
	KindDeposit       = "deposit"
	KindCharity       = "charity"
	KindConsignment   = "consignment"
)

// Each is the unit of things that are counted. Everything else is measured.
const Each = "each"

func (it *Item) check() error {
	if !isCode(it.SKU) {
		return ErrCode.At("sku")
	}
	for _, f := range []struct{ name, text string }{{"name", it.Name}, {"department", it.Department}, {"unit", it.Unit}, {"tax_category", it.TaxCategory}} {
		if !isText(f.text) {
			return ErrText.At(f.name)
		}
	}
	switch it.Kind {
	case KindItem, KindService, KindGiftCard, KindBottleDeposit, KindDeposit, KindCharity, KindConsignment:
	default:
		return ErrKind.At("kind")
	}
	if it.Cost < 0 || it.Cost > priceMost {
		return ErrCost.At("cost")
	}
	if it.ReorderPoint < 0 || it.ReorderPoint > qtyMost {
		return ErrReorder.At("reorder_point")
	}
	if it.ReorderTo < 0 || it.ReorderTo > qtyMost || it.ReorderTo > 0 && it.ReorderTo < it.ReorderPoint {
		return ErrReorder.At("reorder_to")
	}
	return it.checkTerms()
}

// isCode tells whether s can name an item, a list or a promotion. Outside systems number in their own
// ways, so that nearly everything can.
func isCode(s string) bool {
	return s != "" && len(s) <= codeMost && clean(s) && strings.TrimSpace(s) == s
}

func isText(s string) bool {
	return utf8.RuneCountInString(s) <= nameMost && clean(s) && !pan.Found(s)
}

func clean(s string) bool { return utf8.ValidString(s) && !strings.ContainsFunc(s, unicode.IsControl) }

// storable tells whether a database takes the text at all: PostgreSQL would refuse the statement.
func storable(s string) bool { return utf8.ValidString(s) && !strings.ContainsRune(s, 0) }

// checkDays checks a span of days of which both ends may be open.
func checkDays(since, until day.Day) error {
	for _, d := range []struct {
		name string
		day  day.Day
	}{{"since", since}, {"until", until}} {
		if d.day == "" {
			continue
		}
		if _, err := day.Parse(string(d.day)); err != nil {
			return ErrDays.At(d.name)
		}
	}
	if since != "" && until != "" && until < since {
		return ErrDays.At("until")
	}
	return nil
}
