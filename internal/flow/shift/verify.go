package shift

import (
	"maps"
	"slices"

	"github.com/tillpost/tillpost/internal/base/money"
	"github.com/tillpost/tillpost/internal/domain/ledger"
	"github.com/tillpost/tillpost/internal/domain/org"
	"github.com/tillpost/tillpost/internal/domain/shifts"
	"github.com/tillpost/tillpost/internal/flow/posting"
	"github.com/tillpost/tillpost/internal/platform/db"
)

// Finding is a drawer whose ledger account is not what its documents say.
type Finding struct {
	Store     string         `json:"store"`
	Drawer    string         `json:"drawer"`
	Currency  money.Currency `json:"currency"`
	Ledger    money.Minor    `json:"ledger"`
	Documents money.Minor    `json:"documents"`
}

// Verify compares every drawer that had a shift with the ledger, in the book currency: what it was
// taken over or left with, and all cash that moved since. A manual entry on a drawer's account is
// found until the next close books it off. Foreign cash is left out: revaluing it is no mistake.
func Verify(q db.Q) ([]Finding, error) {
	shop, err := org.Load(q)
	if err != nil {
		return nil, err
	}
	roles, err := ledger.LoadRoles(q)
	if err != nil {
		return nil, err
	}
	books := posting.Books{Roles: roles, Book: shop.Book}
	var out []Finding
	for _, key := range slices.Sorted(maps.Keys(shop.Drawers)) {
		d := shop.Drawers[key]
		documents, ok, err := documents(q, d, shop.Book)
		if err != nil {
			return nil, err
		}
		if !ok {
			continue
		}
		held, err := balance(q, &books, d.Store, d.Code, shop.Book)
		if err != nil {
			return nil, err
		}
		if held != documents {
			out = append(out, Finding{d.Store, d.Code, shop.Book, held, documents})
		}
	}
	return out, nil
}

// documents is what they say is in a drawer now; false when it had no shift yet.
func documents(q db.Q, d org.Drawer, book money.Currency) (money.Minor, bool, error) {
	s, held, err := shifts.Holder(q, d.Store, d.Code)
	if err != nil {
		return 0, false, err
	}
	if held {
		all, err := expected(q, s)
		if err != nil {
			return 0, false, err
		}
		after, to := s.Range()
		since, err := byShift(q, selectLate, s.Store, s.Drawer, after, s.ID[:], to, string(s.Day))
		return all[book].own + whole(since, book), true, err
	}
	before, had, err := shifts.Before(q, d.Store, d.Code)
	if err != nil || !had {
		return 0, false, err
	}
	left, err := remains(q, before)
	if err != nil {
		return 0, false, err
	}
	since, err := byShift(q, selectSince, d.Store, d.Code, before.SettledSeq)
	return left[book].own + whole(since, book), true, err
}

func whole[K comparable](all map[K]holdings, c money.Currency) (sum money.Minor) {
	for _, h := range all {
		sum += h[c].own
	}
	return sum
}
