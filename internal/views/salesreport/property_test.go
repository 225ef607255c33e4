package salesreport

import (
	"context"
	"fmt"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/tillpost/tillpost/internal/base/day"
	"github.com/tillpost/tillpost/internal/base/id"
	"github.com/tillpost/tillpost/internal/base/money"
	"github.com/tillpost/tillpost/internal/base/qty"
	"github.com/tillpost/tillpost/internal/domain/receipt"
	"github.com/tillpost/tillpost/internal/platform/db"
	"github.com/tillpost/tillpost/internal/platform/dbtest"
	"github.com/tillpost/tillpost/internal/views/tieout"
)

var days = []day.Day{"2026-02-28", "2026-03-01", "2026-03-14"}

func drawReceipt(t *rapid.T) *receipt.Receipt {
	few := func(label string, of ...string) string { return rapid.SampledFrom(of).Draw(t, label) }
	amount := func(label string) money.Minor { return money.Minor(rapid.Int64Range(-1e6, 1e6).Draw(t, label)) }
	on := rapid.SampledFrom(days).Draw(t, "day")
	r := &receipt.Receipt{ID: id.New(dbtest.Now), Kind: receipt.Kind(few("kind", "sale", "sale", "void", "training")), Store: few("store", "S1", "S2"),
		Register: few("register", "R1", "R2"), Employee: few("employee", "", "ann", "Zoë", "élan"), Customer: few("customer", "", "C1"), Channel: few("channel", "", "web"),
		BusinessDay: on, DeviceTime: on.Time().Add(time.Duration(rapid.IntRange(0, 23).Draw(t, "hour")) * time.Hour), Currency: "GBP",
		TaxRounding: receipt.RoundAsGiven, Rounding: amount("rounding")}
	for i := range rapid.IntRange(0, 4).Draw(t, "lines") {
		l := receipt.Line{No: i + 1, Kind: receipt.LineKind(few("line", "item", "item", "service", "service_charge", "tip", "consignment")), Item: few("item", "", "APPLE", "BREAD"),
			Department: few("department", "", "Fruit", "bakery"), Qty: qty.Qty(amount("qty")), Net: amount("net"), NetDiscount: amount("off"),
			Taxes: []receipt.Tax{{Code: "V", Amount: amount("tax")}}}
		if rapid.Bool().Draw(t, "back") {
			l.Return = &receipt.Return{}
		}
		r.Lines = append(r.Lines, l)
	}
	for range rapid.IntRange(0, 3).Draw(t, "tenders") {
		r.Tenders = append(r.Tenders, receipt.Tender{Type: few("type", "cash", "card"), Amount: amount("paid"),
			Foreign: money.Amount{Minor: amount("foreign"), Currency: money.Currency(few("in", "", "USD"))}})
	}
	return r
}

// covers tells whether a receipt counts in the span.
func (s *span) covers(r *receipt.Receipt) bool {
	return r.Posts() && string(r.BusinessDay) >= s.from && string(r.BusinessDay) <= s.to && (s.store == "" || s.store == r.Store)
}

// oracle adds the receipts up the simple way.
func oracle(rs []*receipt.Receipt, s *span, g *grouping) map[string]figures {
	out := map[string]figures{}
	for n, r := range rs {
		if !s.covers(r) {
			continue
		}
		at := func(department, item string, count func(f *figures)) {
			var parts []string
			for _, name := range g.by {
				parts = append(parts, map[string]string{Day: string(r.BusinessDay), Month: r.BusinessDay.Month(), Hour: r.DeviceTime.Format("15:00"), Store: r.Store,
					Register: r.Register, Employee: r.Employee, Department: department, Item: item, Customer: r.Customer, Channel: r.Channel}[name])
			}
			k := strings.Join(parts, separator)
			f := out[k]
			if f.last != int64(n+1) {
				f.last = int64(n + 1)
				f.receipts++
			}
			count(&f)
			out[k] = f
		}
		if !g.has(Department, Item) {
			at("", "", func(*figures) {})
		}
		for i := range r.Lines {
			at(r.Lines[i].Department, r.Lines[i].Item, func(f *figures) { addLine(f, &r.Lines[i]) })
		}
	}
	for k, f := range out {
		f.last = 0
		out[k] = f
	}
	return out
}

func addLine(f *figures, l *receipt.Line) {
	f.taxes += l.Taxes[0].Amount
	if l.Kind == receipt.Item {
		f.qty += l.Qty
	}
	switch {
	case l.Kind != receipt.Item && l.Kind != receipt.Service && l.Kind != receipt.ServiceCharge:
		f.other += l.Net
		return
	case l.Return != nil:
		f.returns -= l.Net
	default:
		f.gross += l.Net + l.NetDiscount
		f.discounts += l.NetDiscount
	}
}

func drawQuery(t *rapid.T, all []string) Query {
	q := Query{By: rapid.Permutation(all).Draw(t, "by")[:rapid.IntRange(0, 4).Draw(t, "dimensions")], Store: rapid.SampledFrom([]string{"", "S1"}).Draw(t, "store"),
		From: rapid.SampledFrom(append(days, "")).Draw(t, "from"), To: rapid.SampledFrom(append(days, "")).Draw(t, "to")}
	if q.To != "" && q.From > q.To {
		q.From, q.To = q.To, q.From
	}
	return q
}

// For any receipts and any report, the running totals, the lines and a simple addition give the same
// rows, and their sum is what the proof says that the receipts come to.
func TestAllWaysAgree(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		open(t, d)
		var all []*receipt.Receipt
		rapid.Check(t, func(rt *rapid.T) {
			rs := rapid.SliceOfN(rapid.Custom(drawReceipt), 0, 5).Draw(rt, "receipts")
			if err := sell(d, rs...); err != nil {
				rt.Fatal(err)
			}
			all = append(all, rs...)
			query := drawQuery(rt, []string{Day, Month, Hour, Store, Register, Employee, Department, Item, Customer, Channel})
			err := d.Read(context.Background(), func(v *db.View) error { return agree(v, all, query) })
			if err != nil {
				rt.Fatalf("%+v: %v", query, err)
			}
		})
	})
}

func agree(q db.Q, all []*receipt.Receipt, query Query) error {
	g, err := parse(query.By)
	if err != nil {
		return err
	}
	s, err := newSpan(q, query.From, query.To, query.Store)
	if err != nil {
		return err
	}
	want := oracle(all, s, &g)
	ways := map[string]func(db.Q, *span, *pile[figures]) error{"lines": fromLines}
	if !g.has(Item, Customer, Channel) {
		ways["totals"] = fromTotals
	}
	for name, way := range ways {
		p := newPile(&g, 0, (*figures).total, (*figures).add)
		if err := way(q, s, p); err != nil {
			return err
		}
		got := map[string]figures{}
		for k, f := range p.rows {
			if f.last = 0; !countsReceipts(&g) {
				f.receipts = want[k].receipts // not shown
			}
			got[k] = *f
		}
		if err := equal(want, got); err != nil {
			return fmt.Errorf("%s: %w", name, err)
		}
	}
	var sum figures
	for _, f := range want {
		sum.add(&f)
	}
	proof, err := tieout.Prove(q, "GBP", tieout.Scope{Store: s.store, From: day.Day(s.from), To: day.Day(s.to)})
	if err != nil {
		return err
	}
	if total := proof.Equations[0].Left.Value; total != int64(sum.total()) {
		return fmt.Errorf("the report comes to %d, the proof to %d", sum.total(), total)
	}
	return nil
}

func equal[V comparable](want, got map[string]V) error {
	for k := range want {
		if got[k] != want[k] {
			return fmt.Errorf("%q: %+v, want %+v", k, got[k], want[k])
		}
	}
	if len(got) != len(want) {
		return fmt.Errorf("%d rows, want %d", len(got), len(want))
	}
	return nil
}

// Payments add up to what was tendered, whatever they are broken down by.
func TestPaymentsAgree(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		open(t, d)
		var all []*receipt.Receipt
		rapid.Check(t, func(rt *rapid.T) {
			rs := rapid.SliceOfN(rapid.Custom(drawReceipt), 0, 5).Draw(rt, "receipts")
			if err := sell(d, rs...); err != nil {
				rt.Fatal(err)
			}
			all = append(all, rs...)
			query := drawQuery(rt, []string{Day, Month, Hour, Store, Register, Employee, Customer, Channel})
			query.By = append(query.By, Tender)
			err := d.Read(context.Background(), func(v *db.View) error { return paymentsAgree(v, all, query) })
			if err != nil {
				rt.Fatalf("%+v: %v", query, err)
			}
		})
	})
}

func paymentsAgree(q db.Q, all []*receipt.Receipt, query Query) error {
	g, err := parse(query.By)
	if err != nil {
		return err
	}
	s, err := newSpan(q, query.From, query.To, query.Store)
	if err != nil {
		return err
	}
	want := map[string]taken{}
	var sum, total money.Minor
	for _, r := range all {
		if !s.covers(r) {
			continue
		}
		for _, x := range r.Tenders {
			c := coordinates{period: string(r.BusinessDay), hour: int64(r.DeviceTime.Hour()), store: r.Store, register: r.Register, employee: r.Employee,
				customer: r.Customer, channel: r.Channel, tender: x.Type, currency: string(x.Foreign.Currency)}
			k := string(g.key(nil, &c))
			v := want[k]
			v.add(&taken{1, x.Amount, x.Foreign.Minor})
			want[k] = v
		}
		total += r.Tendered()
	}
	p := newPile(&g, 0, (*taken).worth, (*taken).add)
	if err := collectTenders(q, s, p); err != nil {
		return err
	}
	got := map[string]taken{}
	for k, v := range p.rows {
		got[k] = *v
		sum += v.amount
	}
	if sum != total {
		return fmt.Errorf("payments of %d, tendered %d", sum, total)
	}
	return equal(want, got)
}
