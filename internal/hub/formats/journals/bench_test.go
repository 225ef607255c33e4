package journals_test

import (
	"fmt"
	"io"
	"testing"

	"github.com/tillpost/tillpost/internal/base/day"
	"github.com/tillpost/tillpost/internal/base/money"
	"github.com/tillpost/tillpost/internal/domain/ledger"
	"github.com/tillpost/tillpost/internal/hub/formats/journals"
	"github.com/tillpost/tillpost/internal/platform/db"
	"github.com/tillpost/tillpost/internal/platform/dbtest"
	"github.com/tillpost/tillpost/internal/views/books"
)

// BenchmarkExport writes 26,000 entries of five lines, as many as the demo year has.
func BenchmarkExport(b *testing.B) {
	d := dbtest.Open(b, dbtest.SQLite(b))
	shop(b, d, "GBP")
	for from := 0; from < 26_000; from += 200 {
		write(b, d, func(tx *db.Tx) error {
			for i := from; i < from+200; i++ {
				n := money.Minor(i + 1)
				e := manual(fmt.Sprint(i), day.Day("2026-01-01").Add(i/72), ledger.Line{Account: "1190", Amount: 6 * n, Store: "S1", Tender: "unspecified"},
					ledger.Line{Account: "4010", Amount: -5 * n, Store: "S1", Department: "gifts"}, ledger.Line{Account: "2100", Amount: -n, Store: "S1", TaxCode: "VAT20"},
					ledger.Line{Account: "5000", Amount: 2 * n, Store: "S1", Department: "gifts"}, ledger.Line{Account: "1300", Amount: -2 * n, Store: "S1"})
				e.Store, e.Register, e.Kind = "S1", "IMP", "sale"
				if err := ledger.Post(tx, e); err != nil {
					return err
				}
			}
			return nil
		})
	}
	for _, f := range journals.Formats {
		b.Run(string(f), func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				err := d.Read(ctx, func(v *db.View) error {
					sum, err := journals.Export(io.Discard, v, f, books.Scope{})
					if sum.Lines != 130_000 {
						b.Fatal(sum)
					}
					return err
				})
				if err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
