package httpapi

import (
	"github.com/tillpost/tillpost/internal/base/day"
	"github.com/tillpost/tillpost/internal/domain/catalog"
	"github.com/tillpost/tillpost/internal/flow/catalogue"
	"github.com/tillpost/tillpost/internal/platform/auth"
	"github.com/tillpost/tillpost/internal/platform/db"
)

// priceLists registers the operations on price lists and their prices.
func (a *API) priceLists() {
	get(a, operation{ID: "listPriceLists", Path: "/price-lists", Tag: tagCatalogue, Scope: auth.CatalogueRead, Summary: "Price lists"}, listPriceLists)
	get(a, operation{ID: "getPriceList", Path: "/price-lists/{code}", Tag: tagCatalogue, Scope: auth.CatalogueRead, Summary: "One price list"}, getPriceList)
	put(a, operation{ID: "putPriceList", Path: "/price-lists/{code}", Tag: tagCatalogue, Scope: auth.CatalogueWrite, Conflicts: true, Summary: "Add or replace a price list",
		Doc: "Its prices stay. A list of one store needs a key for that store, others a key for all." + wholeDocument}, putPriceList)
	get(a, operation{ID: "listPrices", Path: "/price-lists/{code}/prices", Tag: tagCatalogue, Scope: auth.CatalogueRead, Summary: "The prices of a list",
		Doc: "By SKU and first day, past and future ones."}, listPrices)
	get(a, operation{ID: "getPrice", Path: "/price-lists/{code}/prices/{sku}", Tag: tagCatalogue, Scope: auth.CatalogueRead, Summary: "One price"}, getPrice)
	put(a, operation{ID: "putPrice", Path: "/price-lists/{code}/prices/{sku}", Tag: tagCatalogue, Scope: auth.CatalogueWrite, Conflicts: true, Summary: "Set a price",
		Doc: "Of an item in a list from a business day on, until a later price of the same list."}, putPrice)
	remove(a, operation{ID: "removePrice", Path: "/price-lists/{code}/prices/{sku}", Tag: tagCatalogue, Scope: auth.CatalogueWrite, Summary: "Take a price back",
		Doc: "The one before it holds on. The answer is what was removed."}, removePrice)
}

func listPriceLists(c *Call, in *struct{ Paged }) (Page[catalog.PriceList], error) {
	var rows []catalog.PriceList
	err := c.Read(func(v *db.View) (err error) {
		rows, err = catalog.PriceLists(v)
		return err
	})
	if err != nil {
		return Page[catalog.PriceList]{}, err
	}
	return pageOf(rows, &in.Paged, func(l catalog.PriceList) string { return l.Code })
}

func getPriceList(c *Call, in *Coded) (l catalog.PriceList, err error) {
	err = c.Read(func(v *db.View) error {
		l, err = catalog.GetPriceList(v, in.Code)
		return err
	})
	return l, err
}

func putPriceList(c *Call, in *Coded, doc catalog.PriceList) (catalog.PriceList, bool, error) {
	err := agree("code", &doc.Code, in.Code)
	if err == nil {
		err = c.Who.NeedStore(doc.Store)
	}
	if err != nil {
		return catalog.PriceList{}, false, err
	}
	return edit(c, func(tx *db.Tx) (catalog.PriceList, error) {
		l, err := catalog.PriceListIn(tx, in.Code)
		if err == nil {
			err = c.Who.NeedStore(l.Store)
		}
		return l, err
	}, func(tx *db.Tx) error {
		return putOne(tx, "price_lists", catalogue.Catalogue{PriceLists: []catalog.PriceList{doc}})
	})
}

// priceAt is the place of the last row of a page.
type priceAt struct {
	SKU   string  `json:"k"`
	Since day.Day `json:"d"`
}

func listPrices(c *Call, in *struct {
	Coded
	Paged
}) (Page[catalog.Price], error) {
	var after priceAt
	if err := in.after(&after); err != nil {
		return Page[catalog.Price]{}, err
	}
	var rows []catalog.Price
	err := c.Read(func(v *db.View) error {
		_, err := catalog.GetPriceList(v, in.Code)
		if err == nil {
			rows, err = catalog.Prices(v, in.Code, catalog.Price{SKU: after.SKU, Since: after.Since}, in.Limit+1)
		}
		return err
	})
	return page(rows, in.Limit, func(p catalog.Price) any { return priceAt{p.SKU, p.Since} }), err
}

// onePrice is a price in the address.
type onePrice struct {
	Coded
	SKU   string `path:"sku"`
	Since string `query:"since" format:"date" doc:"Its first business day; since ever unless stated."`
}

// key names the price.
func (in *onePrice) key() (catalog.Price, error) {
	since, err := optionalDay("query.since", in.Since)
	return catalog.Price{List: in.Code, SKU: in.SKU, Since: since}, err
}

func getPrice(c *Call, in *onePrice) (p catalog.Price, err error) {
	key, err := in.key()
	if err != nil {
		return p, err
	}
	err = c.Read(func(v *db.View) error {
		p, err = catalog.GetPrice(v, key)
		return err
	})
	return p, err
}

// ownList refuses a list of a store that the key is not for.
func (c *Call) ownList(tx *db.Tx, code string) error {
	l, err := catalog.PriceListIn(tx, code)
	if err != nil {
		return err
	}
	return c.Who.NeedStore(l.Store)
}

func putPrice(c *Call, in *onePrice, doc catalog.Price) (catalog.Price, bool, error) {
	key, err := in.key()
	for _, err := range []error{err, agree("list", &doc.List, in.Code), agree("sku", &doc.SKU, in.SKU), agree("since", &doc.Since, in.Since), c.asText("price")} {
		if err != nil {
			return catalog.Price{}, false, err
		}
	}
	return edit(c, func(tx *db.Tx) (catalog.Price, error) { return catalog.PriceIn(tx, key) },
		func(tx *db.Tx) error {
			if err := c.ownList(tx, in.Code); err != nil {
				return err
			}
			return putOne(tx, "prices", catalogue.Catalogue{Prices: []catalog.Price{doc}})
		})
}

func removePrice(c *Call, in *onePrice) (p catalog.Price, err error) {
	key, err := in.key()
	if err != nil {
		return p, err
	}
	err = c.Write(func(tx *db.Tx) error {
		if err := c.ownList(tx, in.Code); err != nil {
			return err
		}
		if p, err = catalog.PriceIn(tx, key); err != nil {
			return err
		}
		return catalog.RemovePrice(tx, key)
	})
	return p, err
}
