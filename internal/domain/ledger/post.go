package ledger

import (
	"cmp"
	"database/sql"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/tillpost/tillpost/internal/base/day"
	"github.com/tillpost/tillpost/internal/base/fixed"
	"github.com/tillpost/tillpost/internal/base/id"
	"github.com/tillpost/tillpost/internal/base/money"
	"github.com/tillpost/tillpost/internal/platform/db"
)

var entriesTable = db.Table{Name: "entries", Columns: []string{"seq", "id", "kind", "doc", "store", "register", "business_day",
	"effective_day", "posted_ms", "memo", "attachment", "reverses", "prev_hash", "hash"}}

var linesTable = db.Table{Name: "entry_lines", Columns: []string{"entry_seq", "line_no", "account", "amount", "store", "department",
	"tax_code", "tender", "party", "unknown", "foreign_currency", "foreign_amount"}}

var daysTable = db.Table{Name: "account_days", Columns: []string{"account", "day", "store", "debit", "credit"},
	Conflict: "ON CONFLICT (account, day, store) DO UPDATE SET debit = account_days.debit + excluded.debit, credit = account_days.credit + excluded.credit"}

var monthsTable = db.Table{Name: "account_months", Columns: []string{"month", "account", "debit", "credit"},
	Conflict: "ON CONFLICT (month, account) DO UPDATE SET debit = account_months.debit + excluded.debit, credit = account_months.credit + excluded.credit"}

var headsTable = db.Table{Name: "chain_heads", Columns: []string{"name", "number", "hash"},
	Conflict: "ON CONFLICT (name) DO UPDATE SET number = excluded.number, hash = excluded.hash"}

// chainName is the ledger's row in chain_heads.
const chainName = "ledger"

const (
	selectHead db.SQL = `SELECT number, hash FROM chain_heads WHERE name = $1`
	reversedBy db.SQL = `SELECT seq FROM entries WHERE reverses = $1`
)

// textMost bounds each text of an entry and its lines, in bytes: a memo is a sentence, not a document.
const textMost = 2000

// Post appends an entry. It sets Seq, EffectiveDay (unless the caller has set it to a later day),
// PostedMs and the hashes. It refuses an entry that does not balance, that names an account which
// does not exist, or that reverses what is reversed already. An entry of a document may have no lines:
// goods that are worth nothing move too, and their moves name it.
//
// When the business day is locked (LockedTo), the entry counts on the first open day after the lock
// and keeps its business day.
func Post(tx *db.Tx, e *Entry) error {
	g, err := open(tx)
	if err != nil {
		return err
	}
	if err := g.check(tx, e); err != nil {
		return err
	}
	if !e.Reverses.IsZero() {
		if err := g.reverseOnce(tx, e); err != nil {
			return err
		}
	}
	if e.EffectiveDay < e.BusinessDay {
		e.EffectiveDay = e.BusinessDay
	}
	if e.EffectiveDay, err = g.firstOpen(tx, e.EffectiveDay); err != nil {
		return err
	}
	if err := g.add(e); err != nil {
		return err
	}
	g.number++
	e.Seq = g.number
	e.PostedMs = tx.Now.UnixMilli()
	e.PrevHash = g.hash
	e.Hash, g.scratch = e.Sum256(g.scratch)
	g.hash = e.Hash
	collect(tx, e)
	return nil
}

// check refuses what must not be in the books.
func (g *group) check(q db.Q, e *Entry) error {
	if len(e.Lines) == 0 && e.Doc.IsZero() {
		return ErrEmpty
	}
	if e.ID.IsZero() {
		return ErrNoID
	}
	if err := g.checkDays(e); err != nil {
		return err
	}
	if !storable(e.Kind, e.Store, e.Register, e.Memo, e.Attachment) {
		return ErrText.At(e.Kind)
	}
	if err := g.meet(q, e.Lines); err != nil {
		return err
	}
	for i := range e.Lines {
		l := &e.Lines[i]
		is := g.accounts[l.Account]
		switch {
		case is.typ == "":
			return ErrUnknownAccount.Named("account", l.Account)
		case l.Amount == 0:
			return ErrZeroLine.Named("account", l.Account)
		case is.currency != "" && l.Foreign.Currency != "" && l.Foreign.Currency != is.currency:
			return ErrAccountCurrency.Named("account", l.Account)
		case !storable(l.Store, l.Department, l.TaxCode, l.Tender, l.Party, l.Unknown):
			return ErrText.At(l.Account)
		}
	}
	sum, err := e.Sum()
	if err != nil {
		return err
	}
	if sum != 0 {
		return ErrUnbalanced.Because(fmt.Errorf("%s entry %s is off by %d", e.Kind, e.ID, sum))
	}
	return nil
}

// checkDays looks at days only when they are others than those of the entry before.
func (g *group) checkDays(e *Entry) error {
	if e.BusinessDay == "" {
		return ErrNoBusinessDay
	}
	for _, d := range [...]day.Day{e.BusinessDay, e.EffectiveDay} {
		if d == g.goodDay || d == "" {
			continue
		}
		if _, err := day.Parse(string(d)); err != nil {
			return err
		}
		g.goodDay = d
	}
	return nil
}

// reverseOnce refuses a second reversal of the same entry, also within one group commit.
func (g *group) reverseOnce(tx *db.Tx, e *Entry) error {
	var seq int64
	err := tx.QueryRow(reversedBy, e.Reverses[:]).Scan(&seq)
	if err == nil || g.reversed[e.Reverses] {
		return ErrAlreadyReversed.Named("entry", e.Reverses.String())
	}
	if !errors.Is(err, sql.ErrNoRows) {
		return err
	}
	g.reversed[e.Reverses] = true
	return nil
}

// storable tells whether both engines can keep the texts: valid UTF-8 without NUL, of sane length.
func storable(texts ...string) bool {
	for _, s := range texts {
		if len(s) > textMost || !utf8.ValidString(s) || strings.IndexByte(s, 0) >= 0 {
			return false
		}
	}
	return true
}

// group is what the entries of one group commit share.
type group struct {
	*kept
	reversed map[id.ID]bool // by entries of this group
	days     map[dayKey]*dayTotal
	goodDay  day.Day
	scratch  []byte
}

// kept is what stays in memory from group to group: the end of the chain, and the accounts.
type kept struct {
	number   int64
	hash     [32]byte
	accounts map[string]known // those that were looked up, without type when there is none
	lockRead bool             // what follows was read
	locked   day.Day          // LockedTo
	open     day.Day          // the day after
}

type dayKey struct {
	account string
	day     day.Day
	store   string
}

func (a dayKey) compare(b dayKey) int {
	return cmp.Or(cmp.Compare(a.account, b.account), cmp.Compare(a.day, b.day), cmp.Compare(a.store, b.store))
}

type dayTotal struct{ debit, credit int64 }

// monthKey is a row of account_months: the days of a month at all stores.
type monthKey struct{ month, account string }

func (a monthKey) compare(b monthKey) int {
	return cmp.Or(cmp.Compare(a.month, b.month), cmp.Compare(a.account, b.account))
}

// months adds the days up. The totals of days are far from what would not fit.
func (g *group) months() map[monthKey]dayTotal {
	out := map[monthKey]dayTotal{}
	for k, t := range g.days {
		m := monthKey{k.day.Month(), k.account}
		x := out[m]
		out[m] = dayTotal{x.debit + t.debit, x.credit + t.credit}
	}
	return out
}

type (
	groupKey struct{}
	keptKey  struct{}
)

func open(tx *db.Tx) (*group, error) {
	return db.Shared(tx, groupKey{}, func() (*group, error) {
		k, err := db.Kept(tx, keptKey{}, func() (*kept, error) { return loadKept(tx) })
		if err != nil {
			return nil, err
		}
		g := newGroup()
		g.kept = k
		tx.OnFlush(func() error { g.save(tx); return nil })
		return g, nil
	})
}

func loadKept(q db.Q) (*kept, error) {
	k := newKept()
	var hash []byte
	err := q.QueryRow(selectHead, chainName).Scan(&k.number, &hash)
	if err != nil && !errors.Is(err, sql.ErrNoRows) {
		return nil, err
	}
	copy(k.hash[:], hash)
	return k, nil
}

func newKept() *kept { return &kept{accounts: map[string]known{}} }

func newGroup() *group {
	return &group{kept: newKept(), reversed: map[id.ID]bool{}, days: map[dayKey]*dayTotal{}}
}

func collect(tx *db.Tx, e *Entry) {
	tx.Insert(&entriesTable, e.Seq, e.ID[:], e.Kind, e.Doc, e.Store, e.Register, string(e.BusinessDay),
		string(e.EffectiveDay), e.PostedMs, e.Memo, e.Attachment, e.Reverses, e.PrevHash[:], e.Hash[:])
	for i := range e.Lines {
		l := &e.Lines[i]
		tx.Insert(&linesTable, e.Seq, int64(i+1), l.Account, int64(l.Amount), l.Store, l.Department,
			l.TaxCode, l.Tender, l.Party, l.Unknown, string(l.Foreign.Currency), int64(l.Foreign.Minor))
	}
}

// add brings the lines into the group's running totals.
func (g *group) add(e *Entry) (err error) {
	for i := range e.Lines {
		l := &e.Lines[i]
		k := dayKey{l.Account, e.EffectiveDay, l.Store}
		t := g.days[k]
		if t == nil {
			t = &dayTotal{}
			g.days[k] = t
		}
		if err = t.add(l.Amount); err != nil {
			return err
		}
	}
	return nil
}

func (t *dayTotal) add(a money.Minor) (err error) {
	if err := a.CheckRange(); err != nil {
		return err
	}
	if a > 0 {
		t.debit, err = fixed.Add(t.debit, int64(a))
	} else {
		t.credit, err = fixed.Add(t.credit, -int64(a))
	}
	return err
}

// save writes the head of the chain and the running totals, in key order.
func (g *group) save(tx *db.Tx) {
	hash := g.hash // the next group changes what is kept
	tx.Insert(&headsTable, chainName, g.number, hash[:])
	for _, k := range slices.SortedFunc(maps.Keys(g.days), dayKey.compare) {
		t := g.days[k]
		tx.Insert(&daysTable, k.account, string(k.day), k.store, t.debit, t.credit)
	}
	months := g.months()
	for _, k := range slices.SortedFunc(maps.Keys(months), monthKey.compare) {
		t := months[k]
		tx.Insert(&monthsTable, k.month, k.account, t.debit, t.credit)
	}
}

// Upcoming is the Seq that the next Post of this transaction gives, for rows that name their entry
// and are written before it.
func Upcoming(tx *db.Tx) (int64, error) {
	g, err := open(tx)
	if err != nil {
		return 0, err
	}
	return g.number + 1, nil
}
