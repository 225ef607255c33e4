package stockreport_test

import (
	"testing"

	"pgregory.net/rapid"

	"github.com/tillpost/tillpost/internal/base/fault"
	"github.com/tillpost/tillpost/internal/base/id"
	"github.com/tillpost/tillpost/internal/base/money"
	"github.com/tillpost/tillpost/internal/base/qty"
	"github.com/tillpost/tillpost/internal/domain/inventory"
	"github.com/tillpost/tillpost/internal/flow/adjust"
	"github.com/tillpost/tillpost/internal/flow/receive"
	"github.com/tillpost/tillpost/internal/flow/stockdoc/stocktest"
	"github.com/tillpost/tillpost/internal/flow/stocktake"
	"github.com/tillpost/tillpost/internal/flow/transfer"
	"github.com/tillpost/tillpost/internal/platform/db"
	"github.com/tillpost/tillpost/internal/platform/dbtest"
)

// act is one thing that a shop does with its goods.
type act struct {
	verb  string
	store string
	item  string
	qty   qty.Qty
	price money.Price
	late  int // days before today
	flag  bool
}

func drawAct(t *rapid.T) act {
	a := act{
		verb:  rapid.SampledFrom([]string{"sell", "sell", "sell", "return", "damaged", "deliver", "send back", "bill", "count", "adjust", "ship", "arrive"}).Draw(t, "verb"),
		store: rapid.SampledFrom([]string{"01", "02"}).Draw(t, "store"),
		item:  rapid.SampledFrom([]string{"A", "B", "C"}).Draw(t, "item"),
		qty:   qty.Of(rapid.Int64Range(1, 9).Draw(t, "qty")),
		price: money.Price(rapid.Int64Range(0, 20_000_000).Draw(t, "price")),
		late:  rapid.IntRange(0, 3).Draw(t, "late"),
		flag:  rapid.Bool().Draw(t, "flag"),
	}
	if a.item == "C" { // sold by weight
		a.qty = qty.Qty(rapid.Int64Range(1, 9_000_000).Draw(t, "weight"))
	}
	return a
}

// past is what the acts of a run refer to.
type past struct {
	delivery, transfer id.ID
	sold               id.ID
	soldAct            act
}

func (a act) head() inventory.Head {
	h := stocktest.Head(a.store)
	h.BusinessDay = stocktest.Today.Add(-a.late)
	return h
}

func (a act) other() string {
	if a.store == "01" {
		return "02"
	}
	return "01"
}

// do does it. A refusal that the rules name is as good as a success.
func (a act) do(tx *db.Tx, p *past) error {
	switch a.verb {
	case "sell":
		p.sold, p.soldAct = id.New(dbtest.Now), a
		_, err := sell(tx, stocktest.Today.Add(-a.late), p.sold, inventory.Issue{Doc: p.sold, Line: 1, Item: a.item, Location: a.store, Kind: inventory.Sale,
			Qty: a.qty, Fallback: a.price})
		return err
	case "return", "damaged":
		return a.bringBack(tx, p)
	case "deliver":
		d := receive.Delivery{Head: a.head(), Supplier: "S", Lines: []receive.DeliveryLine{{Item: a.item, Qty: a.qty, UnitCost: a.price}}}
		p.delivery = d.ID
		_, err := receive.DeliverTx(tx, d)
		return err
	case "send back":
		l := receive.ReturnLine{Item: a.item, Qty: a.qty}
		if a.flag {
			l.UnitCost = &a.price
		}
		r := receive.Return{Head: a.head(), Supplier: "S", Lines: []receive.ReturnLine{l}}
		p.delivery = r.ID
		_, err := receive.SendBackTx(tx, r)
		return err
	case "bill":
		_, err := receive.BillTx(tx, receive.Bill{Head: a.head(), Supplier: "S", Deliveries: []receive.Settled{{Delivery: p.delivery}}, Net: money.Minor(a.price / 1000)})
		return allowed(err, receive.ErrDelivery, receive.ErrBilled)
	case "count":
		_, err := stocktake.CountTx(tx, stocktake.Count{Head: a.head(), Complete: a.flag, Lines: []stocktake.Line{{Item: a.item, Counted: a.qty}}})
		return err
	case "adjust":
		kinds := []adjust.Kind{adjust.Found, adjust.Shrink, adjust.Damaged, adjust.Opening}
		l := adjust.Line{Item: a.item, Qty: a.qty}
		if a.flag {
			l.UnitCost = &a.price
		}
		_, err := adjust.RecordTx(tx, adjust.Adjustment{Head: a.head(), Kind: kinds[int(a.price)%4], Lines: []adjust.Line{l}})
		return err
	case "ship":
		s := transfer.Shipment{Head: a.head(), To: a.other(), Lines: []transfer.Line{{Item: a.item, Qty: a.qty}}}
		p.transfer = s.ID
		_, err := transfer.ShipTx(tx, s)
		return err
	default:
		return a.arrive(tx, p)
	}
}

func (a act) bringBack(tx *db.Tx, p *past) error {
	if p.sold.IsZero() {
		return nil
	}
	s, kind := p.soldAct, inventory.Return
	if a.verb == "damaged" {
		kind = inventory.Damaged
	}
	cost, ok, err := inventory.CostOf(tx, "EUR", p.sold, 1)
	if err != nil || !ok {
		return err
	}
	doc := id.New(dbtest.Now)
	_, err = sell(tx, stocktest.Today.Add(-a.late), doc, inventory.Issue{Doc: doc, Line: 1, Item: s.item, Location: a.store, Kind: kind, Qty: -min(a.qty, s.qty),
		UnitCost: cost, HasCost: ok})
	return err
}

// arrive takes what is on the way, at most what there is of it.
func (a act) arrive(tx *db.Tx, p *past) error {
	if p.transfer.IsZero() {
		return nil
	}
	rest, err := inventory.InTransit(tx, p.transfer)
	if err != nil {
		return err
	}
	arrival := transfer.Arrival{Head: a.head(), Transfer: p.transfer, Close: a.flag || len(rest) == 0}
	if len(rest) > 0 {
		arrival.Lines = []transfer.Line{{Item: rest[0].Item, Qty: min(a.qty, rest[0].Qty)}}
	}
	_, err = transfer.ArriveTx(tx, arrival)
	return allowed(err, transfer.ErrClosed)
}

func allowed(err error, codes ...*fault.Error) error {
	for _, f := range codes {
		if fault.CodeOf(err) == f.Code {
			return nil
		}
	}
	return err
}

// Whatever a shop does, in whatever groups: after every commit the levels are the sum of the moves,
// nothing has no value, each store's stock is worth what its inventory accounts say, and what is
// delivered and not billed is what its account says.
func TestStockIsWorthWhatTheBooksSay(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		stocktest.Shop(t, d)
		rapid.Check(t, func(rt *rapid.T) {
			var p past
			for range rapid.IntRange(1, 3).Draw(rt, "groups") {
				acts := rapid.SliceOfN(rapid.Custom(drawAct), 1, 10).Draw(rt, "acts")
				next := p
				stocktest.Write(t, d, func(tx *db.Tx) error {
					next = p // the body may run twice
					for _, a := range acts {
						if err := a.do(tx, &next); err != nil {
							return err
						}
					}
					return nil
				})
				p = next
				stocktest.Tied(t, d)
			}
		})
	})
}
