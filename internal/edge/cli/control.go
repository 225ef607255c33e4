package cli

import (
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"strconv"
	"strings"

	"github.com/tillpost/tillpost/internal/base/fixed"
	"github.com/tillpost/tillpost/internal/base/money"
	"github.com/tillpost/tillpost/internal/domain/payments"
	"github.com/tillpost/tillpost/internal/hub/demo"
	"github.com/tillpost/tillpost/internal/hub/formats/source"
	"github.com/tillpost/tillpost/internal/platform/db"
)

// control is the source's own figure: the sum of quantity times unit price over the rows of its file, as
// they stand there. It is read with the standard library alone, so that no reader of ours can agree
// with itself.
type control struct {
	rows  int64
	exact money.Price // the sum, in millionths
	fine  int64       // rows that do not come to whole minor units
	rest  money.Price // what they come to beyond whole minor units, together
}

// readControl adds the file up.
func readControl(file string) (control, error) {
	var c control
	f, err := source.Open(file)
	if err != nil {
		return c, err
	}
	defer func() { _ = f.Close() }() // read only
	r := csv.NewReader(f)
	r.ReuseRecord, r.LazyQuotes = true, true
	head, err := r.Read()
	if err != nil {
		return c, err
	}
	at := map[string]int{}
	for i, name := range head {
		at[name] = i
	}
	quantity, ok1 := at["Quantity"]
	price, ok2 := at["UnitPrice"]
	if !ok1 || !ok2 {
		return c, ErrNoControl
	}
	for {
		row, err := r.Read()
		if errors.Is(err, io.EOF) {
			return c, nil
		}
		if err != nil {
			return c, err
		}
		if err := c.add(row[quantity], row[price]); err != nil {
			return c, err
		}
	}
}

func (c *control) add(quantity, price string) error {
	n, err := strconv.ParseInt(quantity, 10, 64)
	if err != nil {
		return err
	}
	p, err := money.ParsePrice(price)
	if err != nil {
		return err
	}
	value, err := fixed.MulDiv(n, int64(p), 1, fixed.HalfUp)
	if err != nil {
		return err
	}
	minor, err := fixed.MulDiv(value, fixed.Pow10(demo.Currency.Digits()), fixed.Pow10(money.PricePlaces), fixed.HalfUp)
	if err != nil {
		return err
	}
	whole, err := money.PriceOf(money.Minor(minor), demo.Currency)
	if err != nil {
		return err
	}
	c.rows++
	if rest := money.Price(value) - whole; rest != 0 {
		c.fine++
		c.rest += rest
	}
	sum, err := fixed.Sum(int64(c.exact), value)
	c.exact = money.Price(sum)
	return err
}

// badDebts are the receivables that were written off, less what came back.
func badDebts(v *db.View) (money.Minor, error) {
	list, err := payments.ListMovements(v, "", firstDay, lastDay)
	var sum money.Minor
	for _, m := range list {
		if m.Kind == payments.BadDebt && err == nil {
			sum, err = sum.Add(m.Gross)
		}
	}
	return sum, err
}

// writeControl sets the books beside the source's figure, and tells whether they agree.
func writeControl(w io.Writer, c control, receipts, debts money.Minor) (bool, error) {
	ours, err := money.PriceOf(receipts, demo.Currency)
	if err != nil {
		return false, err
	}
	lost, err := money.PriceOf(debts, demo.Currency)
	if err != nil {
		return false, err
	}
	together := ours + lost + c.rest
	mark := "ok"
	if together != c.exact {
		mark = "OFF BY " + decimals(c.exact-together)
	}
	fmt.Fprintf(w, "The file's own control figure (%s)\n\n", demo.Currency)
	line := func(name string, p money.Price, note string) {
		fmt.Fprintf(w, "  %-24s %17s  %s\n", name, decimals(p), note)
	}
	line("Quantity x UnitPrice", c.exact, count(c.rows)+" rows of the file, added up as they stand")
	fmt.Fprintln(w)
	line("receipt totals", ours, "")
	line("bad debts", lost, "written off: no sale")
	line("below a penny", c.rest, plural(c.fine, "row does", "rows do")+" not come to whole pennies")
	line("together", together, mark)
	fmt.Fprintln(w)
	return together == c.exact, nil
}

// decimals writes a figure so that points stand below each other.
func decimals(p money.Price) string {
	whole, rest, _ := strings.Cut(p.String(), ".")
	for len(rest) < demo.Currency.Digits() {
		rest += "0"
	}
	return fmt.Sprintf("%s.%-3s", group(whole), rest)
}
