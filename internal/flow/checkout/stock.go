package checkout

import (
	"github.com/tillpost/tillpost/internal/domain/catalog"
	"github.com/tillpost/tillpost/internal/domain/inventory"
	"github.com/tillpost/tillpost/internal/domain/receipt"
	"github.com/tillpost/tillpost/internal/platform/db"
)

// issuesOf lists the goods that a receipt moves, and those that are not in the catalogue: they move no
// stock until somebody says what they are.
func issuesOf(tx *db.Tx, r *receipt.Receipt) (issues []inventory.Issue, waiting []inventory.Waiting, err error) {
	skus := make([]string, 0, len(r.Lines))
	for i := range r.Lines { // also what moves nothing: the posting rules ask whether it is known
		if l := &r.Lines[i]; l.Kind == receipt.Item && l.Item != "" {
			skus = append(skus, l.Item)
		}
	}
	if len(skus) == 0 {
		return nil, nil, nil
	}
	items, err := catalog.Find(tx, skus)
	if err != nil {
		return nil, nil, err
	}
	issues = make([]inventory.Issue, 0, len(skus))
	for i := range r.Lines {
		l := &r.Lines[i]
		if !moves(l) {
			continue
		}
		it, kind := items[l.Item], kindOf(r, l)
		if it == nil && kind != inventory.Damaged { // what came back damaged never reached the shelf
			waiting = append(waiting, inventory.Waiting{Line: l.No, Item: l.Item, Location: r.Store, Qty: l.Qty})
		}
		if it == nil || it.Kind != catalog.KindItem {
			continue
		}
		issue := inventory.Issue{Line: l.No, Item: l.Item, Location: r.Store, Kind: kind, Qty: l.Qty, Fallback: it.Cost, Doc: r.ID}
		switch {
		case r.Kind == receipt.Void:
			err = inventory.SetBack(tx, r.Currency, &issue, r.Voids, l.No)
		case l.Return != nil && !l.Return.Receipt.IsZero():
			err = setBackRest(tx, r, l, &issue, issues)
		}
		if err != nil {
			return nil, nil, err
		}
		issues = append(issues, issue)
	}
	return issues, waiting, nil
}

// moves tells whether the line takes goods from the shelf or brings them back.
func moves(l *receipt.Line) bool {
	return l.Kind == receipt.Item && l.Item != "" && l.Qty != 0 && (l.Return == nil || l.Return.Disposition != "none")
}

// kindOf says why the goods of a line move. The disposition comes first: what came back damaged never
// reached the shelf, and its void must not take it from there.
func kindOf(r *receipt.Receipt, l *receipt.Line) string {
	switch {
	case l.Return != nil && l.Return.Disposition == "damaged":
		return inventory.Damaged
	case r.Kind == receipt.Void:
		return inventory.Void
	case l.Return != nil || l.Qty < 0:
		return inventory.Return
	default:
		return inventory.Sale
	}
}
