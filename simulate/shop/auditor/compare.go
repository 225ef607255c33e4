package auditor

import (
	"context"
	"database/sql"
	"encoding/hex"
	"fmt"
	"sort"
	"strings"
)

// Differences is what the auditor found, the first in the order of the comparisons.
type Differences []string

func (d *Differences) add(format string, args ...any) { *d = append(*d, fmt.Sprintf(format, args...)) }

// Compare reads the database by itself and sets it against the auditor's books.
func (b *Books) Compare(ctx context.Context, q *sql.DB) (Differences, error) {
	d := Differences(b.problems)
	b.problems = nil
	for _, step := range []func(*reader, *Differences) error{b.compareReceipts, b.compareTotals, b.compareStock, b.compareAccounts,
		b.compareDrawers, b.compareSuspense, b.compareGaps, b.compareChains, b.compareOutbox, b.compareSeals} {
		if err := step(&reader{ctx, q}, &d); err != nil {
			return d, err
		}
	}
	return d, nil
}

// reader runs the auditor's own queries.
type reader struct {
	ctx context.Context
	q   *sql.DB
}

// rows calls fn for each row, whose columns it has scanned into the given places.
func (r *reader) rows(query string, into []any, fn func()) error {
	rows, err := r.q.QueryContext(r.ctx, query)
	if err != nil {
		return fmt.Errorf("%s: %w", query, err)
	}
	defer rows.Close()
	for rows.Next() {
		if err := rows.Scan(into...); err != nil {
			return fmt.Errorf("%s: %w", query, err)
		}
		fn()
	}
	return rows.Err()
}

// figures are named numbers; zero is the same as nothing.
type figures map[string][6]int64

// differ names what is not the same, in the order of the names.
func differ(d *Differences, what string, want, got figures) {
	names := map[string]bool{}
	for k := range want {
		names[k] = true
	}
	for k := range got {
		names[k] = true
	}
	sorted := make([]string, 0, len(names))
	for k := range names {
		sorted = append(sorted, k)
	}
	sort.Strings(sorted)
	for _, k := range sorted {
		if want[k] != got[k] {
			d.add("%s %s: the auditor has %v, the database %v", what, k, want[k], got[k])
		}
	}
}

func (b *Books) compareReceipts(r *reader, d *Differences) error {
	want, got := figures{}, figures{}
	for u, x := range b.receipts {
		want[strings.ReplaceAll(u, "-", "")+" "+x.Kind+" "+x.Store+"/"+x.Register+" "+x.Day+" "+x.Hash] = [6]int64{x.Number, x.total(), int64(x.Hour), x.Rounding, 0, 1}
	}
	var u, hash []byte
	var kind, store, register, day string
	var number, total, hour, rounding, unexplained int64
	err := r.rows(`SELECT id, kind, store, register, business_day, hash, number, total, hour, rounding, unexplained FROM receipts`,
		[]any{&u, &kind, &store, &register, &day, &hash, &number, &total, &hour, &rounding, &unexplained}, func() {
			k := hex.EncodeToString(u) + " " + kind + " " + store + "/" + register + " " + day + " " + hex.EncodeToString(hash)
			n := got[k]
			got[k] = [6]int64{number, total, hour, rounding, unexplained, n[5] + 1}
		})
	differ(d, "receipt", want, got)
	return err
}

func (b *Books) compareTotals(r *reader, d *Differences) error {
	var day, store, register, employee, name, currency string
	var n [6]int64
	var hour, rate int64
	into := func(keys []any, count int) []any {
		for i := range count {
			keys = append(keys, &n[i])
		}
		return keys
	}
	key := func(parts ...any) string { return fmt.Sprintf("%v", parts) }

	want, got := figures{}, figures{}
	for k, v := range b.sales {
		want[key(k.day, k.store, k.register, k.employee, k.department, k.hour)] = *v
	}
	err := r.rows(`SELECT day, store, register, employee, department, hour, qty, gross, discounts, returns, tax, other FROM totals_sales`,
		into([]any{&day, &store, &register, &employee, &name, &hour}, 6), func() {
			got[key(day, store, register, employee, name, int(hour))] = n
		})
	if err != nil {
		return err
	}
	differ(d, "totals_sales (qty, gross, discounts, returns, tax, other)", want, got)

	n, want, got = [6]int64{}, figures{}, figures{}
	for k, v := range b.counts {
		want[key(k.day, k.store, k.register, k.employee, k.hour)] = [6]int64{v[0], v[1], v[2]}
	}
	err = r.rows(`SELECT day, store, register, employee, hour, receipts, total, rounding, unexplained FROM totals_receipts`,
		into([]any{&day, &store, &register, &employee, &hour}, 4), func() { got[key(day, store, register, employee, int(hour))] = n })
	if err != nil {
		return err
	}
	differ(d, "totals_receipts (receipts, total, rounding, unexplained)", want, got)

	n, want, got = [6]int64{}, figures{}, figures{}
	for k, v := range b.tenders {
		want[key(k.day, k.store, k.register, k.tender, k.currency)] = [6]int64{v[0], v[1], v[2]}
	}
	err = r.rows(`SELECT day, store, register, tender, currency, count, amount, foreign_amount FROM totals_tenders`,
		into([]any{&day, &store, &register, &name, &currency}, 3), func() { got[key(day, store, register, name, currency)] = n })
	if err != nil {
		return err
	}
	differ(d, "totals_tenders (count, amount, foreign)", want, got)

	n, want, got = [6]int64{}, figures{}, figures{}
	for k, v := range b.taxes {
		want[key(k.day, k.store, k.code, k.rate)] = [6]int64{v[0], v[1]}
	}
	err = r.rows(`SELECT day, store, code, rate, base, amount FROM totals_taxes`,
		into([]any{&day, &store, &name, &rate}, 2), func() { got[key(day, store, name, rate)] = n })
	differ(d, "totals_taxes (base, amount)", want, got)
	return err
}

func (b *Books) compareStock(r *reader, d *Differences) error {
	want, got := figures{}, figures{}
	for k, l := range b.levels {
		want[k.location+" "+k.item] = [6]int64{l.qty, l.value}
	}
	var location, item string
	var qty, value int64
	err := r.rows(`SELECT location, item, qty, value FROM stock_levels`, []any{&location, &item, &qty, &value},
		func() { got[location+" "+item] = [6]int64{qty, value} })
	if err != nil {
		return err
	}
	differ(d, "stock (quantity, value)", want, got)
	moves := figures{}
	err = r.rows(`SELECT location, item, CAST(SUM(qty) AS BIGINT), CAST(SUM(value) AS BIGINT) FROM stock_moves GROUP BY location, item`,
		[]any{&location, &item, &qty, &value}, func() { moves[location+" "+item] = [6]int64{qty, value} })
	differ(d, "stock moves (quantity, value)", want, moves)
	return err
}

// compareAccounts looks at every account, day and store: as the running totals say and as the lines do.
func (b *Books) compareAccounts(r *reader, d *Differences) error {
	accounts := map[[2]string]string{}
	var role, key, account, day, store string
	var amount int64
	if err := r.rows(`SELECT role, key, account FROM account_roles`, []any{&role, &key, &account},
		func() { accounts[[2]string{role, key}] = account }); err != nil {
		return err
	}
	want, got, lines := figures{}, figures{}, figures{}
	for k, v := range b.balances {
		code := k.key
		if k.role != "" {
			var ok bool
			if code, ok = accounts[[2]string{k.role, k.key}]; !ok {
				if code, ok = accounts[[2]string{k.role, ""}]; !ok {
					d.add("no account for %s %q", k.role, k.key)
				}
			}
		}
		name := code + " on " + k.day + " at " + k.store
		n := want[name]
		want[name] = [6]int64{n[0] + v}
	}
	if err := r.rows(`SELECT account, day, store, debit - credit FROM account_days`, []any{&account, &day, &store, &amount},
		func() { got[account+" on "+day+" at "+store] = [6]int64{amount} }); err != nil {
		return err
	}
	differ(d, "account", want, got)
	err := r.rows(`SELECT l.account, e.effective_day, l.store, CAST(SUM(l.amount) AS BIGINT) FROM entry_lines l JOIN entries e ON e.seq = l.entry_seq
		GROUP BY l.account, e.effective_day, l.store`, []any{&account, &day, &store, &amount},
		func() { lines[account+" on "+day+" at "+store] = [6]int64{amount} })
	differ(d, "journal account", want, lines)
	return err
}

// compareDrawers looks at what each drawer holds, in each currency and in the book currency.
func (b *Books) compareDrawers(r *reader, d *Differences) error {
	want, got := figures{}, figures{}
	for _, x := range b.drawers {
		for currency, c := range x.cash {
			own := c.own
			if currency == b.Currency {
				own = 0 // lines in the book currency name no foreign amount
			}
			want[drawerKey(x.store, x.code, currency)] = [6]int64{own, c.book}
		}
	}
	var key string
	var own, book int64
	err := r.rows(`SELECT ar.key, CAST(SUM(l.foreign_amount) AS BIGINT), CAST(SUM(l.amount) AS BIGINT) FROM account_roles ar
		JOIN entry_lines l ON l.account = ar.account WHERE ar.role = 'drawer' AND ar.key <> '' GROUP BY ar.key`,
		[]any{&key, &own, &book}, func() { got[key] = [6]int64{own, book} })
	differ(d, "drawer (own currency, book value)", want, got)
	return err
}

// excused are tasks about the order of arrival, which settle themselves (those about numbers are compared
// by compareGaps), and about wrong clocks.
var excused = map[string]bool{"number_gap": true, "return_unknown": true, "void_unknown": true, "clock_odd": true}

// compareSuspense looks at what waits, key by key, and that a task stands for each.
func (b *Books) compareSuspense(r *reader, d *Differences) error {
	want, got := figures{}, figures{}
	for key, all := range b.suspended {
		for _, amount := range all {
			n := want[key]
			want[key] = [6]int64{n[0] + amount}
		}
	}
	var key string
	var amount int64
	if err := r.rows(`SELECT unknown, CAST(SUM(amount) AS BIGINT) FROM entry_lines WHERE unknown <> '' GROUP BY unknown`,
		[]any{&key, &amount}, func() { got[key] = [6]int64{amount} }); err != nil {
		return err
	}
	differ(d, "suspense", want, got)
	tasks := map[string]bool{}
	var kind string
	if err := r.rows(`SELECT kind, key FROM tasks WHERE state = 'open'`, []any{&kind, &key}, func() { tasks[key] = !excused[kind] }); err != nil {
		return err
	}
	for key := range b.suspended {
		if !tasks[key] {
			d.add("no task says that %s is unknown", key)
		}
		delete(tasks, key)
	}
	for key, other := range tasks {
		if other {
			d.add("a task is open that nobody needs: %s", key)
		}
	}
	return nil
}

func (b *Books) compareChains(r *reader, d *Differences) error {
	want, got := map[string]string{}, map[string]string{}
	last := map[string]int64{}
	for _, u := range b.order {
		x := b.receipts[u]
		name := "register:" + x.Store + "/" + x.Register
		if x.Number > last[name] {
			last[name] = x.Number
			want[name] = fmt.Sprintf("%d %s", x.Number, x.Hash)
		}
	}
	var name string
	var number int64
	var hash []byte
	if err := r.rows(`SELECT 'register:' || store || '/' || register, number, hash FROM register_heads`, []any{&name, &number, &hash},
		func() { got[name] = fmt.Sprintf("%d %s", number, hex.EncodeToString(hash)) }); err != nil {
		return err
	}
	for k := range want {
		if want[k] != got[k] {
			d.add("chain %s ends at %s, in the database at %s", k, want[k], got[k])
		}
		delete(got, k)
	}
	for k, v := range got {
		d.add("chain %s at %s is nobody's", k, v)
	}
	var entries, highest, head int64
	err := r.rows(`SELECT COUNT(*), COALESCE(MAX(e.seq), 0), COALESCE((SELECT number FROM chain_heads WHERE name = 'ledger'), 0) FROM entries e`,
		[]any{&entries, &highest, &head}, func() {})
	if entries != highest || entries != head {
		d.add("the ledger has %d entries, the highest is %d, its chain ends at %d", entries, highest, head)
	}
	return err
}

// compareOutbox asks that every receipt was announced once, in the order of arrival.
func (b *Books) compareOutbox(r *reader, d *Differences) error {
	var topic, subject string
	n := map[string]int{}
	err := r.rows(`SELECT topic, subject FROM outbox WHERE topic = 'sale.completed' ORDER BY seq`, []any{&topic, &subject}, func() { n[topic+" "+subject]++ })
	for _, u := range b.order {
		k := "sale.completed " + u
		if n[k] != 1 {
			d.add("receipt %s was announced %d times", u, n[k])
		}
		delete(n, k)
	}
	for k := range n {
		d.add("%s was announced and is not known", k)
	}
	return err
}

func (b *Books) compareSeals(r *reader, d *Differences) error {
	want, got := figures{}, figures{}
	for k, s := range b.closed {
		want[k.store+" "+k.day+" "+k.register] = [6]int64{s.First, s.Last, s.Receipts, s.Missing, s.Total, 1}
	}
	var store, day, register string
	var n [6]int64
	err := r.rows(`SELECT store, business_day, register, first_number, last_number, receipts, missing, total, 1 FROM day_closes`,
		[]any{&store, &day, &register, &n[0], &n[1], &n[2], &n[3], &n[4], &n[5]}, func() { got[store+" "+day+" "+register] = n })
	differ(d, "seal (first, last, receipts, missing, total)", want, got)
	return err
}
