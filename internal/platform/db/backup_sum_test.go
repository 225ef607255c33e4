package db_test

import (
	"context"
	"os"
	"path/filepath"
	"testing"

	"github.com/tillpost/tillpost/internal/platform/db"
	"github.com/tillpost/tillpost/internal/platform/dbtest"
)

// One changed bit anywhere in a backup is found before anything is restored.
func TestRestoreRefusesAChangedBackup(t *testing.T) {
	t.Parallel()
	dbtest.EachDSN(t, func(t *testing.T, dsn string) {
		ctx := context.Background()
		d := dbtest.Open(t, dsn)
		post(t, d, 1)
		file := filepath.Join(t.TempDir(), "shop.backup")
		if _, err := db.Backup(ctx, d, file); err != nil {
			t.Fatal(err)
		}
		raw, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		raw[len(raw)-7] ^= 1
		if err := os.WriteFile(file, raw, 0o600); err != nil {
			t.Fatal(err)
		}
		empty := another(t, dsn)
		_, err = db.Restore(ctx, file, empty, false)
		wantFault(t, err, db.ErrBackupSum)
		raw[len(raw)-7] ^= 1
		if err := os.WriteFile(file, raw, 0o600); err != nil {
			t.Fatal(err)
		}
		if r, err := db.Restore(ctx, file, empty, false); err != nil || !r.Verified {
			t.Fatalf("%+v, %v", r, err)
		}
	})
}
