package check

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/tillpost/tillpost/internal/base/money"
	"github.com/tillpost/tillpost/internal/domain/ledger"
	"github.com/tillpost/tillpost/internal/domain/shifts"
	"github.com/tillpost/tillpost/internal/platform/db"
)

// drawer is the account of a drawer in one currency.
type drawer struct {
	key, store, code string
	currency         money.Currency
	account          string
}

// drawerSuspense begins the key under which cash waits for a drawer that has no account yet.
const drawerSuspense = "account:drawer/"

// holder is an account, or a key in suspense, and a currency.
type holder struct {
	account  string
	currency money.Currency
}

// hold adds up what is in the drawers, in the currency of the cash itself.
func (w *walk) hold(e *ledger.Entry) {
	for i := range e.Lines {
		l := &e.Lines[i]
		account := l.Account
		if strings.HasPrefix(l.Unknown, drawerSuspense) {
			account = l.Unknown
		} else if !w.accounts.drawers[account] {
			continue
		}
		if l.Foreign.Currency != "" {
			w.held[holder{account, l.Foreign.Currency}] += l.Foreign.Minor
		} else {
			w.held[holder{account, w.result.Currency}] += l.Amount
		}
	}
}

func (d drawer) name() string { return fmt.Sprintf("drawer %s/%s, %s", d.store, d.code, d.currency) }

const (
	selectDrawers db.SQL = `SELECT key, account FROM account_roles WHERE role = 'drawer' AND key <> '' ORDER BY key`
	// The cash of receipts in a drawer: after a receipt, and those of a shift before it. A tender without
	// a drawer went into that of its register.
	cashSince db.SQL = `SELECT CAST(COALESCE(SUM(CASE WHEN t.foreign_currency = '' THEN t.amount ELSE t.foreign_amount END), 0) AS BIGINT)
		FROM receipts r JOIN receipt_tenders t ON t.receipt_seq = r.seq JOIN tender_types k ON k.code = t.type AND k.kind = 'cash'
		WHERE (r.seq > $1 OR r.shift = $2) AND r.store || '' = $3 AND CASE WHEN t.drawer = '' THEN r.register ELSE t.drawer END = $4
		AND CASE WHEN t.foreign_currency = '' THEN r.currency ELSE t.foreign_currency END = $5 AND r.kind IN ('sale', 'void')`
)

// compareDrawers sets the account of each drawer that had a shift against its documents: what was
// counted last, and all cash that moved since. Of a foreign currency it is the notes and coins that
// must agree; their value may be revalued.
func (w *walk) compareDrawers() error {
	if !w.wants(Drawers) {
		return nil
	}
	w.tell("drawers", 0, 1)
	var all []drawer
	err := w.rows(selectDrawers, func(scan scanner) error {
		var key string
		var d drawer
		err := scan(&key, &d.account)
		if p := strings.Split(key, "/"); len(p) == 3 {
			d.key, d.store, d.code, d.currency = key, p[0], p[1], money.Currency(p[2])
			all = append(all, d)
		}
		return err
	})
	if err != nil {
		return err
	}
	for _, d := range all {
		if err := w.compareDrawer(d); err != nil {
			return err
		}
	}
	return w.bags()
}

func (w *walk) compareDrawer(d drawer) error {
	want, ok, err := w.documentsOf(d)
	if err != nil || !ok {
		return err
	}
	got := w.held[holder{d.account, d.currency}] + w.held[holder{drawerSuspense + d.key, d.currency}]
	if want != got {
		w.report(Finding{Check: Drawers, Where: d.name(), Message: "the account " + d.account + " is not what the shifts and receipts say is in the drawer",
			Want: d.currency.Format(want), Got: d.currency.Format(got)})
	}
	return nil
}

// documentsOf is what they say is in a drawer now; false when it had no shift yet.
func (w *walk) documentsOf(d drawer) (money.Minor, bool, error) {
	s, held, err := shifts.Holder(w.q, d.store, d.code)
	if err != nil {
		return 0, false, err
	}
	if !held {
		if s, held, err = shifts.Before(w.q, d.store, d.code); err != nil || !held {
			return 0, false, err
		}
	}
	counts, err := shifts.Counts(w.q, s.ID)
	if err != nil {
		return 0, false, err
	}
	moves, err := shifts.Movements(w.q, s.ID)
	if err != nil {
		return 0, false, err
	}
	closed := s.State == shifts.Closed
	last, own, from := shifts.At(counts, shifts.AtOpen), s.ID[:], s.FirstSeq
	if closed {
		last, own, from = shifts.Final(counts), nil, s.SettledSeq
	}
	sum := last[d.currency].Counted
	for _, m := range moves { // the float is in the count at the opening, the skim goes after that at the end
		if m.Amount.Currency == d.currency && m.Kind != "float" && closed == (m.Kind == "skim") {
			sum += m.Amount.Minor
		}
	}
	var cash money.Minor
	err = w.q.QueryRow(cashSince, from, own, d.store, d.code, string(d.currency)).Scan(&cash)
	return sum + cash, true, err
}

const (
	bagsUnderWay db.SQL = `SELECT store, CAST(SUM(amount) AS BIGINT) FROM cash_deposits WHERE match_id IS NULL GROUP BY store`
	inTransit    db.SQL = `SELECT l.store, CAST(SUM(l.amount) AS BIGINT) FROM entries e JOIN entry_lines l ON l.entry_seq = e.seq
		WHERE e.kind = 'deposit' AND l.account IN (SELECT account FROM account_roles WHERE role = 'cash_in_transit') GROUP BY l.store`
)

// bags sets the bags that no statement has shown against the cash in transit.
func (w *walk) bags() error {
	sums := map[string]money.Minor{}
	for _, side := range []struct {
		query db.SQL
		sign  money.Minor
	}{{bagsUnderWay, 1}, {inTransit, -1}} {
		err := w.rows(side.query, func(scan scanner) error {
			var store string
			var amount money.Minor
			err := scan(&store, &amount)
			sums[store] += side.sign * amount
			return err
		})
		if err != nil {
			return err
		}
	}
	for _, store := range slices.Sorted(maps.Keys(sums)) {
		w.differ(Drawers, "bags on their way to the bank, "+orNone(store), "the bags and the cash in transit differ by", 0, sums[store])
	}
	return nil
}
