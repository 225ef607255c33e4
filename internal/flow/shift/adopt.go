package shift

import (
	"github.com/tillpost/tillpost/internal/base/id"
	"github.com/tillpost/tillpost/internal/base/money"
	"github.com/tillpost/tillpost/internal/flow/posting"
	"github.com/tillpost/tillpost/internal/platform/db"
)

// selectEarly is the cash of the book currency that a drawer took before it had an account of its own:
// it went where the chart sends the cash of all drawers that have none. What waits in suspense is moved
// by its task.
const selectEarly db.SQL = `SELECT CAST(COALESCE(SUM(book), 0) AS BIGINT) FROM (` +
	cashRows + ` AND EXISTS (SELECT 1 FROM entries e JOIN entry_lines l ON l.entry_seq = e.seq WHERE e.doc = r.id AND l.account = $4)) x
	WHERE currency = $3`

// adopt gives the drawer its own account with its first shift, and moves there what it took before:
// otherwise that cash would be counted as an overage, and stay in the books a second time.
func (h *handover) adopt() error {
	key := posting.DrawerKey(h.shift.Store, h.shift.Drawer, h.shop.Book)
	if _, ok := h.books.Roles.Find(posting.RoleDrawer, key); ok {
		return nil
	}
	common, ok := h.books.Roles.Find(posting.RoleDrawer, "")
	if err := h.accounts(h.shift.Store, h.shift.Drawer, []money.Currency{h.shop.Book}); err != nil || !ok {
		return err
	}
	err := h.tx.QueryRow(selectEarly, h.shift.Store, h.shift.Drawer, string(h.shop.Book), common).Scan(&h.early)
	if err != nil {
		return err
	}
	return h.post(posting.AdoptCash(id.Derive(h.tx.Now, "shift-adopt", string(h.shift.ID[:])), h.holder(h.shift), common, h.early, h.books))
}
