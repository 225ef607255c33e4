package catalogue

import (
	"bufio"
	"bytes"
	"encoding/json"
	"io"
	"slices"

	"github.com/tillpost/tillpost/internal/base/strictjson"
	"github.com/tillpost/tillpost/internal/domain/catalog"
	"github.com/tillpost/tillpost/internal/domain/tax"
	"github.com/tillpost/tillpost/internal/platform/db"
)

// Parts are the names of a document's parts, in the order in which they are written.
var Parts = []string{"taxes", "barcode_formats", "items", "barcodes", "price_lists", "prices", "promotions"}

// Write writes what is stored, all of it or the named parts, as a document that Read reads, one row a
// line, so that two of them can be compared line by line. Putting it again changes nothing. Memory does
// not grow with the catalogue.
func Write(q db.Q, w io.Writer, parts ...string) error {
	s := &sheet{w: bufio.NewWriter(w)}
	writers := []func(db.Q, *sheet) error{writeTaxes, writeFormats, writeItems, writeBarcodes, writeLists, writePrices, writePromotions}
	for i, write := range writers {
		if len(parts) > 0 && !slices.Contains(parts, Parts[i]) {
			continue
		}
		if err := write(q, s); err != nil {
			return err
		}
	}
	return s.end()
}

// sheet writes the document.
type sheet struct {
	w     *bufio.Writer // keeps the first error for the end
	part  string        // that is open, "" for none
	begun bool
	row   bytes.Buffer
}

// add writes a row of a part.
func (s *sheet) add(part string, row any) error {
	before := ",\n    "
	if s.part != part {
		before = "{\n  "
		if s.begun {
			before = "\n  ],\n  "
		}
		before += `"` + part + "\": [\n    "
		s.part, s.begun = part, true
	}
	s.row.Reset()
	enc := json.NewEncoder(&s.row)
	enc.SetEscapeHTML(false)
	if err := enc.Encode(row); err != nil {
		return err
	}
	_, _ = s.w.WriteString(before)
	_, _ = s.w.Write(bytes.TrimRight(s.row.Bytes(), "\n"))
	return nil
}

func (s *sheet) end() error {
	last := "{}\n"
	if s.begun {
		last = "\n  ]\n}\n"
	}
	_, _ = s.w.WriteString(last)
	return s.w.Flush()
}

func writeTaxes(q db.Q, s *sheet) error {
	stored, err := catalog.TaxEntries(q)
	if err != nil {
		return err
	}
	for _, one := range stored {
		e, err := OpenTax(&one)
		if err != nil {
			return err
		}
		if err := s.add("taxes", e); err != nil {
			return err
		}
	}
	return nil
}

// OpenTax reads a tax entry as it is stored.
func OpenTax(one *catalog.TaxEntry) (TaxEntry, error) {
	e := TaxEntry{Retired: one.Retired}
	if err := strictjson.Decode([]byte(one.Body), bodyMost, &e.Entry); err != nil {
		return e, ErrTaxStored.At(one.Jurisdiction + " " + one.Category).Because(err)
	}
	if e.Components == nil {
		e.Components = []tax.Component{}
	}
	return e, nil
}

// OpenPromotion reads a promotion as it is stored.
func OpenPromotion(one *catalog.Promotion) (Promotion, error) {
	p := Promotion{Retired: one.Retired}
	if err := strictjson.Decode([]byte(one.Body), bodyMost, &p.Promotion); err != nil {
		return p, ErrOffer.At("promotion " + one.Code).Because(err)
	}
	return p, nil
}

func writeFormats(q db.Q, s *sheet) error {
	stored, err := catalog.BarcodeFormats(q)
	if err != nil {
		return err
	}
	return addAll(s, "barcode_formats", stored)
}

func writeItems(q db.Q, s *sheet) error {
	return pages(func(last *catalog.Item) ([]catalog.Item, error) {
		return catalog.Items(q, last.SKU, catalog.PageMost)
	}, func(page []catalog.Item) error { return addAll(s, "items", page) })
}

func writeBarcodes(q db.Q, s *sheet) error {
	return pages(func(last *catalog.Barcode) ([]catalog.Barcode, error) {
		return catalog.Barcodes(q, last.Code, catalog.PageMost)
	}, func(page []catalog.Barcode) error { return addAll(s, "barcodes", page) })
}

func writeLists(q db.Q, s *sheet) error {
	lists, err := catalog.PriceLists(q)
	if err != nil {
		return err
	}
	return addAll(s, "price_lists", lists)
}

// writePrices writes the prices list by list.
func writePrices(q db.Q, s *sheet) error {
	lists, err := catalog.PriceLists(q)
	if err != nil {
		return err
	}
	for _, l := range lists {
		err := pages(func(last *catalog.Price) ([]catalog.Price, error) {
			return catalog.Prices(q, l.Code, *last, catalog.PageMost)
		}, func(page []catalog.Price) error { return addAll(s, "prices", page) })
		if err != nil {
			return err
		}
	}
	return nil
}

func writePromotions(q db.Q, s *sheet) error {
	stored, err := catalog.Promotions(q)
	if err != nil {
		return err
	}
	for _, one := range stored {
		p, err := OpenPromotion(&one)
		if err != nil {
			return err
		}
		if err := s.add("promotions", p); err != nil {
			return err
		}
	}
	return nil
}

func addAll[T any](s *sheet, part string, rows []T) error {
	for i := range rows {
		if err := s.add(part, rows[i]); err != nil {
			return err
		}
	}
	return nil
}

// pages reads page after page, each behind the last row of the one before.
func pages[T any](read func(last *T) ([]T, error), each func(page []T) error) error {
	last := new(T)
	for {
		page, err := read(last)
		if err != nil {
			return err
		}
		if err := each(page); err != nil || len(page) < catalog.PageMost {
			return err
		}
		last = &page[len(page)-1]
	}
}
