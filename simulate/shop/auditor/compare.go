package auditor

import (
	"context"
	"database/sql"
	"encoding/hex"
	"fmt"
	"slices"
	"sort"
	"strings"
)

// Differences is what the auditor found, the first in the order of the comparisons.
type Differences []string

func (d *Differences) add(format string, args ...any) { *d = append(*d, fmt.Sprintf(format, args...)) }

// Source is what the auditor reads: a connection of its own to the database.
type Source interface {
	QueryContext(ctx context.Context, query string, args ...any) (*sql.Rows, error)
}

// Compare reads the database by itself and sets it against the auditor's books.
func (b *Books) Compare(ctx context.Context, q Source) (Differences, error) {
	d := Differences(b.problems)
	b.problems = nil
	for _, step := range []func(*reader, *Differences) error{b.loadAccounts, b.compareReceipts, b.compareTotals, b.compareCoarse, b.compareStock,
		b.compareAccounts, b.compareParties, b.compareDrawers, b.compareShifts, b.compareSuspense, b.compareGaps, b.compareRegisters, b.compareLedger, b.compareOutbox, b.compareSeals} {
		if err := step(&reader{ctx, q}, &d); err != nil {
			return d, err
		}
	}
	return d, nil
}

// reader runs the auditor's own queries.
type reader struct {
	ctx context.Context
	q   Source
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
	var order []string
	err := r.rows(`SELECT id, kind, store, register, business_day, hash, number, total, hour, rounding, unexplained FROM receipts ORDER BY seq`,
		[]any{&u, &kind, &store, &register, &day, &hash, &number, &total, &hour, &rounding, &unexplained}, func() {
			k := hex.EncodeToString(u) + " " + kind + " " + store + "/" + register + " " + day + " " + hex.EncodeToString(hash)
			n := got[k]
			order = append(order, dashed(u))
			got[k] = [6]int64{number, total, hour, rounding, unexplained, n[5] + 1}
		})
	differ(d, "receipt", want, got)
	if len(*d) == 0 && !slices.Equal(order, b.order) {
		d.add("the receipts stand in another order than they arrived in")
	}
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

// loadAccounts reads which account a role means.
func (b *Books) loadAccounts(r *reader, _ *Differences) error {
	b.accounts = map[[2]string]string{}
	var role, key, account string
	return r.rows(`SELECT role, key, account FROM account_roles`, []any{&role, &key, &account},
		func() { b.accounts[[2]string{role, key}] = account })
}

// account finds a posting's account: its key's own, or the role's. Without a role the key is the account.
func (b *Books) account(d *Differences, role, key string) string {
	if role == "" {
		return key
	}
	if a, ok := b.accounts[[2]string{role, key}]; ok {
		return a
	}
	a, ok := b.accounts[[2]string{role, ""}]
	if !ok {
		d.add("no account for %s %q", role, key)
	}
	return a
}

// ledger is what every account must have, on every day and at every store.
func (b *Books) ledger(d *Differences) figures {
	want := figures{}
	for k, v := range b.balances {
		name := b.account(d, k.role, k.key) + " on " + k.day + " at " + k.store
		n := want[name]
		want[name] = [6]int64{n[0] + v}
	}
	return want
}

// compareCoarse looks at the totals of all stores: of each day's departments and of each month's accounts.
func (b *Books) compareCoarse(r *reader, d *Differences) error {
	var day, name string
	var n [6]int64
	want, got := figures{}, figures{}
	for k, v := range b.sales {
		key := k.day + " " + k.department
		sum := want[key]
		for i := range sum {
			sum[i] += v[i]
		}
		want[key] = sum
	}
	err := r.rows(`SELECT day, department, qty, gross, discounts, returns, tax, other FROM totals_days`,
		[]any{&day, &name, &n[0], &n[1], &n[2], &n[3], &n[4], &n[5]}, func() { got[day+" "+name] = n })
	if err != nil {
		return err
	}
	differ(d, "totals_days (qty, gross, discounts, returns, tax, other)", want, got)

	n, want, got = [6]int64{}, figures{}, figures{}
	for k, v := range b.balances {
		key := b.account(d, k.role, k.key) + " in " + k.day[:len("2006-01")]
		want[key] = [6]int64{want[key][0] + v}
	}
	err = r.rows(`SELECT account, month, debit - credit FROM account_months`, []any{&name, &day, &n[0]}, func() { got[name+" in "+day] = n })
	differ(d, "account", want, got)
	return err
}

// compareAccounts looks at every account, day and store: as the running totals say and as the lines do.
func (b *Books) compareAccounts(r *reader, d *Differences) error {
	want, got, lines := b.ledger(d), figures{}, figures{}
	var account, day, store string
	var amount int64
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

// compareParties looks at what each customer, consignor and supplier owes or is owed.
func (b *Books) compareParties(r *reader, d *Differences) error {
	want, got := figures{}, figures{}
	roles := map[string]bool{}
	for k, v := range b.parties {
		name := k[0] + " of " + k[1]
		want[name] = [6]int64{want[name][0] + v}
		roles[k[0]] = true
	}
	var role, party string
	var amount int64
	err := r.rows(`SELECT r.role, l.party, CAST(SUM(l.amount) AS BIGINT) FROM (SELECT DISTINCT role, account FROM account_roles) r
		JOIN entry_lines l ON l.account = r.account GROUP BY r.role, l.party`, []any{&role, &party, &amount}, func() {
		if name := role + " of " + party; roles[role] && partied[role] {
			got[name] = [6]int64{amount}
		}
	})
	for name := range want {
		if role, _, _ := strings.Cut(name, " of "); !partied[role] {
			delete(want, name)
		}
	}
	differ(d, "party", want, got)
	return err
}

// partied are the roles whose accounts say who owes; nothing else stands on them.
var partied = map[string]bool{"receivable": true, "consignors": true, "charity": true, "store_credit": true, "coupons": true, "grni": true}

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
