package receive

import (
	"context"
	"errors"
	"strconv"
	"time"

	"github.com/tillpost/tillpost/internal/base/id"
	"github.com/tillpost/tillpost/internal/base/money"
	"github.com/tillpost/tillpost/internal/domain/inventory"
	"github.com/tillpost/tillpost/internal/domain/ledger"
	"github.com/tillpost/tillpost/internal/flow/posting"
	"github.com/tillpost/tillpost/internal/flow/stockdoc"
	"github.com/tillpost/tillpost/internal/platform/db"
)

// taxesMost bounds the taxes of one bill: more than any country has rates.
const taxesMost = 50

// Bill is what a supplier asks for deliveries that came before, less what went back to him. Below zero
// it is his credit note.
type Bill struct {
	inventory.Head                   // Reference is the supplier's number of the bill
	Supplier       string            `json:"supplier"`
	Deliveries     []Settled         `json:"deliveries"`
	Net            money.Minor       `json:"net"` // for the goods, without tax, in minor units of the book currency
	Taxes          []posting.BillTax `json:"taxes,omitempty"`
}

// Settled is a delivery that the bill is for, or a return that it takes into account.
type Settled struct {
	Delivery id.ID `json:"delivery"`
	// Value is how much of what the delivery was received at the bill is for; of a return it is
	// negative. Without it: all that is still open.
	Value *money.Minor `json:"value,omitempty"`
}

// TakeBill books a supplier's bill. The same bill again answers the same and changes nothing; its id
// with other content is inventory.ErrOther.
func TakeBill(ctx context.Context, d *db.DB, bill Bill) (*inventory.Doc, error) {
	return stockdoc.Run(ctx, d, bill, BillTx)
}

// BillTx is TakeBill inside a transaction.
func BillTx(tx *db.Tx, bill Bill) (*inventory.Doc, error) {
	return stockdoc.Once(tx, inventory.DocBill, bill.Head, bill, func(w *stockdoc.Work) error {
		if err := w.Store("location", bill.Location); err != nil {
			return err
		}
		w.Doc.Supplier = bill.Supplier
		settles, err := bill.settle(tx, w.Doc)
		if err != nil {
			return err
		}
		return w.Post(func(books posting.Books) (ledger.Entry, []posting.Unknown, error) {
			return posting.Bill(posting.SupplierBill{ID: bill.ID, Store: bill.Location, Day: bill.BusinessDay, Memo: bill.Memo(),
				Supplier: bill.Supplier, Settles: settles, Net: bill.Net, Taxes: bill.Taxes}, books)
		})
	})
}

// Validate refuses a bill that cannot be kept.
func (b Bill) Validate(now time.Time) error {
	if err := b.Check(now, len(b.Deliveries)); err != nil {
		return err
	}
	if len(b.Deliveries) == 0 {
		return ErrNoDelivery.At("deliveries")
	}
	if err := inventory.CheckParty("supplier", b.Supplier); err != nil {
		return err
	}
	if b.Net.CheckRange() != nil {
		return ErrAmount.At("net")
	}
	if len(b.Taxes) > taxesMost {
		return inventory.ErrManyLines.At("taxes")
	}
	for i, t := range b.Taxes {
		at := taxPath(i)
		if t.Amount.CheckRange() != nil {
			return ErrAmount.At(at)
		}
		if err := inventory.CheckParty(at+".code", t.Code); err != nil {
			return err
		}
	}
	return nil
}

func taxPath(i int) string { return "taxes[" + strconv.Itoa(i) + "]" }

// settle closes the deliveries and returns, or as much of them as the bill is for, and says what that
// comes to in each of their stores.
func (b Bill) settle(tx *db.Tx, out *inventory.Doc) ([]posting.StoreAmount, error) {
	var settles []posting.StoreAmount
	credit := false
	for i, s := range b.Deliveries {
		at := "deliveries[" + strconv.Itoa(i) + "]"
		doc, err := inventory.FindDoc(tx, s.Delivery)
		if errors.Is(err, inventory.ErrDocUnknown) || err == nil && doc.Kind != inventory.DocDelivery && doc.Kind != inventory.DocReturn {
			return nil, ErrDelivery.At(at)
		}
		if err != nil {
			return nil, err
		}
		if doc.Supplier != b.Supplier {
			return nil, ErrSupplier.At(at)
		}
		v := doc.Open
		if s.Value != nil {
			v = *s.Value
		}
		if v == 0 || (v > 0) != (doc.Open > 0) || v > 0 && v > doc.Open || v < 0 && v < doc.Open {
			return nil, ErrBilled.At(at)
		}
		state := doc.State
		if v == doc.Open {
			state = inventory.StateDone
		}
		if err := inventory.Change(tx, doc, state, doc.Open-v); err != nil {
			return nil, err
		}
		out.Lines = append(out.Lines, inventory.DocLine{No: i + 1, Item: doc.ID.String(), Value: v})
		settles = append(settles, posting.StoreAmount{Store: doc.Location, Amount: v})
		credit = credit || v < 0
	}
	if credit {
		return settles, nil
	}
	return settles, b.asks()
}

// asks refuses amounts below zero on a bill that takes no return into account.
func (b Bill) asks() error {
	if b.Net < 0 {
		return ErrAmount.At("net")
	}
	for i, t := range b.Taxes {
		if t.Amount < 0 {
			return ErrAmount.At(taxPath(i))
		}
	}
	return nil
}
