package httpapi

import (
	"time"

	"github.com/tillpost/tillpost/internal/domain/catalog"
	"github.com/tillpost/tillpost/internal/flow/catalogue"
	"github.com/tillpost/tillpost/internal/platform/auth"
	"github.com/tillpost/tillpost/internal/platform/db"
)

// items registers the operations on items.
func (a *API) items() {
	get(a, operation{ID: "listItems", Path: "/items", Tag: tagCatalogue, Scope: auth.CatalogueRead, Summary: "Items", Doc: "By SKU, with the moment at which each was put last."}, listItems)
	get(a, operation{ID: "getItem", Path: "/items/{sku}", Tag: tagCatalogue, Scope: auth.CatalogueRead, Summary: "One item",
		Doc: "With its barcodes and all its prices, past and future."}, getItem)
	put(a, operation{ID: "putItem", Path: "/items/{sku}", Tag: tagCatalogue, Scope: auth.CatalogueWrite, Conflicts: true, Summary: "Add or replace an item",
		Doc: "Receipts keep what they were sold under. Nothing is deleted: an item that is no longer sold is retired. Barcodes and prices have addresses of their own: leave them out here." + wholeDocument}, putItem)
}

func listItems(c *Call, in *struct {
	Department   string    `query:"department" doc:"Only this department."`
	Active       string    `query:"active" enum:"true,false" doc:"Only those that are sold, or only those that are retired."`
	UpdatedSince time.Time `query:"updated_since" doc:"Only those that were put at this moment or later."`
	Paged
}) (Page[catalog.Listed], error) {
	var after string
	if err := in.after(&after); err != nil {
		return Page[catalog.Listed]{}, err
	}
	f := catalog.Filter{Department: in.Department, Since: in.UpdatedSince, State: map[string]string{"true": catalog.Active, "false": catalog.Retired}[in.Active]}
	var rows []catalog.Listed
	err := c.Read(func(v *db.View) (err error) {
		rows, err = catalog.Search(v, f, after, in.Limit+1)
		return err
	})
	return page(rows, in.Limit, func(l catalog.Listed) any { return l.SKU }), err
}

// ItemDetail is an item and what it is sold by.
type ItemDetail struct {
	catalog.Item
	Barcodes []catalog.Barcode `json:"barcodes"`
	Prices   []catalog.Price   `json:"prices"`
}

// ofSKU is an item in the address.
type ofSKU struct {
	SKU string `path:"sku"`
}

// detailed reads what an item is sold by.
func detailed(q db.Q, it catalog.Item) (out ItemDetail, err error) {
	out.Item = it
	if out.Barcodes, err = catalog.ItemBarcodes(q, it.SKU); err != nil {
		return out, err
	}
	out.Prices, err = catalog.ItemPrices(q, it.SKU)
	out.Barcodes, out.Prices = filled(out.Barcodes), filled(out.Prices)
	return out, err
}

func getItem(c *Call, in *ofSKU) (out ItemDetail, err error) {
	err = c.Read(func(v *db.View) error {
		it, err := catalog.Get(v, in.SKU)
		if err != nil {
			return err
		}
		out, err = detailed(v, it)
		return err
	})
	return out, err
}

func putItem(c *Call, in *ofSKU, doc catalog.Item) (ItemDetail, bool, error) {
	err := agree("sku", &doc.SKU, in.SKU)
	if err == nil {
		err = c.Who.NeedStore("")
	}
	if err != nil {
		return ItemDetail{}, false, err
	}
	return edit(c, func(tx *db.Tx) (ItemDetail, error) {
		it, err := catalog.ItemIn(tx, in.SKU)
		if err != nil {
			return ItemDetail{}, err
		}
		return detailed(tx, it)
	}, func(tx *db.Tx) error {
		err := putOne(tx, "items", catalogue.Catalogue{Items: []catalog.Item{doc}})
		if err == nil && doc.Name == "" {
			err = ErrFieldMissing.At("name") // a file may bring an item without one; who replaces an item must not blank it by leaving it out
		}
		return err
	})
}
