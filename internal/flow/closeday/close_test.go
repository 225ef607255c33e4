package closeday_test

import (
	"context"
	"crypto/sha256"
	"fmt"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/tillpost/tillpost/internal/base/day"
	"github.com/tillpost/tillpost/internal/base/fault"
	"github.com/tillpost/tillpost/internal/base/id"
	"github.com/tillpost/tillpost/internal/domain/org"
	"github.com/tillpost/tillpost/internal/domain/receipt"
	"github.com/tillpost/tillpost/internal/domain/shifts"
	"github.com/tillpost/tillpost/internal/domain/tasks"
	"github.com/tillpost/tillpost/internal/domain/totals"
	"github.com/tillpost/tillpost/internal/flow/closeday"
	"github.com/tillpost/tillpost/internal/platform/db"
	"github.com/tillpost/tillpost/internal/platform/dbtest"
)

// receiptRows is the least that a receipt is to a close.
var receiptRows = db.Table{Name: "receipts", Columns: []string{"seq", "id", "kind", "store", "register", "number", "business_day", "device_ms", "server_ms",
	"hour", "currency", "prices_include", "tax_rounding", "total", "tax", "content", "prev_hash", "hash"}}

type shop struct {
	t   testing.TB
	d   *db.DB
	seq int64
}

func newShop(t testing.TB, d *db.DB) *shop {
	t.Helper()
	s := &shop{t: t, d: d}
	s.write(func(tx *db.Tx) error {
		if err := org.AddStore(tx, org.Store{Code: "S01", Name: "Night bar", Zone: "Europe/London", CutOver: 3 * time.Hour, TaxRounding: "rate"}); err != nil {
			return err
		}
		for _, code := range []string{"R1", "R2"} {
			if err := org.AddRegister(tx, org.Register{Store: "S01", Code: code, Name: code, Kind: org.Till}); err != nil {
				return err
			}
		}
		return nil
	})
	return s
}

func (s *shop) write(fn func(tx *db.Tx) error) {
	s.t.Helper()
	if err := s.d.Write(context.Background(), fn); err != nil {
		s.t.Fatal(err)
	}
}

// receipt records one receipt of 1.00 and returns its hash.
func (s *shop) receipt(tx *db.Tx, register, kind string, d day.Day, number int64) []byte {
	s.seq++
	u := id.Derive(dbtest.Now, register, fmt.Sprint(number))
	hash := sha256.Sum256(u[:])
	tx.Insert(&receiptRows, s.seq, u[:], kind, "S01", register, number, string(d), dbtest.Now.UnixMilli(), dbtest.Now.UnixMilli(), int64(12), "GBP", true, "rate",
		int64(100), int64(0), hash[:], hash[:], hash[:])
	if err := totals.Add(tx, &receipt.Receipt{Kind: receipt.Kind(kind), BusinessDay: d, Store: "S01", Register: register}, 12, 0); err != nil {
		s.t.Error(err)
	}
	return hash[:]
}

func (s *shop) numbers(register string, d day.Day, numbers ...int64) (last []byte) {
	s.t.Helper()
	seq := s.seq
	s.write(func(tx *db.Tx) error {
		s.seq = seq
		for _, n := range numbers {
			last = s.receipt(tx, register, "sale", d, n)
		}
		return nil
	})
	return last
}

func (s *shop) close(c closeday.Command) closeday.Closed {
	s.t.Helper()
	out, err := closeday.Close(context.Background(), s.d, c)
	if err != nil {
		s.t.Fatal(err)
	}
	return out
}

func (s *shop) openTasks() (keys []string) {
	s.t.Helper()
	err := s.d.Read(context.Background(), func(v *db.View) error {
		list, err := tasks.List(v, tasks.StateOpen)
		for _, t := range list {
			keys = append(keys, t.Key)
		}
		return err
	})
	if err != nil {
		s.t.Fatal(err)
	}
	return keys
}

const day14 = day.Day("2026-03-14")

// A close seals ranges, counts and hashes, reports what is missing, and gives the same answer again.
// A late receipt is listed and changes nothing that is sealed.
func TestClose(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		s := newShop(t, d)
		hash := s.numbers("R1", day14, 1, 2, 3, 5, 9)
		s.numbers("R2", day14, 1, 2)
		s.write(func(tx *db.Tx) error { s.receipt(tx, "R2", "training", day14, 3); return nil })
		c := closeday.Command{Store: "S01"}
		first := s.close(c)
		if first.Store.Day != day14 || first.Store.Receipts != 8 || first.Store.Total != 700 || first.Store.Missing != 4 || first.Store.Z != 1 || len(first.Registers) != 2 {
			t.Fatalf("closed %+v", first)
		}
		r1, r2 := first.Registers[0], first.Registers[1]
		if r1.First != 1 || r1.Last != 9 || r1.Receipts != 5 || r1.Missing != 4 || string(r1.LastHash[:]) != string(hash) ||
			!reflect.DeepEqual(r1.Gaps, []shifts.Gap{{First: 4, Last: 4}, {First: 6, Last: 8}}) {
			t.Errorf("R1 %+v", r1)
		}
		if r2.Last != 3 || r2.Receipts != 3 || r2.Total != 200 || r2.Missing != 0 {
			t.Errorf("R2 %+v", r2)
		}
		s.numbers("R1", day14, 7, 10)
		if again := s.close(c); !reflect.DeepEqual(again, first) {
			t.Errorf("closing again answered\n%+v, first\n%+v", again, first)
		}
		var late []closeday.LateReceipt
		err := d.Read(context.Background(), func(v *db.View) (err error) { late, err = closeday.Late(v, "S01", day14); return err })
		if err != nil || len(late) != 2 || late[0].Number != 7 || late[1].Number != 10 {
			t.Errorf("late %+v, %v", late, err)
		}
		// The next day begins after 10.
		s.numbers("R1", "2026-03-13", 11)
		next := s.close(closeday.Command{Store: "S01", Day: "2026-03-13"})
		if next.Registers[0].First != 11 || next.Store.Z != 2 || next.Store.PrevHash != first.Store.Hash {
			t.Errorf("next %+v", next)
		}
		if keys := s.openTasks(); len(keys) != 0 { // they are the business of the receipts that arrive
			t.Errorf("tasks %v", keys)
		}
	})
}

// The seals form a chain that proves itself, also after late receipts; a change of a seal or of what
// it seals is found.
func TestVerify(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		s := newShop(t, d)
		for i, x := range []day.Day{"2026-03-11", "2026-03-12", "2026-03-13", day14} {
			s.numbers("R1", x, int64(2*i+1), int64(2*i+2))
			s.numbers("R2", x, int64(i+1))
			s.close(closeday.Command{Store: "S01", Day: x})
		}
		s.numbers("R1", "2026-03-12", 9)
		findings := func() (out []closeday.Finding) {
			t.Helper()
			err := d.Read(context.Background(), func(v *db.View) (err error) { out, err = closeday.Verify(v); return err })
			if err != nil {
				t.Fatal(err)
			}
			return out
		}
		if f := findings(); len(f) != 0 {
			t.Fatalf("a sound shop has findings %+v", f)
		}
		for _, spoil := range []struct {
			change, undo db.SQL
			findings     int // the store's own seal counts too
		}{
			{`UPDATE receipts SET total = 101 WHERE register = 'R1' AND number = 3`, `UPDATE receipts SET total = 100 WHERE register = 'R1' AND number = 3`, 2},
			{`UPDATE receipts SET business_day = '2026-03-12' WHERE register = 'R1' AND number = 1`, `UPDATE receipts SET business_day = '2026-03-11' WHERE register = 'R1' AND number = 1`, 4},
			{`UPDATE day_closes SET total = 400 WHERE register = 'R1' AND z_number = 2`, `UPDATE day_closes SET total = 200 WHERE register = 'R1' AND z_number = 2`, 1},
			{`UPDATE day_closes SET z_number = 9 WHERE register = 'R1' AND z_number = 4`, `UPDATE day_closes SET z_number = 4 WHERE register = 'R1' AND z_number = 9`, 1},
		} {
			s.write(func(tx *db.Tx) error { _, err := tx.Exec(spoil.change); return err })
			if f := findings(); len(f) != spoil.findings {
				t.Errorf("%s: %+v", spoil.change, f)
			}
			s.write(func(tx *db.Tx) error { _, err := tx.Exec(spoil.undo); return err })
		}
		if f := findings(); len(f) != 0 {
			t.Errorf("findings remain: %+v", f)
		}
	})
}

// A forgotten day is closed the next morning, as the day that it is; a day to come is not.
func TestForgottenDay(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		s := newShop(t, d)
		s.numbers("R1", "2026-03-12", 1, 2)
		s.numbers("R1", "2026-03-13", 3)
		s.numbers("R1", day14, 4, 5)
		due := func() (out []day.Day) {
			err := d.Read(context.Background(), func(v *db.View) (err error) { out, err = closeday.Due(v, "S01", d.Now()); return err })
			if err != nil {
				t.Fatal(err)
			}
			return out
		}
		if got := due(); !reflect.DeepEqual(got, []day.Day{"2026-03-12", "2026-03-13"}) {
			t.Errorf("due %v", got)
		}
		if c := s.close(closeday.Command{Store: "S01", Day: "2026-03-13"}); c.Registers[0].First != 3 || c.Registers[0].Missing != 0 || c.Store.Receipts != 1 {
			t.Errorf("closed %+v", c)
		}
		if c := s.close(closeday.Command{Store: "S01", Day: "2026-03-12"}); c.Registers[0].Last != 2 || c.Registers[0].Missing != 0 {
			t.Errorf("closed %+v", c)
		}
		if got := due(); len(got) != 0 {
			t.Errorf("due %v", got)
		}
		if c := s.close(closeday.Command{Store: "S01", Day: "2026-03-10"}); c.Store.Receipts != 0 || len(c.Registers) != 0 {
			t.Errorf("a day without receipts %+v", c)
		}
		for code, c := range map[string]closeday.Command{
			"day_future":    {Store: "S01", Day: "2026-03-15"},
			"store_unknown": {Store: "S99"},
			"bad_date":      {Store: "S01", Day: "2026-3-1"},
		} {
			if _, err := closeday.Close(context.Background(), d, c); fault.CodeOf(err) != code {
				t.Errorf("%+v answered %v", c, err)
			}
		}
		err := d.Read(context.Background(), func(v *db.View) error { _, err := closeday.Late(v, "S01", day14); return err })
		if fault.CodeOf(err) != "day_not_closed" {
			t.Errorf("late receipts of an open day: %v", err)
		}
	})
}

// An open shift keeps its day open and is named; a forced close names it in the seal.
func TestOpenShift(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		s := newShop(t, d)
		s.numbers("R1", day14, 1)
		open := id.Derive(dbtest.Now, "shift", "1")
		s.write(func(tx *db.Tx) error {
			_, _, err := shifts.Start(tx, shifts.Shift{ID: open, Store: "S01", Register: "R1", Drawer: "R1", Employee: "E7", Day: "2026-03-13"})
			return err
		})
		c := closeday.Command{Store: "S01", Day: day14}
		_, err := closeday.Close(context.Background(), d, c)
		if fault.CodeOf(err) != "day_open_shift" || !strings.Contains(err.Error(), `register R1, 2026-03-13, "E7"`) {
			t.Fatalf("answered %v", err)
		}
		s.close(closeday.Command{Store: "S01", Day: "2026-03-12"}) // the shift is of a later day
		c.Force = true
		forced := s.close(c)
		if !reflect.DeepEqual(forced.Store.OpenShifts, []id.ID{open}) || forced.Store.Hash != forced.Store.Sum() {
			t.Errorf("forced %+v", forced.Store)
		}
		c.Force = false
		if again := s.close(c); !reflect.DeepEqual(again, forced) {
			t.Errorf("closing again answered %+v", again)
		}
	})
}

// TestFiveThousand: closing does nothing heavy.
func TestFiveThousand(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		s := newShop(t, d)
		const n = 5000
		s.write(func(tx *db.Tx) error {
			for i := range int64(n) {
				s.receipt(tx, []string{"R1", "R2"}[i%2], "sale", day14, i/2+1)
			}
			return nil
		})
		begin := time.Now()
		c := s.close(closeday.Command{Store: "S01"})
		took := time.Since(begin)
		t.Logf("%s: %d receipts closed in %s", d.Engine(), n, took.Round(100*time.Microsecond))
		if c.Store.Receipts != n || c.Store.Missing != 0 || took > time.Second {
			t.Errorf("closed %+v in %s", c.Store, took)
		}
	})
}
