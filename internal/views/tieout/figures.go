package tieout

import (
	"strings"

	"github.com/tillpost/tillpost/internal/base/money"
	"github.com/tillpost/tillpost/internal/platform/db"
)

// figures are the sums, each under the name of the rows that it was read from.
type figures struct {
	q     db.Q
	scope Scope
	args  []any // the scope as parameters

	total, extra, dayTotals                                                int64
	net, lineTax, revenue, goods, tenders, taxes                           int64
	bookedTenders, bookedTaxes, bookedRevenue, bookedOther                 int64
	bookedInventory, debits, credits, moved, movedValue, levels, inventory int64

	accounts map[string]account
	mixed    bool // an account of revenue is one of something else too
}

// account is what the books use an account for.
type account struct{ revenue, inventory, transit bool }

// of are roles by what their lines in a sale's entry are.
var of = map[string]string{
	"sales": "revenue", "discounts": "revenue", "returns": "revenue", "services": "revenue", "commission": "revenue",
	"inventory": "inventory", "stock_in_transit": "transit",
	"rounding": "other", "tips_payable": "other", "gift_cards": "other", "store_credit": "other", "deposits": "other", "bottle_deposits": "other",
	"charity": "other", "card_fees": "other", "receivable": "other", "consignors": "other", "cogs": "other", "damaged": "other",
}

const selectRoles db.SQL = `SELECT a.code, a.type, COALESCE(r.role, '') FROM accounts a LEFT JOIN account_roles r ON r.account = a.code`

// roles reads what accounts are used for. An income account that has lost its role to another is one of
// revenue still: what was booked on it stays there.
func (f *figures) roles(*Proof) error {
	f.accounts = map[string]account{}
	other := map[string]bool{}
	err := f.each(selectRoles, nil, func(scan func(...any) error) error {
		var code, typ, role string
		err := scan(&code, &typ, &role)
		a := f.accounts[code]
		switch of[role] {
		case "revenue":
			a.revenue = true
		case "inventory":
			a.inventory = true
		case "transit":
			a.transit = true
		case "other":
			other[code] = true
		default:
			a.revenue = a.revenue || role == "" && typ == "income"
		}
		f.accounts[code] = a
		return err
	})
	for code, a := range f.accounts {
		f.mixed = f.mixed || a.revenue && (other[code] || a.inventory)
	}
	return err
}

const (
	scopeReceipts = ` r.business_day BETWEEN $1 AND $2 AND ($3 = '' OR r.store = $3) AND r.kind IN ('sale','void')`
	scopeEntries  = ` e.business_day BETWEEN $1 AND $2 AND ($3 = '' OR e.store = $3) AND e.kind IN ('sale','void')`

	sumReceipts db.SQL = `SELECT count(*), CAST(COALESCE(SUM(r.total), 0) AS BIGINT), CAST(COALESCE(SUM(r.rounding + r.unexplained), 0) AS BIGINT)
		FROM receipts r WHERE` + scopeReceipts

	sumLines db.SQL = `SELECT count(*), CAST(COALESCE(SUM(CASE WHEN l.is_return THEN 1 ELSE 0 END), 0) AS BIGINT),
		CAST(COALESCE(SUM(l.net), 0) AS BIGINT), CAST(COALESCE(SUM(l.tax), 0) AS BIGINT),
		CAST(COALESCE(SUM(CASE WHEN l.kind IN ('item','service','service_charge') THEN l.net ELSE l.commission END), 0) AS BIGINT),
		CAST(COALESCE(SUM(CASE WHEN l.kind = 'item' AND l.disposition NOT IN ('none','damaged')
			AND l.item IN (SELECT sku FROM items WHERE kind = 'item') THEN l.qty ELSE 0 END), 0) AS BIGINT)
		FROM receipts r JOIN receipt_lines l ON l.receipt_seq = r.seq WHERE` + scopeReceipts

	sumTenders db.SQL = `SELECT CAST(COALESCE(SUM(t.amount), 0) AS BIGINT)
		FROM receipts r JOIN receipt_tenders t ON t.receipt_seq = r.seq WHERE` + scopeReceipts

	sumTaxes db.SQL = `SELECT CAST(COALESCE(SUM(t.amount), 0) AS BIGINT)
		FROM receipts r JOIN receipt_taxes t ON t.receipt_seq = r.seq WHERE` + scopeReceipts

	totalsReceipts db.SQL = `SELECT CAST(COALESCE(SUM(r.total), 0) AS BIGINT) FROM totals_receipts r
		WHERE r.day BETWEEN $1 AND $2 AND ($3 = '' OR r.store = $3)`
)

func (f *figures) receipts(p *Proof) error {
	return f.sums([]sum{
		{sumReceipts, f.args, []any{&p.Receipts, &f.total, &f.extra}},
		{sumLines, f.args, []any{&p.Lines, &p.Returns, &f.net, &f.lineTax, &f.revenue, &f.goods}},
		{sumTenders, f.args, []any{&f.tenders}},
		{sumTaxes, f.args, []any{&f.taxes}},
		{totalsReceipts, f.args, []any{&f.dayTotals}},
	})
}

const (
	countEntries db.SQL = `SELECT count(*), CAST(COALESCE(SUM(CASE WHEN e.effective_day > $2 THEN 1 ELSE 0 END), 0) AS BIGINT) FROM entries e WHERE` + scopeEntries

	// Lines of a sale's entry carry the tender or the tax code that they book, also while they wait in
	// suspense; the rest is revenue, what is owed to others, and cost.
	sumJournal db.SQL = `SELECT l.account, l.unknown, CAST(SUM(CASE WHEN l.tender <> '' THEN l.amount ELSE 0 END) AS BIGINT),
		CAST(SUM(CASE WHEN l.tender = '' AND l.tax_code <> '' THEN l.amount ELSE 0 END) AS BIGINT),
		CAST(SUM(CASE WHEN l.tender = '' AND l.tax_code = '' THEN l.amount ELSE 0 END) AS BIGINT),
		CAST(SUM(CASE WHEN l.amount > 0 THEN l.amount ELSE 0 END) AS BIGINT), CAST(SUM(CASE WHEN l.amount < 0 THEN -l.amount ELSE 0 END) AS BIGINT)
		FROM entries e JOIN entry_lines l ON l.entry_seq = e.seq WHERE` + scopeEntries + ` GROUP BY l.account, l.unknown`

	openKeys db.SQL = `SELECT unknown FROM entry_lines WHERE unknown <> '' GROUP BY unknown HAVING SUM(amount) <> 0`
)

// journal reads the entries of the sales once, by account and by what is unknown.
func (f *figures) journal(p *Proof) error {
	if err := f.sums([]sum{{countEntries, f.args, []any{&p.Entries, &p.Later}}}); err != nil {
		return err
	}
	open := map[string]bool{}
	err := f.each(openKeys, nil, func(scan func(...any) error) error {
		var key string
		err := scan(&key)
		open[key] = true
		return err
	})
	if err != nil {
		return err
	}
	return f.each(sumJournal, f.args, func(scan func(...any) error) error {
		var code, unknown string
		var tenders, taxes, rest, debits, credits int64
		if err := scan(&code, &unknown, &tenders, &taxes, &rest, &debits, &credits); err != nil {
			return err
		}
		f.bookedTenders += tenders
		f.bookedTaxes -= taxes
		f.bookedOther -= rest
		f.debits += debits
		f.credits += credits
		a := f.accounts[code]
		if unknown != "" {
			a = meant(unknown)
		}
		if a.revenue {
			f.bookedRevenue -= rest
		}
		if a.inventory {
			f.bookedInventory += rest
		}
		if open[unknown] {
			p.Suspense += money.Minor(debits - credits).Abs()
		}
		return nil
	})
}

// meant is the account that a line in suspense was meant for.
func meant(unknown string) account {
	what, name, _ := strings.Cut(unknown, ":")
	role, _, _ := strings.Cut(name, "/")
	return account{
		revenue:   what == "item" || what == "account" && of[role] == "revenue",
		inventory: what == "account" && of[role] == "inventory",
		transit:   what == "account" && of[role] == "transit",
	}
}

// sum is a statement of one row.
type sum struct {
	query db.SQL
	args  []any
	into  []any
}

func (f *figures) sums(list []sum) error {
	for _, s := range list {
		if err := f.q.QueryRow(s.query, s.args...).Scan(s.into...); err != nil {
			return err
		}
	}
	return nil
}

func (f *figures) each(query db.SQL, args []any, fn func(scan func(...any) error) error) error {
	rows, err := f.q.Query(query, args...)
	if err != nil {
		return err
	}
	defer rows.Close()
	for rows.Next() {
		if err := fn(rows.Scan); err != nil {
			return err
		}
	}
	return rows.Err()
}
