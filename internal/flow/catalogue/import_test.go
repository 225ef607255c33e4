package catalogue_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"testing"

	"github.com/tillpost/tillpost/internal/base/day"
	"github.com/tillpost/tillpost/internal/domain/catalog"
	"github.com/tillpost/tillpost/internal/domain/pricing"
	"github.com/tillpost/tillpost/internal/flow/catalogue"
	"github.com/tillpost/tillpost/internal/platform/db"
	"github.com/tillpost/tillpost/internal/platform/dbtest"
)

// large is a file of n lines; change may replace one.
func large(n int, change func(i int, line string) string) string {
	var b strings.Builder
	b.WriteString("sku,name,price,barcode\n")
	for i := range n {
		line := fmt.Sprintf("SKU-%06d,Article %d,%d.%02d,own-%d\n", i, i, i%100, i%100, i)
		if change != nil {
			line = change(i, line)
		}
		b.WriteString(line)
	}
	return b.String()
}

// pipe cannot go back, as the standard input cannot.
type pipe struct{ io.Reader }

// A file of several batches is checked whole before its first line is written.
func TestLargeImport(t *testing.T) {
	t.Parallel()
	const many = 2*catalogue.Batch + 7
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		open(t, d)
		nothing := show(t, d)
		bad := large(many, func(i int, line string) string {
			switch i {
			case 3: // a code that a line of another batch has too
				return "A,First,1.00,4006381333931\n"
			case many - 3:
				return "B,Second,1.00,04006381333931\n"
			case many - 2:
				return "C,,1.00,\n"
			case many - 1:
				return "D,Fourth,one,\n"
			}
			return line
		})
		for _, o := range []catalogue.Options{{}, {DryRun: true}} {
			_, faults, err := catalogue.Import(context.Background(), d, strings.NewReader(bad), o)
			var got []string
			for _, f := range faults {
				got = append(got, f.Path+" "+f.Code)
			}
			want := []string{fmt.Sprintf("line %d, barcode catalog_barcode_taken", many-1), fmt.Sprintf("line %d, name catalogue_no_name", many), fmt.Sprintf("line %d, price catalogue_number", many+1)}
			if !errors.Is(err, catalogue.ErrRows) || !slices.Equal(got, want) {
				t.Errorf("%v: %q", err, got)
			}
			if show(t, d) != nothing {
				t.Fatal("something was written")
			}
		}
		var steps []string
		o := catalogue.Options{Progress: func(lines, total int) { steps = append(steps, fmt.Sprint(lines, "/", total)) }}
		res, _, err := catalogue.Import(context.Background(), d, pipe{strings.NewReader(large(many, nil))}, o)
		if err != nil || res.Rows != many || res.New != many || res.Prices != many || res.Barcodes != many {
			t.Fatalf("%+v, %v", res, err)
		}
		if want := []string{"2000/0", "4000/0", "4007/0", "2000/4007", "4000/4007", "4007/4007"}; !slices.Equal(steps, want) {
			t.Errorf("progress %q", steps)
		}
		if n := strings.Count(show(t, d), "SKU-"); n != 3*many {
			t.Errorf("the SKUs stand there %d times", n)
		}
	})
}

// An import that is stopped in the middle leaves whole lines, and the next one completes it.
func TestImportStoppedInTheMiddle(t *testing.T) {
	t.Parallel()
	const many = 3 * catalogue.Batch
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		open(t, d)
		ctx, stop := context.WithCancel(context.Background())
		file := large(many, nil)
		_, _, err := catalogue.Import(ctx, d, strings.NewReader(file), catalogue.Options{Progress: func(lines, total int) {
			if total > 0 && lines >= catalogue.Batch {
				stop()
			}
		}})
		if !errors.Is(err, context.Canceled) {
			t.Fatalf("stopped: %v", err)
		}
		if n := strings.Count(show(t, d), "SKU-"); n != 3*catalogue.Batch {
			t.Errorf("the SKUs stand there %d times", n)
		}
		res, _, err := catalogue.Import(context.Background(), d, strings.NewReader(file), catalogue.Options{})
		if err != nil || res.Rows != many || res.New != many-catalogue.Batch {
			t.Errorf("%+v, %v", res, err)
		}
		got := show(t, d)
		if _, _, err := catalogue.Import(context.Background(), d, strings.NewReader(file), catalogue.Options{}); err != nil || show(t, d) != got {
			t.Errorf("the same again changed something, %v", err)
		}
	})
}

// What somebody changes between the checks and the writing is noticed, and said as it is.
func TestImportMeetsAnother(t *testing.T) {
	t.Parallel()
	const many = catalogue.Batch + 10
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		open(t, d)
		other := func() error {
			return catalogue.Put(context.Background(), d, catalogue.Catalogue{Items: []catalog.Item{{SKU: "OTHER", Name: "Other"}},
				Barcodes: []catalog.Barcode{{Code: fmt.Sprintf("own-%d", many-1), SKU: "OTHER"}}})
		}
		var failed error
		_, faults, err := catalogue.Import(context.Background(), d, strings.NewReader(large(many, nil)), catalogue.Options{Progress: func(lines, total int) {
			if total == 0 && lines == many {
				failed = other()
			}
		}})
		if failed != nil || !errors.Is(err, catalogue.ErrPartly) || len(faults) != 1 || faults[0].Path != fmt.Sprintf("line %d, barcode", many+1) {
			t.Errorf("%v, %v, %v", failed, err, faults)
		}
	})
}

// The whole shop's book takes what a large file brought.
func TestLargeBook(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		open(t, d)
		const many = catalogue.Batch + 1
		if _, _, err := catalogue.Import(context.Background(), d, strings.NewReader(large(many, nil)), catalogue.Options{}); err != nil {
			t.Fatal(err)
		}
		book := read(t, d, func(q db.Q) (pricing.Book, error) {
			return catalogue.LoadBook(q, catalogue.Scope{Store: "S1", Day: day.Day("2026-03-14")})
		})
		if _, err := book.Compile(); err != nil || len(book.Items) != many {
			t.Errorf("%d items, %v", len(book.Items), err)
		}
	})
}
