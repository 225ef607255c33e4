package shift

import (
	"maps"
	"slices"

	"github.com/tillpost/tillpost/internal/base/fixed"
	"github.com/tillpost/tillpost/internal/base/id"
	"github.com/tillpost/tillpost/internal/base/money"
	"github.com/tillpost/tillpost/internal/domain/shifts"
	"github.com/tillpost/tillpost/internal/flow/posting"
	"github.com/tillpost/tillpost/internal/platform/db"
)

// holding is cash of one currency: the amount, and its value in the book currency.
type holding struct{ own, book money.Minor }

func (h holding) plus(g holding) holding { return holding{h.own + g.own, h.book + g.book} }

// holdings are by currency.
type holdings map[money.Currency]holding

func (m holdings) add(c money.Currency, h holding) { m[c] = m[c].plus(h) }

// currencies are those of several holdings, sorted.
func currencies(all ...holdings) []money.Currency {
	seen := map[money.Currency]bool{}
	for _, m := range all {
		for c := range m {
			seen[c] = true
		}
	}
	return slices.Sorted(maps.Keys(seen))
}

// The cash that receipts put into a drawer. A tender without a drawer went into that of its register.
// The store is compared so that no index of stores is used: the receipts of a shift are few and lie
// together, those of a store are not.
const cashRows = `SELECT r.shift AS shift, CASE WHEN t.foreign_currency = '' THEN r.currency ELSE t.foreign_currency END AS currency,
		CASE WHEN t.foreign_currency IN ('', r.currency) THEN t.amount ELSE t.foreign_amount END AS own, t.amount AS book
	FROM receipts r
	JOIN receipt_tenders t ON t.receipt_seq = r.seq
	JOIN tender_types k ON k.code = t.type AND k.kind = 'cash'
	WHERE r.store || '' = $1 AND CASE WHEN t.drawer = '' THEN r.register ELSE t.drawer END = $2 AND r.kind IN ('sale', 'void')`

const (
	// selectTakings: what names the shift, and what names none and came while it had the drawer. What
	// came late from a day before was not put into the drawer now.
	selectTakings db.SQL = `SELECT currency, CAST(SUM(own) AS BIGINT), CAST(SUM(book) AS BIGINT) FROM (` +
		cashRows + ` AND r.shift = $3 AND r.seq <= $5
		UNION ALL ` +
		cashRows + ` AND r.shift IS NULL AND r.seq > $4 AND r.seq <= $5 AND r.business_day >= $6) x GROUP BY currency`
	// selectSince: all cash after a receipt, by shift.
	selectSince db.SQL = `SELECT shift, currency, CAST(SUM(own) AS BIGINT), CAST(SUM(book) AS BIGINT) FROM (` +
		cashRows + ` AND r.seq > $3) x GROUP BY shift, currency`
	// selectLate: cash that came while the shift had the drawer (after $3) and is not the shift's.
	selectLate db.SQL = `SELECT shift, currency, CAST(SUM(own) AS BIGINT), CAST(SUM(book) AS BIGINT) FROM (` +
		cashRows + ` AND r.seq > $3 AND NOT (r.seq <= $5 AND CASE WHEN r.shift IS NULL THEN r.business_day >= $6 ELSE r.shift = $4 END)) x
		GROUP BY shift, currency`
	selectBalance db.SQL = `SELECT CAST(COALESCE(SUM(debit - credit), 0) AS BIGINT) FROM account_days WHERE account = $1`
)

// takings is the cash that a shift's receipts put into its drawer.
func takings(q db.Q, s shifts.Shift) (holdings, error) {
	after, to := s.Range()
	rows, err := q.Query(selectTakings, s.Store, s.Drawer, s.ID[:], after, to, string(s.Day))
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	out := holdings{}
	for rows.Next() {
		var c money.Currency
		var h holding
		if err := rows.Scan(&c, &h.own, &h.book); err != nil {
			return nil, err
		}
		out.add(c, h)
	}
	return out, rows.Err()
}

// byShift reads cash by the shift that its receipts name; the zero id is for those that name none.
func byShift(q db.Q, query db.SQL, args ...any) (map[id.ID]holdings, error) {
	rows, err := q.Query(query, args...)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	out := map[id.ID]holdings{}
	for rows.Next() {
		var u id.ID
		var c money.Currency
		var h holding
		if err := rows.Scan(&u, &c, &h.own, &h.book); err != nil {
			return nil, err
		}
		if out[u] == nil {
			out[u] = holdings{}
		}
		out[u].add(c, h)
	}
	return out, rows.Err()
}

// Expected is what the documents say is in a shift's drawer: the float it was taken over with, the
// cash of its receipts and what else moved. For a counted shift that is up to its count.
func expected(q db.Q, s shifts.Shift) (holdings, error) {
	out, err := takings(q, s)
	if err != nil {
		return nil, err
	}
	counts, err := shifts.Counts(q, s.ID)
	if err != nil {
		return nil, err
	}
	for c, n := range shifts.At(counts, shifts.AtOpen) {
		out.add(c, holding{n.Counted, n.Book})
	}
	moves, err := shifts.Movements(q, s.ID)
	if err != nil {
		return nil, err
	}
	for _, m := range moves {
		if m.Kind != string(posting.CashFloat) && m.Kind != string(posting.CashSkim) { // these are in the counts
			out.add(m.Amount.Currency, holding{m.Amount.Minor, m.Book})
		}
	}
	return out, nil
}

// balance is what the ledger says a drawer holds, in the book currency.
func balance(q db.Q, books *posting.Books, store, drawer string, c money.Currency) (money.Minor, error) {
	account, ok := books.Roles.Find(posting.RoleDrawer, posting.DrawerKey(store, drawer, c))
	if !ok {
		return 0, nil
	}
	var n money.Minor
	err := q.QueryRow(selectBalance, account).Scan(&n)
	return n, err
}

// value is what an amount is worth in the book currency. What leaves (negative) leaves at the value at
// which the drawer's cash of this currency is carried, to the last unit when all of it goes. What
// comes is valued by the rate when one is given, else like what is there.
func value(a money.Amount, carried holding, rate money.Rate, book money.Currency) (money.Minor, error) {
	known := carried.own > 0 && carried.book > 0
	switch {
	case a.Currency == book || a.Minor == 0:
		return a.Minor, nil
	case rate < 0:
		return 0, ErrRate
	case known && (a.Minor < 0 || rate == 0):
		minor, err := fixed.MulDiv(int64(a.Minor), int64(carried.book), int64(carried.own), fixed.HalfUp)
		return money.Minor(minor), err
	case rate > 0:
		n, d := int64(rate), int64(money.OneRate)
		minor, err := fixed.MulDiv(int64(a.Minor), n, d, fixed.HalfUp)
		if shift := book.Digits() - a.Currency.Digits(); shift > 0 {
			minor, err = fixed.MulDiv(int64(a.Minor)*fixed.Pow10(shift), n, d, fixed.HalfUp)
		} else if shift < 0 {
			minor, err = fixed.MulDiv(int64(a.Minor), n, d*fixed.Pow10(-shift), fixed.HalfUp)
		}
		return money.Minor(minor), err
	}
	return 0, ErrNoRate.Named("currency", string(a.Currency))
}
