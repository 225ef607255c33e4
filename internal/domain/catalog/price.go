package catalog

import (
	"database/sql"

	"github.com/tillpost/tillpost/internal/base/day"
	"github.com/tillpost/tillpost/internal/base/money"
	"github.com/tillpost/tillpost/internal/platform/db"
)

// PriceList holds prices for a time, a store or a customer group. What is empty does not restrict.
type PriceList struct {
	Code          string  `json:"code"`
	Name          string  `json:"name,omitempty"`
	Store         string  `json:"store,omitempty"`
	CustomerGroup string  `json:"customer_group,omitempty"`
	Since         day.Day `json:"since,omitempty"` // first business day
	Until         day.Day `json:"until,omitempty"` // last business day
	// Priority decides between lists that fit a sale equally well; the higher one counts.
	Priority int64 `json:"priority,omitempty"`
}

// Price is what an item costs in a list from a business day on, until a later Price of the same list.
type Price struct {
	List  string      `json:"list"`
	SKU   string      `json:"sku"`
	Since day.Day     `json:"since,omitempty"` // "" since ever
	Price money.Price `json:"price"`
}

// PutPriceList adds a price list or replaces what is said of it; its prices stay.
func PutPriceList(tx *db.Tx, l PriceList) error {
	switch {
	case !isCode(l.Code):
		return ErrCode.At("code")
	case !isText(l.Name):
		return ErrText.At("name")
	case l.Store != "" && !isCode(l.Store):
		return ErrCode.At("store")
	case l.CustomerGroup != "" && !isCode(l.CustomerGroup):
		return ErrCode.At("customer_group")
	case l.Priority > priorityMost || l.Priority < -priorityMost:
		return ErrPriority.At("priority")
	}
	if err := checkDays(l.Since, l.Until); err != nil {
		return err
	}
	g, err := open(tx)
	if err != nil {
		return err
	}
	g.lists[l.Code], g.listed[l.Code] = true, &l
	return nil
}

// PutPrice sets a price of an item in a list. Errors: ErrNoPriceList, ErrNoItem, ErrCost, ErrDays.
func PutPrice(tx *db.Tx, p Price) error {
	if p.Price < 0 || p.Price > priceMost {
		return ErrCost.At("price")
	}
	if err := checkDays(p.Since, ""); err != nil {
		return err
	}
	g, err := open(tx)
	if err != nil {
		return err
	}
	there, err := HasPriceList(tx, p.List)
	if err != nil {
		return err
	}
	if !there {
		return ErrNoPriceList.At("list")
	}
	items, err := Find(tx, []string{p.SKU})
	if err != nil {
		return err
	}
	if items[p.SKU] == nil {
		return ErrNoItem.At("sku")
	}
	g.prices[Price{List: p.List, SKU: p.SKU, Since: p.Since}] = &p
	return nil
}

const deletePrice db.SQL = `DELETE FROM prices WHERE list = $1 AND sku = $2 AND since = $3`

// RemovePrice takes back a price; the one before it holds on. What is not there is no fault.
func RemovePrice(tx *db.Tx, p Price) error {
	g, err := open(tx)
	if err != nil {
		return err
	}
	delete(g.prices, Price{List: p.List, SKU: p.SKU, Since: p.Since})
	_, err = tx.Exec(deletePrice, p.List, p.SKU, string(p.Since))
	return err
}

// HasPriceList tells whether there is a price list of this code, also one that the group has just made.
func HasPriceList(tx *db.Tx, code string) (bool, error) {
	g, err := open(tx)
	if err != nil {
		return false, err
	}
	if there, ok := g.lists[code]; ok {
		return there, nil
	}
	g.lists[code] = false
	err = each(tx, selectList, []any{code}, func(*sql.Rows) error { g.lists[code] = true; return nil })
	return g.lists[code], err
}
