package tasks

import (
	"errors"
	"slices"
	"strings"
	"testing"

	"github.com/tillpost/tillpost/internal/platform/db"
	"github.com/tillpost/tillpost/internal/platform/dbtest"
)

// TestWithdraw: what the group itself opened is gone as if it had never been met; what is written stays.
func TestWithdraw(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		long := Task{Kind: "k", Key: strings.Repeat("é", 300), Message: "long"}
		write(t, d, func(tx *db.Tx) error { return Open(tx, unknown("1")) })
		write(t, d, func(tx *db.Tx) error {
			gap := Task{Kind: "number_gap", Key: "gap", Message: "7 is missing"}
			if err := errors.Join(Open(tx, gap), Open(tx, gap), Open(tx, long)); err != nil {
				return err
			}
			for key, want := range map[string]bool{"gap": true, "tender:X": false, "never": false, long.Key: true} {
				if got, err := Withdraw(tx, key); got != want || err != nil {
					t.Errorf("%.10s: %t, %v", key, got, err)
				}
			}
			return nil
		})
		if got := list(t, d, StateOpen); len(got) != 1 || got[0].Key != "tender:X" || got[0].Count != 1 {
			t.Errorf("%+v", got)
		}
	})
}

// TestKeys: only open tasks of the kinds that were asked for, and no more than asked for.
func TestKeys(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		write(t, d, func(tx *db.Tx) error {
			return errors.Join(Open(tx, Task{Kind: "a", Key: "a:1", Message: "m"}), Open(tx, Task{Kind: "b", Key: "b:1", Message: "m"}),
				Open(tx, Task{Kind: "b", Key: "b:2", Message: "m"}), Open(tx, Task{Kind: "c", Key: "c:1", Message: "m"}))
		})
		write(t, d, func(tx *db.Tx) error {
			_, err := Resolve(tx, "b:2", "done")
			return err
		})
		for most, want := range map[int]int{10: 2, 1: 1} {
			write(t, d, func(tx *db.Tx) error {
				keys, err := Keys(tx, [3]string{"a", "b", "none"}, most)
				slices.Sort(keys)
				if len(keys) != want || most > 1 && !slices.Equal(keys, []string{"a:1", "b:1"}) {
					t.Errorf("most %d: %q", most, keys)
				}
				return err
			})
		}
	})
}
