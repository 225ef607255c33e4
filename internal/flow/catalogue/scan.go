package catalogue

import (
	"errors"
	"fmt"
	"strings"
	"unicode"

	"github.com/tillpost/tillpost/internal/base/fault"
	"github.com/tillpost/tillpost/internal/base/gtin"
	"github.com/tillpost/tillpost/internal/domain/catalog"
	"github.com/tillpost/tillpost/internal/domain/pricing"
	"github.com/tillpost/tillpost/internal/platform/db"
)

// Scan turns scanned codes into the entries of a basket: an item's barcode, a pack's with its quantity, a
// scale's with its weight or price, or a SKU. The fault of a code that nothing has says which: "codes[2]".
func Scan(q db.Q, codes []string, s Scope) ([]pricing.Entry, error) {
	if len(codes) > pricing.MaxEntries {
		return nil, pricing.ErrTooMany.At("codes")
	}
	formats, err := loadFormats(q)
	if err != nil {
		return nil, err
	}
	s.Items = []string{}
	for _, code := range codes {
		if len(code) > pricing.MaxBarcode || strings.ContainsFunc(code, unicode.IsControl) {
			continue // the engine does not know it
		}
		skus, err := meant(q, code, formats)
		if err != nil {
			return nil, err
		}
		s.Items = append(s.Items, skus...)
	}
	book, err := LoadBook(q, s)
	if err != nil {
		return nil, err
	}
	rules, err := book.Compile()
	if err != nil {
		return nil, err
	}
	out := make([]pricing.Entry, len(codes))
	for i, code := range codes {
		if out[i], err = rules.Scan(code); err != nil {
			return nil, at(err, fmt.Sprintf("codes[%d]", i))
		}
	}
	return out, nil
}

// meant are the items that a code may stand for: the SKU that it is, and the owner of the barcode, or of
// the number inside a scale's code, with or without the zeros in front.
func meant(q db.Q, code string, formats []gtin.Format) ([]string, error) {
	skus, barcodes := []string{code}, []string{code}
	if e, ok, err := gtin.Read(code, formats); err == nil && ok {
		for n := e.Item; n != ""; n = n[1:] {
			barcodes = append(barcodes, n)
			if !strings.HasPrefix(n, "0") {
				break
			}
		}
	}
	for _, b := range barcodes {
		owner, err := catalog.FindBarcode(q, b)
		switch {
		case errors.Is(err, catalog.ErrNoBarcode):
		case err != nil:
			return nil, err
		default:
			skus = append(skus, owner.SKU)
		}
	}
	return skus, nil
}

// at puts a place in front of the one that a fault points at.
func at(err error, path string) error {
	var f *fault.Error
	if !errors.As(err, &f) {
		return err
	}
	if f.Path != "" {
		path += "." + f.Path
	}
	return f.At(path)
}
