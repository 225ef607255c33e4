// Package auditor keeps a second set of books of a simulated retailer, in maps of whole numbers, by
// the rules of the accounting guide and nothing else. It imports nothing of Tillpost: what it compares
// with is read from the database's own tables by plain SQL.
//
// Amounts are minor units of the book currency (two decimals), quantities and unit costs millionths,
// days "YYYY-MM-DD". A debit is positive.
package auditor

import (
	"fmt"
	"math/big"
	"slices"
)

// Books are the auditor's.
type Books struct {
	Currency string

	balances map[posting]int64
	levels   map[place]*level
	moved    map[lineOf]movement // what a receipt's line did to the stock, to value what comes back
	took     map[lineOf]movement // what was brought back of a receipt's line so far
	drawers  map[string]*drawer  // by store/drawer
	holding  map[string]*holding // shifts by id
	locked   [][2]string         // first and last day of locked periods

	known     knowledge
	suspended map[string]map[waiting]int64 // by key: "tender:X"
	unmoved   map[place]int64              // units of unknown goods that left a store

	receipts map[string]*Receipt // that arrived, by id
	noted    head                // the end of the ledger's chain when it was last read
	order    []string            // ids in the order of arrival
	place    map[string]int      // in that order, from 1
	told     []string            // what the outside must have heard, in order
	booked   int                 // the place of the receipt whose entry was the last
	closed   map[closing]*Sealed

	refunds  map[lineOf]*returned
	law      map[string][]rule            // by place and category
	parties  map[[2]string]int64          // what is owed by role and party
	entry    map[posting]int64            // of the receipt that is being booked
	awaited  map[string]map[posting]int64 // entries of receipts that were not compared yet, by receipt
	compared int64                        // the last entry that was
	accounts map[[2]string]string         // by role and key, as the database has them

	sales    map[salesKey]*[6]int64 // qty, gross, discounts, returns, tax, other
	counts   map[receiptsKey]*[3]int64
	tenders  map[tenderKey]*[3]int64
	taxes    map[taxKey]*[2]int64
	open     map[string]int64 // deliveries not billed yet, by id
	problems []string
}

// posting is what a balance is kept by. The account is found when the books are compared.
type posting struct{ role, key, store, day string }

type place struct{ location, item string }

type lineOf struct {
	receipt string
	line    int
}

// New makes empty books in a currency.
func New(currency string) *Books {
	return &Books{Currency: currency, balances: map[posting]int64{}, levels: map[place]*level{}, moved: map[lineOf]movement{}, took: map[lineOf]movement{},
		drawers: map[string]*drawer{}, holding: map[string]*holding{}, known: newKnowledge(), suspended: map[string]map[waiting]int64{},
		unmoved: map[place]int64{}, receipts: map[string]*Receipt{}, place: map[string]int{}, closed: map[closing]*Sealed{},
		refunds: map[lineOf]*returned{}, law: map[string][]rule{}, parties: map[[2]string]int64{}, awaited: map[string]map[posting]int64{}, sales: map[salesKey]*[6]int64{}, counts: map[receiptsKey]*[3]int64{},
		tenders: map[tenderKey]*[3]int64{}, taxes: map[taxKey]*[2]int64{}, open: map[string]int64{}}
}

// post puts an amount on a role's account of a store. What happened in a locked period counts on the
// first open day after it.
func (b *Books) post(role, key, store, day string, amount int64) {
	if amount == 0 {
		return
	}
	b.balances[posting{role, key, store, b.effective(day)}] += amount
	if b.entry != nil {
		b.entry[posting{role: role, key: key, store: store}] += amount
	}
}

// owed posts an amount that somebody owes, or is owed.
func (b *Books) owed(role, key, party, store, day string, amount int64) {
	b.post(role, key, store, day, amount)
	b.parties[[2]string{role, party}] += amount
}

// complain notes something that is wrong with what the till or the books answered.
func (b *Books) complain(format string, args ...any) {
	b.problems = append(b.problems, fmt.Sprintf(format, args...))
}

// Lock closes a period; Unlock opens it again.
func (b *Books) Lock(from, to string) { b.locked = append(b.locked, [2]string{from, to}) }

// Unlock opens a period again: what was pushed out of it stays where it is.
func (b *Books) Unlock(from, to string) {
	b.locked = slices.DeleteFunc(b.locked, func(p [2]string) bool { return p == [2]string{from, to} })
}

func (b *Books) effective(day string) string {
	for again := true; again; {
		again = false
		for _, p := range b.locked {
			if day >= p[0] && day <= p[1] {
				day, again = nextDay(p[1]), true
			}
		}
	}
	return day
}

// half is a*n/d with halves away from zero.
func half(a, n, d int64) int64 {
	num := new(big.Int).Mul(big.NewInt(a), big.NewInt(n))
	den := big.NewInt(d)
	if den.Sign() < 0 {
		num.Neg(num)
		den.Neg(den)
	}
	neg := num.Sign() < 0
	num.Abs(num)
	num.Add(num.Lsh(num, 1), den)
	num.Quo(num, den.Lsh(den, 1))
	if neg {
		num.Neg(num)
	}
	return num.Int64()
}

// Complain notes something that an operation answered and that is wrong.
func (b *Books) Complain(format string, args ...any) { b.complain(format, args...) }

// Knows tells whether an item is goods that the catalogue knows.
func (b *Books) Knows(sku string) bool { return b.known.items[sku] && !b.known.services[sku] }

// Extend is unit cost x quantity in minor units.
func (b *Books) Extend(cost, qty int64) int64 { return extend(cost, qty) }

// Balance is what a role comes to under a key, over all stores and days.
func (b *Books) Balance(role, key string) (sum int64) {
	for k, v := range b.balances {
		if k.role == role && k.key == key {
			sum += v
		}
	}
	return sum
}

// Drawer is what a drawer must hold of a currency.
func (b *Books) Drawer(store, code, currency string) int64 {
	return b.drawer(store, code).cash[currency].own
}
