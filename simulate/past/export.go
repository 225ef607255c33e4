package past

import (
	"bufio"
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"time"

	"github.com/tillpost/tillpost/internal/base/day"
)

// Day is the n-th business day, from 0.
func (s Shop) Day(n int) day.Day {
	last, err := time.Parse(time.DateOnly, string(Last))
	if err != nil {
		panic(err) // a constant
	}
	return day.Of(last.AddDate(0, 0, n-s.Days+1))
}

// export writes the receipts as another system would.
func (s Shop) export(file string) error {
	f, err := os.Create(file)
	if err != nil {
		return err
	}
	w := bufio.NewWriterSize(f, 1<<20)
	if err := s.write(w); err != nil {
		_ = f.Close()
		return err
	}
	if err := w.Flush(); err != nil {
		_ = f.Close()
		return err
	}
	return f.Close()
}

// write spreads the receipts evenly over the days, and those of a day over its hours, stores and tills.
func (s Shop) write(w io.Writer) error {
	if _, err := fmt.Fprintln(w, "Receipt,Time,Store,Till,Employee,SKU,Name,Department,Qty,Price,Tax,Paid"); err != nil {
		return err
	}
	random := rand.New(rand.NewPCG(1, 2))
	done := 0
	for n := range s.Days {
		today := string(s.Day(n))
		until := s.Receipts * (n + 1) / s.Days
		many := until - done
		for i := range many {
			second := opens*3600 + i*(closes-opens)*3600/many
			if err := s.receipt(w, random, today, second, done+i); err != nil {
				return err
			}
		}
		done = until
	}
	return nil
}

// receipt writes one. A till has one person until the afternoon, and another one then; three of ten
// customers pay cash.
func (s Shop) receipt(w io.Writer, random *rand.Rand, today string, second, n int) error {
	store, till, shift := n%s.Stores, n/s.Stores%tills, second/3600*2/(opens+closes)
	paid := "card"
	if random.IntN(10) < 3 {
		paid = "cash"
	}
	for range linesEach {
		item, pieces := random.IntN(s.Items), 1+random.IntN(3)
		net := price(item) * pieces
		tax := (net*20 + 50) / 100
		if _, err := fmt.Fprintf(w, "%d,%s %02d:%02d:%02d,%s,K%d,%s-E%d,%s,Article %s,%s,%d,%d.%02d,%d.%02d,%s\n", n+1, today, second/3600, second/60%60, second%60,
			Store(store), till+1, Store(store), till*2+min(shift, 1)+1, sku(item), sku(item), department(item), pieces, price(item)/100, price(item)%100,
			tax/100, tax%100, paid); err != nil {
			return err
		}
	}
	return nil
}
