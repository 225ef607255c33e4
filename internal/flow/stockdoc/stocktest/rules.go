package stocktest

import (
	"errors"
	"maps"
	"reflect"
	"testing"

	"github.com/tillpost/tillpost/internal/base/fault"
	"github.com/tillpost/tillpost/internal/base/money"
	"github.com/tillpost/tillpost/internal/domain/inventory"
	"github.com/tillpost/tillpost/internal/platform/db"
	"github.com/tillpost/tillpost/internal/views/stockreport"
)

// Tied fails unless the stock is the sum of its moves and worth what the books say.
func Tied(t testing.TB, d *db.DB) {
	t.Helper()
	if tie := Read(t, d, stockreport.TieOf); !tie.OK {
		t.Fatalf("stock and books differ: %+v", tie)
	}
}

const countRows db.SQL = `SELECT (SELECT count(*) FROM entries) + (SELECT count(*) FROM stock_moves) + (SELECT count(*) FROM stock_docs) +
	(SELECT count(*) FROM stock_doc_lines) + (SELECT count(*) FROM stock_levels)`

// Rows is how many rows the books and the stock have.
func Rows(t testing.TB, d *db.DB) int64 {
	t.Helper()
	return Read(t, d, func(q db.Q) (n int64, err error) { return n, q.QueryRow(countRows).Scan(&n) })
}

// Refusal fails the test unless a document was refused with a stable code, at its place.
type Refusal func(name string, err error, want *fault.Error, path string)

// Refused runs a list of documents that must be refused, and fails when one of them writes.
func Refused(t *testing.T, d *db.DB, list func(is Refusal)) {
	t.Helper()
	before := Rows(t, d)
	list(func(name string, err error, want *fault.Error, path string) {
		t.Helper()
		var f *fault.Error
		if !errors.As(err, &f) || f.Code != want.Code || f.Path != path {
			t.Errorf("%s: %v, want %s at %q", name, err, want.Code, path)
		}
	})
	if n := Rows(t, d); n != before {
		t.Errorf("%d rows were written", n-before)
	}
	Tied(t, d)
}

// Once sends a document, and fails unless sending it again answers the same and writes nothing, and
// other content under its id is refused.
func Once(t *testing.T, d *db.DB, send func(note string) (*inventory.Doc, error)) {
	t.Helper()
	first, err := send("")
	if err != nil {
		t.Fatal(err)
	}
	Tied(t, d)
	before := Rows(t, d)
	if again, err := send(""); err != nil || !reflect.DeepEqual(first, again) {
		t.Errorf("%+v, then %+v, %v", first, again, err)
	}
	if _, err := send("other"); fault.CodeOf(err) != inventory.ErrOther.Code {
		t.Errorf("other content: %v", err)
	}
	if n := Rows(t, d); n != before {
		t.Errorf("%d rows more", n-before)
	}
}

const selectLines db.SQL = `SELECT account, amount, store FROM entry_lines WHERE entry_seq = $1`

// Booked fails unless an entry has just the wanted sums: "1300@01" (account and store) to amounts.
func Booked(t testing.TB, d *db.DB, seq int64, want map[string]money.Minor) {
	t.Helper()
	got := Read(t, d, func(q db.Q) (map[string]money.Minor, error) {
		rows, err := q.Query(selectLines, seq)
		if err != nil {
			return nil, err
		}
		defer rows.Close()
		out := map[string]money.Minor{}
		for rows.Next() {
			var account, store string
			var amount money.Minor
			if err := rows.Scan(&account, &amount, &store); err != nil {
				return nil, err
			}
			out[account+"@"+store] += amount
		}
		return out, rows.Err()
	})
	want = maps.Clone(want)
	maps.DeleteFunc(want, func(_ string, v money.Minor) bool { return v == 0 })
	if !maps.Equal(got, want) {
		t.Errorf("entry %d books %v, want %v", seq, got, want)
	}
}
