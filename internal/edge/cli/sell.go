package cli

import (
	"errors"
	"strings"

	"github.com/tillpost/tillpost/internal/base/id"
	"github.com/tillpost/tillpost/internal/base/money"
	"github.com/tillpost/tillpost/internal/domain/org"
	"github.com/tillpost/tillpost/internal/domain/payments"
	"github.com/tillpost/tillpost/internal/domain/pricing"
	"github.com/tillpost/tillpost/internal/domain/receipt"
	"github.com/tillpost/tillpost/internal/domain/sales"
	"github.com/tillpost/tillpost/internal/flow/checkout"
	"github.com/tillpost/tillpost/internal/flow/refund"
	"github.com/tillpost/tillpost/internal/platform/db"
)

type receiptSellCmd struct {
	File       string   `arg:"" optional:"" default:"-" help:"The basket as JSON, as for tillpost quote; - reads the standard input."`
	Tender     []string `help:"How it is paid, as CODE:AMOUNT; CODE alone takes the rest. Default: cash." placeholder:"CODE:AMOUNT" sep:"none"`
	Drawer     string   `help:"Drawer that the cash goes into. Default: that of the register OFFICE." placeholder:"CODE"`
	Employee   string   `help:"Who sells." placeholder:"CODE"`
	Customer   string   `help:"Code of the customer." placeholder:"CODE"`
	Note       string   `help:"A remark on the receipt." placeholder:"TEXT"`
	repeatable `embed:""`
}

// Help is the text below the flags.
func (receiptSellCmd) Help() string {
	return `The basket is priced as "tillpost quote" prices it, and recorded on the register OFFICE of its store, which the server numbers.
Cash beyond what is due is given back. With an id that was used the receipt of then is shown and nothing is sold.

  echo '{"entries": [{"item": "CUP-RED", "qty": 3}]}' | tillpost receipt sell --tender card:10.00 --tender cash:20.00`
}

// Run sells the basket and prints the receipt.
func (c receiptSellCmd) Run(e *env) error {
	u, err := c.id()
	if err != nil {
		return err
	}
	b, err := e.basket(c.File)
	if err != nil {
		return err
	}
	d, shop, err := e.existing()
	if err != nil {
		return err
	}
	defer d.Close()
	var s shown
	err = d.Read(e.ctx, func(v *db.View) (err error) {
		s.Sale, err = sales.Get(v, u)
		return err
	})
	if errors.Is(err, sales.ErrNotFound) {
		s.Sale, err = c.sell(e, d, shop, u, &b)
	}
	if err != nil {
		return err
	}
	writeReceipt(e.stdout, shop, &s)
	return nil
}

// sell records the priced basket.
func (c receiptSellCmd) sell(e *env, d *db.DB, shop org.Shop, u id.ID, b *pricing.Basket) (sale sales.Sale, err error) {
	var r receipt.Receipt
	err = d.Read(e.ctx, func(v *db.View) error {
		q, err := priced(v, shop, b)
		if err != nil {
			return err
		}
		kinds, err := payments.LoadTenders(v)
		if err != nil {
			return err
		}
		paid, err := c.payments(q.Currency, kinds)
		if err != nil {
			return err
		}
		if q.Total == 0 {
			paid = nil
		}
		step := receipt.CashStep{Currency: q.Currency, Step: max(shop.Stores[b.Store].CashStep, 1)}
		r, err = receipt.Build(receipt.Head{ID: u, Store: b.Store, Register: refund.Register, BusinessDay: b.Day, DeviceTime: b.At,
			Employee: c.Employee, Customer: c.Customer, Note: c.Note}, q, nil, receipt.Settlement{Payments: paid, Steps: []receipt.CashStep{step}})
		return err
	})
	if err != nil {
		return sale, err
	}
	if err := receipt.Validate(r, d.Now()); err != nil {
		return sale, err
	}
	err = d.Write(e.ctx, func(tx *db.Tx) (err error) {
		if err := refund.EnsureRegister(tx, shop, r.Store); err != nil {
			return err
		}
		sale, _, err = checkout.Record(tx, checkout.Arrival{Receipt: &r})
		return err
	})
	return sale, err
}

// payments reads "card:10.00" and "cash".
func (c receiptSellCmd) payments(currency money.Currency, kinds map[string]string) ([]receipt.Payment, error) {
	texts := c.Tender
	if len(texts) == 0 {
		texts = []string{"cash"}
	}
	out := make([]receipt.Payment, 0, len(texts))
	for _, text := range texts {
		p := receipt.Payment{Type: text, Rest: true}
		if at := strings.LastIndexByte(text, ':'); at >= 0 {
			n, err := currency.Parse(text[at+1:])
			if err != nil || n <= 0 {
				return nil, ErrPayment.At(text)
			}
			p = receipt.Payment{Type: text[:at], Amount: n}
		}
		kind, ok := kinds[p.Type]
		if !ok {
			return nil, payments.ErrNoTender.At(p.Type)
		}
		if p.Cash = kind == payments.Cash; p.Cash {
			p.Drawer = c.Drawer
		}
		out = append(out, p)
	}
	return out, nil
}
