package refund

import (
	"cmp"
	"context"

	"github.com/tillpost/tillpost/internal/base/money"
	"github.com/tillpost/tillpost/internal/base/qty"
	"github.com/tillpost/tillpost/internal/domain/receipt"
	"github.com/tillpost/tillpost/internal/domain/sales"
	"github.com/tillpost/tillpost/internal/flow/checkout"
	"github.com/tillpost/tillpost/internal/platform/db"
)

// Void cancels a whole sale: lines and tenders come back as they were. The second result is false when
// the command was done before. Of a Command only ID, Receipt, Employee, Note and Reason count; the reason
// is the receipt's note unless there is one.
func Void(ctx context.Context, d *db.DB, c Command) (sales.Sale, bool, error) {
	return write(ctx, d, func(tx *db.Tx) (sales.Sale, bool, error) { return VoidInTx(tx, c) })
}

// VoidInTx is Void inside a transaction.
func VoidInTx(tx *db.Tx, c Command) (sales.Sale, bool, error) {
	c.Note = cmp.Or(c.Note, c.Reason)
	old, ok, err := before(tx, &c, func(r *receipt.Receipt) bool { return r.Kind == receipt.Void && r.Voids == c.Receipt })
	if ok || err != nil {
		return old, false, err
	}
	o, err := enter(tx, &c)
	if err != nil {
		return sales.Sale{}, false, err
	}
	r, err := o.void()
	if err != nil {
		return sales.Sale{}, false, err
	}
	return checkout.Record(tx, checkout.Arrival{Receipt: &r, Unexplained: r.Tendered() - r.Total() - r.Rounding})
}

// void makes the receipt that cancels the original.
func (o *office) void() (receipt.Receipt, error) {
	original := &o.history.Original
	r, err := receipt.Voiding(original, o.head)
	switch {
	case err != nil:
		return r, err
	case len(o.history.Voids) > 0:
		return r, ErrVoidTwice.At("receipt")
	case o.returned():
		return r, ErrVoidReturned.At("receipt")
	}
	for i := range r.Tenders {
		r.Tenders[i].Drawer = o.drawer(original, &original.Tenders[i]) // not the back office's own
	}
	// An imported document that does not foot takes with it what nobody explained.
	unexplained := r.Tendered() - r.Total() - r.Rounding
	return r, receipt.ValidateImport(r, unexplained, r.DeviceTime)
}

// returned tells whether anything of the receipt has come back and was not undone.
func (o *office) returned() bool {
	type part struct {
		qty   qty.Qty
		total money.Minor
	}
	back := map[int]part{}
	for i := range o.history.Lines {
		l := &o.history.Lines[i]
		p := back[l.Return.Line]
		back[l.Return.Line] = part{p.qty + l.Qty, p.total + l.Total()}
	}
	for _, p := range back {
		if p != (part{}) {
			return true
		}
	}
	return false
}
