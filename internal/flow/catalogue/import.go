package catalogue

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/tillpost/tillpost/internal/base/day"
	"github.com/tillpost/tillpost/internal/base/fault"
	"github.com/tillpost/tillpost/internal/domain/catalog"
	"github.com/tillpost/tillpost/internal/platform/db"
)

// StandardList is the price list that a file's prices go to when no other is named: it holds
// everywhere, always and for everyone.
const StandardList = "standard"

// Options are how a file is taken in.
type Options struct {
	// List is the code of the price list for the column price; it is made when it is not there. ""
	// is StandardList.
	List string
	// Since is the business day from which the prices hold; "" is since ever, so that a price that was
	// given from a day on still counts from that day.
	Since day.Day
	// DryRun checks everything, also against what is stored, and writes nothing.
	DryRun bool
	// Progress is called after each batch of lines: first while the file is checked, with a total of 0
	// because nobody knows it yet, and then while it is written. nil is fine.
	Progress func(lines, total int)
}

// Result is what a file brought.
type Result struct {
	Rows     int      `json:"rows"`
	New      int      `json:"new"` // items that were not known
	Prices   int      `json:"prices"`
	Barcodes int      `json:"barcodes"`
	Ignored  []string `json:"ignored,omitempty"` // columns that mean nothing here
}

// Batch is how many lines are written at once: a till that sells meanwhile waits for no more than that.
const Batch = 2000

// Import takes in a catalogue file (ReadCSV). A column that the file does not have leaves what is known
// of an item as it is; an empty cell clears it, but for prices, which stay.
//
// The file is read twice. First every line is checked, also against what is stored; with ErrRows the
// faults say what is wrong in which line, and nothing was written. Then the lines are written, 2,000 in
// one transaction. What stops it in between leaves whole lines; importing the file again completes it.
// Memory grows by some hundred bytes with a line. A reader that cannot go back is kept in memory.
func Import(ctx context.Context, d *db.DB, r io.Reader, o Options) (Result, []*fault.Error, error) {
	if o.List == "" {
		o.List = StandardList
	}
	in, start, err := rewindable(r)
	if err != nil {
		return Result{}, nil, err
	}
	checked, err := newPass(in, o)
	if err == nil {
		checked.codes = map[string]int{}
		err = checked.run(func(body func(tx *db.Tx) error) error { return d.Try(ctx, body) })
	}
	if err != nil || o.DryRun {
		return checked.result, collect(checked.wrong), err
	}
	if _, err := in.Seek(start, io.SeekStart); err != nil {
		return Result{}, nil, err
	}
	written, err := newPass(in, o)
	if err == nil {
		written.total = checked.result.Rows
		err = written.run(func(body func(tx *db.Tx) error) error { return d.Write(ctx, body) })
	}
	if errors.Is(err, ErrRows) && written.result.Rows > 0 {
		err = ErrPartly
	}
	return written.result, collect(written.wrong), err
}

// rewindable gives a reader a way back to where it stands.
func rewindable(r io.Reader) (io.ReadSeeker, int64, error) {
	if s, ok := r.(io.ReadSeeker); ok {
		if at, err := s.Seek(0, io.SeekCurrent); err == nil { // a pipe says that it cannot
			return s, at, nil
		}
	}
	all, err := io.ReadAll(io.LimitReader(r, FileMost+1)) // one byte more, so that the parser sees it as too large
	return bytes.NewReader(all), 0, err
}

// pass is one reading of the file.
type pass struct {
	p      *parser
	o      Options
	codes  map[string]int // line of each barcode, while the file is checked; nil later
	total  int            // lines of the file, 0 while that is not known
	result Result
	wrong  []wrong
}

func newPass(in io.Reader, o Options) (*pass, error) {
	p, err := newParser(in)
	return &pass{p: p, o: o, result: Result{Ignored: p.file.Ignored}}, err
}

// run reads the file in batches and puts each through a transaction.
func (r *pass) run(transact func(body func(tx *db.Tx) error) error) error {
	for first := true; first || !r.p.ended && len(r.wrong) < faultsMost; first = false {
		err := r.p.read(Batch)
		r.wrong, r.p.wrong = append(r.wrong, r.p.wrong...), nil
		if err != nil {
			return err
		}
		r.distinct()
		var in *importing // of the last try: a body may run again
		err = transact(func(tx *db.Tx) error {
			in = &importing{tx: tx, f: &r.p.file, o: r.o}
			return in.run()
		})
		if in != nil {
			r.wrong = append(r.wrong, in.wrong...)
		}
		if err != nil && (!errors.Is(err, ErrRows) || r.codes == nil) {
			return err
		}
		if err == nil {
			r.result.add(in.result)
		}
		if r.o.Progress != nil {
			r.o.Progress(r.p.rows, r.total)
		}
	}
	if len(r.wrong) > 0 {
		return ErrRows
	}
	return nil
}

// distinct takes out the rows with a barcode that stands in an earlier line too: a database that sees
// some lines at a time would not find it.
func (r *pass) distinct() {
	if r.codes == nil {
		return
	}
	r.p.file.Rows = slices.DeleteFunc(r.p.file.Rows, func(row Row) bool {
		for _, code := range row.Barcodes {
			number := catalog.ArticleNumber(code)
			if line, taken := r.codes[number]; taken && line != row.Line {
				r.wrong = append(r.wrong, inLine(catalog.ErrBarcodeTaken.Because(fmt.Errorf("line %d", line)), row.Line, "barcode"))
				return true
			}
			r.codes[strings.Clone(number)] = row.Line
		}
		return false
	})
}

func (r *Result) add(part Result) {
	r.Rows += part.Rows
	r.New += part.New
	r.Prices += part.Prices
	r.Barcodes += part.Barcodes
}

// importing is one batch of rows in a transaction.
type importing struct {
	tx     *db.Tx
	f      *File
	o      Options
	items  map[string]*catalog.Item
	result Result
	wrong  []wrong
}

func (in *importing) run() error {
	in.result.Rows = len(in.f.Rows)
	if err := in.preload(); err != nil {
		return err
	}
	if err := in.list(); err != nil {
		return err
	}
	for i := range in.f.Rows {
		err := in.row(&in.f.Rows[i])
		var e *fault.Error
		if err != nil && (!errors.As(err, &e) || e.Kind == fault.Internal || e.Kind == fault.Unavailable) {
			return err
		}
		if err != nil {
			in.wrong = append(in.wrong, inLine(e, in.f.Rows[i].Line, e.Path))
		}
		if len(in.wrong) == faultsMost {
			break
		}
	}
	if len(in.wrong) > 0 {
		return ErrRows
	}
	return nil
}

func (in *importing) preload() (err error) {
	skus := make([]string, len(in.f.Rows))
	var codes []string
	for i := range in.f.Rows {
		skus[i] = in.f.Rows[i].Item.SKU
		codes = append(codes, in.f.Rows[i].Barcodes...)
	}
	if in.items, err = catalog.Find(in.tx, skus); err != nil {
		return err
	}
	if err := catalog.PreloadBarcodes(in.tx, codes); err != nil || !in.has("price") {
		return err
	}
	return catalog.PreloadPrices(in.tx, in.o.List, skus)
}

// list makes the price list when there is none of that code.
func (in *importing) list() error {
	if !in.has("price") {
		return nil
	}
	if there, err := catalog.HasPriceList(in.tx, in.o.List); err != nil || there {
		return err
	}
	return catalog.PutPriceList(in.tx, catalog.PriceList{Code: in.o.List, Name: in.o.List})
}

func (in *importing) has(column string) bool { return slices.Contains(in.f.Columns, column) }

func (in *importing) row(r *Row) error {
	it := r.Item
	if old := in.items[it.SKU]; old != nil {
		it = in.merge(*old, &r.Item)
	} else {
		in.result.New++
	}
	if it.Name == "" {
		return ErrNoName.At("name")
	}
	if err := catalog.Save(in.tx, it); err != nil {
		return err
	}
	for _, code := range r.Barcodes {
		if err := catalog.AddBarcode(in.tx, catalog.Barcode{Code: code, SKU: it.SKU}); err != nil {
			return under("barcode", err)
		}
		in.result.Barcodes++
	}
	if r.Price == nil {
		return nil
	}
	in.result.Prices++
	return under("price", catalog.PutPrice(in.tx, catalog.Price{List: in.o.List, SKU: it.SKU, Since: in.o.Since, Price: *r.Price}))
}

// under has a fault point at the column.
func under(column string, err error) error {
	var e *fault.Error
	if errors.As(err, &e) {
		return e.At(column)
	}
	return err
}

// merge sets what the file has columns for.
func (in *importing) merge(it catalog.Item, row *catalog.Item) catalog.Item {
	if in.has("name") {
		it.Name = row.Name
	}
	if in.has("department") {
		it.Department = row.Department
	}
	if in.has("unit") {
		it.Unit = row.Unit
	}
	if in.has("tax_category") {
		it.TaxCategory = row.TaxCategory
	}
	if in.has("cost") {
		it.Cost = row.Cost
	}
	if in.has("reorder_point") {
		it.ReorderPoint = row.ReorderPoint
	}
	if in.has("reorder_to") {
		it.ReorderTo = row.ReorderTo
	}
	return it
}
