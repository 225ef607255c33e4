package db

import (
	"context"
	"crypto/sha256"
	"database/sql"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"runtime"
	"strings"
)

// Made describes a backup that was written.
type Made struct {
	File   string `json:"file"`
	Engine Engine `json:"engine"`
	Bytes  int64  `json:"bytes"`
	SHA256 string `json:"sha256"` // of the file, 64 hexadecimal digits
}

// Backup writes what the database holds at one moment to a new file, while reading and writing go on.
// Everything that Write had answered before the call is in it, and no half of anything. A backup of
// SQLite is a SQLite file; a backup of PostgreSQL is an archive of pg_dump, which must be installed.
// The file appears under its name only when it is whole, read back and on disk; it is readable for its
// owner alone, since it holds everything. It is not overwritten when it exists. Its SHA-256 stands
// beside it in FILE.sha256, as sha256sum writes and checks it; Restore holds the backup against it.
func Backup(ctx context.Context, d *DB, file string) (Made, error) {
	made := Made{File: file, Engine: d.engine}
	if strings.TrimSpace(file) == "" {
		return made, ErrBackup.Because(errors.New("the file name is empty"))
	}
	if _, err := os.Lstat(file); err == nil {
		return made, ErrBackupThere.At(file)
	}
	temp, err := partFile(file)
	if err != nil {
		return made, ErrBackup.Because(err)
	}
	defer os.Remove(temp) // gone after the renaming
	if d.engine == Postgres {
		err = dumpPostgres(ctx, d.dsn, temp)
	} else {
		err = dumpSQLite(ctx, d.dsn, temp)
	}
	if err != nil {
		return made, asFault(err, ErrBackup)
	}
	if made.Bytes, made.SHA256, err = digest(temp); err != nil {
		return made, ErrBackup.Because(err)
	}
	if err := placeSum(file, made.SHA256); err != nil {
		return made, ErrBackup.Because(err)
	}
	if err := place(temp, file); err != nil {
		_ = os.Remove(file + sumSuffix)
		return made, ErrBackup.Because(err)
	}
	return made, nil
}

// dumpSQLite copies the snapshot of a read transaction page by page, without the free ones. The
// writer goes on meanwhile, into the write-ahead log.
func dumpSQLite(ctx context.Context, from, temp string) error {
	pool, err := sql.Open("sqlite", sqliteDSN(from, "busy_timeout(10000)"))
	if err != nil {
		return err
	}
	defer pool.Close()
	if _, err := pool.ExecContext(ctx, "VACUUM INTO $1", temp); err != nil {
		return classify(err)
	}
	return inspectSQLite(ctx, temp)
}

// inspectSQLite reads a whole SQLite file and refuses one that is damaged or not ours.
func inspectSQLite(ctx context.Context, file string) error {
	pool, err := sql.Open("sqlite", sqliteDSN(file)+"&mode=ro&immutable=1")
	if err != nil {
		return err
	}
	defer pool.Close()
	var answer string
	if err := pool.QueryRowContext(ctx, "PRAGMA integrity_check(1)").Scan(&answer); err != nil {
		return ErrBackupBad.Because(err)
	}
	if answer != "ok" {
		return ErrBackupBad.Because(errors.New(answer))
	}
	var version int64
	if err := pool.QueryRowContext(ctx, "SELECT max(version_id) FROM "+versionTable).Scan(&version); err != nil {
		return ErrBackupBad.Because(err)
	}
	return nil
}

// versionTable is where goose notes which migrations have run.
const versionTable = "goose_db_version"

// partFile makes an empty file beside the one that is to be, for its owner alone.
func partFile(file string) (string, error) {
	f, err := os.CreateTemp(filepath.Dir(file), "."+filepath.Base(file)+".part-*")
	if err != nil {
		return "", err
	}
	return f.Name(), f.Close()
}

// place gives a finished file its name and sees that both are on disk.
func place(temp, file string) error {
	f, err := os.OpenFile(temp, os.O_RDWR, 0)
	if err != nil {
		return err
	}
	if err := errors.Join(f.Sync(), f.Close()); err != nil {
		return err
	}
	if err := os.Rename(temp, file); err != nil {
		return err
	}
	return syncFolder(filepath.Dir(file))
}

// syncFolder makes a renaming durable, on the systems where folders can be synced.
func syncFolder(dir string) error {
	d, err := os.Open(dir)
	if err != nil {
		return err
	}
	defer d.Close()
	err = d.Sync()
	if runtime.GOOS == "windows" || errors.Is(err, errors.ErrUnsupported) || errors.Is(err, os.ErrInvalid) {
		return nil
	}
	return err
}

// digest is a file's length and SHA-256.
func digest(file string) (int64, string, error) {
	f, err := os.Open(file)
	if err != nil {
		return 0, "", err
	}
	defer f.Close()
	h := sha256.New()
	n, err := io.Copy(h, f)
	if err != nil {
		return 0, "", fmt.Errorf("read back: %w", err)
	}
	return n, hex.EncodeToString(h.Sum(nil)), nil
}

// engineOf tells which product an address belongs to.
func engineOf(dsn string) Engine {
	if strings.HasPrefix(dsn, "postgres://") || strings.HasPrefix(dsn, "postgresql://") {
		return Postgres
	}
	return SQLite
}
