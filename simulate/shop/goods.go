package shop

import (
	"fmt"

	"github.com/tillpost/tillpost/internal/base/id"
	"github.com/tillpost/tillpost/internal/base/money"
	"github.com/tillpost/tillpost/internal/base/qty"
	"github.com/tillpost/tillpost/internal/domain/inventory"
	"github.com/tillpost/tillpost/internal/domain/pricing"
	"github.com/tillpost/tillpost/internal/flow/adjust"
	"github.com/tillpost/tillpost/internal/flow/posting"
	"github.com/tillpost/tillpost/internal/flow/receive"
	"github.com/tillpost/tillpost/internal/flow/stocktake"
	"github.com/tillpost/tillpost/internal/flow/transfer"
	"github.com/tillpost/tillpost/simulate/shop/auditor"
)

// delivery is what a bill may still come for.
type delivery struct {
	id              id.ID
	store, supplier string
}

// shipment is goods under way.
type shipment struct {
	id       id.ID
	from, to string
}

// doc begins a stock document, now and then of a day before.
func (s *Sim) doc(st *store, what string) inventory.Head {
	on := st.today(s.clock.now())
	if s.r.IntN(5) == 0 {
		on = max(on.Add(-s.r.IntN(9)), s.first)
	}
	s.pushed(on)
	return inventory.Head{ID: s.newID(what), Location: st.Code, BusinessDay: on, Reference: fmt.Sprintf("%s-%d", what, s.ids)}
}

// goods chooses some articles that are kept in stock.
func (s *Sim) goods(most int) []*item {
	var all []*item
	for _, it := range s.items {
		if it.Kind == pricing.ItemLine && s.b.Knows(it.SKU) {
			all = append(all, it)
		}
	}
	s.r.Shuffle(len(all), func(i, j int) { all[i], all[j] = all[j], all[i] })
	return all[:1+s.r.IntN(min(most, len(all)))]
}

func (s *Sim) someQty(it *item, most int64) qty.Qty {
	if it.weighed {
		return qty.Qty(1000 * (1 + s.r.Int64N(most*1000)))
	}
	return qty.Of(1 + s.r.Int64N(most))
}

func (s *Sim) line(it *item, q qty.Qty) auditor.DocLine {
	return auditor.DocLine{Item: it.SKU, Department: s.departments[it.SKU], Qty: int64(q), Fallback: int64(it.cost)}
}

// truck is a delivery to a store, and what it brings.
func (s *Sim) truck(st *store) (receive.Delivery, []auditor.DocLine) {
	d := receive.Delivery{Head: s.doc(st, "delivery"), Supplier: []string{"acme", "north"}[s.r.IntN(2)]}
	var lines []auditor.DocLine
	for _, it := range s.goods(6) {
		l := receive.DeliveryLine{Item: it.SKU, Qty: s.someQty(it, 30), UnitCost: it.cost * money.Price(80+s.r.Int64N(50)) / 100}
		x := s.line(it, l.Qty)
		x.Value = s.b.Extend(int64(l.UnitCost), int64(l.Qty))
		if s.r.IntN(4) == 0 {
			l.Total = minorOf(s.r.Int64N(20_000))
			x.Value = int64(*l.Total)
		}
		d.Lines, lines = append(d.Lines, l), append(lines, x)
	}
	s.say("%s delivery of %d lines on %s: %v", st.Code, len(lines), d.BusinessDay, names(lines))
	return d, lines
}

// delivered books a delivery with the auditor.
func (s *Sim) delivered(d receive.Delivery, lines []auditor.DocLine) {
	s.note(Deliveries)
	s.b.Deliver(d.ID.String(), d.Location, string(d.BusinessDay), d.Supplier, lines)
	s.deliveries = append(s.deliveries, delivery{d.ID, d.Location, d.Supplier})
}

// receive takes a delivery in, now and then twice.
func (s *Sim) receive(st *store) error {
	d, lines := s.truck(st)
	for range 1 + s.r.IntN(10)/9 {
		if _, err := receive.Deliver(s.ctx, s.d, d); err != nil {
			return err
		}
	}
	s.delivered(d, lines)
	return nil
}

func names(lines []auditor.DocLine) (out []string) {
	for _, l := range lines {
		out = append(out, fmt.Sprintf("%s %s", l.Item, qty.Qty(l.Qty)))
	}
	return out
}

// bill takes a supplier's bill for some of its deliveries, whole or in part.
func (s *Sim) bill(st *store) error {
	b := receive.Bill{Head: s.doc(st, "bill")}
	var settles []auditor.Settles
	var net int64
	for _, d := range s.deliveries {
		open := s.b.OpenValue(d.id.String())
		if open <= 0 || b.Supplier != "" && b.Supplier != d.supplier || s.r.IntN(2) == 0 {
			continue
		}
		b.Supplier = d.supplier
		x := receive.Settled{Delivery: d.id}
		if s.r.IntN(3) == 0 {
			open = 1 + s.r.Int64N(open)
			x.Value = minorOf(open)
		}
		b.Deliveries = append(b.Deliveries, x)
		settles = append(settles, auditor.Settles{Delivery: d.id.String(), Store: d.store, Value: open})
		net += open
	}
	if len(settles) == 0 {
		return nil
	}
	net += s.r.Int64N(300) - 150
	b.Net = money.Minor(max(net, 0))
	taxes := map[string]int64{"VAT20": int64(b.Net) / 5}
	b.Taxes = []posting.BillTax{{Code: "VAT20", Amount: b.Net / 5}}
	s.say("%s bill of %s for %d deliveries: %d", st.Code, b.Supplier, len(settles), b.Net)
	if _, err := receive.TakeBill(s.ctx, s.d, b); err != nil {
		return err
	}
	s.note(Bills)
	s.b.Tell("bill.recorded", b.ID.String())
	s.b.Bill(st.Code, string(b.BusinessDay), b.Supplier, settles, int64(b.Net), taxes)
	return nil
}

// adjust books goods that are found, gone, broken, or were there.
func (s *Sim) adjust(st *store) error {
	a := adjust.Adjustment{Head: s.doc(st, "adjustment"), Kind: []adjust.Kind{adjust.Found, adjust.Shrink, adjust.Damaged, adjust.Opening}[s.r.IntN(4)]}
	return s.adjustAs(st, a)
}

func (s *Sim) adjustAs(st *store, a adjust.Adjustment) error {
	var lines []auditor.DocLine
	for _, it := range s.goods(4) {
		l := adjust.Line{Item: it.SKU, Qty: s.someQty(it, 6)}
		x := s.line(it, l.Qty)
		comes := a.Kind == adjust.Found || a.Kind == adjust.Opening
		if comes && s.r.IntN(2) == 0 {
			c := it.cost * money.Price(50+s.r.Int64N(100)) / 100
			l.UnitCost = &c
			x.UnitCost, x.HasCost = int64(c), true
		}
		if a.Kind == adjust.Opening {
			x.Value = s.b.Extend(int64(it.cost), int64(l.Qty))
			if l.UnitCost != nil {
				x.Value = s.b.Extend(int64(*l.UnitCost), int64(l.Qty))
			}
		}
		a.Lines, lines = append(a.Lines, l), append(lines, x)
	}
	s.say("%s %s on %s: %v", st.Code, a.Kind, a.BusinessDay, names(lines))
	if _, err := adjust.Record(s.ctx, s.d, a); err != nil {
		return err
	}
	s.note(Adjustments)
	s.b.Tell("adjustment.recorded", a.ID.String())
	s.b.Adjust(string(a.Kind), st.Code, string(a.BusinessDay), lines)
	return nil
}

// sheet is a count that is going on: what was on the shelves when it began.
type sheet struct {
	store string
	mark  int64
	units map[string]int64
}

// beginCount prints a count sheet; it is typed in later, while sales go on.
func (s *Sim) beginCount(st *store) error {
	n, err := s.nextEntry()
	if err != nil {
		return err
	}
	sh := &sheet{store: st.Code, mark: n, units: map[string]int64{}}
	for _, it := range s.items {
		sh.units[it.SKU] = s.b.Units(st.Code, it.SKU)
	}
	s.sheets = append(s.sheets, sh)
	s.say("%s begins to count at entry %d", st.Code, n)
	return nil
}

// count books a count: of a sheet, or of what is there now.
func (s *Sim) count(st *store) error {
	c := stocktake.Count{Head: s.doc(st, "count"), Complete: s.r.IntN(4) == 0}
	units := func(sku string) int64 { return s.b.Units(st.Code, sku) }
	for i, sh := range s.sheets {
		if sh.store == st.Code {
			c.Mark = sh.mark
			units = func(sku string) int64 { return sh.units[sku] }
			s.note(SheetCounts)
			s.sheets = append(s.sheets[:i], s.sheets[i+1:]...)
			break
		}
	}
	var lines []auditor.DocLine
	on := map[string]bool{}
	for _, it := range s.goods(8) {
		there := max(units(it.SKU), 0)
		if s.r.IntN(2) == 0 {
			there = max(there+int64(qty.Of(s.r.Int64N(7)-3)), 0)
		}
		x := s.line(it, qty.Qty(there))
		x.Value = s.b.Units(st.Code, it.SKU) - units(it.SKU)
		c.Lines, lines = append(c.Lines, stocktake.Line{Item: it.SKU, Counted: qty.Qty(there)}), append(lines, x)
		on[it.SKU] = true
	}
	if c.Complete {
		for _, it := range s.items {
			if !on[it.SKU] && it.Kind == pricing.ItemLine && s.b.Knows(it.SKU) {
				x := s.line(it, 0)
				x.Fallback, x.Value = 0, s.b.Units(st.Code, it.SKU)-units(it.SKU)
				lines = append(lines, x)
			}
		}
	}
	s.say("%s count on %s, mark %d, complete %t: %v", st.Code, c.BusinessDay, c.Mark, c.Complete, names(lines))
	if _, err := stocktake.Take(s.ctx, s.d, c); err != nil {
		return err
	}
	s.note(Counts)
	s.b.Tell("count.recorded", c.ID.String())
	s.b.Count(st.Code, string(c.BusinessDay), lines)
	return nil
}

// ship sends goods to another store.
func (s *Sim) ship(st *store) error {
	to := s.stores[s.r.IntN(len(s.stores))]
	if to == st {
		return nil
	}
	x := transfer.Shipment{Head: s.doc(st, "shipment"), To: to.Code}
	var lines []auditor.DocLine
	for _, it := range s.goods(4) {
		q := s.someQty(it, 8)
		x.Lines, lines = append(x.Lines, transfer.Line{Item: it.SKU, Qty: q}), append(lines, s.line(it, q))
	}
	s.say("%s ships to %s on %s: %v", st.Code, to.Code, x.BusinessDay, names(lines))
	if _, err := transfer.Ship(s.ctx, s.d, x); err != nil {
		return err
	}
	s.note(Shipments)
	s.b.Ship(x.ID.String(), st.Code, to.Code, string(x.BusinessDay), lines)
	s.shipments = append(s.shipments, shipment{x.ID, st.Code, to.Code})
	return nil
}

// arrive takes goods of a shipment in, all or a part; now and then they come back.
func (s *Sim) arrive() error {
	if len(s.shipments) == 0 {
		return nil
	}
	i := s.r.IntN(len(s.shipments))
	sh := s.shipments[i]
	at := sh.to
	if s.r.IntN(5) == 0 {
		at = sh.from
	}
	st := s.store(at)
	a := transfer.Arrival{Head: s.doc(st, "arrival"), Transfer: sh.id}
	var lines []auditor.DocLine
	left := false
	for _, it := range s.items {
		u := s.b.Units("transit:"+sh.id.String(), it.SKU)
		if u <= 0 {
			continue
		}
		q := u
		if s.r.IntN(3) == 0 {
			q = s.r.Int64N(u + 1)
			if !it.weighed {
				q = q / 1_000_000 * 1_000_000
			}
		}
		left = left || q < u
		if q > 0 {
			a.Lines, lines = append(a.Lines, transfer.Line{Item: it.SKU, Qty: qty.Qty(q)}), append(lines, s.line(it, qty.Qty(q)))
		}
	}
	a.Close = s.r.IntN(4) == 0 || len(a.Lines) == 0
	s.say("%s arrival of %s from %s, last %t: %v", at, sh.id, sh.from, a.Close, names(lines))
	if _, err := transfer.Arrive(s.ctx, s.d, a); err != nil {
		return err
	}
	s.b.Tell("arrival.recorded", a.ID.String())
	s.b.Arrive(sh.id.String(), at, sh.to, string(a.BusinessDay), lines, a.Close, s.departments)
	if a.Close || !left {
		s.shipments = append(s.shipments[:i], s.shipments[i+1:]...)
	}
	return nil
}
