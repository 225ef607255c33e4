package shifts_test

import (
	"context"
	"fmt"
	"math"
	"reflect"
	"testing"

	"pgregory.net/rapid"

	"github.com/tillpost/tillpost/internal/base/fault"
	"github.com/tillpost/tillpost/internal/base/id"
	"github.com/tillpost/tillpost/internal/base/money"
	"github.com/tillpost/tillpost/internal/domain/shifts"
	"github.com/tillpost/tillpost/internal/platform/db"
	"github.com/tillpost/tillpost/internal/platform/dbtest"
)

// What was counted is read back piece by piece, in currencies with and without decimals.
func TestCountsRoundTrip(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		n := 0
		rapid.Check(t, func(t *rapid.T) {
			n++
			s := shifts.Shift{ID: id.Derive(dbtest.Now, "count", fmt.Sprint(n)), Store: "S01", Register: fmt.Sprint("R", n), Drawer: fmt.Sprint("R", n), Day: "2026-03-14"}
			var want []shifts.Count
			for _, c := range []money.Currency{"GBP", "JPY", "KWD"} {
				pieces := rapid.SliceOfN(rapid.Custom(func(t *rapid.T) shifts.Piece {
					return shifts.Piece{Value: money.Minor(rapid.Int64Range(1, 100_000).Draw(t, "value")), Number: rapid.Int64Range(0, 1000).Draw(t, "number")}
				}), 0, 5).Draw(t, string(c))
				total, err := shifts.Sum(pieces)
				if err != nil {
					t.Fatal(err)
				}
				if len(pieces) == 0 {
					pieces = nil
				}
				want = append(want, shifts.Count{Shift: s.ID, Stage: shifts.AtClose, Currency: c, Expected: 7, Counted: total, Pieces: pieces, AtMs: dbtest.Now.UnixMilli()})
			}
			var got []shifts.Count
			err := d.Write(context.Background(), func(tx *db.Tx) error {
				x, fresh, err := shifts.Start(tx, s)
				if err != nil || !fresh {
					return fmt.Errorf("fresh %v, %w", fresh, err)
				}
				if x, err = shifts.RecordCounts(tx, x, want, 12); err != nil {
					return err
				}
				if again, err := shifts.Get(tx, s.ID); err != nil || again != x || x.State != shifts.Counted || x.LastSeq != 12 {
					return fmt.Errorf("stored %+v, %w", again, err)
				}
				got, err = shifts.Counts(tx, s.ID)
				return err
			})
			if err != nil || !reflect.DeepEqual(got, want) {
				t.Fatalf("%v, read %+v, wrote %+v", err, got, want)
			}
		})
	})
}

func TestSumLimits(t *testing.T) {
	t.Parallel()
	for code, pieces := range map[string][]shifts.Piece{
		"count_pieces":     {{Value: 0, Number: 1}},
		"number_too_large": {{Value: math.MaxInt64, Number: 2}},
	} {
		if _, err := shifts.Sum(pieces); fault.CodeOf(err) != code {
			t.Errorf("%+v answered %v", pieces, err)
		}
	}
	for _, pieces := range [][]shifts.Piece{make([]shifts.Piece, 65), {{Value: 1, Number: -1}}, {{Value: 1, Number: 10_000_001}}} {
		if _, err := shifts.Sum(pieces); fault.CodeOf(err) != "count_pieces" {
			t.Errorf("%d pieces answered %v", len(pieces), err)
		}
	}
	if n, err := shifts.Sum([]shifts.Piece{{Value: 2000, Number: 3}, {Value: 5, Number: 7}, {Value: 1, Number: 0}}); n != 6035 || err != nil {
		t.Errorf("sum %d, %v", n, err)
	}
}

// Every part of a seal counts for its hash.
func TestSealHash(t *testing.T) {
	t.Parallel()
	seal := shifts.Seal{Store: "S01", Day: "2026-03-14", Register: "R1", First: 1, Last: 9, Receipts: 8, Missing: 1, Gaps: []shifts.Gap{{First: 3, Last: 3}}, Total: 100, Z: 4}
	seen := map[[32]byte]string{seal.Sum(): "itself"}
	for name, change := range map[string]func(*shifts.Seal){
		"store":    func(s *shifts.Seal) { s.Store = "S02" },
		"day":      func(s *shifts.Seal) { s.Day = "2026-03-15" },
		"register": func(s *shifts.Seal) { s.Register = "R2" },
		"first":    func(s *shifts.Seal) { s.First = 2 },
		"last":     func(s *shifts.Seal) { s.Last = 10 },
		"receipts": func(s *shifts.Seal) { s.Receipts = 9 },
		"missing":  func(s *shifts.Seal) { s.Missing = 2 },
		"gaps":     func(s *shifts.Seal) { s.Gaps = []shifts.Gap{{First: 4, Last: 4}} },
		"total":    func(s *shifts.Seal) { s.Total = -100 },
		"hash":     func(s *shifts.Seal) { s.LastHash[0] = 1 },
		"time":     func(s *shifts.Seal) { s.ClosedMs = 1 },
		"number":   func(s *shifts.Seal) { s.Z = 5 },
		"sequence": func(s *shifts.Seal) { s.LastSeq = 1 },
		"shifts":   func(s *shifts.Seal) { s.OpenShifts = []id.ID{{1}} },
		"before":   func(s *shifts.Seal) { s.PrevHash[0] = 1 },
	} {
		x := seal
		change(&x)
		if other, ok := seen[x.Sum()]; ok {
			t.Errorf("%s has the hash of %s", name, other)
		}
		seen[x.Sum()] = name
	}
}
