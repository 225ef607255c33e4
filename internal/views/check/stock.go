package check

import (
	"cmp"
	"maps"
	"slices"
	"strings"

	"github.com/tillpost/tillpost/internal/base/money"
	"github.com/tillpost/tillpost/internal/base/qty"
	"github.com/tillpost/tillpost/internal/domain/inventory"
	"github.com/tillpost/tillpost/internal/domain/ledger"
	"github.com/tillpost/tillpost/internal/platform/db"
)

// accounts are those whose balance something else must equal.
type accounts struct {
	inventory, transit map[string]bool
	grni, drawers      map[string]bool
	mixed              bool // one account stands for both
}

const selectStockAccounts db.SQL = `SELECT role, account FROM account_roles WHERE role IN ('inventory', 'stock_in_transit', 'grni', 'drawer')`

func (a *accounts) load(c *checker) error {
	a.inventory, a.transit, a.grni, a.drawers = map[string]bool{}, map[string]bool{}, map[string]bool{}, map[string]bool{}
	sets := map[string]map[string]bool{"inventory": a.inventory, "stock_in_transit": a.transit, "grni": a.grni, "drawer": a.drawers}
	err := c.rows(selectStockAccounts, func(scan scanner) error {
		var role, account string
		err := scan(&role, &account)
		if set := sets[role]; set != nil {
			set[account] = true
		}
		return err
	})
	for account := range a.transit {
		a.mixed = a.mixed || a.inventory[account]
	}
	return err
}

// place tells whose stock a line books, "" for all when it cannot be told. What the chart had no
// account for waits in suspense and still counts.
func (a *accounts) place(l *ledger.Line) (string, bool) {
	in := a.inventory[l.Account] || strings.HasPrefix(l.Unknown, "account:inventory")
	under := a.transit[l.Account] || strings.HasPrefix(l.Unknown, "account:stock_in_transit")
	switch {
	case !in && !under:
		return "", false
	case a.mixed:
		return "", true
	case under:
		return inventory.TransitPrefix, true
	}
	return l.Store, true
}

// stock is what the moves come to.
type stock struct {
	levels map[level]*worth
	waits  map[level]*goods  // sold without moving the stock
	late   map[taking]*taken // moved by mappings
	grni   money.Minor       // what the documents' entries owe for goods that are not billed
}

type level struct{ location, item string }

func (a level) compare(b level) int {
	return cmp.Or(cmp.Compare(a.location, b.location), cmp.Compare(a.item, b.item))
}

func (a level) name() string { return "item " + a.item + " at " + a.location }

type worth struct {
	qty, value int64
	seen       bool
}

func newStock() stock {
	return stock{levels: map[level]*worth{}, waits: map[level]*goods{}, late: map[taking]*taken{}}
}

func (s *stock) add(m *move) {
	k := level{m.location, m.item}
	x := s.levels[k]
	if x == nil {
		x = &worth{}
		s.levels[k] = x
	}
	x.qty += m.qty
	x.value += m.value
}

const (
	selectLevels db.SQL = `SELECT location, item, qty, value FROM stock_levels ORDER BY location, item`
	booksByStore db.SQL = `SELECT store, CAST(SUM(debit - credit) AS BIGINT) FROM account_days
		WHERE account IN (SELECT account FROM account_roles WHERE role = 'inventory') GROUP BY store`
	openDeliveries db.SQL = `SELECT CAST(COALESCE(SUM(open_value), 0) AS BIGINT) FROM stock_docs`
	notBilled      db.SQL = `SELECT CAST(COALESCE(SUM(credit - debit), 0) AS BIGINT) FROM account_days
		WHERE account IN (SELECT account FROM account_roles WHERE role = 'grni')`
)

// compareStock sets levels, receipts and the inventory accounts against the moves.
func (w *walk) compareStock() error {
	if !w.wants(Stock) {
		return nil
	}
	w.tell("stock", 0, 1)
	for _, step := range []func() error{w.levels, w.waiting, w.books, w.deliveries} {
		if err := step(); err != nil {
			return err
		}
	}
	return nil
}

// levels sets each level against the sum of its moves.
func (w *walk) levels() error {
	err := w.rows(selectLevels, func(scan scanner) error {
		var k level
		var is worth
		if err := scan(&k.location, &k.item, &is.qty, &is.value); err != nil {
			return err
		}
		want := w.stock.levels[k]
		if want == nil {
			want = &worth{}
		}
		want.seen = true
		if want.qty != is.qty {
			w.report(Finding{Check: Stock, Where: k.name(), Message: "the stock level is not the sum of the moves", Want: qty.Qty(want.qty).String(), Got: qty.Qty(is.qty).String()})
		}
		if want.value != is.value {
			w.differ(Stock, k.name(), "the stock value is not the sum of the moves", money.Minor(want.value), money.Minor(is.value))
		}
		if is.qty == 0 && is.value != 0 && want.value == is.value {
			w.differ(Stock, k.name(), "nothing is there, but it has a value", 0, money.Minor(is.value))
		}
		return nil
	})
	for _, k := range slices.SortedFunc(maps.Keys(w.stock.levels), level.compare) {
		if x := w.stock.levels[k]; !x.seen {
			w.report(Finding{Check: Stock, Where: k.name(), Message: "there are moves and no stock level", Want: qty.Qty(x.qty).String()})
		}
	}
	return err
}

// books sets the value of each store's stock against the inventory accounts.
func (w *walk) books() error {
	sums := map[string]money.Minor{}
	for k, x := range w.stock.levels {
		if !strings.HasPrefix(k.location, inventory.TransitPrefix) {
			sums[k.location] += money.Minor(x.value)
		}
	}
	if w.accounts.mixed {
		return nil // goods in transit stand on the same account; the entries were compared
	}
	err := w.rows(booksByStore, func(scan scanner) error {
		var store string
		var value money.Minor
		err := scan(&store, &value)
		sums[store] -= value
		return err
	})
	for _, store := range slices.Sorted(maps.Keys(sums)) {
		w.differ(Stock, "inventory of "+orNone(store), "the value of the stock and the inventory accounts differ by", 0, sums[store])
	}
	return err
}

// deliveries sets what was received and not billed against what the entries say of it. An accountant's
// own entries on that account are his business.
func (w *walk) deliveries() error {
	var open money.Minor
	if err := w.q.QueryRow(openDeliveries).Scan(&open); err != nil {
		return err
	}
	w.differ(Stock, "goods received and not billed", "the entries owe another amount than the deliveries have open", open, w.stock.grni)
	return nil
}

func orNone(store string) string {
	if store == "" {
		return "no store"
	}
	return "store " + store
}
