package ledger_test

import (
	"fmt"
	"testing"

	"github.com/tillpost/tillpost/internal/base/day"
	"github.com/tillpost/tillpost/internal/base/money"
	"github.com/tillpost/tillpost/internal/domain/ledger"
	"github.com/tillpost/tillpost/internal/platform/db"
	"github.com/tillpost/tillpost/internal/platform/dbtest"
)

// year posts 26,000 entries of five lines over a year, as a shop's import does.
func year(b *testing.B) *db.DB {
	b.Helper()
	d := books(b, dbtest.Open(b, dbtest.SQLite(b)))
	const entries, group = 26_000, 200
	for from := 0; from < entries; from += group {
		write(b, d, func(tx *db.Tx) error {
			for i := from; i < from+group; i++ {
				e := entry(fmt.Sprint(i), day.Day("2026-01-01").Add(i/72), "1190", "4010", money.Minor(i+1))
				e.Kind, e.Memo = "sale", fmt.Sprint(536365+i)
				e.Lines = append(e.Lines, ledger.Line{Account: "1190", Amount: 20, Store: "S1"},
					ledger.Line{Account: "2100", Amount: -20, Store: "S1", TaxCode: "VAT20"}, ledger.Line{Account: "1190", Amount: 1}, ledger.Line{Account: "6210", Amount: -1})
				if err := ledger.Post(tx, e); err != nil {
					return err
				}
			}
			return nil
		})
	}
	return d
}

func BenchmarkEach(b *testing.B) {
	d := year(b)
	b.ReportAllocs()
	for b.Loop() {
		n := 0
		read(b, d, func(q db.Q) error {
			return ledger.Each(q, 0, func(e *ledger.Entry) error { n += len(e.Lines); return nil })
		})
		if n != 6*26_000 {
			b.Fatal(n)
		}
	}
}

func BenchmarkVerifyChain(b *testing.B) {
	d := year(b)
	b.ReportAllocs()
	for b.Loop() {
		read(b, d, func(q db.Q) error {
			check, err := ledger.VerifyChain(q, nil)
			if !check.OK() {
				b.Fatal(check.Findings)
			}
			return err
		})
	}
}

func BenchmarkPost(b *testing.B) {
	d := books(b, dbtest.Open(b, dbtest.SQLite(b)))
	b.ReportAllocs()
	for i := 0; b.Loop(); i++ {
		write(b, d, func(tx *db.Tx) error {
			for j := range 200 {
				if err := ledger.Post(tx, entry(fmt.Sprint(i, j), "2026-01-01", "1190", "4010", 5)); err != nil {
					return err
				}
			}
			return nil
		})
	}
}
