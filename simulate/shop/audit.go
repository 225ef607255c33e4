package shop

import (
	"fmt"

	"github.com/tillpost/tillpost/internal/flow/closeday"
	"github.com/tillpost/tillpost/internal/flow/shift"
	"github.com/tillpost/tillpost/internal/platform/db"
	"github.com/tillpost/tillpost/internal/views/check"
	"github.com/tillpost/tillpost/internal/views/taxreport"
	"github.com/tillpost/tillpost/internal/views/tieout"
)

// audit has the auditor compare its books with the database, and then the product prove itself.
func (s *Sim) audit(n int) error {
	found, err := s.b.Compare(s.ctx, s.q)
	if err != nil {
		return s.fail(n, err)
	}
	what := []string(found)
	if s.proves(n) {
		if err := s.proofs(n, &what); err != nil {
			return s.fail(n, err)
		}
	}
	if len(what) == 0 {
		return nil
	}
	return s.failure(n, what, nil)
}

// proves tells whether the product's own proofs run after a day: they take longer than all the rest, so
// that each seed has them after every third day, and at the end.
func (s *Sim) proves(n int) bool { return uint64(n)%3 == s.o.Seed%3 || n >= s.o.Days }

func (s *Sim) proofs(n int, what *[]string) error {
	res, err := check.Run(s.ctx, s.d, book, nil, nil)
	if err != nil {
		return err
	}
	for _, f := range res.Findings {
		if !f.Warning {
			*what = append(*what, fmt.Sprintf("check %s: %s: %s, want %s, got %s", f.Check, f.Where, f.Message, f.Want, f.Got))
		}
	}
	return s.d.Read(s.ctx, func(v *db.View) error {
		scopes := s.whole()
		for _, st := range s.stores {
			scopes = append(scopes, tieout.Scope{Store: st.Code, From: s.first.Add(n), To: s.first.Add(n)})
		}
		if n >= s.o.Days {
			for _, st := range s.stores {
				scopes = append(scopes, tieout.Scope{Store: st.Code, From: scopes[0].From, To: scopes[0].To})
			}
		}
		if err := s.prove(v, scopes, what); err != nil {
			return err
		}
		return s.sealed(v, what)
	})
}

// whole is everything that ever happened.
func (s *Sim) whole() []tieout.Scope {
	return []tieout.Scope{{From: s.first.Add(-400), To: s.first.Add(400)}}
}

func (s *Sim) prove(v *db.View, scopes []tieout.Scope, what *[]string) error {
	for _, sc := range scopes {
		p, err := tieout.Prove(v, book, sc)
		if err != nil {
			return err
		}
		for _, e := range p.Equations {
			if !e.Holds() {
				*what = append(*what, fmt.Sprintf("proof %+v: %s: %s %d, %s %d", sc, e.Name, e.Left.From, e.Left.Value, e.Right.From, e.Right.Value))
			}
		}
	}
	return nil
}

// sealed looks at the drawers, the seals and the tax report.
func (s *Sim) sealed(v *db.View, what *[]string) error {
	drawers, err := shift.Verify(v)
	if err != nil {
		return err
	}
	for _, f := range drawers {
		*what = append(*what, fmt.Sprintf("drawer %s/%s: the ledger has %d, the documents %d", f.Store, f.Drawer, f.Ledger, f.Documents))
	}
	seals, err := closeday.Verify(v)
	if err != nil {
		return err
	}
	for _, f := range seals {
		*what = append(*what, fmt.Sprintf("seal %s %s %s: %s", f.Seal.Store, f.Seal.Day, f.Seal.Register, f.Message))
	}
	tax, err := taxreport.Read(v, taxreport.Scope{From: s.first, To: s.first.Add(s.monthLeft() - 1)})
	if err == nil && !tax.Proved() {
		*what = append(*what, fmt.Sprintf("the tax report of the month leaves something unexplained: %+v", tax))
	}
	return err
}

const lastEntry db.SQL = `SELECT COALESCE(MAX(seq), 0) FROM entries`

// nextEntry is the mark of a count sheet.
func (s *Sim) nextEntry() (n int64, err error) {
	err = s.d.Read(s.ctx, func(v *db.View) error { return v.QueryRow(lastEntry).Scan(&n) })
	return n + 1, err
}
