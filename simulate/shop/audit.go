package shop

import (
	"bytes"
	"fmt"

	"github.com/tillpost/tillpost/internal/flow/closeday"
	"github.com/tillpost/tillpost/internal/flow/shift"
	"github.com/tillpost/tillpost/internal/hub/formats/journals"
	"github.com/tillpost/tillpost/internal/platform/db"
	"github.com/tillpost/tillpost/internal/views/books"
	"github.com/tillpost/tillpost/internal/views/check"
	"github.com/tillpost/tillpost/internal/views/tieout"
	"github.com/tillpost/tillpost/simulate/shop/auditor"
)

// audit compares, and has the product's own proofs look at the books.
func (s *Sim) audit(n int) error {
	d, err := s.b.Compare(s.ctx, s.q)
	if err != nil {
		return s.fail(n, err)
	}
	res, err := check.Run(s.ctx, s.d, book, nil, nil)
	if err != nil {
		return s.fail(n, err)
	}
	for _, f := range res.Findings {
		if !f.Warning {
			d = append(d, fmt.Sprintf("check %s: %s: %s, want %s, got %s", f.Check, f.Where, f.Message, f.Want, f.Got))
		}
	}
	err = s.d.Read(s.ctx, func(v *db.View) error { return s.proofs(v, n, &d) })
	if err != nil {
		return s.fail(n, err)
	}
	if len(d) == 0 {
		return nil
	}
	return &Failure{Seed: s.seed, Day: n, First: d[0], More: len(d) - 1, Log: append(s.log[max(0, len(s.log)-logTail):], d...)}
}

func (s *Sim) proofs(v *db.View, n int, d *auditor.Differences) error {
	scopes := []tieout.Scope{{From: "2026-01-01", To: "2026-12-31"}}
	for _, st := range s.stores {
		scopes = append(scopes, tieout.Scope{Store: st.Code, From: s.first.Add(n), To: s.first.Add(n)}, tieout.Scope{Store: st.Code, From: "2026-01-01", To: "2026-12-31"})
	}
	for _, sc := range scopes {
		p, err := tieout.Prove(v, book, sc)
		if err != nil {
			return err
		}
		for _, e := range p.Equations {
			if !e.Holds() {
				*d = append(*d, fmt.Sprintf("proof %+v: %s: %s %d, %s %d", sc, e.Name, e.Left.From, e.Left.Value, e.Right.From, e.Right.Value))
			}
		}
	}
	drawers, err := shift.Verify(v)
	if err != nil {
		return err
	}
	for _, f := range drawers {
		*d = append(*d, fmt.Sprintf("drawer %s/%s: the ledger has %d, the documents %d", f.Store, f.Drawer, f.Ledger, f.Documents))
	}
	seals, err := closeday.Verify(v)
	for _, f := range seals {
		*d = append(*d, fmt.Sprintf("seal %s %s %s: %s", f.Seal.Store, f.Seal.Day, f.Seal.Register, f.Message))
	}
	return err
}

const lastEntry db.SQL = `SELECT COALESCE(MAX(seq), 0) FROM entries`

// nextEntry is the mark of a count sheet.
func (s *Sim) nextEntry() (n int64, err error) {
	err = s.d.Read(s.ctx, func(v *db.View) error { return v.QueryRow(lastEntry).Scan(&n) })
	return n + 1, err
}

func (s *Sim) export() ([]byte, int, error) {
	var out bytes.Buffer
	var sum journals.Summary
	err := s.d.Read(s.ctx, func(v *db.View) (err error) {
		sum, err = journals.Export(&out, v, journals.Hledger, books.Scope{})
		return err
	})
	return out.Bytes(), int(sum.Entries), err
}
