// Package importer brings the documents of outside systems into the books: streaming, resumable after
// a kill, and idempotent, so that the same file twice changes nothing.
package importer

import (
	"context"
	"errors"
	"fmt"
	"io"
	"path/filepath"
	"time"

	"golang.org/x/sync/errgroup"

	"github.com/tillpost/tillpost/internal/base/fault"
	"github.com/tillpost/tillpost/internal/base/id"
	"github.com/tillpost/tillpost/internal/base/money"
	"github.com/tillpost/tillpost/internal/domain/org"
	"github.com/tillpost/tillpost/internal/hub/formats"
	"github.com/tillpost/tillpost/internal/hub/intake"
	"github.com/tillpost/tillpost/internal/platform/db"
)

// Options say how a file is read and where its documents belong.
type Options struct {
	Formats  formats.Options
	Store    string // code of a store that exists, for documents that name none or one that is not known
	Register string // register for documents that name none; default DefaultRegister
	Currency money.Currency
	// Strict sends items, tax codes and ways to pay that are not known to suspense, as a till's would be.
	// Otherwise the file introduces them.
	Strict bool
	// Cost is the provisional unit cost of items that the file introduces, as a share of their first
	// price; zero when nothing is known of costs.
	Cost money.Rate
	// Settle books a processor's charges against takings whose tender nobody knows; see
	// posting.ChargesSettle. Otherwise they only explain the tenders of the receipts.
	Settle bool
	// DryRun reads and posts everything as the real run would, batch by batch, and undoes it.
	DryRun   bool
	Progress func(Progress) // called from the writing goroutine, a few times a second and at the end

	lines, documents int // bounds of a batch that tests set
}

// DefaultRegister is the register of documents that name none.
const DefaultRegister = "IMPORT"

// Progress is how far a run is.
type Progress struct {
	Bytes, Size int64 // of the source as it lies on disk
	Counts      Counts
	Elapsed     time.Duration
}

// Counts are what a file's runs have settled, also those that were stopped before this one. Every row
// of the file is in exactly one of the documents.
type Counts struct {
	Documents   int64 `json:"documents"`
	Rows        int64 `json:"rows"`
	Receipts    int64 `json:"receipts"` // recorded
	Lines       int64 `json:"lines"`    // of these receipts
	Adjustments int64 `json:"adjustments"`
	Movements   int64 `json:"movements"`
	Controls    int64 `json:"controls"`    // happened, post nothing
	Repeated    int64 `json:"repeated"`    // were in the books before
	Quarantined int64 `json:"quarantined"` // could not be understood or recorded
	Unexplained int64 `json:"unexplained"` // recorded, but what was paid differs from the total
	Cured       int64 `json:"cured"`       // waited in the quarantine of an earlier file and are in the books now
}

// Result is the outcome of a run.
type Result struct {
	Run      id.ID          `json:"run"`
	Info     formats.Info   `json:"info"`
	Counts   Counts         `json:"counts"`
	Already  bool           `json:"already,omitempty"` // the same file was imported before: nothing was done
	Resumed  int64          `json:"resumed,omitempty"` // documents that an earlier, stopped run had settled
	Elapsed  time.Duration  `json:"elapsed_ns"`
	Total    money.Minor    `json:"total"` // of the receipts in Counts
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

// identity is the id of the run: the content of the file and everything that decides what is read out
// of it. A file that is read with a corrected layout is another run; its documents keep their ids.
func (o *Options) identity(hash [32]byte, info formats.Info) id.ID {
	key := fmt.Sprintf("%x\x00%s\x00%s\x00%s\x00%s\x00%s\x00%s\x00%s\x00%t\x00%t", hash, info.Source, info.Reading, info.Zone, o.Formats.CutOver,
		o.Formats.DefaultTender, o.Store, o.Register, o.Strict, o.Settle)
	return id.Derive(time.Unix(0, 0), "import", key)
}

// Run imports a file. It can be stopped and run again: it goes on where it was.
func Run(ctx context.Context, d *db.DB, path string, o Options) (Result, error) {
	f, err := Open(ctx, d, path, o)
	if err != nil {
		return Result{}, err
	}
	return f.Import(ctx)
}

// File is a file that is ready to be imported.
type File struct {
	Run    id.ID // the same for the same file that is read in the same way
	Info   formats.Info
	r      *run
	reader formats.Reader
	name   string
	hash   [32]byte
}

// Open looks at a file, and refuses one that could not be imported as it is. Import, or Close, closes it.
func Open(ctx context.Context, d *db.DB, path string, o Options) (*File, error) {
	began := time.Now()
	shop, err := loadShop(ctx, d, &o)
	if err != nil {
		return nil, err
	}
	reader, info, err := open(path, o)
	if err != nil {
		return nil, err
	}
	f := &File{Info: info, reader: reader, name: filepath.Base(path)}
	if len(info.Files) > 0 {
		f.name = filepath.Base(info.Files[0]) // path may be the folder, and lines are counted in the main file
	}
	if info.Currency != "" && info.Currency != o.Currency {
		err = ErrCurrency.Because(errors.New("the file is in " + string(info.Currency) + ", the books are in " + string(o.Currency)))
	} else {
		f.hash, err = hashFiles(info.Files)
	}
	if err != nil {
		return nil, errors.Join(err, reader.Close())
	}
	f.Run = o.identity(f.hash, info)
	f.r = &run{d: d, o: o, info: info, began: began, source: info.Source, places: newPlaces(shop, o), id: f.Run}
	return f, nil
}

// Close gives the file up.
func (f *File) Close() error { return f.reader.Close() }

// Import imports the file.
func (f *File) Import(ctx context.Context) (Result, error) {
	defer f.reader.Close()
	r := f.r
	res := Result{Run: f.Run, Info: f.Info, Currency: r.o.Currency}
	if !r.o.DryRun {
		state, err := r.start(ctx, f.name, f.hash[:])
		if err != nil {
			return res, err
		}
		res.Resumed, r.skip = r.counts.Documents, r.counts.Documents
		if state == stateDone {
			res.Already, res.Resumed, res.Counts, res.Total, res.Elapsed = true, 0, r.counts, r.total, time.Since(r.began)
			return res, nil
		}
	}
	err := r.pump(ctx, f.reader)
	res.Counts, res.Total, res.Elapsed = r.counts, r.total, time.Since(r.began)
	return res, err
}

// loadShop reads the shop, and completes the options with what it knows.
func loadShop(ctx context.Context, d *db.DB, o *Options) (shop org.Shop, err error) {
	err = d.Read(ctx, func(v *db.View) (err error) {
		shop, err = org.Load(v)
		return err
	})
	if err != nil {
		return shop, err
	}
	store, err := shop.Store(o.Store)
	if err != nil {
		return shop, err
	}
	if o.Register == "" {
		o.Register = DefaultRegister
	}
	if o.lines == 0 {
		o.lines, o.documents = batchLines, batchDocuments
	}
	if o.Currency == "" {
		o.Currency = shop.Book
	}
	if o.Currency != shop.Book {
		return shop, ErrCurrency.Because(errors.New("the books are in " + string(shop.Book)))
	}
	if o.Formats.Zone == nil {
		o.Formats.Zone = store.Rule().Zone
	}
	if o.Formats.CutOver == 0 {
		o.Formats.CutOver = store.CutOver
	}
	return shop, nil
}

// open opens the file. One that states no currency is taken to be in that of the books; one that
// states another is never read as if it were.
func open(path string, o Options) (formats.Reader, formats.Info, error) {
	reader, info, err := formats.Open(path, o.Formats)
	if err != nil && o.Formats.Currency == "" && fault.CodeOf(err) == money.ErrCurrency.Code {
		o.Formats.Currency = o.Currency
		return formats.Open(path, o.Formats)
	}
	return reader, info, err
}

// run is one import at work.
type run struct {
	d      *db.DB
	o      Options
	info   formats.Info
	id     id.ID
	source string
	places *places
	began  time.Time
	told   time.Time
	skip   int64 // documents that were settled by an earlier run
	counts Counts
	total  money.Minor
	waits  map[string]bool // outside numbers that wait in the quarantine of this source
}

// batch is what one transaction takes.
type batch struct {
	docs   []intake.Document
	lines  int
	offset int64
}

// pump reads and writes at the same time: while one batch is being written, the next is read. What was
// read before the file broke off is recorded.
func (r *run) pump(ctx context.Context, reader intake.Reader) error {
	batches := make(chan *batch, 1)
	g, ctx := errgroup.WithContext(ctx)
	var broke error
	g.Go(func() error {
		defer close(batches)
		broke = r.read(ctx, reader, batches)
		return ctx.Err()
	})
	g.Go(func() error {
		for b := range batches {
			if err := r.settle(ctx, b.docs); err != nil {
				return err
			}
			r.tell(b.offset, false)
		}
		return ctx.Err()
	})
	if err := g.Wait(); err != nil {
		return err
	}
	if broke != nil {
		return broke
	}
	r.tell(reader.Offset(), true)
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
			if len(b.docs) > 0 && send() != nil {
				return ctx.Err()
			}
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
		if b.lines >= r.o.lines || len(b.docs) >= r.o.documents {
			if err := send(); err != nil {
				return err
			}
		}
	}
}

func (r *run) tell(offset int64, force bool) {
	if r.o.Progress == nil || !force && time.Since(r.told) < progressEvery {
		return
	}
	r.told = time.Now()
	r.o.Progress(Progress{Bytes: offset, Size: r.info.SizeBytes, Counts: r.counts, Elapsed: time.Since(r.began)})
}
