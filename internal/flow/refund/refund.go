// Package refund takes sales back at the back office: goods or money of a recorded receipt, or all of
// it. Nothing is priced or taxed again; what the sale froze comes back. The till does the same offline;
// here the server knows the whole history, so more than is left is refused.
package refund

import (
	"context"
	"errors"
	"slices"
	"strings"

	"github.com/tillpost/tillpost/internal/base/fault"
	"github.com/tillpost/tillpost/internal/base/id"
	"github.com/tillpost/tillpost/internal/base/money"
	"github.com/tillpost/tillpost/internal/domain/org"
	"github.com/tillpost/tillpost/internal/domain/payments"
	"github.com/tillpost/tillpost/internal/domain/receipt"
	"github.com/tillpost/tillpost/internal/domain/sales"
	"github.com/tillpost/tillpost/internal/flow/checkout"
	"github.com/tillpost/tillpost/internal/platform/db"
)

// Register is the register of a store under which the back office's receipts are numbered. It is made
// with the first of them; the server numbers and seals them.
const Register = "OFFICE"

// Command takes back lines of a receipt, or cancels it.
type Command struct {
	ID      id.ID `json:"id"`      // of the receipt that is made; the same again gives the same answer
	Receipt id.ID `json:"receipt"` // which is taken back
	// Lines are what comes back. None of them is everything that is left, for the Reason and with the
	// Disposition given here.
	Lines       []receipt.Take `json:"lines,omitempty"`
	Reason      string         `json:"reason,omitempty"`
	Disposition string         `json:"disposition,omitempty"`
	// Tender is the tender type that the money is given back with. "" is what the receipt was paid with:
	// first the cards and the like, up to what each of them paid, then the cash.
	Tender string `json:"tender,omitempty"`
	// Drawer is where the cash of a named tender is taken from; "" is the drawer of the receipt's register.
	Drawer   string `json:"drawer,omitempty"`
	Employee string `json:"employee,omitempty"`
	Note     string `json:"note,omitempty"`
}

// Refund brings lines of a sale back. The second result is false when the command was done before.
func Refund(ctx context.Context, d *db.DB, c Command) (sales.Sale, bool, error) {
	return write(ctx, d, func(tx *db.Tx) (sales.Sale, bool, error) { return InTx(tx, c) })
}

func write(ctx context.Context, d *db.DB, body func(tx *db.Tx) (sales.Sale, bool, error)) (sale sales.Sale, fresh bool, err error) {
	err = d.Write(ctx, func(tx *db.Tx) (err error) {
		sale, fresh, err = body(tx)
		return err
	})
	return sale, fresh, err
}

// InTx is Refund inside a transaction.
func InTx(tx *db.Tx, c Command) (sales.Sale, bool, error) {
	if old, ok, err := before(tx, &c, c.refunded); ok || err != nil {
		return old, false, err
	}
	o, err := enter(tx, &c)
	if err != nil {
		return sales.Sale{}, false, err
	}
	r, err := o.refund(&c)
	if err != nil {
		return sales.Sale{}, false, err
	}
	return checkout.Record(tx, checkout.Arrival{Receipt: &r})
}

// before answers a command that was done.
func before(tx *db.Tx, c *Command, same func(r *receipt.Receipt) bool) (sales.Sale, bool, error) {
	if c.ID.IsZero() || c.Receipt.IsZero() {
		return sales.Sale{}, false, ErrNoID
	}
	r, err := sales.Find(tx, c.ID)
	if errors.Is(err, sales.ErrNotFound) {
		return sales.Sale{}, false, nil
	}
	if err != nil {
		return sales.Sale{}, false, err
	}
	if r.Register != Register || r.Employee != c.Employee || r.Note != c.Note || !same(&r) {
		return sales.Sale{}, false, ErrOtherContent.At("id")
	}
	r.Number, r.PrevHash, r.Hash = 0, receipt.Hash{}, receipt.Hash{} // as it was sent in: the recorded answer is given
	old, _, err := sales.Record(tx, sales.Arrival{Receipt: &r})
	return old, true, err
}

// refunded tells whether a receipt is what the command asks for. What was left when it asked for the
// rest cannot be told any more.
func (c *Command) refunded(r *receipt.Receipt) bool {
	if r.Kind != receipt.Sale || len(c.Lines) > 0 && len(c.Lines) != len(r.Lines) {
		return false
	}
	for i := range r.Lines {
		l := &r.Lines[i]
		want := receipt.Take{Reason: c.Reason, Disposition: c.Disposition}
		if len(c.Lines) > 0 {
			want = c.Lines[i]
		}
		if l.Return == nil || l.Return.Receipt != c.Receipt || l.Return.Reason != want.Reason || l.Return.Disposition != want.Disposition ||
			len(c.Lines) > 0 && (l.Return.Line != want.Line || -l.Qty != want.Qty) {
			return false
		}
	}
	for i := range r.Tenders {
		if c.Tender != "" && r.Tenders[i].Type != c.Tender {
			return false
		}
	}
	return true
}

// office is what a command of the back office works on.
type office struct {
	head    receipt.Head
	history sales.History
	tenders map[string]string // kinds by code
	step    money.Minor       // smallest coin
}

// enter reads what was sold and taken back, and makes sure of the store's register.
func enter(tx *db.Tx, c *Command) (*office, error) {
	h, err := sales.Taken(tx, c.Receipt)
	if err != nil {
		return nil, err
	}
	shop, err := org.LoadShared(tx)
	if err != nil {
		return nil, err
	}
	store, err := shop.Store(h.Original.Store)
	if err != nil {
		return nil, err
	}
	if err := EnsureRegister(tx, shop, store.Code); err != nil {
		return nil, err
	}
	kinds, err := payments.LoadTenders(tx)
	return &office{
		history: h, tenders: kinds, step: max(store.CashStep, 1),
		head: receipt.Head{ID: c.ID, Store: store.Code, Register: Register, BusinessDay: store.Rule().Of(tx.Now), DeviceTime: tx.Now,
			Employee: c.Employee, Customer: h.Original.Customer, Channel: h.Original.Channel, Note: c.Note},
	}, err
}

// EnsureRegister makes the back office's register of a store unless it is there.
func EnsureRegister(tx *db.Tx, shop org.Shop, store string) error {
	if r, err := shop.Register(store, Register); err == nil && r.Kind == org.Import {
		return nil
	}
	return org.AddRegister(tx, org.Register{Store: store, Code: Register, Name: "Back office", Kind: org.Import})
}

// refund makes the receipt.
func (o *office) refund(c *Command) (receipt.Receipt, error) {
	h := &o.history
	if h.Original.Kind != receipt.Sale {
		return receipt.Receipt{}, receipt.ErrNotSale.At("receipt")
	}
	if len(h.Voids) > 0 {
		return receipt.Receipt{}, ErrCancelled.At("receipt")
	}
	left := receipt.Refundable(&h.Original, h.Lines)
	if len(left) == 0 {
		return receipt.Receipt{}, ErrNothingLeft.At("receipt")
	}
	what := c.Lines
	if len(what) == 0 {
		for i := range left {
			left[i].Reason, left[i].Disposition = c.Reason, c.Disposition
		}
		what = left
	}
	lines, err := receipt.Refund(&h.Original, h.Lines, what)
	if err != nil {
		return receipt.Receipt{}, ofOrder(err)
	}
	due, after := -sum(lines), slices.Concat(h.Lines, lines)
	if sold(&h.Original)+sum(after) < 0 { // refunds that name no line: other systems make such
		return receipt.Receipt{}, receipt.ErrRefundMuch.At("lines")
	}
	tenders, err := o.payBack(c, due, len(receipt.Refundable(&h.Original, after)) == 0)
	if err != nil {
		return receipt.Receipt{}, err
	}
	r, err := receipt.Build(o.head, h.Original.Terms(), lines, receipt.Settlement{Payments: placeholder(due)})
	if err != nil {
		return receipt.Receipt{}, err
	}
	r.Tenders = tenders
	r.Rounding = r.Tendered() - r.Total()
	return r, receipt.Validate(r, r.DeviceTime)
}

func sum(lines []receipt.Line) (total money.Minor) {
	for i := range lines {
		total += lines[i].Total()
	}
	return total
}

// sold is what a receipt sold, without what it took back.
func sold(r *receipt.Receipt) (total money.Minor) {
	for i := range r.Lines {
		if l := &r.Lines[i]; l.Qty > 0 && l.Return == nil {
			total += l.Total()
		}
	}
	return total
}

// placeholder settles a receipt whose tenders are set afterwards.
func placeholder(due money.Minor) []receipt.Payment {
	if due == 0 {
		return nil
	}
	return []receipt.Payment{{Type: "rest", Rest: true}}
}

// ofOrder says of a fault its place in the order: the engine calls "what" what the order calls "lines".
func ofOrder(err error) error {
	var f *fault.Error
	if errors.As(err, &f) {
		if rest, ok := strings.CutPrefix(f.Path, "what"); ok {
			return f.At("lines" + rest)
		}
	}
	return err
}
