package main

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"os"

	"github.com/tillpost/tillpost/internal/base/day"
	"github.com/tillpost/tillpost/internal/domain/ledger"
	"github.com/tillpost/tillpost/internal/domain/receipt"
	"github.com/tillpost/tillpost/internal/domain/totals"
)

// bareCheck hashes every receipt and entry again with the engine's own hash, and folds totals, stock and
// accounts in memory. It compares the ends, and nothing else happens in it.
type bareCheck struct {
	Receipts int `json:"receipts"`
	Entries  int `json:"entries"`
	Moves    int `json:"moves"`
	Wrong    int `json:"wrong"`

	d       *sql.DB
	heads   map[[2]string]receipt.Hash
	sheet   *totals.Sheet
	days    map[accountDay]*[2]int64
	levels  map[[2]string]*[2]int64
	scratch []byte
}

type accountDay struct {
	account string
	day     day.Day
	store   string
}

// floorCheck runs it over a file.
func floorCheck(ctx context.Context, args []string) error {
	if len(args) != 1 {
		return fmt.Errorf("floor-check FILE")
	}
	d, err := openBare(args[0])
	if err != nil {
		return err
	}
	defer d.Close()
	b := &bareCheck{d: d, heads: map[[2]string]receipt.Hash{}, sheet: totals.NewSheet(), days: map[accountDay]*[2]int64{}, levels: map[[2]string]*[2]int64{}}
	for _, step := range []func(context.Context) error{b.receipts, b.entries, b.moves, b.compare} {
		if err := step(ctx); err != nil {
			return err
		}
	}
	return json.NewEncoder(os.Stdout).Encode(b)
}

// receipts reads the receipts and their parts side by side, in one order.
func (b *bareCheck) receipts(ctx context.Context) error {
	p, err := openParts(ctx, b.d)
	if err != nil {
		return err
	}
	defer p.close()
	for {
		ok, err := p.next()
		if err != nil || !ok {
			return err
		}
		r := &p.sale.Receipt
		b.Receipts++
		k := [2]string{r.Store, r.Register}
		b.scratch = r.Canonical(b.scratch[:0])
		is := receipt.HashOf(b.scratch)
		if is != r.Hash || r.PrevHash != b.heads[k] {
			b.Wrong++
		}
		b.heads[k] = is
		b.sheet.Count(r, p.sale.Hour, p.sale.Unexplained)
	}
}

// entries reads the journal.
func (b *bareCheck) entries(ctx context.Context) error {
	p, err := openJournal(ctx, b.d)
	if err != nil {
		return err
	}
	defer p.close()
	var head [32]byte
	for {
		ok, err := p.next()
		if err != nil || !ok {
			return err
		}
		e := &p.entry
		b.Entries++
		var is [32]byte
		if is, b.scratch = e.Sum256(b.scratch); is != e.Hash || e.PrevHash != head {
			b.Wrong++
		}
		head = is
		b.fold(e)
	}
}

// fold adds an entry to the accounts.
func (b *bareCheck) fold(e *ledger.Entry) {
	sum := int64(0)
	for i := range e.Lines {
		l := &e.Lines[i]
		k := accountDay{l.Account, e.EffectiveDay, l.Store}
		x := b.days[k]
		if x == nil {
			x = &[2]int64{}
			b.days[k] = x
		}
		if n := int64(l.Amount); n > 0 {
			x[0] += n
		} else {
			x[1] -= n
		}
		sum += int64(l.Amount)
	}
	if sum != 0 {
		b.Wrong++
	}
}

func (b *bareCheck) moves(ctx context.Context) error {
	var location, item string
	var qty, value int64
	return b.each(ctx, `SELECT location, item, qty, value FROM stock_moves`, func() {
		b.Moves++
		k := [2]string{location, item}
		x := b.levels[k]
		if x == nil {
			x = &[2]int64{}
			b.levels[k] = x
		}
		x[0], x[1] = x[0]+qty, x[1]+value
	}, &location, &item, &qty, &value)
}

// compare sets what was folded against what is stored.
func (b *bareCheck) compare(ctx context.Context) error {
	var key [6]string
	var n [6]int64
	var hour int
	differs := func(wrong bool) {
		if wrong {
			b.Wrong++
		}
	}
	return errors.Join(
		b.each(ctx, `SELECT location, item, qty, value FROM stock_levels`, func() {
			x := b.levels[[2]string{key[0], key[1]}]
			differs(x == nil || *x != [2]int64{n[0], n[1]})
		}, &key[0], &key[1], &n[0], &n[1]),
		b.each(ctx, `SELECT account, day, store, debit, credit FROM account_days`, func() {
			x := b.days[accountDay{key[0], day.Day(key[1]), key[2]}]
			differs(x == nil || *x != [2]int64{n[0], n[1]})
		}, &key[0], &key[1], &key[2], &n[0], &n[1]),
		b.each(ctx, `SELECT day, store, register, employee, department, hour, gross, tax FROM totals_sales`, func() {
			x := b.sheet.Sales[totals.SalesKey{Day: day.Day(key[0]), Store: key[1], Register: key[2], Employee: key[3], Department: key[4], Hour: hour}]
			differs(x == nil || int64(x.Gross) != n[0] || int64(x.Tax) != n[1])
		}, &key[0], &key[1], &key[2], &key[3], &key[4], &hour, &n[0], &n[1]))
}

// each reads a query's rows into the same places.
func (b *bareCheck) each(ctx context.Context, query string, fn func(), into ...any) error {
	rows, err := b.d.QueryContext(ctx, query)
	if err != nil {
		return err
	}
	defer rows.Close()
	for rows.Next() {
		if err := rows.Scan(into...); err != nil {
			return err
		}
		fn()
	}
	return rows.Err()
}
