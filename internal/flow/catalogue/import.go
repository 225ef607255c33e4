package catalogue

import (
	"context"
	"errors"
	"fmt"
	"io"
	"slices"

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
}

// Result is what a file brought.
type Result struct {
	Rows     int      `json:"rows"`
	New      int      `json:"new"` // items that were not known
	Prices   int      `json:"prices"`
	Barcodes int      `json:"barcodes"`
	Ignored  []string `json:"ignored,omitempty"` // columns that mean nothing here
}

// Import takes in a catalogue file (ReadCSV), all of it or nothing. A column that the file does not have
// leaves what is known of an item as it is; an empty cell clears it, but for prices, which stay. With
// ErrRows the faults say what is wrong in which line.
func Import(ctx context.Context, d *db.DB, r io.Reader, o Options) (Result, []*fault.Error, error) {
	f, faults, err := ReadCSV(r)
	if err != nil {
		return Result{Ignored: f.Ignored}, faults, err
	}
	if len(faults) > 0 {
		return Result{Ignored: f.Ignored}, faults, ErrRows
	}
	if o.List == "" {
		o.List = StandardList
	}
	write := d.Write
	if o.DryRun {
		write = d.Try
	}
	var result Result
	err = write(ctx, func(tx *db.Tx) (err error) {
		result, faults, err = ImportTx(tx, &f, o)
		return err
	})
	return result, faults, err
}

// ImportTx is Import inside a transaction, for a file that was read without faults.
func ImportTx(tx *db.Tx, f *File, o Options) (Result, []*fault.Error, error) {
	in := &importing{tx: tx, f: f, o: o, result: Result{Rows: len(f.Rows), Ignored: f.Ignored}}
	if err := in.preload(); err != nil {
		return in.result, nil, err
	}
	if err := in.list(); err != nil {
		return in.result, nil, err
	}
	for i := range f.Rows {
		err := in.row(&f.Rows[i])
		var e *fault.Error
		if err != nil && (!errors.As(err, &e) || e.Kind == fault.Internal || e.Kind == fault.Unavailable) {
			return in.result, nil, err
		}
		if err != nil {
			path := fmt.Sprintf("line %d", f.Rows[i].Line)
			if e.Path != "" {
				path += ", " + e.Path
			}
			in.faults = append(in.faults, e.At(path))
		}
		if len(in.faults) == faultsMost {
			break
		}
	}
	if len(in.faults) > 0 {
		return in.result, in.faults, ErrRows
	}
	return in.result, nil, nil
}

type importing struct {
	tx     *db.Tx
	f      *File
	o      Options
	items  map[string]*catalog.Item
	result Result
	faults []*fault.Error
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
	return catalog.PreloadBarcodes(in.tx, codes)
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
