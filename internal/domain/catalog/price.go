package catalog

import (
	"database/sql"

	"github.com/tillpost/tillpost/internal/base/day"
	"github.com/tillpost/tillpost/internal/base/money"
	"github.com/tillpost/tillpost/internal/platform/db"
	"github.com/tillpost/tillpost/internal/platform/outbox"
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

// PutPriceList adds a price list or replaces what is said of it; its prices stay. The same again changes
// nothing.
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
	old, err := g.priceList(tx, l.Code)
	if err != nil || old != nil && *old == l {
		return err
	}
	g.lists[l.Code], g.listed[l.Code] = &l, &l
	where := l.Store
	if old != nil && old.Store != where {
		where = "" // it concerns more than one
	}
	return outbox.Add(tx, outbox.PriceListChanged, l.Code, where)
}

// PutPrice sets a price of an item in a list; the same again changes nothing. Errors: ErrNoPriceList,
// ErrNoItem, ErrCost, ErrDays.
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
	l, err := g.priceList(tx, p.List)
	if err != nil {
		return err
	}
	if l == nil {
		return ErrNoPriceList.At("list")
	}
	items, err := Find(tx, []string{p.SKU})
	if err != nil {
		return err
	}
	if items[p.SKU] == nil {
		return ErrNoItem.At("sku")
	}
	if err := PreloadPrices(tx, p.List, []string{p.SKU}); err != nil {
		return err
	}
	if old := g.prices[p.key()]; old != nil && *old == p {
		return nil
	}
	g.prices[p.key()], g.priced[p.key()] = &p, &p
	return priceChanged(tx, l, p)
}

// key names a price: what is put under the same key replaces it.
func (p Price) key() Price { return Price{List: p.List, SKU: p.SKU, Since: p.Since} }

func priceChanged(tx *db.Tx, l *PriceList, p Price) error {
	store := ""
	if l != nil {
		store = l.Store
	}
	return outbox.Add(tx, outbox.PriceChanged, p.List+"/"+p.SKU, store)
}

const selectPrices db.SQL = `SELECT list, sku, since, price FROM prices WHERE list = $51 AND sku IN (` + fifty + `)`

// PreloadPrices looks up what many items cost in a list, so that the PutPrice calls that follow need not.
func PreloadPrices(tx *db.Tx, list string, skus []string) error {
	g, err := open(tx)
	if err != nil {
		return err
	}
	var ask []string
	for _, sku := range skus {
		if k := (Price{List: list, SKU: sku}); !g.asked[k] && storable(sku) && storable(list) {
			g.asked[k] = true
			ask = append(ask, sku)
		}
	}
	return lookup(tx, selectPrices, ask, func(rows *sql.Rows) error {
		p, err := scanPrice(rows)
		g.prices[p.key()] = &p
		return err
	}, list)
}

const deletePrice db.SQL = `DELETE FROM prices WHERE list = $1 AND sku = $2 AND since = $3`

// RemovePrice takes back a price; the one before it holds on. What is not there is no fault.
func RemovePrice(tx *db.Tx, p Price) error {
	g, err := open(tx)
	if err != nil {
		return err
	}
	n, err := tx.Exec(deletePrice, p.List, p.SKU, string(p.Since))
	if err != nil || n == 0 && g.priced[p.key()] == nil {
		return err
	}
	delete(g.prices, p.key())
	delete(g.priced, p.key())
	l, err := g.priceList(tx, p.List)
	if err != nil {
		return err
	}
	return priceChanged(tx, l, p)
}

// HasPriceList tells whether there is a price list of this code, also one that the group has just made.
func HasPriceList(tx *db.Tx, code string) (bool, error) {
	g, err := open(tx)
	if err != nil {
		return false, err
	}
	l, err := g.priceList(tx, code)
	return l != nil, err
}

// priceList is the list as the group has left it, nil when there is none.
func (g *group) priceList(tx *db.Tx, code string) (*PriceList, error) {
	if l, ok := g.lists[code]; ok || !storable(code) {
		return l, nil
	}
	var found *PriceList
	err := each(tx, selectList, []any{code}, func(rows *sql.Rows) error {
		l, err := scanList(rows)
		found = &l
		return err
	})
	g.lists[code] = found
	return found, err
}
