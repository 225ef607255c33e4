package db

import (
	"context"
	"database/sql"
	"errors"
	"io"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/jackc/pgx/v5/pgconn"
	"modernc.org/sqlite"
	sqlite3 "modernc.org/sqlite/lib"

	"github.com/tillpost/tillpost/internal/base/fault"
)

// Restored describes what Restore did.
type Restored struct {
	Engine Engine `json:"engine"`
	// Kept is where the replaced SQLite file is now, "" when there was none. PostgreSQL keeps nothing.
	Kept string `json:"kept,omitempty"`
	// Verified tells that the backup was held against the digest beside it; false when there was none.
	Verified bool `json:"verified"`
}

// Restore makes the database dsn hold what the backup holds, brought up to the schema of this version.
// It is all or nothing. A database that has entries is only replaced when replace is set. A SQLite file
// that was there is kept beside the new one under another name, and must not be open anywhere;
// PostgreSQL's tables are replaced in one transaction, and what they held before is gone.
func Restore(ctx context.Context, file, dsn string, replace bool) (Restored, error) {
	out := Restored{Engine: engineOf(dsn)}
	made, err := backupEngine(file)
	if err != nil {
		return out, err
	}
	if made != out.Engine {
		return out, ErrBackupOther
	}
	if out.Verified, err = checkSum(file); err != nil {
		return out, err
	}
	if out.Engine == Postgres {
		return out, asFault(restorePostgres(ctx, file, dsn, replace), ErrRestore)
	}
	out.Kept, err = restoreSQLite(ctx, file, dsn, replace)
	return out, asFault(err, ErrRestore)
}

// asFault leaves faults as they are and makes everything else the cause of f.
func asFault(err error, f *fault.Error) error {
	var known *fault.Error
	if err == nil || errors.As(err, &known) {
		return err
	}
	return f.Because(err)
}

// backupEngine tells from its first bytes which engine a backup is of.
func backupEngine(file string) (Engine, error) {
	f, err := os.Open(file)
	if err != nil {
		return "", ErrBackupBad.Because(err)
	}
	defer f.Close()
	var head [16]byte
	n, err := io.ReadFull(f, head[:])
	if err != nil && !errors.Is(err, io.ErrUnexpectedEOF) && !errors.Is(err, io.EOF) {
		return "", ErrBackupBad.Because(err)
	}
	switch start := string(head[:n]); {
	case start == "SQLite format 3\x00":
		return SQLite, nil
	case strings.HasPrefix(start, "PGDMP"):
		return Postgres, nil
	}
	return "", ErrBackupBad.At(file)
}

// restoreSQLite prepares the new database beside the old one, complete and checked, and only then
// exchanges them.
func restoreSQLite(ctx context.Context, file, target string, replace bool) (kept string, err error) {
	exists, err := mayReplaceSQLite(ctx, target, replace)
	if err != nil {
		return "", err
	}
	temp, err := partFile(target)
	if err != nil {
		return "", err
	}
	defer removeSQLite(temp) // gone after the renaming
	if err := copyFile(file, temp); err != nil {
		return "", err
	}
	if err := inspectSQLite(ctx, temp); err != nil {
		return "", err
	}
	d, err := Open(ctx, temp)
	if err != nil {
		return "", err
	}
	if err := d.Close(); err != nil {
		return "", err
	}
	if err := soleUser(ctx, temp); err != nil {
		return "", err
	}
	if exists {
		if kept, err = putAside(ctx, target); err != nil {
			return "", err
		}
	}
	if err := place(temp, target); err != nil {
		if kept != "" {
			err = errors.Join(err, os.Rename(kept, target))
		}
		return "", err
	}
	return kept, nil
}

// mayReplaceSQLite tells whether there is a file to put aside, and refuses when it may not be replaced.
func mayReplaceSQLite(ctx context.Context, target string, replace bool) (bool, error) {
	info, err := os.Stat(target)
	if errors.Is(err, os.ErrNotExist) {
		return false, nil
	}
	if err != nil {
		return false, err
	}
	if info.IsDir() {
		return false, ErrRestore.Because(errors.New(target + " is a folder"))
	}
	if info.Size() == 0 || replace {
		return true, nil
	}
	pool, err := sql.Open("sqlite", sqliteDSN(target, "busy_timeout(10000)"))
	if err != nil {
		return true, err
	}
	defer pool.Close()
	var entries int64
	if err := pool.QueryRowContext(ctx, anyEntry).Scan(&entries); err != nil {
		return true, ErrNotEmpty.Because(err) // somebody else's file, or a damaged one
	}
	if entries > 0 {
		return true, ErrNotEmpty
	}
	return true, nil
}

// anyEntry counts to one: a database with an entry has books.
const anyEntry = `SELECT count(*) FROM (SELECT seq FROM entries LIMIT 1) AS first_entry`

// soleUser folds the write-ahead log into a SQLite file, which needs that nobody else has it open. A
// file that cannot be read has no users to wait for.
func soleUser(ctx context.Context, file string) error {
	pool, err := sql.Open("sqlite", sqliteDSN(file, "busy_timeout(0)"))
	if err != nil {
		return err
	}
	defer pool.Close()
	pool.SetMaxOpenConns(1)
	var mode string
	err = pool.QueryRowContext(ctx, "PRAGMA journal_mode(delete)").Scan(&mode)
	if err == nil && mode == "delete" {
		_, err = pool.ExecContext(ctx, "BEGIN EXCLUSIVE; ROLLBACK")
	}
	if s := (*sqlite.Error)(nil); errors.As(err, &s) {
		switch s.Code() & 0xff {
		case sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED:
			return ErrInUse.Because(err)
		case sqlite3.SQLITE_NOTADB, sqlite3.SQLITE_CORRUPT:
			return nil
		}
	}
	return err
}

// putAside renames a database file, and what a damaged one left of its log, out of the way.
func putAside(ctx context.Context, file string) (string, error) {
	if err := soleUser(ctx, file); err != nil {
		return "", err
	}
	info, err := os.Stat(file)
	if err != nil {
		return "", err
	}
	if info.Size() == 0 {
		return "", nil
	}
	kept := file + ".before-restore-" + time.Now().UTC().Format("20060102T150405.000Z")
	for _, part := range []string{"-wal", "-shm"} {
		if err := os.Rename(file+part, kept+part); err != nil && !errors.Is(err, os.ErrNotExist) {
			return "", err
		}
	}
	return kept, os.Rename(file, kept)
}

func removeSQLite(file string) {
	for _, part := range []string{"", "-wal", "-shm", "-journal"} {
		_ = os.Remove(file + part)
	}
}

// copyFile fills the existing file to.
func copyFile(from, to string) error {
	in, err := os.Open(filepath.Clean(from))
	if err != nil {
		return err
	}
	defer in.Close()
	out, err := os.OpenFile(to, os.O_WRONLY|os.O_TRUNC, 0o600)
	if err != nil {
		return err
	}
	_, err = io.Copy(out, in)
	return errors.Join(err, out.Close())
}

// mayReplacePostgres refuses when the database has entries and may not be replaced.
func mayReplacePostgres(ctx context.Context, dsn string, replace bool) error {
	pool, err := sql.Open("pgx", dsn)
	if err != nil {
		return ErrOpen.Because(err)
	}
	defer pool.Close()
	if err := pool.PingContext(ctx); err != nil {
		return ErrOpen.Because(err)
	}
	var entries int64
	err = pool.QueryRowContext(ctx, anyEntry).Scan(&entries)
	var pg *pgconn.PgError
	switch {
	case errors.As(err, &pg) && pg.Code == "42P01": // there is no such table yet
		return nil
	case err != nil:
		return err
	case entries > 0 && !replace:
		return ErrNotEmpty
	}
	return nil
}
