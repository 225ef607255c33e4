// Package auditor is a second opinion. It reads a retailer's file by itself and keeps its own books of
// it with the simplest arithmetic that can be right: whole pence in maps. It imports nothing of
// Tillpost, so that a mistake in the books cannot be in it too. What it computes from the rules of the
// accounting guide is then compared with what the database says.
//
// It knows one file: the "Online Retail" year and how the demo shop stocks itself for it.
package auditor

import (
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"strconv"
	"strings"
)

// Books are the auditor's. Amounts are pence; revenue and takings are positive when they are earned.
type Books struct {
	Rows     int
	Invoices int
	Receipts int
	FileSum  int64 // sum of quantity x price over the file, in thousandths of a pound

	Takings  int64            // what all receipts come to
	ByDay    map[string]int64 // the same by date
	Revenue  int64            // sales less discounts and returns, and services
	Gifts    int64            // gift vouchers sold
	Fees     int64            // positive: recharged; negative: borne
	BadDebt  int64            // what was written off, less what came back
	Goods    int64            // units sold less returned
	Shelf    map[string]*Level
	CostOut  int64 // cost of goods sold less returned
	Damaged  int64 // value of damaged goods
	Lost     int64 // value lost less found
	Received int64 // value of the deliveries
}

// Level is what is on the shelf of one article.
type Level struct {
	Units, Pence int64
	unitCost     int64 // millionths of a pound
}

type row struct {
	invoice, sku, text, date, customer string
	units, price                       int64 // price in thousandths of a pound
}

// Replay keeps the books of a file.
func Replay(r io.Reader) (*Books, error) {
	invoices, rows, err := read(r)
	if err != nil {
		return nil, err
	}
	b := &Books{Rows: rows, Invoices: len(invoices), ByDay: map[string]int64{}, Shelf: map[string]*Level{}}
	b.stockUp(invoices)
	for _, rows := range invoices {
		b.invoice(rows)
	}
	return b, nil
}

// read groups the rows by invoice in the order of each invoice's first row.
func read(r io.Reader) ([][]row, int, error) {
	c := csv.NewReader(r)
	c.ReuseRecord = true
	if _, err := c.Read(); err != nil {
		return nil, 0, err
	}
	var invoices [][]row
	at := map[string]int{}
	n := 0
	for {
		f, err := c.Read()
		if errors.Is(err, io.EOF) {
			return invoices, n, nil
		}
		if err != nil {
			return nil, n, err
		}
		n++
		x := row{invoice: strings.Clone(f[0]), sku: strings.Clone(f[1]), text: strings.ToLower(strings.Clone(f[2])),
			date: strings.Clone(f[4][:10]), customer: strings.Clone(f[6])}
		if x.units, err = strconv.ParseInt(f[3], 10, 64); err != nil {
			return nil, n, fmt.Errorf("row %d: %w", n, err)
		}
		if x.price, err = thousandths(f[5]); err != nil {
			return nil, n, fmt.Errorf("row %d: %w", n, err)
		}
		i, ok := at[x.invoice]
		if !ok {
			i = len(invoices)
			at[x.invoice] = i
			invoices = append(invoices, nil)
		}
		invoices[i] = append(invoices[i], x)
	}
}

// thousandths reads "2.55" as 2550.
func thousandths(s string) (int64, error) {
	whole, part, _ := strings.Cut(s, ".")
	part += "000"
	return strconv.ParseInt(whole+part[:3], 10, 64)
}

// pence is units x price, halves away from zero.
func (x row) pence() int64 { return half(x.units*x.price, 10) }

// half is n/d with halves away from zero; d is positive.
func half(n, d int64) int64 {
	if n < 0 {
		return -half(-n, d)
	}
	return (2*n + d) / (2 * d)
}

// kinds says what the rows of an invoice are. A change of stock is an invoice of nothing else: free
// goods on an invoice that sells something are goods.
func kinds(rows []row) []string {
	out := make([]string, len(rows))
	changes := 0
	for i, x := range rows {
		out[i] = x.kind()
		if out[i] == "loss" || out[i] == "found" {
			changes++
		}
	}
	if changes == len(rows) {
		return out
	}
	for i := range out {
		if out[i] == "loss" || out[i] == "found" {
			out[i] = "goods"
		}
	}
	return out
}

// kind says what a row is by itself, by the rules of the demo's layout.
func (x row) kind() string {
	cancelled := strings.HasPrefix(x.invoice, "C")
	switch {
	case strings.HasPrefix(x.invoice, "A") && x.sku == "B":
		return "bad debt"
	case x.sku == "POST", x.sku == "DOT", x.sku == "C2", x.sku == "M", x.sku == "m", x.sku == "S", x.sku == "D":
		return "service"
	case x.sku == "AMAZONFEE", x.sku == "BANK CHARGES", x.sku == "CRUK": // the last is a charity's commission, borne by the shop
		return "fee"
	case strings.HasPrefix(x.sku, "gift_"):
		return "gift"
	case x.price == 0 && x.units < 0 && !cancelled:
		return "loss"
	case x.price == 0 && x.units > 0 && x.customer == "":
		return "found"
	default:
		return "goods"
	}
}

// stockUp delivers at the start of each month what the month sells, at half of the first price.
func (b *Books) stockUp(invoices [][]row) {
	var months []string
	needs := map[string]map[string]int64{}
	for _, rows := range invoices {
		is := kinds(rows)
		for i, x := range rows {
			if is[i] != "goods" {
				continue
			}
			l := b.level(x.sku)
			if l.unitCost == 0 && x.price > 0 {
				l.unitCost = half(x.price*1000, 2)
			}
			month := x.date[:7]
			if needs[month] == nil {
				needs[month] = map[string]int64{}
				months = append(months, month)
			}
			if x.units > 0 {
				needs[month][x.sku] += x.units
			}
		}
	}
	cost := map[string]int64{}
	for sku, l := range b.Shelf {
		cost[sku] = l.unitCost
	}
	for _, m := range months { // the file is in the order of days
		for sku, units := range needs[m] {
			if units == 0 {
				continue
			}
			l, value := b.Shelf[sku], half(units*cost[sku], 10_000)
			l.Units += units
			l.Pence += value
			b.Received += value
			if u := half(l.Pence*10_000, l.Units); u > 0 {
				l.unitCost = u
			}
		}
	}
}

func (b *Books) level(sku string) *Level {
	if b.Shelf[sku] == nil {
		b.Shelf[sku] = &Level{}
	}
	return b.Shelf[sku]
}

// damageWords mark goods that were thrown away; what else is missing is lost.
var damageWords = []string{"damag", "wet", "rust", "crush", "smash", "thrown", "throw", "broken", "crack", "mould", "destroy",
	"unsaleable", "faulty", "smudge", "incorrectly made"}

func (b *Books) invoice(rows []row) {
	receipt := false
	is := kinds(rows)
	for i, x := range rows {
		p := x.pence()
		b.FileSum += x.units * x.price
		switch is[i] {
		case "bad debt":
			b.BadDebt -= p
			continue
		case "loss":
			v := b.take(x.sku, -x.units)
			if damaged(x.text) {
				b.Damaged += v
			} else {
				b.Lost += v
			}
			continue
		case "found":
			b.Lost -= b.giveBack(x.sku, x.units)
			continue
		case "service":
			b.Revenue += p
		case "fee":
			b.Fees += p
		case "gift":
			b.Gifts += p
		default:
			b.Revenue += p
			b.Goods += x.units
			if x.units > 0 {
				b.CostOut += b.take(x.sku, x.units)
			} else {
				b.CostOut -= b.giveBack(x.sku, -x.units)
			}
		}
		receipt = true
		b.Takings += p
		b.ByDay[x.date] += p
	}
	if receipt {
		b.Receipts++
	}
}

func damaged(text string) bool {
	for _, w := range damageWords {
		if strings.Contains(text, w) {
			return true
		}
	}
	return false
}

// take is the moving average: a share of the value, the whole of it for the whole stock, and the last
// known cost for what is not there.
func (b *Books) take(sku string, units int64) int64 {
	l := b.level(sku)
	have := max(0, min(units, l.Units))
	v := int64(0)
	if have > 0 {
		v = half(l.Pence*have, l.Units)
	}
	v += half((units-have)*l.unitCost, 10_000)
	l.Units -= units
	l.Pence -= v
	return v
}

// giveBack values what returns: first what was sold below zero, at what it was booked at, then at the
// last known cost.
func (b *Books) giveBack(sku string, units int64) int64 {
	l := b.level(sku)
	v, rest := int64(0), units
	if l.Units < 0 {
		n := min(units, -l.Units)
		v = half(-l.Pence*n, -l.Units)
		rest -= n
	}
	v += half(rest*l.unitCost, 10_000)
	l.Units += units
	l.Pence += v
	return v
}
