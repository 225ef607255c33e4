// Package demo makes a shop out of a real retailer's year, the "Online Retail" set of the UCI Machine
// Learning Repository (CC BY 4.0), so that a newcomer sees the books of a shop and not of an example.
package demo

import (
	"context"
	"errors"
	"io"
	"maps"
	"slices"
	"strconv"
	"time"

	"github.com/tillpost/tillpost/internal/base/day"
	"github.com/tillpost/tillpost/internal/base/fixed"
	"github.com/tillpost/tillpost/internal/base/id"
	"github.com/tillpost/tillpost/internal/base/money"
	"github.com/tillpost/tillpost/internal/base/qty"
	"github.com/tillpost/tillpost/internal/domain/catalog"
	"github.com/tillpost/tillpost/internal/domain/inventory"
	"github.com/tillpost/tillpost/internal/domain/org"
	"github.com/tillpost/tillpost/internal/domain/receipt"
	"github.com/tillpost/tillpost/internal/flow/receive"
	"github.com/tillpost/tillpost/internal/flow/setup"
	"github.com/tillpost/tillpost/internal/hub/formats"
	"github.com/tillpost/tillpost/internal/hub/importer"
	"github.com/tillpost/tillpost/internal/hub/intake"
	"github.com/tillpost/tillpost/internal/platform/db"
)

// Currency is that of the demo's books.
const Currency money.Currency = "GBP"

// The demo shop.
const (
	Store  = "S01"
	Layout = "online-retail"
	zone   = "Europe/London"
)

// costShare is what the demo takes an item to cost, as a share of its first price: the set names no
// costs.
const costShare = money.OneRate / 2

// Setup makes the books, the store and its register.
func Setup(ctx context.Context, d *db.DB) error {
	return setup.Run(ctx, d, setup.Shop{Currency: Currency, Chart: "uk", FiscalYearStart: "01-01",
		Store: org.Store{Code: Store, Name: "Online gift shop", Zone: zone, Jurisdiction: "GB", PricesInclude: true,
			TaxRounding: "rate", CashStep: 1},
		Registers: []org.Register{{Code: "WEB", Name: "Web orders", Kind: org.Import}}})
}

// ImportOptions are how the year is imported.
func ImportOptions() importer.Options {
	return importer.Options{Formats: formats.Options{Layout: Layout}, Store: Store, Register: "WEB", Cost: costShare}
}

// Stock delivers, at the start of each month, what the month sold, so that the shop has something to
// sell. It returns the number of deliveries. Running it again changes nothing. tell, unless nil, is
// told how much of the file was read.
func Stock(ctx context.Context, d *db.DB, file string, tell func(done, total int64)) (int, error) {
	done, err := stocked(ctx, d)
	if err != nil || done > 0 {
		return done, err
	}
	if tell == nil {
		tell = func(int64, int64) {}
	}
	o := ImportOptions().Formats
	loc, err := time.LoadLocation(zone)
	if err != nil {
		return 0, err
	}
	o.Zone = loc
	reader, info, err := formats.Open(file, o)
	if err != nil {
		return 0, err
	}
	defer reader.Close()
	plan, err := planFrom(ctx, reader, func(n int64) { tell(n, info.SizeBytes) })
	if err != nil {
		return 0, err
	}
	err = d.Write(ctx, func(tx *db.Tx) error {
		if err := catalog.Introduce(tx, plan.catalogue()...); err != nil {
			return err
		}
		n := 0 // the body may run twice
		for _, m := range slices.Sorted(maps.Keys(plan.needs)) {
			delivery := plan.delivery(m)
			if len(delivery.Lines) == 0 {
				continue // the month sold no goods
			}
			if _, err := receive.DeliverTx(tx, delivery); err != nil {
				return err
			}
			n++
		}
		done = n
		return org.PutSetting(tx, settingStocked, strconv.Itoa(n))
	})
	return done, err
}

// settingStocked remembers how many deliveries were made.
const settingStocked = "demo_stocked"

func stocked(ctx context.Context, d *db.DB) (int, error) {
	n := 0
	err := d.Read(ctx, func(v *db.View) error {
		s, ok, err := org.Setting(v, settingStocked)
		if err != nil || !ok {
			return err
		}
		n, err = strconv.Atoi(s)
		return err
	})
	return n, err
}

// plan is what the shop needs, month by month.
type plan struct {
	items map[string]catalog.Item
	needs map[string]map[string]qty.Qty // month -> SKU -> quantity that leaves the shelf
	first map[string]day.Day            // month -> its first day of trade
}

func planFrom(ctx context.Context, r intake.Reader, tell func(int64)) (*plan, error) {
	p := &plan{items: map[string]catalog.Item{}, needs: map[string]map[string]qty.Qty{}, first: map[string]day.Day{}}
	for {
		doc, err := r.Next()
		if errors.Is(err, io.EOF) {
			return p, ctx.Err()
		}
		if err != nil {
			return nil, err
		}
		if ctx.Err() != nil {
			return nil, ctx.Err()
		}
		tell(r.Offset())
		if doc.Receipt != nil {
			p.count(doc.Receipt)
		}
	}
}

func (p *plan) count(r *receipt.Receipt) {
	month := r.BusinessDay.Month()
	if d, ok := p.first[month]; !ok || r.BusinessDay < d {
		p.first[month] = r.BusinessDay
	}
	need := p.needs[month]
	if need == nil {
		need = map[string]qty.Qty{}
		p.needs[month] = need
	}
	for i := range r.Lines {
		l := &r.Lines[i]
		if l.Kind != receipt.Item || l.Item == "" {
			continue
		}
		if it, ok := p.items[l.Item]; !ok || it.Cost == 0 {
			cost, err := fixed.MulDiv(max(int64(l.UnitPrice), 0), int64(costShare), int64(money.OneRate), fixed.HalfUp)
			if err != nil {
				cost = 0
			}
			p.items[l.Item] = catalog.Item{SKU: l.Item, Name: l.Name, Department: l.Department, Cost: money.Price(cost)}
		}
		if l.Qty > 0 {
			need[l.Item] += l.Qty
		}
	}
}

func (p *plan) catalogue() []catalog.Item {
	out := make([]catalog.Item, 0, len(p.items))
	for _, sku := range slices.Sorted(maps.Keys(p.items)) {
		out = append(out, p.items[sku])
	}
	return out
}

// delivery is one month's.
func (p *plan) delivery(month string) receive.Delivery {
	at := p.first[month]
	d := receive.Delivery{Supplier: "wholesaler", Head: inventory.Head{ID: id.Derive(at.Time(), "demo-delivery", month),
		Location: Store, BusinessDay: at, Reference: "Delivery for " + month}}
	for _, sku := range slices.Sorted(maps.Keys(p.needs[month])) {
		if q := p.needs[month][sku]; q > 0 {
			d.Lines = append(d.Lines, receive.DeliveryLine{Item: sku, Qty: q, UnitCost: p.items[sku].Cost})
		}
	}
	return d
}
