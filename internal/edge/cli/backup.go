package cli

import (
	"errors"
	"fmt"
	"os"
	"time"

	"github.com/tillpost/tillpost/internal/platform/db"
)

type backupCmd struct {
	File string `arg:"" help:"Where to write the backup. It must not exist yet."`
}

// Run writes the backup.
func (c backupCmd) Run(e *env) error {
	d, _, err := e.existing()
	if err != nil {
		return err
	}
	defer d.Close()
	made, err := db.Backup(e.ctx, d, c.File)
	if err != nil {
		return err
	}
	e.say("Backed up to %s: %s bytes, SHA-256 %s", made.File, count(made.Bytes), made.SHA256)
	return nil
}

type restoreCmd struct {
	File    string `arg:"" help:"The backup."`
	Replace bool   `help:"Replace a database that has entries. A SQLite file that is replaced is kept beside the new one."`
}

// Run restores the backup and proves with a check that the books in it agree.
func (c restoreCmd) Run(e *env) error {
	began := time.Now()
	if _, err := os.Stat(c.File); err != nil {
		return err
	}
	r, err := db.Restore(e.ctx, c.File, e.dsn, c.Replace)
	if errors.Is(err, db.ErrNotEmpty) {
		return fmt.Errorf("%w (--replace)", err)
	}
	if err != nil {
		return err
	}
	if r.Kept != "" {
		e.say("The database that was here is kept as %s.", r.Kept)
	}
	d, shop, err := e.existing()
	if err != nil {
		return err
	}
	defer d.Close()
	res, err := runCheck(e, d, shop, nil)
	if err != nil {
		return err
	}
	e.say("Restored %s.", c.File)
	writeCheck(e, &res, time.Since(began))
	if !res.Sound() {
		return errFound
	}
	return nil
}
