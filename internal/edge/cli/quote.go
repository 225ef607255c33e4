package cli

import (
	"fmt"
	"io"
	"time"

	"github.com/tillpost/tillpost/internal/base/strictjson"
	"github.com/tillpost/tillpost/internal/domain/org"
	"github.com/tillpost/tillpost/internal/domain/pricing"
	"github.com/tillpost/tillpost/internal/flow/catalogue"
	"github.com/tillpost/tillpost/internal/platform/db"
)

type quoteCmd struct {
	File   string `arg:"" optional:"" default:"-" help:"The basket as JSON; - reads the standard input."`
	Format string `help:"text or json." enum:"text,json" default:"text"`
}

// Help is the text below the flags.
func (quoteCmd) Help() string {
	return `The price lists, promotions and taxes of the database decide. Nothing is written. Store, moment and business day are
the only store, now and today unless the basket names others:

  echo '{"entries": [{"item": "CUP-RED", "qty": 3}]}' | tillpost quote`
}

// Run prices the basket.
func (c quoteCmd) Run(e *env) error {
	b, err := e.basket(c.File)
	if err != nil {
		return err
	}
	return e.read(func(v *db.View, shop org.Shop) error {
		q, err := priced(v, shop, &b)
		if err != nil {
			return err
		}
		if c.Format == "json" {
			return e.json(q)
		}
		writeQuote(e.stdout, &b, &q)
		return nil
	})
}

// basket reads a basket.
func (e *env) basket(file string) (pricing.Basket, error) {
	var b pricing.Basket
	in, err := e.input(file)
	if err != nil {
		return b, err
	}
	defer in.Close()
	raw, err := io.ReadAll(io.LimitReader(in, documentMost+1))
	if err != nil {
		return b, err
	}
	return b, strictjson.Decode(raw, documentMost, &b)
}

// priced prices a basket from the database, and fills in where and when it is unless the basket says so.
func priced(q db.Q, shop org.Shop, b *pricing.Basket) (pricing.Quote, error) {
	var err error
	if b.Store, err = chooseStore(shop, b.Store); err != nil {
		return pricing.Quote{}, err
	}
	rule := shop.Stores[b.Store].Rule()
	if b.At.IsZero() {
		b.At = now().In(rule.Zone)
	}
	if b.Day == "" {
		b.Day = rule.Of(b.At)
	}
	return catalogue.Quote(q, *b, catalogue.Scope{})
}

// writeQuote prints a quote as a till shows it.
func writeQuote(w io.Writer, b *pricing.Basket, q *pricing.Quote) {
	fmt.Fprintf(w, "Quote for store %s, %s (%s)\n\n", b.Store, b.Day, q.Currency)
	p := slip{w, q.Currency}
	for _, l := range q.Lines {
		p.line(l.Item, l.Name, l.Qty, l.UnitPrice, l.Extended)
		for _, r := range l.Reductions {
			p.reduction(r.Kind, r.Promotion, r.Reason, r.Amount)
		}
	}
	p.rule()
	for _, t := range q.Taxes {
		p.tax(t.Code, t.Rate, t.Base, t.Amount, q.PricesInclude)
	}
	p.sum("Total", q.Total)
	for _, a := range q.Promotions {
		fmt.Fprintf(w, "\nPromotion %s, %s: %s off", a.Code, a.Name, amount(q.Currency, a.Amount))
	}
	for _, c := range q.UnusedCoupons {
		fmt.Fprintf(w, "\nCoupon %s: nothing came of it", c)
	}
	for _, x := range q.Warnings {
		fmt.Fprintf(w, "\nLine %d: %s", x.Line, warning(x.Code))
	}
	if len(q.Promotions)+len(q.UnusedCoupons)+len(q.Warnings) > 0 {
		fmt.Fprintln(w)
	}
}

// warning is a code in words.
func warning(code string) string {
	if code == "tax_unknown" {
		return "no tax is known for its category, here, on this day"
	}
	return code
}

// now is the moment of the command.
func now() time.Time { return time.Now() }
