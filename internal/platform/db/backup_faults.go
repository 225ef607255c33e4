package db

import "github.com/tillpost/tillpost/internal/base/fault"

// Faults of backup and restore.
var (
	ErrBackup      = fault.New(fault.Unavailable, "backup_failed", "the backup could not be made; nothing was left behind")
	ErrBackupThere = fault.New(fault.Conflict, "backup_exists", "there is already a file of that name: choose another")
	ErrBackupBad   = fault.New(fault.Invalid, "backup_damaged", "the file is not a backup of Tillpost, or it is damaged; nothing was changed")
	ErrBackupSum   = fault.New(fault.Invalid, "backup_changed", "the backup is not what was written: its SHA-256 differs from the one beside it; take another backup. Nothing was changed")
	ErrBackupOther = fault.New(fault.Invalid, "backup_other_engine", "the backup was made from the other database engine: restore it to a database of the same kind")
	ErrRestore     = fault.New(fault.Unavailable, "restore_failed", "the backup could not be restored; the database is as it was")
	ErrInUse       = fault.New(fault.Conflict, "database_in_use", "the database is open in another program: stop it first; nothing was changed")
	ErrNotEmpty    = fault.New(fault.Conflict, "database_not_empty", "there is already something in the database: restore elsewhere, or say that it is to be replaced; nothing was changed")
	ErrNoPgTools   = fault.New(fault.Unavailable, "postgres_tools_missing", "the programs pg_dump, pg_restore and psql are needed: install PostgreSQL's client programs (on Debian the package postgresql-client)")
)
