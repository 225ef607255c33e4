package cli

import (
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/tillpost/tillpost/internal/domain/org"
	"github.com/tillpost/tillpost/internal/hub/formats/journals"
	"github.com/tillpost/tillpost/internal/platform/db"
)

type exportCmd struct {
	As     string `arg:"" name:"format" help:"hledger, ledger, beancount or csv." enum:"hledger,ledger,beancount,csv"`
	spread `embed:""`
	Output string `short:"o" help:"File to write; the standard output when left out." placeholder:"FILE"`
}

// Help is the text below the flags.
func (exportCmd) Help() string {
	return `Entries stand under the day on which they count. The books of any length are written with the same little memory.

  tillpost export hledger -o books.journal && hledger -f books.journal balance`
}

// Run streams the books.
func (c exportCmd) Run(e *env) error {
	s, err := c.scope()
	if err != nil {
		return err
	}
	return e.read(func(v *db.View, shop org.Shop) error {
		if err := known(shop, c.Store); err != nil {
			return err
		}
		if c.Output == "" {
			_, err := journals.Export(e.stdout, v, journals.Format(c.As), s)
			return err
		}
		var sum journals.Summary
		err := writeFile(c.Output, func(w io.Writer) (err error) {
			sum, err = journals.Export(w, v, journals.Format(c.As), s)
			return err
		})
		if err == nil {
			e.say("Wrote %s with %s to %s.", plural(sum.Entries, "entry", "entries"), plural(sum.Lines, "line", "lines"), c.Output)
		}
		return err
	})
}

// writeFile writes a file that appears under its name only when it is whole.
func writeFile(name string, write func(io.Writer) error) error {
	f, err := os.CreateTemp(filepath.Dir(name), "."+filepath.Base(name)+".part-*")
	if err != nil {
		return under(name, err)
	}
	defer os.Remove(f.Name()) // gone after the renaming
	if err := write(f); err != nil {
		_ = f.Close()
		return err
	}
	if err := f.Close(); err != nil {
		return err
	}
	if err := os.Chmod(f.Name(), exportMode); err != nil {
		return err
	}
	return under(name, os.Rename(f.Name(), name))
}

// under puts the name that was asked for into an error, in the place of the one that the file has until it
// is whole.
func under(name string, err error) error {
	var path *fs.PathError
	var link *os.LinkError
	switch {
	case errors.As(err, &path):
		return &fs.PathError{Op: path.Op, Path: name, Err: path.Err}
	case errors.As(err, &link):
		return &fs.PathError{Op: link.Op, Path: name, Err: link.Err}
	}
	return err
}

// exportMode is who may read an export: its owner, since it holds the books.
const exportMode = 0o600
