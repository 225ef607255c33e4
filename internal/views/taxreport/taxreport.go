// Package taxreport says what tax the shop collected, by jurisdiction, code and rate, and proves it
// against the books: what stands on the receipts of a period, less what was posted later, plus what
// came late from before, less what waits in suspense, must be what the tax accounts took in.
//
// The receipts count by their business day, the books by the effective day; late arrivals are the
// only difference between the two, and are listed one by one, because the law of the place decides
// in which return they go.
package taxreport

import (
	"cmp"
	"maps"
	"slices"

	"github.com/tillpost/tillpost/internal/base/day"
	"github.com/tillpost/tillpost/internal/base/money"
	"github.com/tillpost/tillpost/internal/domain/org"
	"github.com/tillpost/tillpost/internal/platform/db"
	"github.com/tillpost/tillpost/internal/views/scope"
)

// Scope is what a report covers.
type Scope = scope.Scope

// Report is the tax of a period. Tax amounts are positive when they are owed.
type Report struct {
	Scope    Scope          `json:"scope"`
	Currency money.Currency `json:"currency"`
	Rates    []Rate         `json:"rates"`
	Codes    []Code         `json:"codes"`
	Accounts []Account      `json:"accounts"`
	Late     []Late         `json:"late"`
	LateMore int64          `json:"late_more,omitempty"` // late ones beyond LateMost
}

// LateMost bounds the list of late arrivals.
const LateMost = 1000

// Rate is what the receipts of the period say of one tax code at one rate.
type Rate struct {
	Jurisdiction string      `json:"jurisdiction"` // of the stores
	Code         string      `json:"code"`
	Rate         money.Rate  `json:"rate"`
	Base         money.Minor `json:"base"`
	Tax          money.Minor `json:"tax"`
}

// Code leads one tax code from the receipts to the books.
type Code struct {
	Code      string      `json:"code"`
	Receipts  money.Minor `json:"receipts"`  // on the receipts of the period, by business day
	LateOut   money.Minor `json:"late_out"`  // of these, posted in a later period
	LateIn    money.Minor `json:"late_in"`   // from earlier days, posted in this period
	Suspended money.Minor `json:"suspended"` // posted to suspense: the code had no account
	Booked    money.Minor `json:"booked"`    // posted to tax accounts by sales
	// Difference is Receipts - LateOut + LateIn - Suspended - Booked: always zero.
	Difference money.Minor `json:"difference"`
}

// Account is what a tax account took in during the period.
type Account struct {
	Account string      `json:"account"`
	Name    string      `json:"name"`
	Sales   money.Minor `json:"sales"`  // by sales: the codes' Booked, by account
	Other   money.Minor `json:"other"`  // by other entries: payments to the authority, reclasses, journals
	Ledger  money.Minor `json:"ledger"` // by the account's running totals
	// Difference is Ledger - Sales - Other: always zero.
	Difference money.Minor `json:"difference"`
}

// Late is tax of an entry that counts in another period than the one in which it happened.
type Late struct {
	Seq          int64       `json:"seq"`
	BusinessDay  day.Day     `json:"business_day"`
	EffectiveDay day.Day     `json:"effective_day"`
	Store        string      `json:"store"`
	Memo         string      `json:"memo"`
	Code         string      `json:"code"`
	Tax          money.Minor `json:"tax"`
	In           bool        `json:"in"` // it came into this period from an earlier one
}

// Proved tells whether nothing is left unexplained.
func (r *Report) Proved() bool {
	for _, c := range r.Codes {
		if c.Difference != 0 {
			return false
		}
	}
	for _, a := range r.Accounts {
		if a.Difference != 0 {
			return false
		}
	}
	return true
}

const (
	selectRates db.SQL = `SELECT COALESCE(s.jurisdiction, ''), t.code, t.rate, CAST(SUM(t.base) AS BIGINT), CAST(SUM(t.amount) AS BIGINT)
		FROM totals_taxes t LEFT JOIN stores s ON s.code = t.store
		WHERE t.day >= $1 AND t.day <= $2 AND ($3 = '' OR t.store = $3)
		GROUP BY COALESCE(s.jurisdiction, ''), t.code, t.rate`

	// A line books tax when it carries a tax code in a sale's entry, or stands on a tax account.
	taxLines = ` FROM entries e JOIN entry_lines l ON l.entry_seq = e.seq
		WHERE e.effective_day >= $1 AND e.business_day <= $2 AND (e.effective_day <= $2 OR e.business_day >= $1)
		AND ($3 = '' OR l.store = $3)
		AND (l.tax_code <> '' AND e.kind IN ('sale', 'void')
			OR EXISTS (SELECT 1 FROM account_roles a WHERE a.role = 'tax_payable' AND a.account = l.account))`
	isSale = `CASE WHEN e.kind IN ('sale', 'void') AND l.tax_code <> '' THEN 1 ELSE 0 END`
	place  = `CASE WHEN e.effective_day > $2 THEN 'out' WHEN e.business_day < $1 THEN 'in' ELSE '' END`

	selectLines db.SQL = `SELECT l.tax_code, l.account, CASE WHEN l.unknown <> '' THEN 1 ELSE 0 END, ` + isSale + `, ` + place + `,
		CAST(SUM(-l.amount) AS BIGINT)` + taxLines + ` GROUP BY 1, 2, 3, 4, 5`

	selectLate db.SQL = `SELECT e.seq, e.business_day, e.effective_day, l.store, e.memo, l.tax_code, -l.amount, ` + place +
		taxLines + ` AND e.effective_day <> e.business_day AND l.tax_code <> '' AND e.kind IN ('sale', 'void')
		AND (e.effective_day > $2 OR e.business_day < $1) ORDER BY e.seq, l.line_no`

	selectMoved db.SQL = `SELECT c.code, c.name, CAST(COALESCE(SUM(d.credit - d.debit), 0) AS BIGINT)
		FROM accounts c LEFT JOIN account_days d ON d.account = c.code AND d.day >= $1 AND d.day <= $2 AND ($3 = '' OR d.store = $3)
		WHERE EXISTS (SELECT 1 FROM account_roles a WHERE a.role = 'tax_payable' AND a.account = c.code)
		GROUP BY c.code, c.name`
)

// Read makes the report.
func Read(q db.Q, s Scope) (Report, error) {
	r := reading{q: q, s: s, codes: map[string]*Code{}, accounts: map[string]*Account{}}
	r.Report = Report{Scope: s, Rates: []Rate{}, Codes: []Code{}, Accounts: []Account{}, Late: []Late{}}
	c, ok, err := org.Setting(q, org.SettingBook)
	if err == nil && !ok {
		err = ErrNoBooks
	}
	if err != nil {
		return r.Report, err
	}
	r.Currency = money.Currency(c)
	for _, step := range []func() error{r.rates, r.moved, r.lines, r.late} {
		if err := step(); err != nil {
			return r.Report, err
		}
	}
	return r.Report, r.close()
}

type reading struct {
	Report
	q        db.Q
	s        Scope
	codes    map[string]*Code
	accounts map[string]*Account
}

func (r *reading) each(statement db.SQL, fn func(scan func(...any) error) error) error {
	rows, err := r.q.Query(statement, string(r.s.From), r.s.Until(), r.s.Store)
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

func (r *reading) code(code string) *Code {
	if r.codes[code] == nil {
		r.codes[code] = &Code{Code: code}
	}
	return r.codes[code]
}

// rates reads what the receipts say.
func (r *reading) rates() error {
	return r.each(selectRates, func(scan func(...any) error) (err error) {
		var t Rate
		if err := scan(&t.Jurisdiction, &t.Code, &t.Rate, &t.Base, &t.Tax); err != nil {
			return err
		}
		r.Rates = append(r.Rates, t)
		c := r.code(t.Code)
		c.Receipts, err = c.Receipts.Add(t.Tax)
		return err
	})
}

// moved reads what the tax accounts say.
func (r *reading) moved() error {
	return r.each(selectMoved, func(scan func(...any) error) error {
		var a Account
		err := scan(&a.Account, &a.Name, &a.Ledger)
		r.accounts[a.Account] = &a
		return err
	})
}

// lines reads how the one came into the other.
func (r *reading) lines() error {
	return r.each(selectLines, func(scan func(...any) error) error {
		var code, account, place string
		var suspended, sale int64
		var tax money.Minor
		if err := scan(&code, &account, &suspended, &sale, &place, &tax); err != nil {
			return err
		}
		return r.line(code, account, place, suspended == 1, sale == 1, tax)
	})
}

func (r *reading) line(code, account, place string, suspended, sale bool, tax money.Minor) (err error) {
	add := func(to *money.Minor) {
		if err == nil {
			*to, err = to.Add(tax)
		}
	}
	if sale {
		switch c := r.code(code); {
		case place == "out":
			add(&c.LateOut)
		case place == "in":
			add(&c.LateIn)
		}
	}
	if place == "out" {
		return err // not in this period's books
	}
	if sale && suspended {
		add(&r.code(code).Suspended)
	} else if sale {
		add(&r.code(code).Booked)
	}
	if a := r.accounts[account]; a != nil && sale {
		add(&a.Sales)
	} else if a != nil {
		add(&a.Other)
	}
	return err
}

// late lists the tax that counts in another period than it happened in.
func (r *reading) late() error {
	return r.each(selectLate, func(scan func(...any) error) error {
		if len(r.Late) == LateMost {
			r.LateMore++
			return nil
		}
		var l Late
		var place string
		err := scan(&l.Seq, &l.BusinessDay, &l.EffectiveDay, &l.Store, &l.Memo, &l.Code, &l.Tax, &place)
		l.In = place == "in"
		r.Late = append(r.Late, l)
		return err
	})
}

// close computes the differences and puts everything in order.
func (r *reading) close() (err error) {
	for _, code := range slices.Sorted(maps.Keys(r.codes)) {
		c := r.codes[code]
		if c.Difference, err = money.Sum(c.Receipts, -c.LateOut, c.LateIn, -c.Suspended, -c.Booked); err != nil {
			return err
		}
		r.Codes = append(r.Codes, *c)
	}
	for _, account := range slices.Sorted(maps.Keys(r.accounts)) {
		a := r.accounts[account]
		if a.Difference, err = money.Sum(a.Ledger, -a.Sales, -a.Other); err != nil {
			return err
		}
		r.Accounts = append(r.Accounts, *a)
	}
	slices.SortFunc(r.Rates, func(a, b Rate) int {
		return cmp.Or(cmp.Compare(a.Jurisdiction, b.Jurisdiction), cmp.Compare(a.Code, b.Code), cmp.Compare(a.Rate, b.Rate))
	})
	return nil
}
