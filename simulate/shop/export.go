package shop

import (
	"bytes"
	"encoding/hex"
	"fmt"

	"github.com/tillpost/tillpost/internal/hub/formats/journals"
	"github.com/tillpost/tillpost/internal/platform/db"
	"github.com/tillpost/tillpost/internal/views/books"
)

// Export is what a run of a seed gives, byte for byte, whenever and on whatever engine it runs.
type Export struct {
	Name  string
	Bytes []byte
}

// exports writes the journal in all formats, of which the auditor reads one, and where all chains end.
func (s *Sim) exports() (out []Export, entries int, err error) {
	err = s.d.Read(s.ctx, func(v *db.View) error {
		for _, f := range journals.Formats {
			var b bytes.Buffer
			sum, err := journals.Export(&b, v, f, books.Scope{})
			if err != nil {
				return err
			}
			entries = int(sum.Entries)
			out = append(out, Export{string(f), b.Bytes()})
			if f != journals.CSV {
				continue
			}
			if err := s.b.CompareExport(b.Bytes()); err != nil {
				return err
			}
		}
		chains, err := chainEnds(v)
		out = append(out, Export{"chains", chains})
		return err
	})
	return out, entries, err
}

const (
	ledgerEnd    db.SQL = `SELECT name, '', number, hash FROM chain_heads ORDER BY name`
	registerEnds db.SQL = `SELECT store, register, number, hash FROM register_heads ORDER BY store, register`
	sealEnds     db.SQL = `SELECT store, register, z_number, hash FROM day_closes ORDER BY store, register, z_number`
)

// chainEnds lists the hashes of the ledger, of each register, and of the sealed days.
func chainEnds(v *db.View) ([]byte, error) {
	var b bytes.Buffer
	for _, q := range []db.SQL{ledgerEnd, registerEnds, sealEnds} {
		rows, err := v.Query(q)
		if err != nil {
			return nil, err
		}
		defer rows.Close()
		for rows.Next() {
			var store, register string
			var number int64
			var hash []byte
			if err := rows.Scan(&store, &register, &number, &hash); err != nil {
				return nil, err
			}
			fmt.Fprintf(&b, "%s/%s %d %s\n", store, register, number, hex.EncodeToString(hash))
		}
		if err := rows.Err(); err != nil {
			return nil, err
		}
	}
	return b.Bytes(), nil
}

// Differ names the first line in which two runs of a seed differ, "" when they are the same to the byte.
func Differ(a, b Result) string {
	for i := range a.Exports {
		x, y := a.Exports[i], b.Exports[i]
		if bytes.Equal(x.Bytes, y.Bytes) {
			continue
		}
		xs, ys := bytes.Split(x.Bytes, []byte("\n")), bytes.Split(y.Bytes, []byte("\n"))
		for n := range max(len(xs), len(ys)) {
			if p, q := line(xs, n), line(ys, n); p != q {
				return fmt.Sprintf("%s, line %d:\n  %s\n  %s", x.Name, n+1, p, q)
			}
		}
	}
	return ""
}

func line(lines [][]byte, n int) string {
	if n < len(lines) {
		return string(lines[n])
	}
	return "(the end)"
}
