package cli

import (
	"context"
	"strconv"
	"strings"

	"github.com/tillpost/tillpost/internal/base/qty"
	"github.com/tillpost/tillpost/internal/domain/receipt"
	"github.com/tillpost/tillpost/internal/domain/sales"
	"github.com/tillpost/tillpost/internal/flow/refund"
	"github.com/tillpost/tillpost/internal/platform/db"
)

type receiptRefundCmd struct {
	named       `embed:""`
	Lines       []string `arg:"" optional:"" help:"What comes back, as LINExQUANTITY: 1x2 3x0.5. All that is left when left out."`
	Reason      string   `help:"Why, in the shop's words." placeholder:"TEXT"`
	Disposition string   `help:"What becomes of the goods: restock, damaged, or none when nothing came back." enum:"restock,damaged,none" default:"restock"`
	Tender      string   `help:"Tender that the money is given back with. Default: what the receipt was paid with." placeholder:"CODE"`
	Employee    string   `help:"Who does it." placeholder:"CODE"`
	repeatable  `embed:""`
}

// Help is the text below the flags.
func (receiptRefundCmd) Help() string {
	return `Nothing is priced or taxed again: what comes back is what the receipt froze. The lines' numbers are those of
"tillpost receipt show --format json", from 1 in the order in which they are printed.`
}

// Run takes lines of a receipt back.
func (c receiptRefundCmd) Run(e *env) error {
	order := refund.Command{Reason: c.Reason, Disposition: c.Disposition, Tender: c.Tender, Employee: c.Employee}
	for _, text := range c.Lines {
		no, much, ok := strings.Cut(strings.ReplaceAll(text, "×", "x"), "x")
		line, err := strconv.Atoi(no)
		n, err2 := qty.Parse(much)
		if !ok || err != nil || err2 != nil {
			return ErrTake.At(text)
		}
		order.Lines = append(order.Lines, receipt.Take{Line: line, Qty: n, Reason: c.Reason, Disposition: c.Disposition})
	}
	return c.run(e, c.repeatable, order, refund.Refund, "gives back")
}

type receiptVoidCmd struct {
	named      `embed:""`
	Employee   string `help:"Who does it." placeholder:"CODE"`
	Reason     string `help:"Why, in the shop's words." placeholder:"TEXT"`
	Note       string `help:"What stands on the receipt of the void; the reason when left out." placeholder:"TEXT"`
	repeatable `embed:""`
}

// Run cancels a receipt.
func (c receiptVoidCmd) Run(e *env) error {
	return c.run(e, c.repeatable, refund.Command{Employee: c.Employee, Reason: c.Reason, Note: c.Note}, refund.Void, "cancels")
}

// run does what a command says with the named receipt.
func (n named) run(e *env, again repeatable, order refund.Command, do func(context.Context, *db.DB, refund.Command) (sales.Sale, bool, error), verb string) error {
	d, _, err := e.existing()
	if err != nil {
		return err
	}
	defer d.Close()
	var name string
	err = d.Read(e.ctx, func(v *db.View) error {
		found, err := n.find(v)
		order.Receipt, name = found.ID, found.Name()
		return err
	})
	if err != nil {
		return err
	}
	if order.ID, err = again.id(); err != nil {
		return err
	}
	sale, _, err := do(e.ctx, d, order)
	if err != nil {
		return err
	}
	r := &sale.Receipt
	e.say("Receipt %s/%s/%d %s %s: %s %s.", r.Store, r.Register, r.Number, verb, name, amount(r.Currency, -r.Total()), r.Currency)
	for _, t := range r.Tenders {
		e.say("  %-24s %14s", t.Type, amount(r.Currency, t.Amount))
	}
	return nil
}
