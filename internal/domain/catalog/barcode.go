package catalog

import (
	"database/sql"
	"errors"

	"github.com/tillpost/tillpost/internal/base/gtin"
	"github.com/tillpost/tillpost/internal/base/qty"
	"github.com/tillpost/tillpost/internal/platform/db"
	"github.com/tillpost/tillpost/internal/platform/outbox"
)

// Barcode is a code that stands for an item: a GTIN in any of its lengths, a number on a scale (up to
// six digits), or a code of the shop's own.
type Barcode struct {
	Code string  `json:"code"`
	SKU  string  `json:"sku"`
	Qty  qty.Qty `json:"qty,omitempty"` // how many units it stands for: 12 on a case; 0 means 1
	// Own says that the code is the shop's own, although it has as many digits as a GTIN.
	Own bool `json:"own,omitempty"`
}

const selectBarcodes db.SQL = `SELECT code, sku, qty FROM barcodes WHERE code IN (` + fifty + `)`

// AddBarcode gives an item a barcode. The same again changes nothing but the quantity. A code of 8, 12,
// 13 or 14 digits is a GTIN and must have the right check digit, unless it begins as codes within a
// shop do, or is said to be Own. A UPC-E code is kept in its long form.
//
// Errors: ErrBarcode, ErrGTIN, ErrNoItem, ErrBarcodeTaken.
func AddBarcode(tx *db.Tx, b Barcode) error {
	if err := b.check(); err != nil {
		return err
	}
	items, err := Find(tx, []string{b.SKU})
	if err != nil {
		return err
	}
	if items[b.SKU] == nil {
		return ErrNoItem.At("sku")
	}
	old, err := owner(tx, b.Code)
	if err != nil {
		return err
	}
	switch {
	case old == nil:
	case old.SKU != b.SKU:
		return ErrBarcodeTaken.At("code").Because(errors.New("item " + old.SKU))
	case old.Qty == b.Qty:
		return nil
	default:
		b.Code = old.Code // the same number, written with more or fewer zeros in front
	}
	g, err := open(tx)
	if err != nil {
		return err
	}
	g.barcodes[b.Code], g.coded[b.Code] = &b, &b
	return outbox.Add(tx, outbox.BarcodeChanged, b.Code, "")
}

// check checks the code and brings it into the form in which it is kept.
func (b *Barcode) check() error {
	if b.Qty == 0 {
		b.Qty = qty.One
	}
	if b.Code == "" || len(b.Code) > barcodeMost || b.Qty < 0 || b.Qty > qtyMost {
		return ErrBarcode.At("code")
	}
	for i := range len(b.Code) {
		if b.Code[i] <= ' ' || b.Code[i] > '~' {
			return ErrBarcode.At("code")
		}
	}
	if b.Own || gtin.Valid(b.Code) {
		return nil
	}
	if long := upce(b.Code); long != "" {
		b.Code = long
		return nil
	}
	if claimsGTIN(b.Code) {
		return ErrGTIN.At("code")
	}
	return nil
}

// upce is the long form of a UPC-E code with its check digit, "" for other codes.
func upce(code string) string {
	if len(code) != 8 {
		return ""
	}
	long, err := gtin.ExpandUPCE(code)
	if err != nil {
		return ""
	}
	return long
}

// claimsGTIN tells whether a code has the length of a GTIN and not a prefix that GS1 leaves to shops:
// 0 and 2 in eight digits, 2 and 4 in twelve, 02, 04 and 20 to 29 in thirteen (General Specifications,
// 1.4 and 2.1.11).
func claimsGTIN(code string) bool {
	for i := range len(code) {
		if code[i] < '0' || code[i] > '9' {
			return false
		}
	}
	switch len(code) {
	case 8:
		return code[0] != '0' && code[0] != '2'
	case 12:
		return code[0] != '2' && code[0] != '4'
	case 13:
		return code[0] != '2' && code[:2] != "02" && code[:2] != "04"
	case 14:
		return true
	}
	return false
}

// forms are the ways in which the same article number may have been stored.
func forms(code string) []string {
	long, err := gtin.Canonical(code)
	if err != nil {
		out := []string{code}
		if long := upce(code); long != "" {
			out = append(out, forms(long)...)
		}
		return out
	}
	out := []string{long}
	for _, n := range []int{1, 2, 6} {
		if short := long[n:]; long[:n] == "000000"[:n] {
			out = append(out, short)
		}
	}
	return out
}

// ArticleNumber is what all ways of writing one code have in common: the 14 digits of a GTIN, also of one
// written as UPC-E, and any other code itself.
func ArticleNumber(code string) string {
	for _, c := range []string{code, upce(code)} {
		if long, err := gtin.Canonical(c); err == nil {
			return long
		}
	}
	return code
}

// owner finds the barcode that stands for the same article number, nil when there is none.
func owner(tx *db.Tx, code string) (*Barcode, error) {
	if err := PreloadBarcodes(tx, []string{code}); err != nil {
		return nil, err
	}
	g, err := open(tx)
	if err != nil {
		return nil, err
	}
	for _, f := range forms(code) {
		if b := g.barcodes[f]; b != nil {
			return b, nil
		}
	}
	return nil, nil
}

// PreloadBarcodes looks up many codes at once, so that the AddBarcode calls that follow need not.
func PreloadBarcodes(tx *db.Tx, codes []string) error {
	g, err := open(tx)
	if err != nil {
		return err
	}
	var ask []string
	for _, c := range codes {
		for _, f := range forms(c) {
			if _, ok := g.barcodes[f]; !ok {
				g.barcodes[f] = nil
				if storable(f) {
					ask = append(ask, f)
				}
			}
		}
	}
	return lookup(tx, selectBarcodes, ask, func(rows *sql.Rows) error {
		b, err := scanBarcode(rows)
		g.barcodes[b.Code] = &b
		return err
	})
}

const deleteBarcode db.SQL = `DELETE FROM barcodes WHERE code = $1`

// RemoveBarcode takes a barcode from its item, so that another may have it.
func RemoveBarcode(tx *db.Tx, code string) error {
	old, err := owner(tx, code)
	if err != nil {
		return err
	}
	if old == nil {
		return ErrNoBarcode.At("code")
	}
	g, err := open(tx)
	if err != nil {
		return err
	}
	g.barcodes[old.Code] = nil
	delete(g.coded, old.Code)
	if _, err = tx.Exec(deleteBarcode, old.Code); err != nil {
		return err
	}
	return outbox.Add(tx, outbox.BarcodeChanged, old.Code, "")
}

func scanBarcode(row scanner) (Barcode, error) {
	var b Barcode
	err := row.Scan(&b.Code, &b.SKU, &b.Qty)
	b.Own = claimsGTIN(b.Code) && !gtin.Valid(b.Code)
	return b, err
}
