package db_test

import (
	"bytes"
	"context"
	"database/sql"
	"net/url"
	"os"
	"path/filepath"
	"strconv"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/tillpost/tillpost/internal/base/fault"
	"github.com/tillpost/tillpost/internal/platform/db"
	"github.com/tillpost/tillpost/internal/platform/dbtest"
)

const (
	readCounter db.SQL = `SELECT value FROM counters WHERE name = 'backup'`
	putEntry    db.SQL = `INSERT INTO entries (seq, id, kind, business_day, effective_day, posted_ms, prev_hash, hash)
		VALUES ($1, $2, 'sale', '2026-03-14', '2026-03-14', 0, $2, $2)`
	countEntries db.SQL = `SELECT count(*) FROM entries`
)

// wantFault fails unless err carries the fault's code.
func wantFault(t *testing.T, err error, f *fault.Error) {
	t.Helper()
	if fault.CodeOf(err) != f.Code {
		t.Fatalf("%v; want %s", err, f.Code)
	}
}

func number(t *testing.T, d *db.DB, q db.SQL) int64 {
	t.Helper()
	var n int64
	if err := d.Read(context.Background(), func(v *db.View) error { return v.QueryRow(q).Scan(&n) }); err != nil {
		t.Fatal(err)
	}
	return n
}

// post writes n entries, as books would.
func post(t *testing.T, d *db.DB, n int64) {
	t.Helper()
	err := d.Write(context.Background(), func(tx *db.Tx) error {
		for i := range n {
			if _, err := tx.Exec(putEntry, i+1, bytes.Repeat([]byte{byte(i)}, 16)); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}

// another is the address of a second database on the same engine, which does not exist (SQLite) or has
// no tables (PostgreSQL).
func another(t *testing.T, dsn string) string {
	t.Helper()
	u, err := url.Parse(dsn)
	if err != nil || u.Scheme == "" {
		return filepath.Join(t.TempDir(), "another.db")
	}
	admin, err := sql.Open("pgx", os.Getenv(dbtest.PostgresEnv))
	if err != nil {
		t.Fatal(err)
	}
	name := filepath.Base(u.Path) + "_2"
	if _, err := admin.Exec("CREATE DATABASE " + name); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		_, _ = admin.Exec("DROP DATABASE " + name + " WITH (FORCE)")
		_ = admin.Close()
	})
	u.Path = "/" + name
	return u.String()
}

// A backup taken while others write is of one moment: rows and counter agree, and everything that was
// answered before it began is in it.
func TestBackupWhileWriting(t *testing.T) {
	t.Parallel()
	dbtest.EachDSN(t, func(t *testing.T, dsn string) {
		d := dbtest.Open(t, dsn)
		ctx := context.Background()
		var answered atomic.Int64
		enough, stop := make(chan struct{}), make(chan struct{})
		var once sync.Once
		var wg sync.WaitGroup
		for range 4 {
			wg.Go(func() {
				for {
					select {
					case <-stop:
						return
					default:
					}
					if err := d.Write(ctx, numbered); err != nil {
						t.Error(err)
						return
					}
					if answered.Add(1) == 50 {
						once.Do(func() { close(enough) })
					}
				}
			})
		}
		<-enough
		before := answered.Load()
		file := filepath.Join(t.TempDir(), "backup")
		made, err := db.Backup(ctx, d, file)
		close(stop)
		wg.Wait()
		if err != nil {
			t.Fatal(err)
		}
		if made.Engine != d.Engine() || made.Bytes == 0 || len(made.SHA256) != 64 {
			t.Errorf("made %+v", made)
		}
		if info, err := os.Stat(file); err != nil || info.Mode().Perm() != 0o600 || info.Size() != made.Bytes {
			t.Errorf("the file is %v, %v", info, err)
		}
		to := another(t, dsn)
		if _, err := db.Restore(ctx, file, to, false); err != nil {
			t.Fatal(err)
		}
		r := dbtest.Open(t, to)
		rows, counter := number(t, r, countSettings), number(t, r, readCounter)
		if rows != counter || rows < before || rows > answered.Load() {
			t.Errorf("%d rows, counter %d, %d answered before", rows, counter, before)
		}
		if err := r.Write(ctx, numbered); err != nil {
			t.Errorf("the restored database cannot be written to: %v", err)
		}
	})
}

// numbered writes a row under the next number of a counter.
func numbered(tx *db.Tx) error {
	n, err := tx.Next("backup", 1)
	if err != nil {
		return err
	}
	_, err = tx.Exec(putSetting, "n"+strconv.FormatInt(n, 10), "x")
	return err
}

// Books are only replaced when that is said, and then all or nothing.
func TestRestoreReplacesOnlyWhenTold(t *testing.T) {
	t.Parallel()
	dbtest.EachDSN(t, func(t *testing.T, dsn string) {
		ctx := context.Background()
		d := dbtest.Open(t, dsn)
		post(t, d, 2)
		file := filepath.Join(t.TempDir(), "backup")
		if _, err := db.Backup(ctx, d, file); err != nil {
			t.Fatal(err)
		}
		_, err := db.Backup(ctx, d, file)
		wantFault(t, err, db.ErrBackupThere)

		to := another(t, dsn)
		other := dbtest.Open(t, to)
		post(t, other, 5)
		if err := other.Close(); err != nil {
			t.Fatal(err)
		}
		_, err = db.Restore(ctx, file, to, false)
		wantFault(t, err, db.ErrNotEmpty)
		if n := entriesAt(t, to); n != 5 {
			t.Fatalf("%d entries after a refused restore", n)
		}

		bad := filepath.Join(t.TempDir(), "bad")
		damage(t, file, bad)
		_, err = db.Restore(ctx, bad, to, true)
		wantFault(t, err, db.ErrBackupBad)
		if n := entriesAt(t, to); n != 5 {
			t.Fatalf("%d entries after a failed restore", n)
		}

		done, err := db.Restore(ctx, file, to, true)
		if err != nil {
			t.Fatal(err)
		}
		if n := entriesAt(t, to); n != 2 {
			t.Errorf("%d entries after the restore", n)
		}
		if done.Engine == db.SQLite {
			if n := entriesAt(t, done.Kept); n != 5 {
				t.Errorf("%d entries in what was put aside", n)
			}
		}
		// An empty database, migrated or not, may be restored into.
		if _, err := db.Restore(ctx, file, to, false); fault.CodeOf(err) != db.ErrNotEmpty.Code {
			t.Errorf("a second restore answered %v", err)
		}
	})
}

func entriesAt(t *testing.T, dsn string) int64 {
	t.Helper()
	d := dbtest.Open(t, dsn)
	n := number(t, d, countEntries)
	if err := d.Close(); err != nil {
		t.Fatal(err)
	}
	return n
}

// damage writes the first half of a file.
func damage(t *testing.T, from, to string) {
	t.Helper()
	b, err := os.ReadFile(from)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(to, b[:len(b)/2], 0o600); err != nil {
		t.Fatal(err)
	}
}

// A SQLite file that another program has open is not pulled away under it.
func TestRestoreNeedsTheFileAlone(t *testing.T) {
	t.Parallel()
	ctx := context.Background()
	d := dbtest.Open(t, dbtest.SQLite(t))
	file := filepath.Join(t.TempDir(), "backup")
	if _, err := db.Backup(ctx, d, file); err != nil {
		t.Fatal(err)
	}
	post(t, d, 3)
	_, err := db.Restore(ctx, file, d.DSN(), true)
	wantFault(t, err, db.ErrInUse)
	if n := number(t, d, countEntries); n != 3 {
		t.Errorf("%d entries", n)
	}
	left, err := os.ReadDir(filepath.Dir(d.DSN()))
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range left {
		switch f.Name() {
		case "tillpost.db", "tillpost.db-wal", "tillpost.db-shm":
		default:
			t.Errorf("%s was left behind", f.Name())
		}
	}
}

// Files that are not a whole backup of ours are refused, and nothing is made of them.
func TestRestoreRefusesOtherFiles(t *testing.T) {
	t.Parallel()
	ctx := context.Background()
	dir := t.TempDir()
	good := filepath.Join(dir, "good")
	if _, err := db.Backup(ctx, dbtest.Open(t, dbtest.SQLite(t)), good); err != nil {
		t.Fatal(err)
	}
	bytesOf, err := os.ReadFile(good)
	if err != nil {
		t.Fatal(err)
	}
	scrambled := bytes.Clone(bytesOf)
	for i := 4096; i < 8192; i++ {
		scrambled[i] ^= 0xff
	}
	foreign := filepath.Join(dir, "foreign")
	pool, err := sql.Open("sqlite", foreign)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := pool.Exec("CREATE TABLE recipes (name TEXT)"); err != nil {
		t.Fatal(err)
	}
	if err := pool.Close(); err != nil {
		t.Fatal(err)
	}
	foreignBytes, err := os.ReadFile(foreign)
	if err != nil {
		t.Fatal(err)
	}
	for name, c := range map[string]struct {
		content []byte
		fault   *fault.Error
	}{
		"empty":     {nil, db.ErrBackupBad},
		"text":      {[]byte("date,amount\n"), db.ErrBackupBad},
		"half":      {bytesOf[:len(bytesOf)/2], db.ErrBackupBad},
		"scrambled": {scrambled, db.ErrBackupBad},
		"foreign":   {foreignBytes, db.ErrBackupBad},
		"other":     {[]byte("PGDMP and so on"), db.ErrBackupOther},
	} {
		file := filepath.Join(t.TempDir(), name)
		if err := os.WriteFile(file, c.content, 0o600); err != nil {
			t.Fatal(err)
		}
		to := filepath.Join(t.TempDir(), "to.db")
		_, err := db.Restore(ctx, file, to, true)
		if fault.CodeOf(err) != c.fault.Code {
			t.Errorf("%s: %v; want %s", name, err, c.fault.Code)
		}
		if left, err := os.ReadDir(filepath.Dir(to)); err != nil || len(left) > 0 {
			t.Errorf("%s: %v left behind, %v", name, left, err)
		}
	}
}

// A backup of a newer version is not squeezed into this one.
func TestRestoreRefusesNewer(t *testing.T) {
	t.Parallel()
	dbtest.EachDSN(t, func(t *testing.T, dsn string) {
		ctx := context.Background()
		d := dbtest.Open(t, dsn)
		err := d.Write(ctx, func(tx *db.Tx) error {
			_, err := tx.Exec(`INSERT INTO goose_db_version (version_id, is_applied) VALUES (9999, TRUE)`)
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
		file := filepath.Join(t.TempDir(), "backup")
		if _, err := db.Backup(ctx, d, file); err != nil {
			t.Fatal(err)
		}
		_, err = db.Restore(ctx, file, another(t, dsn), false)
		wantFault(t, err, db.ErrNewer)
	})
}

// A backup that is given up leaves nothing behind.
func TestBackupGivenUp(t *testing.T) {
	t.Parallel()
	dbtest.EachDSN(t, func(t *testing.T, dsn string) {
		d := dbtest.Open(t, dsn)
		ctx, cancel := context.WithCancel(context.Background())
		cancel()
		dir := t.TempDir()
		_, err := db.Backup(ctx, d, filepath.Join(dir, "backup"))
		wantFault(t, err, db.ErrBackup)
		if left, err := os.ReadDir(dir); err != nil || len(left) > 0 {
			t.Errorf("%v left behind, %v", left, err)
		}
	})
}
