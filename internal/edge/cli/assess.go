package cli

import (
	"errors"
	"time"

	"github.com/tillpost/tillpost/internal/domain/org"
	"github.com/tillpost/tillpost/internal/domain/payments"
	"github.com/tillpost/tillpost/internal/hub/assess"
	"github.com/tillpost/tillpost/internal/hub/formats"
	"github.com/tillpost/tillpost/internal/hub/intake"
	"github.com/tillpost/tillpost/internal/platform/db"
)

type assessCmd struct {
	reading `embed:""`
	Format  string `help:"text or json." enum:"text,json" default:"text"`
}

// Help is the text below the flags.
func (assessCmd) Help() string {
	return `Nothing is written. Where the database already holds the shop, its tenders and its time zone count. It ends with 1
when something stands in the way of the import.`
}

// Run reviews the file; it exits with 1 when there are blockers.
func (c assessCmd) Run(e *env) error {
	o, err := c.options()
	if err != nil {
		return err
	}
	tenders, err := e.knownTenders(&o)
	if err != nil {
		return err
	}
	r, info, err := formats.Open(c.File, o)
	if err != nil {
		return err
	}
	defer r.Close()
	b := newBar(e.stderr)
	report, err := assess.Assess(&interruptible{r, e}, assess.Options{Info: info, Tenders: tenders, Now: time.Now(),
		Progress: func(done, size int64) { b.show(done, size, "reading") }})
	b.clear()
	if err != nil {
		return err
	}
	report.Mask()
	if c.Format == "json" {
		err = e.json(report)
	} else {
		err = report.WriteText(e.stdout)
	}
	if err == nil && len(report.Blockers) > 0 {
		return errFound
	}
	return err
}

// knownTenders are those of the shop, nil when there is none yet. The time zone of the only store
// becomes that of the file.
func (e *env) knownTenders(o *formats.Options) ([]string, error) {
	if !e.there() {
		return nil, nil
	}
	var codes []string
	err := e.read(func(v *db.View, shop org.Shop) error {
		list, err := payments.ListTenders(v)
		for _, t := range list {
			codes = append(codes, t.Code)
		}
		if code, only := onlyStore(shop); only && o.Zone == nil {
			o.Zone = shop.Stores[code].Rule().Zone
		}
		return err
	})
	if errors.Is(err, ErrNoShop) {
		return nil, nil
	}
	return codes, err
}

// interruptible is a reader that ends when the command is stopped.
type interruptible struct {
	formats.Reader
	e *env
}

// Next is the next document, or why there is none.
func (r *interruptible) Next() (intake.Document, error) {
	if err := r.e.ctx.Err(); err != nil {
		return intake.Document{}, err
	}
	return r.Reader.Next()
}
