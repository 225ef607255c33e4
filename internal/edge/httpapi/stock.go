package httpapi

import (
	"strings"

	"github.com/tillpost/tillpost/internal/domain/catalog"
	"github.com/tillpost/tillpost/internal/domain/inventory"
	"github.com/tillpost/tillpost/internal/domain/org"
	"github.com/tillpost/tillpost/internal/platform/auth"
	"github.com/tillpost/tillpost/internal/platform/db"
	"github.com/tillpost/tillpost/internal/views/stockreport"
)

// stock registers the operations on levels and stock documents.
func (a *API) stock() {
	get(a, operation{ID: "listStockLevels", Path: "/stock-levels", Tag: tagStock, Scope: auth.StockRead, Summary: "What is on the shelves now",
		Doc: "One row for an item at a location: a store, or \"transit:\" and the id of a transfer. An item that was there once has a row, also when nothing is left. By location and item."}, listLevels)
	get(a, operation{ID: "getStockLevel", Path: "/stock-levels/{location}/{item}", Tag: tagStock, Scope: auth.StockRead, Summary: "What a store has of an item"}, getLevel)
	get(a, operation{ID: "listStockMoves", Path: "/stock-moves", Tag: tagStock, Scope: auth.StockRead, Summary: "The card of an item: every move, what made it, and what was left",
		Doc: "The latest first, in the order of the ledger."}, listMoves)
	get(a, operation{ID: "listReorderSuggestions", Path: "/reorder-suggestions", Tag: tagStock, Scope: auth.StockRead, Summary: "What to order",
		Doc: "Items at or below their reorder point, for each store that has or had them. What is on its way from another store counts."}, listReorder)
	get(a, operation{ID: "getCountSheet", Path: "/count-sheets/{location}", Tag: tagStock, Scope: auth.StockRead, Summary: "A sheet to count a store with",
		Doc: "Send its mark with the count: what is sold between the two does not look like a difference."}, countSheet)
	a.stockDocuments()
}

func listLevels(c *Call, in *struct {
	Location   string `query:"location" doc:"Only this store, or this transfer. A key for one store means that one, a key for several has to name one."`
	Item       string `query:"item" doc:"Only this item."`
	Department string `query:"department" doc:"Only items of this department."`
	Below      string `query:"below" enum:"zero,reorder_point" doc:"Only what is below zero, or at or below its reorder point."`
	Paged
}) (Page[stockreport.Level], error) {
	var place stockreport.Place
	err := in.after(&place)
	if err == nil {
		err = c.Who.NeedStore(in.Location)
	}
	if err != nil {
		return Page[stockreport.Level]{}, err
	}
	w := stockreport.Wanted{Location: in.Location, Item: in.Item, Department: in.Department, BelowZero: in.Below == "zero", BelowPoint: in.Below == "reorder_point"}
	var rows []stockreport.Level
	err = c.Read(func(v *db.View) (err error) {
		rows, err = stockreport.Page(v, w, place, in.Limit+1)
		return err
	})
	return page(rows, in.Limit, func(l stockreport.Level) any { return l.Place() }), err
}

func getLevel(c *Call, in *struct {
	Location string `path:"location"`
	Item     string `path:"item"`
}) (out stockreport.Level, err error) {
	store := in.Location
	if strings.HasPrefix(store, inventory.TransitPrefix) {
		store = "" // between stores
	}
	err = c.over(store, func(v *db.View, _ org.Shop) error {
		rows, err := stockreport.Page(v, stockreport.Wanted{Location: in.Location, Item: in.Item}, stockreport.Place{}, 1)
		if err != nil {
			return err
		}
		if len(rows) == 1 {
			out = rows[0]
			return nil
		}
		items, err := catalog.Lookup(v, []string{in.Item})
		it, known := items[in.Item]
		if err == nil && !known {
			err = inventory.ErrUnknownItem.Named("item", in.Item)
		}
		out = stockreport.Level{Location: in.Location, Item: it.SKU, Name: it.Name, Department: it.Department, Unit: it.Unit, Point: it.ReorderPoint, To: it.ReorderTo}
		return err
	})
	return out, err
}

func listMoves(c *Call, in *struct {
	Item     string `query:"item" required:"true" doc:"The item."`
	Location string `query:"location" doc:"Only this store, or this transfer. A key for one store means that one, a key for several has to name one."`
	From     string `query:"from" format:"date" doc:"First business day; the beginning when left out."`
	To       string `query:"to" format:"date" doc:"Last business day; the end when left out."`
	Paged
}) (Page[stockreport.CardLine], error) {
	var place stockreport.CardPlace
	s, err := (&Span{From: in.From, To: in.To}).scope()
	if err == nil {
		err = in.after(&place)
	}
	if err == nil {
		err = c.Who.NeedStore(in.Location)
	}
	if err != nil {
		return Page[stockreport.CardLine]{}, err
	}
	var rows []stockreport.CardLine
	err = c.Read(func(v *db.View) (err error) {
		rows, err = stockreport.CardPage(v, stockreport.CardQuery{Item: in.Item, Location: in.Location, From: s.From, To: s.To}, place, in.Limit+1)
		return err
	})
	return page(rows, in.Limit, func(l stockreport.CardLine) any { return l.At }), err
}

func listReorder(c *Call, in *struct {
	Store string `query:"store" doc:"Only this store. A key for one store means that one, a key for several has to name one."`
	Paged
}) (Page[stockreport.Suggestion], error) {
	place, err := in.afterKey()
	if err != nil {
		return Page[stockreport.Suggestion]{}, err
	}
	key := func(s *stockreport.Suggestion) string {
		return strings.Join([]string{s.Location, s.Department, s.Item}, "\x00")
	}
	var rows []stockreport.Suggestion
	err = c.over(in.Store, func(v *db.View, _ org.Shop) (err error) {
		rows, err = stockreport.Reorder(v, in.Store)
		return err
	})
	return page(behind(rows, place, key), in.Limit, func(s stockreport.Suggestion) any { return key(&s) }), err
}

func countSheet(c *Call, in *struct {
	Location   string `path:"location" doc:"The store."`
	Department string `query:"department" doc:"Only this department."`
}) (out stockreport.Sheet, err error) {
	err = c.over(in.Location, func(v *db.View, _ org.Shop) error {
		out, err = stockreport.SheetOf(v, in.Location, in.Department)
		return err
	})
	return out, err
}
