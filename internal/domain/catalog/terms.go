package catalog

import (
	"database/sql"
	"encoding/json"
	"reflect"
	"slices"
	"strings"

	"github.com/tillpost/tillpost/internal/base/money"
	"github.com/tillpost/tillpost/internal/base/qty"
	"github.com/tillpost/tillpost/internal/base/strictjson"
	"github.com/tillpost/tillpost/internal/platform/db"
)

// Limits of an item's terms. AttachedMost is the pricing engine's.
const (
	AttachedMost = 20
	tagsMost     = 50
	termsMost    = 1 << 16 // bytes; the limits above allow far less
)

// Terms are how an item is sold, beyond its price. Most items have none.
type Terms struct {
	Tags       []string `json:"tags,omitempty"`        // groups that promotions name
	NoDiscount bool     `json:"no_discount,omitempty"` // by law or contract: books, tobacco, stamps
	// Attached items come along with each unit: bottle deposits, crates, levies.
	Attached []Attached `json:"attached,omitempty"`
	// Consignor is whose the goods of a consignment are, or who gets what is given to charity.
	Consignor string `json:"consignor,omitempty"`
	// Commission is the shop's part of a consignment's net price, from 0 to 1.
	Commission money.Rate `json:"commission,omitempty"`
}

// Attached is an item that is sold along with another.
type Attached struct {
	SKU string  `json:"sku"`
	Qty qty.Qty `json:"qty"` // for each unit of the item it is attached to; 0 means 1
}

// Equal tells whether two items are the same in everything.
func (it Item) Equal(other Item) bool { return reflect.DeepEqual(it, other) }

// usual is the one form in which terms are kept, so that the same terms are stored as the same text.
func (t Terms) usual() Terms {
	if t.Attached = slices.Clone(t.Attached); len(t.Attached) == 0 {
		t.Attached = nil
	}
	for i := range t.Attached {
		if t.Attached[i].Qty == 0 {
			t.Attached[i].Qty = qty.One
		}
	}
	if t.Tags = slices.Clone(t.Tags); len(t.Tags) == 0 {
		t.Tags = nil
	}
	return t
}

// checkTerms checks what can be seen without other items. That attached ones exist is for those to
// check who see the whole catalogue.
func (it *Item) checkTerms() error {
	if len(it.Tags) > tagsMost {
		return ErrTags.At("tags")
	}
	for i, tag := range it.Tags {
		if !isCode(tag) || !isText(tag) || slices.Contains(it.Tags[:i], tag) {
			return ErrTags.At("tags")
		}
	}
	if len(it.Attached) > AttachedMost {
		return ErrAttached.At("attached")
	}
	for i, a := range it.Attached {
		same := func(b Attached) bool { return b.SKU == a.SKU }
		if !isCode(a.SKU) || a.SKU == it.SKU || a.Qty < 0 || a.Qty > qtyMost || slices.ContainsFunc(it.Attached[:i], same) {
			return ErrAttached.At("attached")
		}
	}
	if it.Consignor != "" && (it.Kind != KindConsignment && it.Kind != KindCharity || !isCode(it.Consignor) || !isText(it.Consignor)) {
		return ErrConsignor.At("consignor")
	}
	if it.Commission != 0 && it.Kind != KindConsignment || it.Commission < 0 || it.Commission > money.OneRate {
		return ErrCommission.At("commission")
	}
	return nil
}

// text is how terms are stored: nothing for an item that has none.
func (t Terms) text() (string, error) {
	if reflect.ValueOf(t).IsZero() {
		return "", nil
	}
	b, err := json.Marshal(t)
	return string(b), err
}

// parseTerms reads what text wrote, and nothing else: a bottle deposit must not be lost without a word.
func parseTerms(sku, text string) (t Terms, err error) {
	if text == "" {
		return t, nil
	}
	if err := strictjson.Decode([]byte(text), termsMost, &t); err != nil {
		return t, ErrTermsStored.At(sku).Because(err)
	}
	return t, nil
}

const selectAttaching db.SQL = `SELECT ` + itemColumns + ` FROM items WHERE active AND terms <> ''`

// Attaching reads all items that are sold and have others attached, by SKU, as this group of writes
// has left them. It looks at every item: ask it only when an answer can matter.
func Attaching(tx *db.Tx) ([]Item, error) {
	g, err := open(tx)
	if err != nil {
		return nil, err
	}
	var out []Item
	err = each(tx, selectAttaching, nil, func(rows *sql.Rows) error {
		it, err := scanItem(rows)
		if g.saved[it.SKU] == nil && len(it.Attached) > 0 {
			out = append(out, it)
		}
		return err
	})
	for _, it := range g.saved {
		if !it.Retired && len(it.Attached) > 0 {
			out = append(out, *it)
		}
	}
	slices.SortFunc(out, func(a, b Item) int { return strings.Compare(a.SKU, b.SKU) })
	return out, err
}
