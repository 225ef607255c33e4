package closeday

import (
	"cmp"
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/tillpost/tillpost/internal/base/day"
	"github.com/tillpost/tillpost/internal/base/id"
	"github.com/tillpost/tillpost/internal/base/money"
	"github.com/tillpost/tillpost/internal/domain/org"
	"github.com/tillpost/tillpost/internal/domain/sales"
	"github.com/tillpost/tillpost/internal/domain/shifts"
	"github.com/tillpost/tillpost/internal/platform/db"
)

// Command closes a business day of a store.
type Command struct {
	Store string  `json:"store"`
	Day   day.Day `json:"business_day,omitempty"` // "" is the store's day of this moment
	// Force closes although shifts of the day are still open. They are named in the seal; their receipts
	// that come later are late.
	Force bool `json:"force,omitempty"`
}

// Closed is a closed day: the store's seal and one a register that had receipts.
type Closed struct {
	Store     shifts.Seal   `json:"store"`
	Registers []shifts.Seal `json:"registers"`
}

// Close seals a day. Closing it again gives the same answer and changes nothing. Missing receipt
// numbers do not keep a day open: each run of them is in the seal, and has had its task since a higher
// number arrived (flow/checkout).
func Close(ctx context.Context, d *db.DB, c Command) (Closed, error) {
	var out Closed
	err := d.Write(ctx, func(tx *db.Tx) (err error) {
		out, _, err = InTx(tx, c)
		return err
	})
	return out, err
}

// InTx is Close inside a transaction. Receipts that the same transaction recorded and that are not
// written yet would be missing in the seal: then it answers ErrCrowded. fresh is false for a day that was
// closed before.
func InTx(tx *db.Tx, c Command) (out Closed, fresh bool, err error) {
	shop, err := org.LoadShared(tx)
	if err != nil {
		return Closed{}, false, err
	}
	store, err := shop.Store(c.Store)
	if err != nil {
		return Closed{}, false, err
	}
	today := store.Rule().Of(tx.Now)
	if c.Day == "" {
		c.Day = today
	}
	if _, err := day.Parse(string(c.Day)); err != nil {
		return Closed{}, false, err
	}
	if c.Day > today {
		return Closed{}, false, ErrFuture.At(string(c.Day))
	}
	if out, err := Read(tx, c.Store, c.Day); answered(err) {
		return out, false, err
	}
	open, err := openShifts(tx, c)
	if err != nil {
		return Closed{}, false, err
	}
	last, err := lastReceipt(tx)
	if err != nil {
		return Closed{}, false, err
	}
	out, err = seal(tx, c, open, last)
	return out, true, err
}

// answered tells whether a reading gave the answer, good or bad: everything but "not closed".
func answered(err error) bool { return !errors.Is(err, ErrNotClosed) }

// Read gives a closed day as it was sealed, or ErrNotClosed.
func Read(q db.Q, store string, d day.Day) (Closed, error) {
	seals, err := shifts.Seals(q, store, d)
	if err != nil {
		return Closed{}, err
	}
	out := Closed{Registers: []shifts.Seal{}}
	for _, s := range seals {
		if s.Register == "" {
			out.Store = s
		} else {
			out.Registers = append(out.Registers, s)
		}
	}
	if out.Store.Z == 0 {
		return Closed{}, ErrNotClosed
	}
	return out, nil
}

// openShifts names the shifts in the way; they are refused unless the close is forced.
func openShifts(tx *db.Tx, c Command) ([]id.ID, error) {
	list, err := shifts.Unclosed(tx, c.Store, c.Day)
	if err != nil {
		return nil, err
	}
	var ids []id.ID
	var names []string
	for _, s := range list {
		ids = append(ids, s.ID)
		names = append(names, fmt.Sprintf("register %s, %s, %q", s.Register, s.Day, s.Employee))
	}
	if len(list) > 0 && !c.Force {
		return nil, ErrOpenShift.At(c.Store).Because(errors.New(strings.Join(names, "; ")))
	}
	return ids, nil
}

// lastReceipt is the last receipt that the seal can know.
func lastReceipt(tx *db.Tx) (int64, error) {
	next, err := tx.Next("receipts", 0)
	if err != nil {
		return 0, err
	}
	last, err := sales.Last(tx)
	if err == nil && next > last+1 {
		err = ErrCrowded
	}
	return last, err
}

func seal(tx *db.Tx, c Command, open []id.ID, last int64) (Closed, error) {
	list, err := registers(tx, c.Store, c.Day)
	if err != nil {
		return Closed{}, err
	}
	out := Closed{Registers: []shifts.Seal{}, Store: shifts.Seal{Store: c.Store, Day: c.Day, LastSeq: last, OpenShifts: open}}
	chain := sha256.New()
	for _, s := range list {
		s.LastSeq = last
		if err := findGaps(tx, &s); err != nil {
			return Closed{}, err
		}
		if s, err = shifts.PutSeal(tx, s); err != nil {
			return Closed{}, err
		}
		out.Registers = append(out.Registers, s)
		out.Store.Receipts += s.Receipts
		out.Store.Missing += s.Missing
		if out.Store.Total, err = out.Store.Total.Add(s.Total); err != nil {
			return Closed{}, err
		}
		chain.Write(s.Hash[:])
	}
	chain.Sum(out.Store.LastHash[:0])
	out.Store, err = shifts.PutSeal(tx, out.Store)
	return out, err
}

const (
	selectRegisters db.SQL = `SELECT register, MIN(number), MAX(number), COUNT(*),
		CAST(SUM(CASE WHEN kind IN ('sale', 'void') THEN total ELSE 0 END) AS BIGINT)
		FROM receipts WHERE business_day = $1 AND store = $2 GROUP BY register`
	selectHash db.SQL = `SELECT hash FROM receipts WHERE store = $1 AND register = $2 AND number = $3`
)

// registers sums the day's receipts by register.
func registers(tx *db.Tx, store string, d day.Day) ([]shifts.Seal, error) {
	rows, err := tx.Query(selectRegisters, string(d), store)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	var out []shifts.Seal
	for rows.Next() {
		s := shifts.Seal{Store: store, Day: d}
		var total int64
		if err := rows.Scan(&s.Register, &s.First, &s.Last, &s.Receipts, &total); err != nil {
			return nil, err
		}
		s.Total = money.Minor(total)
		out = append(out, s)
	}
	if err := errors.Join(rows.Err(), rows.Close()); err != nil {
		return nil, err
	}
	slices.SortFunc(out, func(a, b shifts.Seal) int { return cmp.Compare(a.Register, b.Register) })
	for i := range out {
		var hash []byte
		if err := tx.QueryRow(selectHash, store, out[i].Register, out[i].Last).Scan(&hash); err != nil {
			return nil, err
		}
		copy(out[i].LastHash[:], hash)
	}
	return out, nil
}
