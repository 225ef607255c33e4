package httpapi

import (
	"github.com/tillpost/tillpost/internal/domain/catalog"
	"github.com/tillpost/tillpost/internal/flow/catalogue"
	"github.com/tillpost/tillpost/internal/platform/auth"
	"github.com/tillpost/tillpost/internal/platform/db"
)

// barcodes registers the operations on barcodes and on what scales print.
func (a *API) barcodes() {
	get(a, operation{ID: "listBarcodes", Path: "/barcodes", Tag: tagCatalogue, Scope: auth.CatalogueRead, Summary: "Barcodes", Doc: "By code."}, listBarcodes)
	get(a, operation{ID: "getBarcode", Path: "/barcodes/{code}", Tag: tagCatalogue, Scope: auth.CatalogueRead, Summary: "Which item has a barcode",
		Doc: "In any of the lengths of a GTIN, also as UPC-E: the answer has the code as it is kept. Codes that scales print are read by /v1/scans."}, getBarcode)
	put(a, operation{ID: "putBarcode", Path: "/barcodes/{code}", Tag: tagCatalogue, Scope: auth.CatalogueWrite, Conflicts: true, Summary: "Give an item a barcode",
		Doc: "One that another item has is a conflict: it must be removed from that first." + wholeDocument}, putBarcode)
	remove(a, operation{ID: "removeBarcode", Path: "/barcodes/{code}", Tag: tagCatalogue, Scope: auth.CatalogueWrite, Summary: "Take a barcode from its item",
		Doc: "So that another item may have it. The answer is what was removed."}, removeBarcode)
	get(a, operation{ID: "listBarcodeFormats", Path: "/barcode-formats", Tag: tagCatalogue, Scope: auth.CatalogueRead, Summary: "How the codes look that scales print",
		Doc: "By name, which is the order in which a code is compared with them."}, listFormats)
	get(a, operation{ID: "getBarcodeFormat", Path: "/barcode-formats/{name}", Tag: tagCatalogue, Scope: auth.CatalogueRead, Summary: "One barcode format"}, getFormat)
	put(a, operation{ID: "putBarcodeFormat", Path: "/barcode-formats/{name}", Tag: tagCatalogue, Scope: auth.CatalogueWrite, Conflicts: true, Summary: "Add or replace a barcode format",
		Doc: "The pattern has a letter for each digit: I item number, W weight, P price, Q count, K their check digit, C the last check digit, X any, 0 to 9 itself." + wholeDocument}, putFormat)
}

func listBarcodes(c *Call, in *struct {
	SKU string `query:"sku" doc:"Only those of this item."`
	Paged
}) (Page[catalog.Barcode], error) {
	var after string
	if err := in.after(&after); err != nil {
		return Page[catalog.Barcode]{}, err
	}
	var rows []catalog.Barcode
	err := c.Read(func(v *db.View) (err error) {
		if in.SKU != "" {
			rows, err = catalog.ItemBarcodes(v, in.SKU)
			return err
		}
		rows, err = catalog.Barcodes(v, after, in.Limit+1)
		return err
	})
	if err != nil {
		return Page[catalog.Barcode]{}, err
	}
	if in.SKU != "" {
		sortBy(rows, codeOf)
		return pageOf(rows, &in.Paged, codeOf)
	}
	return page(rows, in.Limit, func(b catalog.Barcode) any { return b.Code }), nil
}

func codeOf(b catalog.Barcode) string { return b.Code }

func getBarcode(c *Call, in *Coded) (b catalog.Barcode, err error) {
	err = c.Read(func(v *db.View) error {
		b, err = catalog.FindBarcode(v, in.Code)
		return err
	})
	return b, err
}

func putBarcode(c *Call, in *Coded, doc catalog.Barcode) (catalog.Barcode, bool, error) {
	err := agree("code", &doc.Code, in.Code)
	if err == nil {
		err = c.Who.NeedStore("")
	}
	if err != nil {
		return catalog.Barcode{}, false, err
	}
	return edit(c, func(tx *db.Tx) (catalog.Barcode, error) { return catalog.BarcodeIn(tx, in.Code) },
		func(tx *db.Tx) error {
			return putOne(tx, "barcodes", catalogue.Catalogue{Barcodes: []catalog.Barcode{doc}})
		})
}

func removeBarcode(c *Call, in *Coded) (b catalog.Barcode, err error) {
	if err := c.Who.NeedStore(""); err != nil {
		return b, err
	}
	err = c.Write(func(tx *db.Tx) error {
		if b, err = catalog.BarcodeIn(tx, in.Code); err != nil {
			return err
		}
		return catalog.RemoveBarcode(tx, in.Code)
	})
	return b, err
}

// named is something with a name in the address.
type named struct {
	Name string `path:"name"`
}

func listFormats(c *Call, in *struct{ Paged }) (Page[catalog.BarcodeFormat], error) {
	var rows []catalog.BarcodeFormat
	err := c.Read(func(v *db.View) (err error) {
		rows, err = catalog.BarcodeFormats(v)
		return err
	})
	if err != nil {
		return Page[catalog.BarcodeFormat]{}, err
	}
	return pageOf(rows, &in.Paged, func(f catalog.BarcodeFormat) string { return f.Name })
}

func getFormat(c *Call, in *named) (f catalog.BarcodeFormat, err error) {
	err = c.Read(func(v *db.View) error {
		f, err = catalog.GetBarcodeFormat(v, in.Name)
		return err
	})
	return f, err
}

func putFormat(c *Call, in *named, doc catalog.BarcodeFormat) (catalog.BarcodeFormat, bool, error) {
	err := agree("name", &doc.Name, in.Name)
	if err == nil {
		err = c.Who.NeedStore("")
	}
	if err != nil {
		return catalog.BarcodeFormat{}, false, err
	}
	return edit(c, func(tx *db.Tx) (catalog.BarcodeFormat, error) { return catalog.BarcodeFormatIn(tx, in.Name) },
		func(tx *db.Tx) error {
			return putOne(tx, "barcode_formats", catalogue.Catalogue{BarcodeFormats: []catalog.BarcodeFormat{doc}})
		})
}
