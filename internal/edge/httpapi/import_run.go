package httpapi

import (
	"context"
	"time"

	"github.com/tillpost/tillpost/internal/base/money"
	"github.com/tillpost/tillpost/internal/domain/org"
	"github.com/tillpost/tillpost/internal/domain/payments"
	"github.com/tillpost/tillpost/internal/hub/assess"
	"github.com/tillpost/tillpost/internal/hub/formats"
	"github.com/tillpost/tillpost/internal/hub/importer"
	"github.com/tillpost/tillpost/internal/hub/intake"
	"github.com/tillpost/tillpost/internal/platform/db"
)

// importJob is an import that this server works on, or has.
type importJob struct {
	job
	dry   bool
	store string
	info  formats.Info

	first, last *importer.Progress // the first one is what an earlier run had done: it says nothing of the pace
	result      importer.Result
}

// startImport takes a file and begins to import it.
func (c *Call) startImport(in *struct {
	Reading
	Register string `query:"register" default:"IMPORT" doc:"The register of documents that name none."`
	DryRun   bool   `query:"dry_run" doc:"Post everything, and undo it."`
	Strict   bool   `query:"strict" doc:"Send items and tax codes that are not known to suspense. Otherwise the file introduces them."`
	Settle   bool   `query:"settle" doc:"Of a processor's file: charges settle takings whose tender is not known, instead of explaining card receipts."`
	Cost     string `query:"cost" doc:"Provisional cost of items that the file introduces, in percent of their price: 60."`
}) (out ImportRun, err error) {
	if err := c.Who.NeedStore(""); err != nil { // a file may name any store
		return out, err
	}
	o := importer.Options{Register: in.Register, Strict: in.Strict, Settle: in.Settle, DryRun: in.DryRun}
	if in.Cost != "" {
		if o.Cost, err = money.ParsePercent(in.Cost); err != nil {
			return out, ErrParameter.At("query.cost")
		}
	}
	err = c.over("", func(_ *db.View, shop org.Shop) (err error) {
		o.Currency = shop.Book
		o.Formats, _, err = in.options(shop)
		return err
	})
	if err != nil {
		return out, err
	}
	o.Store = in.Store
	desk := &c.api.background.importing
	if err := desk.take(); err != nil { // before a large file travels for nothing
		return out, err
	}
	j, err := c.receive(in.called(), o)
	if err != nil {
		desk.leave()
		return out, err
	}
	return j.answer(), nil
}

// receive keeps the file and begins its import.
func (c *Call) receive(name string, o importer.Options) (*importJob, error) {
	u, err := c.upload(name)
	if err != nil {
		return nil, err
	}
	if o.Formats.Layout, err = u.read(o.Formats.Layout); err != nil {
		u.remove()
		return nil, err
	}
	j := &importJob{dry: o.DryRun, store: o.Store}
	o.Progress = j.tell
	f, err := importer.Open(c, c.DB(), u.path, o)
	if err != nil {
		u.remove()
		return nil, u.plain(err)
	}
	j.begin(f.Run)
	j.info = f.Info
	j.info.Files = base(j.info.Files)
	err = c.api.start(c, &j.job, func(ctx context.Context) error {
		defer c.api.background.importing.leave()
		defer u.remove()
		res, err := f.Import(ctx)
		j.mu.Lock()
		j.result = res
		j.mu.Unlock()
		return u.plain(err)
	})
	if err != nil {
		_ = f.Close()
		u.remove()
		return nil, err
	}
	c.api.background.importing.keep(j)
	return j, nil
}

// tell notes how far it is.
func (j *importJob) tell(p importer.Progress) {
	j.mu.Lock()
	defer j.mu.Unlock()
	if j.first == nil {
		j.first = &p
	}
	j.last = &p
}

// answer says how far it is, or what came of it.
func (j *importJob) answer() ImportRun {
	j.mu.Lock()
	defer j.mu.Unlock()
	out := ImportRun{ID: j.id, State: j.state, DryRun: j.dry, File: j.info.Files[0], Source: j.info.Source, Store: j.store, Layout: j.info.Layout, Notes: j.info.Notes,
		Started: j.began, Ended: j.ended, Problem: j.problem, Progress: &ImportProgress{Size: j.info.SizeBytes}}
	if p := j.last; p != nil {
		out.Counts, out.Progress = p.Counts, pace(j.first, p)
	}
	if j.state != stateRunning {
		out.Counts, out.Total, out.Already, out.Resumed = j.result.Counts, j.result.Total, j.result.Already, j.result.Resumed
	}
	return out
}

// pace is how fast an import goes since its first sign of life, and how long the rest takes.
func pace(first, last *importer.Progress) *ImportProgress {
	p := &ImportProgress{Bytes: last.Bytes, Size: last.Size}
	gone := (last.Elapsed - first.Elapsed).Milliseconds()
	if gone > 0 {
		p.RowsPerSecond = (last.Counts.Rows - first.Counts.Rows) * 1000 / gone
	}
	if read := last.Bytes - first.Bytes; gone >= 1000 && read > 0 && last.Bytes < last.Size {
		p.LeftMs = gone * ((last.Size - last.Bytes) / 1024) / max(1, read/1024) // in KiB: neither factor overflows
	}
	return p
}

// assessFile reviews a file that is sent.
func (c *Call) assessFile(in *Reading) (out assess.Report, err error) {
	if err := c.Who.NeedStore(""); err != nil {
		return out, err
	}
	var o formats.Options
	var tenders []string
	err = c.over("", func(v *db.View, shop org.Shop) error {
		if o, _, err = in.options(shop); err != nil {
			return err
		}
		list, err := payments.ListTenders(v)
		for _, t := range list {
			tenders = append(tenders, t.Code)
		}
		return err
	})
	if err != nil {
		return out, err
	}
	select {
	case c.api.background.assessing <- struct{}{}:
		defer func() { <-c.api.background.assessing }()
	default:
		return out, ErrBusy
	}
	u, err := c.upload(in.called())
	if err != nil {
		return out, err
	}
	defer u.remove()
	if o.Layout, err = u.read(o.Layout); err != nil {
		return out, err
	}
	r, info, err := formats.Open(u.path, o)
	if err != nil {
		return out, u.plain(err)
	}
	defer r.Close()
	info.Files = base(info.Files)
	out, err = assess.Assess(&waitedFor{r, c}, assess.Options{Info: info, Tenders: tenders, Now: time.Now(), Progress: func(int64, int64) { c.patience() }})
	out.Mask()
	out.Totals, out.Findings, out.Blockers = filled(out.Totals), filled(out.Findings), filled(out.Blockers)
	c.patience()
	return out, u.plain(err)
}

// waitedFor is a reader that ends when nobody waits for it any more.
type waitedFor struct {
	formats.Reader
	ctx context.Context
}

// Next is the next document, or why there is none.
func (r *waitedFor) Next() (intake.Document, error) {
	if err := r.ctx.Err(); err != nil {
		return intake.Document{}, err
	}
	return r.Reader.Next()
}
