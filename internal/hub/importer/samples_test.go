package importer_test

import (
	"path/filepath"
	"testing"

	"github.com/tillpost/tillpost/internal/base/money"
	"github.com/tillpost/tillpost/internal/platform/db"
)

// sample is one of the sample exports, with what its books must come to.
type sample struct {
	paths    []string
	currency money.Currency
	settle   bool
	tasks    string
	figures  func(s *shop) map[string][2]money.Minor
}

var sampleExports = map[string]sample{
	"square": {paths: []string{"square"}, currency: "USD", figures: square},
	// The orders say what was sold, the processor's report what became of the money.
	"shopify": {paths: []string{"shopify", "stripe/balance_history.csv"}, currency: "USD", figures: shopify},
	// The other report of the processor is about the same movements: it adds nothing.
	"stripe reports": {paths: []string{"shopify", "stripe/balance_history.csv", "stripe/itemised_payout_reconciliation.csv"}, currency: "USD", figures: shopify},
	"stripe alone":   {paths: []string{"stripe/itemised_payout_reconciliation.csv"}, currency: "USD", settle: true, figures: stripe},
	"paypal":         {paths: []string{"paypal/activity_2026-09.csv"}, currency: "USD", settle: true, figures: paypal},
	"pizza place":    {paths: []string{"pizza-place"}, currency: "USD", figures: pizza},
	"online retail":  {paths: []string{"online-retail"}, currency: "GBP", figures: retail},
	"poslog":         {paths: []string{"poslog/ncr_poslog_small.xml"}, currency: "USD", figures: poslog},
}

func square(s *shop) map[string][2]money.Minor {
	e := expected(s.t, "square")
	return map[string][2]money.Minor{
		"gross sales":     {-s.role("sales"), e["gross"]},
		"discounts":       {s.role("discounts"), e["discounts"]},
		"returns":         {s.role("returns"), e["refunds_net"]},
		"tax":             {-s.role("tax_payable"), e["tax"] - e["refunds_tax"]},
		"tips":            {-s.role("tips_payable"), e["tip"]},
		"cash":            {s.role("drawer"), e["cash"]},
		"gift cards":      {s.role("gift_cards"), e["gift"]},
		"cards":           {s.tender("card"), e["card"]},
		"other tenders":   {s.tender("other"), e["other"]},
		"fees":            {s.role("card_fees"), e["fees"]},
		"not paid out":    {s.role("clearing"), e["card_deposit_expected"] + e["other"]},
		"takings":         {s.ask(tenders), e["total"] - e["refunds_total"]},
		"in suspense":     {s.role("suspense"), 0},
		"sales receipts":  {s.ask(receiptsOf, 1), e["sales"] * 1},
		"refund receipts": {s.ask(receiptsOf, 0), e["refunds"] * 1},
	}
}

func shopify(s *shop) map[string][2]money.Minor {
	e := expected(s.t, "shopify")
	return map[string][2]money.Minor{
		"revenue":      {-s.role("sales") - s.role("services") - s.role("discounts"), e["subtotal"] + e["shipping"]},
		"shipping":     {-s.role("services"), e["shipping"]},
		"discounts":    {s.role("discounts"), e["discounts"]},
		"state tax":    {-s.ask(taxSold, "Pennsylvania State Tax"), e["tax_state"]},
		"county tax":   {-s.ask(taxSold, "County Tax"), e["tax_county"]},
		"refunded":     {s.role("returns") + s.ask(taxBack), e["refunded"]},
		"charged":      {s.ask(tenderSold, "stripe"), e["stripe_gross"]},
		"fees":         {s.role("card_fees"), e["stripe_fees"]},
		"paid out":     {s.role("bank"), e["payout"]},
		"not paid out": {s.role("clearing"), 0},
		"in suspense":  {s.role("suspense"), 0},
	}
}

func stripe(s *shop) map[string][2]money.Minor {
	e := expected(s.t, "shopify")
	return map[string][2]money.Minor{
		"settled":      {-s.role("unspecified"), e["stripe_gross"] - e["stripe_refunds"]},
		"fees":         {s.role("card_fees"), e["stripe_fees"]},
		"paid out":     {s.role("bank"), e["payout"]},
		"not paid out": {s.role("clearing"), 0},
	}
}

func paypal(s *shop) map[string][2]money.Minor {
	e := expected(s.t, "paypal")
	return map[string][2]money.Minor{
		"settled":      {-s.role("unspecified"), e["gross"] - e["refunds"]},
		"fees":         {s.role("card_fees"), e["fees"]},
		"withdrawn":    {s.role("bank"), e["withdrawn"]},
		"not paid out": {s.role("clearing"), e["closing_balance"]},
	}
}

func pizza(s *shop) map[string][2]money.Minor {
	e := expected(s.t, "pizza-place")
	return map[string][2]money.Minor{
		"sales":         {-s.role("sales"), e["total"]},
		"to be matched": {s.role("unspecified"), e["total"]},
		"orders":        {s.ask(receiptsOf, 1), e["orders"]},
		"pieces":        {s.ask(piecesSold), e["pieces"] * 1_000_000},
	}
}

func retail(s *shop) map[string][2]money.Minor {
	e := expected(s.t, "online-retail")
	return map[string][2]money.Minor{
		"to be matched":         {s.role("unspecified"), e["sum_rounded"]},
		"bad debts":             {s.role("bad_debt"), -e["bad_debt"]},
		"discounts":             {s.role("discounts"), e["discounts"]},
		"carriage":              {-s.ask(ofDepartment, "Carriage"), e["carriage"]},
		"bank and market fees":  {s.role("card_fees"), -e["fees"]},
		"stock and its entries": {s.role("inventory"), s.ask(stockValue)},
	}
}

func poslog(s *shop) map[string][2]money.Minor {
	return map[string][2]money.Minor{
		"debit card": {s.tender("debit"), 107},
		"clearing":   {s.role("clearing"), 107},
		"sales":      {-s.role("sales"), 126},
		"discounts":  {s.role("discounts"), 19},
	}
}

const (
	tenders    db.SQL = `SELECT CAST(COALESCE(SUM(amount), 0) AS BIGINT) FROM receipt_tenders`
	receiptsOf db.SQL = `SELECT count(*) FROM receipts WHERE (total >= 0) = ($1 = 1)`
	piecesSold db.SQL = `SELECT CAST(SUM(qty) AS BIGINT) FROM receipt_lines`
	taxSold    db.SQL = `SELECT CAST(COALESCE(SUM(amount), 0) AS BIGINT) FROM entry_lines WHERE tax_code = $1 AND amount < 0`
	taxBack    db.SQL = `SELECT CAST(COALESCE(SUM(amount), 0) AS BIGINT) FROM entry_lines WHERE tax_code <> '' AND amount > 0`
	tenderSold db.SQL = `SELECT CAST(COALESCE(SUM(l.amount), 0) AS BIGINT) FROM entry_lines l JOIN entries e ON e.seq = l.entry_seq
		WHERE l.tender = $1 AND l.amount > 0 AND e.kind = 'sale'`
	ofDepartment db.SQL = `SELECT CAST(COALESCE(SUM(amount), 0) AS BIGINT) FROM entry_lines WHERE department = $1`
	stockValue   db.SQL = `SELECT CAST(COALESCE(SUM(value), 0) AS BIGINT) FROM stock_levels`
)

// Every sample becomes the books that its control figures say, to the cent, and everything agrees with
// everything; the same files again change nothing.
func TestSamples(t *testing.T) {
	t.Parallel()
	for name, c := range sampleExports {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			each(t, func(t *testing.T, d *db.DB) {
				s := newShop(t, d, c.currency)
				o := s.options()
				o.Settle = c.settle
				for _, p := range c.paths {
					res := s.run(filepath.Join(samples, p), o)
					if res.Counts.Quarantined != 0 || res.Counts.Unexplained != 0 || res.Already {
						t.Errorf("%s: %+v", p, res.Counts)
					}
				}
				if q := s.quarantined(); q != "" {
					t.Error(q)
				}
				s.equal(c.figures(s))
				if got := s.openTasks(); got != c.tasks {
					t.Errorf("open tasks %s, want %s", got, c.tasks)
				}
				s.sound()
				before := s.journal()
				for _, p := range c.paths {
					if res := s.run(filepath.Join(samples, p), o); !res.Already {
						t.Errorf("%s again: %+v", p, res.Counts)
					}
				}
				if s.journal() != before {
					t.Error("the same files again changed the books")
				}
			})
		})
	}
}
