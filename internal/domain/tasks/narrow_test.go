package tasks

import (
	"slices"
	"testing"

	"github.com/tillpost/tillpost/internal/platform/db"
	"github.com/tillpost/tillpost/internal/platform/dbtest"
)

func gap(key string) Task {
	return Task{Kind: "number_gap", Key: key, Store: "S01", Message: key + " is missing"}
}

// TestNarrow: what is left of a task keeps its age and its document, whether the task is written or was
// opened by the same group; nothing left is the end of it; what was decided is left alone.
func TestNarrow(t *testing.T) {
	t.Parallel()
	const older db.SQL = `UPDATE tasks SET opened_ms = 7`
	// What a group opens and narrows itself was never there.
	closed := map[string][]string{"written": {"2-4", "6-9", "8-9", "tender:X"}, "both": {"tender:X"}}
	for name, steps := range map[string][]func(tx *db.Tx) error{
		"written": {
			func(tx *db.Tx) error { return Open(tx, unknown("1")) },
			func(tx *db.Tx) error { _, err := tx.Exec(older); return err },
			narrow("tender:X", true, gap("2-4"), gap("6-9")),
			narrow("6-9", true, gap("6-6"), gap("8-9")),
			narrow("2-4", true, gap("2-3")),
			narrow("8-9", true),
		},
		"of the group": {
			func(tx *db.Tx) error {
				old := unknown("1")
				if err := Open(tx, old); err != nil {
					return err
				}
				for _, step := range []func(tx *db.Tx) error{narrow("tender:X", true, gap("2-4"), gap("6-9")), narrow("6-9", true, gap("6-6"), gap("8-9")),
					narrow("8-9", true), narrow("2-4", true, gap("2-3")), narrow("8-9", false, gap("9-9"))} {
					if err := step(tx); err != nil {
						return err
					}
				}
				return nil
			},
			func(tx *db.Tx) error { _, err := tx.Exec(older); return err },
		},
		"both": {
			func(tx *db.Tx) error { return Open(tx, unknown("1")) },
			func(tx *db.Tx) error { _, err := tx.Exec(older); return err },
			func(tx *db.Tx) error {
				if err := Open(tx, unknown("2")); err != nil {
					return err
				}
				if err := narrow("tender:X", true, gap("2-3"), gap("5-6"))(tx); err != nil {
					return err
				}
				return narrow("5-6", true, gap("6-6"))(tx)
			},
			narrow("4-4", false, gap("3-3")),
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			dbtest.Each(t, func(t *testing.T, d *db.DB) {
				for _, step := range steps {
					write(t, d, step)
				}
				var keys []string
				for _, x := range list(t, d, StateOpen) {
					keys = append(keys, x.Key)
					if x.OpenedMs != 7 || x.Doc != unknown("1").Doc || x.Store != "S01" || x.Kind != "unknown_tender" || x.Message != x.Key+" is missing" {
						t.Errorf("%+v", x)
					}
				}
				slices.Sort(keys)
				if !slices.Equal(keys, []string{"2-3", "6-6"}) {
					t.Errorf("open %v", keys)
				}
				var done []string
				for _, x := range list(t, d, StateDone) {
					done = append(done, x.Key)
					if x.Resolution != "it has come" || x.OpenedMs != 7 {
						t.Errorf("%+v", x)
					}
				}
				slices.Sort(done)
				if want := closed[name]; !slices.Equal(done, want) {
					t.Errorf("done %v, want %v", done, want)
				}
			})
		})
	}
}

func narrow(key string, want bool, left ...Task) func(tx *db.Tx) error {
	return func(tx *db.Tx) error {
		ok, err := Narrow(tx, key, left, "it has come")
		if err == nil && ok != want {
			err = ErrNotFound.At(key)
		}
		return err
	}
}
