package stocktest

import (
	"reflect"
	"testing"

	"github.com/tillpost/tillpost/internal/base/fault"
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

func rows(t testing.TB, d *db.DB) int64 {
	t.Helper()
	return Read(t, d, func(q db.Q) (n int64, err error) { return n, q.QueryRow(countRows).Scan(&n) })
}

// Refusal fails the test unless a document was refused with a stable code, at its place.
type Refusal func(name string, err error, want *fault.Error, path string)

// Refused runs a list of documents that must be refused, and fails when one of them writes.
func Refused(t *testing.T, d *db.DB, list func(is Refusal)) {
	t.Helper()
	before := rows(t, d)
	list(func(name string, err error, want *fault.Error, path string) {
		t.Helper()
		if f, _ := err.(*fault.Error); f == nil || f.Code != want.Code || f.Path != path {
			t.Errorf("%s: %v, want %s at %q", name, err, want.Code, path)
		}
	})
	if n := rows(t, d); n != before {
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
	before := rows(t, d)
	if again, err := send(""); err != nil || !reflect.DeepEqual(first, again) {
		t.Errorf("%+v, then %+v, %v", first, again, err)
	}
	if _, err := send("other"); fault.CodeOf(err) != inventory.ErrOther.Code {
		t.Errorf("other content: %v", err)
	}
	if n := rows(t, d); n != before {
		t.Errorf("%d rows more", n-before)
	}
}
