package tabular

import (
	"maps"
	"path/filepath"
	"testing"
	"time"

	"github.com/tillpost/tillpost/internal/base/money"
	"github.com/tillpost/tillpost/internal/domain/receipt"
	"github.com/tillpost/tillpost/internal/hub/intake"
)

func TestOnlineRetailExtract(t *testing.T) {
	t.Parallel()
	folder := filepath.Join(examples, "online-retail")
	e := expected(t, folder)
	y := read(t, folder, "", intake.Terms{})
	if y.info.Layout.Name != "online-retail" || y.info.Currency != "GBP" || y.info.Zone != "Europe/London" {
		t.Errorf("info %+v", y.info)
	}
	want(t, "rows", money.Minor(y.rows), e["rows"])
	want(t, "sum", y.total+y.moved[intake.BadDebt], e["sum_rounded"])
	want(t, "bad debt", y.moved[intake.BadDebt], e["bad_debt"])
	want(t, "tenders", y.tenders["unspecified"], y.total)
	want(t, "discounts", y.discount, e["discounts"])
	want(t, "fees", y.lines[receipt.Fee], e["fees"])
	want(t, "unexplained", y.unexplained, 0)
	want(t, "rejected", money.Minor(y.rejected), 0)
	var carriage, skus money.Minor
	names, invoices, cancelled, off := map[string]bool{}, map[string]bool{}, 0, 0
	for _, d := range y.docs {
		invoices[d.External] = true
		if d.External[0] == 'C' {
			cancelled++
		}
		if a := d.Adjustment; a != nil {
			names[a.Item] = true
			if a.Qty < 0 {
				off++
			}
			if want := map[string]bool{"damaged": true, "shrink": true, "found": true}; !want[a.Reason] || a.Reason == "found" != (a.Qty > 0) {
				t.Errorf("%s: %s %s", d.External, a.Qty, a.Reason)
			}
		}
		if m := d.Movement; m != nil {
			names["B"] = true
		}
		if d.Receipt == nil {
			continue
		}
		for _, l := range d.Receipt.Lines {
			names[l.Item] = true
			if l.Department == "Carriage" {
				carriage += l.Total()
			}
			if d.External[0] == 'C' && l.Kind == receipt.Item && l.Return == nil {
				t.Errorf("%s line %d is a return and does not say so", d.External, l.No)
			}
		}
	}
	skus = money.Minor(len(names))
	want(t, "carriage", carriage, e["carriage"])
	want(t, "skus", skus, e["skus"])
	want(t, "write-offs", money.Minor(off), e["write_offs"])
	want(t, "cancellations", money.Minor(cancelled), e["cancellations"])
	want(t, "invoices", money.Minor(len(invoices)), e["invoices"])
}

// The year's control figures, when the year lies beside the repository.
func TestOnlineRetailYear(t *testing.T) {
	t.Parallel()
	files := map[string]string{}
	if s := shared(); s != "" {
		files["year"] = filepath.Join(s, "online-retail-uk")
	}
	for name, folder := range files {
		y := read(t, folder, "", intake.Terms{})
		want(t, name+" rows", money.Minor(y.rows), 541_909)
		want(t, name+" sum", y.total+y.moved[intake.BadDebt], 974_774_793)
		want(t, name+" rejected", money.Minor(y.rejected), 0)
		want(t, name+" bad debts", money.Minor(y.moves), 3)
		numbers, cancelled, customers := map[string]bool{}, 0, map[string]bool{}
		for _, d := range y.docs {
			base, _, _ := cutNth(d.External)
			if !numbers[base] && base[0] == 'C' {
				cancelled++
			}
			numbers[base] = true
			if d.Receipt != nil && d.Receipt.Customer != "" {
				customers[d.Receipt.Customer] = true
			}
		}
		want(t, name+" invoices", money.Minor(len(numbers)), 25_900)
		want(t, name+" cancellations", money.Minor(cancelled), 3_836)
		want(t, name+" customers", money.Minor(len(customers)), 4_372)
		if len(y.findings) != 0 {
			t.Errorf("findings %v", y.findings)
		}
	}
}

// cutNth splits KEY:2.
func cutNth(external string) (base, n string, ok bool) {
	for i := range external {
		if external[i] == ':' {
			return external[:i], external[i+1:], true
		}
	}
	return external, "", false
}

func TestPizzaPlace(t *testing.T) {
	t.Parallel()
	figures := map[string]map[string]money.Minor{
		"examples": expected(t, filepath.Join(examples, "pizza-place")),
		"shared":   {"rows": 48_620, "orders": 21_350, "total": 81_786_005, "pieces": 49_574},
	}
	for name, folder := range places("pizza-place", "pizza-place") {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			e := figures[name]
			y := read(t, folder, "", intake.Terms{})
			if len(y.info.Files) != 4 {
				t.Errorf("files %q", y.info.Files)
			}
			want(t, "rows", money.Minor(y.rows), e["rows"])
			want(t, "orders", money.Minor(y.receipts), e["orders"])
			want(t, "total", y.total, e["total"])
			l := y.docs[0].Receipt.Lines[0]
			if l.Item != "hawaiian_m" || l.Name != "The Hawaiian Pizza M" || l.Department != "Classic" {
				t.Errorf("line %+v", l)
			}
			if d := y.docs[0].Receipt; d.BusinessDay != "2015-01-01" || d.External != "1" {
				t.Errorf("receipt %+v", d)
			}
		})
	}
}

func TestSquare(t *testing.T) {
	t.Parallel()
	for name, folder := range places("square", "pos-export-layouts/square") {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			e := expected(t, folder)
			y := read(t, folder, "", intake.Terms{})
			want(t, "rows", money.Minor(y.rows), 147)
			want(t, "sales and refunds", money.Minor(y.receipts), e["sales"]+e["refunds"])
			tip := y.lines[receipt.Tip]
			want(t, "tip", tip, e["tip"])
			sales, back := split(y)
			want(t, "gross", sales.gross, e["gross"])
			want(t, "discounts", sales.discount, e["discounts"])
			want(t, "net", sales.net, e["net"])
			want(t, "tax", sales.tax, e["tax"])
			want(t, "total", sales.total+tip, e["total"])
			want(t, "refunds net", -back.net, e["refunds_net"])
			want(t, "refunds tax", -back.tax, e["refunds_tax"])
			want(t, "refunds total", -back.total, e["refunds_total"])
			want(t, "card", y.tenders["card"], e["card"])
			want(t, "cash", y.tenders["cash"], e["cash"])
			want(t, "gift cards", y.tenders["giftcard"], e["gift"])
			want(t, "other", y.tenders["other"], e["other"])
			want(t, "fees", y.fees, e["fees"])
			want(t, "card deposit", y.tenders["card"]-y.fees, e["card_deposit_expected"])
			want(t, "unexplained", y.unexplained, 0)
			if len(y.findings) != 0 || y.rejected != 0 {
				t.Errorf("findings %v, %d rejected", y.findings, y.rejected)
			}
			d := y.docs[0].Receipt
			if d.Store != "Main Street" || d.Register != "Register 2" || d.Employee != "Ana Q" || d.BusinessDay != "2026-09-18" {
				t.Errorf("receipt %+v", d)
			}
			if got := d.DeviceTime.UTC().Format(time.RFC3339); got != "2026-09-19T01:41:11Z" {
				t.Errorf("time %s", got)
			}
		})
	}
}

type part struct{ gross, discount, net, tax, total money.Minor }

// split adds up goods sold and goods brought back.
func split(y *tally) (sales, back part) {
	for _, d := range y.docs {
		if d.Receipt == nil {
			continue
		}
		for i := range d.Receipt.Lines {
			l := &d.Receipt.Lines[i]
			if l.Kind != receipt.Item && l.Kind != receipt.Service {
				continue
			}
			p := &sales
			if l.Return != nil {
				p = &back
			}
			p.gross += l.Extended
			p.discount += l.Reduced()
			p.net += l.Net
			p.tax += l.Tax()
			p.total += l.Total()
		}
	}
	return sales, back
}

func TestShopify(t *testing.T) {
	t.Parallel()
	for name, folder := range places("shopify", "pos-export-layouts/shopify") {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			e := expected(t, folder)
			y := read(t, folder, "", intake.Terms{})
			var sales, refunds part
			orders, shipping := 0, money.Minor(0)
			taxes := map[string]money.Minor{}
			for _, d := range y.docs {
				p := &sales
				if filepath.Base(d.External) == "refund" {
					p = &refunds
					if d.Rows != 0 || d.Receipt.Lines[0].Return == nil || d.Receipt.Lines[0].Return.Receipt.IsZero() {
						t.Errorf("%s does not name the sale", d.External)
					}
				} else {
					orders++
				}
				for i := range d.Receipt.Lines {
					l := &d.Receipt.Lines[i]
					if l.Department == "Shipping" && p == &sales {
						shipping += l.Total()
					} else {
						p.net += l.Net
					}
					p.discount += l.Reduced()
					p.total += l.Total()
					for _, x := range l.Taxes {
						if p == &sales {
							taxes[x.Code+" "+x.Rate.Percent()] += x.Amount
						}
					}
				}
			}
			want(t, "rows", money.Minor(y.rows), 90)
			want(t, "orders", money.Minor(orders), e["orders"])
			want(t, "subtotal", sales.net, e["subtotal"])
			want(t, "discounts", sales.discount, e["discounts"])
			want(t, "shipping", shipping, e["shipping"])
			want(t, "state tax", taxes["Pennsylvania State Tax 6"], e["tax_state"])
			want(t, "county tax", taxes["County Tax 1.75"], e["tax_county"])
			want(t, "total", sales.total, e["total"])
			want(t, "refunded", -refunds.total, e["refunded"])
			want(t, "stripe", y.tenders["stripe"], e["stripe_gross"]-e["stripe_refunds"])
			want(t, "unexplained", y.unexplained, 0)
			if y.findings["refund_tax_unknown"] != 3 || y.findings["refund_date_unknown"] != 6 || len(y.findings) != 2 {
				t.Errorf("findings %v", y.findings)
			}
		})
	}
}

func TestStripe(t *testing.T) {
	t.Parallel()
	for name, folder := range places("stripe", "pos-export-layouts/stripe") {
		e := expected(t, filepath.Join(filepath.Dir(folder), "shopify"))
		for _, file := range []string{"balance_history.csv", "itemised_payout_reconciliation.csv"} {
			t.Run(name+" "+file, func(t *testing.T) {
				t.Parallel()
				y := read(t, filepath.Join(folder, file), "", intake.Terms{})
				want(t, "charges", y.moved[intake.Charge], e["stripe_gross"])
				want(t, "refunds", -y.moved[intake.Refund], e["stripe_refunds"])
				want(t, "payout", -y.moved[intake.Payout], e["payout"])
				want(t, "fees", y.fees, e["stripe_fees"])
				var net money.Minor
				payouts := map[string]bool{}
				for _, d := range y.docs {
					net += d.Movement.Net
					payouts[d.Movement.Payout] = true
				}
				want(t, "nets with the payout", net, 0)
				if len(payouts) != 1 || !payouts["po_0001"] || y.docs[len(y.docs)-1].External != "po_0001" || y.info.Source != "stripe" {
					t.Errorf("payouts %v, last %+v", payouts, y.docs[len(y.docs)-1])
				}
			})
		}
	}
}

// The two Stripe reports are about the same things: who imports both records each once.
func TestStripeReportsAgree(t *testing.T) {
	t.Parallel()
	folder := filepath.Join(examples, "stripe")
	ids := func(file string) map[string]money.Minor {
		out := map[string]money.Minor{}
		for _, d := range read(t, filepath.Join(folder, file), "", intake.Terms{}).docs {
			out[d.External] = d.Movement.Net
		}
		return out
	}
	if a, b := ids("balance_history.csv"), ids("itemised_payout_reconciliation.csv"); !maps.Equal(a, b) {
		t.Errorf("%v\n%v", a, b)
	}
}

func TestPayPal(t *testing.T) {
	t.Parallel()
	for name, folder := range places("paypal", "pos-export-layouts/paypal") {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			e := expected(t, folder)
			y := read(t, folder, "", intake.Terms{})
			want(t, "rows", money.Minor(y.rows), 41)
			want(t, "gross", y.moved[intake.Charge], e["gross"])
			want(t, "fees", y.fees, e["fees"])
			want(t, "refunds", -y.moved[intake.Refund], e["refunds"])
			want(t, "withdrawn", -y.moved[intake.Payout], e["withdrawn"])
			want(t, "pending rows", money.Minor(y.controls), 3)
			var balance money.Minor
			for _, m := range y.moved {
				balance += m
			}
			want(t, "balance", balance-y.fees, e["closing_balance"])
			if len(y.findings) != 0 {
				t.Errorf("findings %v", y.findings)
			}
			if got := y.docs[0].Movement.At.UTC().Format(time.RFC3339); got != "2026-09-01T18:40:53Z" {
				t.Errorf("time %s", got)
			}
		})
	}
}
