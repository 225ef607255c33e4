package db

import (
	"errors"
	"strings"

	"github.com/jackc/pgx/v5/pgconn"
	"modernc.org/sqlite"
	sqlite3 "modernc.org/sqlite/lib"

	"github.com/tillpost/tillpost/internal/base/fault"
)

// Faults of this package; the codes are part of the API.
var (
	ErrOpen        = fault.New(fault.Unavailable, "database_not_opened", "the database could not be opened")
	ErrNewer       = fault.New(fault.Conflict, "database_newer", "the database was made by a newer version of Tillpost: use that version or a newer one")
	ErrClosed      = fault.New(fault.Unavailable, "database_closed", "the database is being closed; nothing was written")
	ErrUnavailable = fault.New(fault.Unavailable, "database_unavailable", "the database does not answer; nothing was written, try again")
	ErrFull        = fault.New(fault.Unavailable, "disk_full", "the disk is full; nothing was written: free some space and try again")
	ErrReadOnly    = fault.New(fault.Unavailable, "disk_read_only", "the database cannot be written to: check the file's and the folder's permissions")
	ErrPanic       = fault.New(fault.Internal, "write_panicked", "a mistake in the program stopped this change; nothing of it was written")
	ErrUnknown     = fault.New(fault.Unavailable, "write_outcome_unknown", "the connection broke while the change was being saved: it may have been saved or not; look before you enter it again")
	ErrBusy        = fault.New(fault.Unavailable, "database_busy", "another program holds the database; nothing was written, try again")
)

// classify gives the errors that a person can do something about their fault.
func classify(err error) error {
	if errors.Is(err, errLost) && !errors.Is(err, ErrUnknown) || errors.Is(err, errConnect) {
		return ErrUnavailable.Because(err)
	}
	var f *fault.Error
	if err == nil || errors.As(err, &f) {
		return err
	}
	var s *sqlite.Error
	if errors.As(err, &s) {
		switch s.Code() & 0xff {
		case sqlite3.SQLITE_FULL:
			return ErrFull.Because(err)
		case sqlite3.SQLITE_READONLY, sqlite3.SQLITE_CANTOPEN, sqlite3.SQLITE_PERM:
			return ErrReadOnly.Because(err)
		case sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED:
			return ErrBusy.Because(err)
		}
	}
	var pg *pgconn.PgError
	if errors.As(err, &pg) {
		switch {
		case pg.Code == "53100":
			return ErrFull.Because(err)
		case pg.Code == "25006":
			return ErrReadOnly.Because(err)
		case strings.HasPrefix(pg.Code, "08"), strings.HasPrefix(pg.Code, "57P"), strings.HasPrefix(pg.Code, "53"):
			return ErrUnavailable.Because(err)
		}
	}
	return err
}
