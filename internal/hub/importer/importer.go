// Package importer brings the documents of outside systems into the books: streaming, resumable after
// a kill, and idempotent, so that the same file twice changes nothing.
package importer

import (
	"context"
	"crypto/sha256"
	"errors"
	"io"
	"os"
	"path/filepath"
	"time"

	"golang.org/x/sync/errgroup"

	"github.com/tillpost/tillpost/internal/base/id"
	"github.com/tillpost/tillpost/internal/base/money"
	"github.com/tillpost/tillpost/internal/domain/receipt"
	"github.com/tillpost/tillpost/internal/hub/formats"
	"github.com/tillpost/tillpost/internal/hub/intake"
	"github.com/tillpost/tillpost/internal/platform/db"
)

// Options say how a file is read and where its documents belong.
type Options struct {
	Formats  formats.Options
	Store    string // code of a store that exists
	Register string // register for documents that name none; added when it is missing
	Currency money.Currency
	// Strict sends items and tax codes that are not known to suspense, as a till's would be. Otherwise
	// the file introduces them.
	Strict bool
	// Cost is the provisional unit cost of items that the file introduces, as a share of their first
	// price; zero when nothing is known of costs.
	Cost     money.Rate
	// Settle books a processor's charges against takings whose tender nobody knows; see
	// posting.ChargesSettle. Otherwise they only explain the tenders of the receipts.
	Settle   bool
	DryRun   bool
	Progress func(Progress)
}

// Progress is how far a run is.
type Progress struct {
	Bytes, Size int64 // of the source as it lies on disk
	Counts      Counts
	Elapsed     time.Duration
}

// Counts are what a run has settled. Every row of the file is in exactly one of the documents.
type Counts struct {
	Documents   int64 `json:"documents"`
	Rows        int64 `json:"rows"`
	Receipts    int64 `json:"receipts"` // recorded now
	Lines       int64 `json:"lines"`
	Adjustments int64 `json:"adjustments"`
	Movements   int64 `json:"movements"`
	Controls    int64 `json:"controls"`    // happened, post nothing
	Repeated    int64 `json:"repeated"`    // were recorded before
	Quarantined int64 `json:"quarantined"` // could not be understood
	Unexplained int64 `json:"unexplained"` // recorded, but what was paid differs from the total
}

// Result is the outcome of a run.
type Result struct {
	Run     id.ID          `json:"run"`
	Info    formats.Info   `json:"info"`
	Counts  Counts         `json:"counts"`
	Already bool           `json:"already,omitempty"` // the same file was imported before: nothing was done
	Resumed int64          `json:"resumed,omitempty"` // documents that an earlier, killed run had settled
	Elapsed time.Duration  `json:"elapsed_ns"`
	Total   money.Minor    `json:"total"` // of the receipts recorded now
	Currency money.Currency `json:"currency"`
}

const (
	// batchLines bounds how many receipt lines one transaction takes: enough that the disk is not
	// waited for often, little enough that memory stays small and a kill loses little work.
	batchLines = 16_000
	// batchDocuments bounds the same for documents with few lines.
	batchDocuments = 1_000
	// progressEvery is how often progress is told.
	progressEvery = 200 * time.Millisecond
)

// Run imports a file. It can be stopped and run again: it goes on where it was.
func Run(ctx context.Context, d *db.DB, path string, o Options) (Result, error) {
	began := time.Now()
	hash, err := hashFile(path)
	if err != nil {
		return Result{}, err
	}
	reader, info, err := formats.Open(path, o.Formats)
	if err != nil {
		return Result{}, err
	}
	defer reader.Close()
	if info.Currency != "" && o.Currency != "" && info.Currency != o.Currency {
		return Result{}, ErrCurrency.Because(errors.New("the file is in " + string(info.Currency) + ", the books are in " + string(o.Currency)))
	}
	r := &run{d: d, o: o, info: info, began: began, source: info.Source, introduced: map[string]bool{}, taxes: map[string]bool{}}
	r.id = id.Derive(time.Unix(0, 0), "import", string(hash[:])+"\x00"+info.Source+"\x00"+o.Store)
	res := Result{Run: r.id, Info: info, Currency: o.Currency}
	if !o.DryRun {
		state, done, err := r.start(ctx, filepath.Base(path), hash[:])
		if err != nil {
			return res, err
		}
		if state == "done" {
			res.Already, res.Elapsed = true, time.Since(began)
			return res, nil
		}
		res.Resumed, r.skip = done, done
	}
	err = r.pump(ctx, reader)
	res.Counts, res.Total, res.Elapsed = r.counts, r.total, time.Since(began)
	return res, err
}

// run is one import at work.
type run struct {
	d          *db.DB
	o          Options
	info       formats.Info
	id         id.ID
	source     string
	began      time.Time
	told       time.Time
	skip       int64 // documents that were settled by an earlier run
	counts     Counts
	total      money.Minor
	introduced map[string]bool // items that are certainly in the catalogue
	taxes      map[string]bool // tax codes that certainly have an account
}

// batch is what one transaction takes.
type batch struct {
	docs   []intake.Document
	lines  int
	offset int64
}

// pump reads and writes at the same time: while one batch is being written, the next is read.
func (r *run) pump(ctx context.Context, reader intake.Reader) error {
	batches := make(chan *batch, 1)
	g, ctx := errgroup.WithContext(ctx)
	g.Go(func() error {
		defer close(batches)
		return r.read(ctx, reader, batches)
	})
	g.Go(func() error {
		for b := range batches {
			if err := r.settle(ctx, b); err != nil {
				return err
			}
			r.tell(b.offset, false)
		}
		if err := ctx.Err(); err != nil {
			return err
		}
		return nil
	})
	if err := g.Wait(); err != nil {
		return err
	}
	if r.o.DryRun {
		return nil
	}
	return r.finish(context.WithoutCancel(ctx))
}

// read gathers documents into batches and validates receipts, so that the writer need not.
func (r *run) read(ctx context.Context, reader intake.Reader, batches chan<- *batch) error {
	b := &batch{}
	send := func() error {
		b.offset = reader.Offset()
		select {
		case batches <- b:
			b = &batch{}
			return nil
		case <-ctx.Done():
			return ctx.Err()
		}
	}
	for n := int64(0); ; n++ {
		doc, err := reader.Next()
		if errors.Is(err, io.EOF) {
			if len(b.docs) > 0 {
				return send()
			}
			return nil
		}
		if err != nil {
			return err
		}
		if n < r.skip {
			continue
		}
		r.prepare(&doc)
		b.docs = append(b.docs, doc)
		b.lines++
		if doc.Receipt != nil {
			b.lines += len(doc.Receipt.Lines)
		}
		if b.lines >= batchLines || len(b.docs) >= batchDocuments {
			if err := send(); err != nil {
				return err
			}
		}
	}
}

// prepare gives the document its place in the shop and checks it. What cannot be recorded becomes
// Rejected.
func (r *run) prepare(doc *intake.Document) {
	rc := doc.Receipt
	if rc == nil {
		return
	}
	if rc.Store == "" || rc.Store != r.o.Store {
		rc.Store = r.o.Store
	}
	if rc.Register == "" {
		rc.Register = r.o.Register
	}
	rc.Number = 0
	if err := receipt.ValidateImport(*rc, doc.Unexplained, r.d.Now()); err != nil {
		reject(doc, err)
	}
}

func (r *run) tell(offset int64, force bool) {
	if r.o.Progress == nil || !force && time.Since(r.told) < progressEvery {
		return
	}
	r.told = time.Now()
	r.o.Progress(Progress{Bytes: offset, Size: r.info.SizeBytes, Counts: r.counts, Elapsed: time.Since(r.began)})
}

// hashFile is the identity of the file's content, whatever its name. A folder is identified by all the
// files in it.
func hashFile(path string) ([32]byte, error) {
	var sum [32]byte
	h := sha256.New()
	info, err := os.Stat(path)
	if err != nil {
		return sum, ErrUnreadable.Because(err)
	}
	names := []string{path}
	if info.IsDir() {
		names = nil
		entries, err := os.ReadDir(path)
		if err != nil {
			return sum, ErrUnreadable.Because(err)
		}
		for _, e := range entries {
			if e.Type().IsRegular() {
				names = append(names, filepath.Join(path, e.Name()))
			}
		}
	}
	for _, n := range names {
		f, err := os.Open(n)
		if err != nil {
			return sum, ErrUnreadable.Because(err)
		}
		_, err = io.Copy(h, f)
		if err := errors.Join(err, f.Close()); err != nil {
			return sum, ErrUnreadable.Because(err)
		}
	}
	h.Sum(sum[:0])
	return sum, nil
}
