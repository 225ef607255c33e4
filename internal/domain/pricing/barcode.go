package pricing

import (
	"github.com/tillpost/tillpost/internal/base/gtin"
	"github.com/tillpost/tillpost/internal/base/money"
	"github.com/tillpost/tillpost/internal/base/qty"
)

// MaxBarcode is the longest code that is looked at: GS1 DataMatrix codes have up to 3,116 digits, but
// an article number has 14 and a shop's own Code 128 rarely 30.
const MaxBarcode = 80

// Scan turns a scanned code into the entry that it stands for: an in-store code with its weight,
// price or count, else the item that has this GTIN (in any of its lengths, also as UPC-E) or this
// code of the shop's own, with as many units as the code stands for. A GTIN with a wrong check digit is a fault and not an unknown item.
func (r *Rules) Scan(code string) (Entry, error) {
	if code == "" || len(code) > MaxBarcode {
		return Entry{}, ErrBarcode
	}
	if e, ok, err := gtin.Read(code, r.book.Barcodes); err != nil || ok {
		if err != nil {
			return Entry{}, err
		}
		return r.scanned(e)
	}
	if c, ok := r.byGTIN[barcodeKey(code)]; ok {
		return Entry{Item: c.item.SKU, Qty: c.qty}, nil
	}
	if long, err := gtin.ExpandUPCE(code); err == nil {
		if c, ok := r.byGTIN[barcodeKey(long)]; ok {
			return Entry{Item: c.item.SKU, Qty: c.qty}, nil
		}
	}
	if it := r.items[code]; it != nil {
		return Entry{Item: it.SKU, Qty: qty.One}, nil
	}
	if err := gtin.Check(code); err == gtin.ErrCheck {
		return Entry{}, err
	}
	return Entry{}, ErrBarcode
}

// scanned turns the content of an in-store code into an entry. The item is found by its number, with
// or without the leading zeros.
func (r *Rules) scanned(e gtin.Embedded) (Entry, error) {
	it := r.byPLU[e.Item]
	for n := e.Item; it == nil && len(n) > 1 && n[0] == '0'; {
		n = n[1:]
		it = r.byPLU[n]
	}
	if it == nil {
		return Entry{}, ErrBarcode
	}
	out := Entry{Item: it.SKU}
	switch {
	case e.Price:
		price, err := money.ParsePrice(e.Value)
		if err != nil {
			return Entry{}, err
		}
		amount, err := money.Extend(price, qty.One, r.book.Currency, r.rounded)
		if err != nil {
			return Entry{}, err
		}
		out.Amount = &amount
	case e.Value != "":
		n, err := qty.Parse(e.Value)
		if err != nil {
			return Entry{}, err
		}
		out.Qty = n
	default:
		out.Qty = qty.One
	}
	return out, nil
}

// coded is what an ordinary barcode stands for.
type coded struct {
	item *Item
	qty  qty.Qty
}

// indexCode remembers a barcode, which stands for one thing only.
func (r *Rules) indexCode(code string, c coded) error {
	k := barcodeKey(code)
	if o, ok := r.byGTIN[k]; ok && o != c {
		return ErrBarcodeTwice
	}
	r.byGTIN[k] = c
	return nil
}

// barcodeKey is the 14-digit form of a GTIN, and any other code itself.
func barcodeKey(code string) string {
	if c, err := gtin.Canonical(code); err == nil {
		return c
	}
	return code
}
