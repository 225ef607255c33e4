package shifts

import (
	"database/sql"
	"errors"
	"fmt"
	"math"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/tillpost/tillpost/internal/base/day"
	"github.com/tillpost/tillpost/internal/base/fault"
	"github.com/tillpost/tillpost/internal/base/id"
	"github.com/tillpost/tillpost/internal/base/money"
	"github.com/tillpost/tillpost/internal/base/pan"
	"github.com/tillpost/tillpost/internal/platform/db"
	"github.com/tillpost/tillpost/internal/platform/outbox"
)

// State is how far a shift has come.
type State string

// The states. Between Counted and Closed the counted cash is agreed on; nothing moves any more.
const (
	Open    State = "open"
	Counted State = "counted"
	Closed  State = "closed"
)

// Shift is one person's time with one drawer at one register, on one business day.
type Shift struct {
	ID        id.ID   `json:"id"`
	Store     string  `json:"store"`
	Register  string  `json:"register"`
	Drawer    string  `json:"drawer"`
	Employee  string  `json:"employee,omitempty"`
	Day       day.Day `json:"business_day"`
	OpenedMs  int64   `json:"opened_ms"`
	CountedMs int64   `json:"counted_ms,omitempty"`
	ClosedMs  int64   `json:"closed_ms,omitempty"`
	State     State   `json:"state"`
	Z         int64   `json:"z_number,omitempty"` // counts the register's closed shifts from 1 without a gap
	// FirstSeq and LastSeq are the last receipts (by sales' sequence) before it was opened and before it
	// was counted. Receipts that name no shift belong to it by this range, never by time.
	FirstSeq int64 `json:"first_seq"`
	LastSeq  int64 `json:"last_seq,omitempty"` // 0 until it is counted
	// SettledSeq is the last receipt before it was closed: cash of late receipts is booked up to here.
	SettledSeq int64 `json:"settled_seq,omitempty"`
}

// Range is FirstSeq and LastSeq, open-ended while receipts still come in.
func (s Shift) Range() (after, to int64) {
	if s.State == Open {
		return s.FirstSeq, math.MaxInt64
	}
	return s.FirstSeq, s.LastSeq
}

const shiftColumns = `id, store, register, drawer, employee, business_day, opened_ms, counted_ms, COALESCE(closed_ms, 0), state, z_number, first_seq, last_seq, settled_seq`

const (
	selectShift  db.SQL = `SELECT ` + shiftColumns + ` FROM shifts WHERE id = $1`
	selectActive db.SQL = `SELECT ` + shiftColumns + ` FROM shifts WHERE store = $1 AND register = $2 AND state <> 'closed'`
	selectHolder db.SQL = `SELECT ` + shiftColumns + ` FROM shifts WHERE store = $1 AND drawer = $2 AND state <> 'closed'`
	selectBefore db.SQL = `SELECT ` + shiftColumns + ` FROM shifts WHERE store = $1 AND drawer = $2 AND state = 'closed'
		ORDER BY number DESC LIMIT 1`
	selectPrevious db.SQL = `SELECT ` + shiftColumns + ` FROM shifts WHERE store = $1 AND drawer = $2 AND
		number < (SELECT number FROM shifts WHERE id = $3) ORDER BY number DESC LIMIT 1`
	selectUnclosed db.SQL = `SELECT ` + shiftColumns + ` FROM shifts WHERE store = $1 AND business_day <= $2 AND state <> 'closed'
		ORDER BY business_day, register`
	selectDay db.SQL = `SELECT ` + shiftColumns + ` FROM shifts WHERE store = $1 AND business_day = $2 ORDER BY register, number`
	insertRow db.SQL = `INSERT INTO shifts (id, store, register, drawer, employee, business_day, opened_ms, first_seq, number) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)`
	markRow   db.SQL = `UPDATE shifts SET state = 'counted', counted_ms = $2, last_seq = $3 WHERE id = $1`
	closeRow  db.SQL = `UPDATE shifts SET state = 'closed', closed_ms = $2, z_number = $3, settled_seq = $4 WHERE id = $1`
)

type scanner interface{ Scan(dest ...any) error }

func scan(row scanner) (Shift, error) {
	var s Shift
	err := row.Scan(&s.ID, &s.Store, &s.Register, &s.Drawer, &s.Employee, &s.Day, &s.OpenedMs, &s.CountedMs, &s.ClosedMs, &s.State,
		&s.Z, &s.FirstSeq, &s.LastSeq, &s.SettledSeq)
	return s, err
}

// one reads at most one shift; ok is false when there is none.
func one(row scanner) (s Shift, ok bool, err error) {
	s, err = scan(row)
	if errors.Is(err, sql.ErrNoRows) {
		return Shift{}, false, nil
	}
	return s, err == nil, err
}

func many(q db.Q, query db.SQL, args ...any) ([]Shift, error) {
	rows, err := q.Query(query, args...)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	var out []Shift
	for rows.Next() {
		s, err := scan(rows)
		if err != nil {
			return nil, err
		}
		out = append(out, s)
	}
	return out, rows.Err()
}

// Get reads a shift, or ErrNotFound.
func Get(q db.Q, u id.ID) (Shift, error) {
	s, ok, err := one(q.QueryRow(selectShift, u[:]))
	if err == nil && !ok {
		return Shift{}, ErrNotFound.Named("shift", u.String())
	}
	return s, err
}

// Active reads the shift that is not closed yet at a register.
func Active(q db.Q, store, register string) (s Shift, ok bool, err error) {
	return one(q.QueryRow(selectActive, store, register))
}

// Before reads the last closed shift of a drawer: the holder before.
func Before(q db.Q, store, drawer string) (s Shift, ok bool, err error) {
	return one(q.QueryRow(selectBefore, store, drawer))
}

// Unclosed lists the shifts of a store up to a day that are not closed.
func Unclosed(q db.Q, store string, to day.Day) ([]Shift, error) {
	return many(q, selectUnclosed, store, string(to))
}

// OfDay lists the shifts of a store's business day by register.
func OfDay(q db.Q, store string, d day.Day) ([]Shift, error) {
	return many(q, selectDay, store, string(d))
}

// Start records that a shift began. It returns false when the same shift was recorded before. A
// register and a drawer have one open shift at a time.
func Start(tx *db.Tx, s Shift) (Shift, bool, error) {
	if s.ID.IsZero() {
		return Shift{}, false, ErrNoID
	}
	if err := checkText(s.Employee); err != nil {
		return Shift{}, false, err
	}
	was, ok, err := one(tx.QueryRow(selectShift, s.ID[:]))
	if err != nil {
		return Shift{}, false, err
	}
	if ok {
		if was.Store != s.Store || was.Register != s.Register || was.Drawer != s.Drawer || was.Employee != s.Employee {
			return Shift{}, false, ErrOtherContent.At("id")
		}
		return was, false, nil
	}
	if b, ok, err := Active(tx, s.Store, s.Register); err != nil || ok {
		return Shift{}, false, busy(ErrRegisterBusy.At("register"), b, err)
	}
	if b, ok, err := one(tx.QueryRow(selectHolder, s.Store, s.Drawer)); err != nil || ok {
		return Shift{}, false, busy(ErrDrawerBusy.At("drawer"), b, err)
	}
	s.OpenedMs, s.State = tx.Now.UnixMilli(), Open
	number, err := tx.Next("shifts", 1)
	if err != nil {
		return Shift{}, false, err
	}
	_, err = tx.Exec(insertRow, s.ID[:], s.Store, s.Register, s.Drawer, s.Employee, string(s.Day), s.OpenedMs, s.FirstSeq, number)
	if err != nil {
		return s, false, err
	}
	return s, true, outbox.Add(tx, outbox.ShiftOpened, s.ID.String(), s.Store)
}

// textMost bounds reasons, references and codes of people.
const textMost = 200

func checkText(texts ...string) error {
	for _, s := range texts {
		if !utf8.ValidString(s) || utf8.RuneCountInString(s) > textMost || strings.ContainsFunc(s, unicode.IsControl) || pan.Found(s) {
			return ErrText
		}
	}
	return nil
}

// CheckAmount refuses what cannot be an amount of cash in a shop: nothing, less, or absurdly much.
func CheckAmount(a money.Amount) error {
	if _, err := money.ParseCurrency(string(a.Currency)); err != nil {
		return err
	}
	if a.Minor <= 0 || a.Minor.CheckRange() != nil {
		return ErrAmount
	}
	return nil
}

// busy says which shift is in the way.
func busy(refusal *fault.Error, s Shift, err error) error {
	if err != nil {
		return err
	}
	return refusal.Because(fmt.Errorf("shift %s of %s, opened by %q", s.ID, s.Day, s.Employee))
}

// Find is Get without the fault: ok is false when there is no such shift.
func Find(q db.Q, u id.ID) (s Shift, ok bool, err error) {
	return one(q.QueryRow(selectShift, u[:]))
}

// Previous reads the shift that had the same drawer before s.
func Previous(q db.Q, s Shift) (before Shift, ok bool, err error) {
	return one(q.QueryRow(selectPrevious, s.Store, s.Drawer, s.ID[:]))
}

// Holder reads the shift that has a drawer now: open, or counted and not closed yet.
func Holder(q db.Q, store, drawer string) (s Shift, ok bool, err error) {
	return one(q.QueryRow(selectHolder, store, drawer))
}
