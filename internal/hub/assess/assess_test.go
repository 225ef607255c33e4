package assess

import (
	"bytes"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/tillpost/tillpost/internal/base/id"
	"github.com/tillpost/tillpost/internal/base/money"
	"github.com/tillpost/tillpost/internal/base/qty"
	"github.com/tillpost/tillpost/internal/domain/receipt"
	"github.com/tillpost/tillpost/internal/hub/formats"
	"github.com/tillpost/tillpost/internal/hub/intake"
)

var update = flag.Bool("update", false, "write the golden files anew")

var (
	examples = filepath.Join("..", "..", "..", "examples", "sample-exports")
	now      = time.Date(2026, 11, 1, 12, 0, 0, 0, time.UTC)
	tenders  = []string{"cash", "card", "giftcard", "stripe", "debit", "visa", "mastercard", "amex"}
)

// The reviews of the sample exports, as a person sees them.
func TestSampleExports(t *testing.T) {
	t.Parallel()
	for name, path := range map[string]string{
		"online-retail": "online-retail", "pizza-place": "pizza-place", "square": "square", "shopify": "shopify",
		"stripe-balance": "stripe/balance_history.csv", "stripe-payouts": "stripe/itemised_payout_reconciliation.csv",
		"paypal": "paypal", "poslog": "poslog/ncr_poslog_small.xml",
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r, info, err := formats.Open(filepath.Join(examples, filepath.FromSlash(path)), formats.Options{})
			if err != nil {
				t.Fatal(err)
			}
			defer r.Close()
			var last int64
			rep, err := Assess(r, Options{Info: info, Now: now, Tenders: tenders, Progress: func(done, size int64) { last = done - size }})
			if err != nil || last != 0 {
				t.Fatalf("%v, progress %d", err, last)
			}
			var b bytes.Buffer
			if err := rep.WriteText(&b); err != nil {
				t.Fatal(err)
			}
			golden := filepath.Join("testdata", name+".golden")
			if *update {
				if err := os.WriteFile(golden, b.Bytes(), 0o644); err != nil {
					t.Fatal(err)
				}
			}
			want, err := os.ReadFile(golden)
			if err != nil {
				t.Fatal(err)
			}
			if b.String() != string(want) {
				t.Errorf("the review changed; look at it and run with -update:\n%s", b.String())
			}
			for _, l := range strings.Split(b.String(), "\n") {
				if len([]rune(l)) > wide+10 || strings.TrimRight(l, " ") != l {
					t.Errorf("a line does not fit: %q", l)
				}
			}
			round(t, rep)
		})
	}
}

// round checks that the JSON has everything.
func round(t *testing.T, rep Report) {
	t.Helper()
	b, err := json.Marshal(rep)
	if err != nil {
		t.Fatal(err)
	}
	var back Report
	if err := json.Unmarshal(b, &back); err != nil {
		t.Fatal(err)
	}
	if again, _ := json.Marshal(back); !bytes.Equal(b, again) {
		t.Errorf("%s\n%s", b, again)
	}
}

// given is a reader of documents that are there already.
type given struct {
	docs []intake.Document
	err  error
}

func (l *given) Next() (intake.Document, error) {
	if len(l.docs) == 0 {
		if l.err != nil {
			return intake.Document{}, l.err
		}
		return intake.Document{}, io.EOF
	}
	d := l.docs[0]
	l.docs = l.docs[1:]
	return d, nil
}

func (l *given) Offset() int64 { return 0 }

// sale makes a receipt of one line, paid in cash.
func sale(no int, change func(*intake.Document)) intake.Document {
	at := time.Date(2026, 3, 2, 9, 0, 0, 0, time.UTC).Add(time.Duration(no) * time.Minute)
	rc := &receipt.Receipt{
		Kind: receipt.Sale, BusinessDay: "2026-03-02", DeviceTime: at, Currency: "EUR", TaxRounding: receipt.RoundAsGiven,
		External: fmt.Sprint(no), ID: id.Derive(at, "test", fmt.Sprint(no)),
		Lines: []receipt.Line{{No: 1, Kind: receipt.Item, Item: fmt.Sprintf("A%d", no%50), Name: fmt.Sprintf("Article %d", no%50), Qty: qty.One, UnitPrice: 5_000_000,
			Extended: 500, Net: 500, Taxes: []receipt.Tax{{Code: "VAT", Rate: money.OneRate / 5, Base: 500, Amount: 100}}}},
		Tenders: []receipt.Tender{{Type: "cash", Amount: 600}},
	}
	d := intake.Document{External: rc.External, FirstRow: no + 1, LastRow: no + 1, Rows: 1, Receipt: rc, Series: "", Sequence: int64(no)}
	if change != nil {
		change(&d)
	}
	return d
}

func run(t *testing.T, docs []intake.Document) Report {
	t.Helper()
	rep, err := Assess(&given{docs: docs}, Options{Now: now, Tenders: tenders})
	if err != nil {
		t.Fatal(err)
	}
	return rep
}

func many(n int) []intake.Document {
	var docs []intake.Document
	for i := 1; i <= n; i++ {
		docs = append(docs, sale(i, nil))
	}
	return docs
}

func TestCleanFile(t *testing.T) {
	t.Parallel()
	rep := run(t, many(100))
	if len(rep.Findings) != 0 || rep.Score != 100 || rep.Verdict != "ready to import" {
		t.Errorf("%+v", rep.Findings)
	}
	tot := rep.Totals[0]
	if tot.Total != 60_000 || tot.Sales != 50_000 || tot.Tax != 10_000 || rep.Counts.Items != 50 || rep.Span.Days != 1 {
		t.Errorf("%+v %+v", tot, rep.Counts)
	}
}

// Each oddity alone, put into a clean file, is found, counted and weighed.
func TestFindings(t *testing.T) {
	t.Parallel()
	line := func(f func(*receipt.Line)) func(*intake.Document) {
		return func(d *intake.Document) { f(&d.Receipt.Lines[0]) }
	}
	for code, c := range map[string]struct {
		severity Severity
		count    int
		change   func(*intake.Document) // of receipt 40
	}{
		"rejected": {Warning, 1, func(d *intake.Document) {
			d.Receipt, d.Rejected = nil, &intake.Rejected{Code: "not_a_number", Reason: "line 41"}
		}},
		"refused":            {Warning, 1, line(func(l *receipt.Line) { l.No = 7 })},
		"card_number":        {Blocker, 1, line(func(l *receipt.Line) { l.Name = "4111 1111 1111 1111" })},
		"total_unexplained":  {Warning, 1, func(d *intake.Document) { d.Receipt.Tenders[0].Amount, d.Unexplained = 601, 1 }},
		"number_repeated":    {Info, 1, func(d *intake.Document) { *d = sale(39, func(d *intake.Document) { d.Sequence = 40 }) }},
		"number_reused":      {Warning, 1, func(d *intake.Document) { d.External = "39" }},
		"gaps":               {Warning, 1, func(d *intake.Document) { d.Sequence = 0 }},
		"item_blank":         {Warning, 1, line(func(l *receipt.Line) { l.Item = "" })},
		"sku_case":           {Warning, 1, line(func(l *receipt.Line) { l.Item = "a3" })},
		"sku_names":          {Info, 1, line(func(l *receipt.Line) { l.Name = "Other goods" })},
		"sku_prices":         {Info, 1, line(func(l *receipt.Line) { l.UnitPrice, l.Qty = 500_000_000, 10_000 })},
		"line_price":         {Info, 1, line(func(l *receipt.Line) { l.UnitPrice = 6_000_000 })},
		"tax_rate":           {Warning, 1, line(func(l *receipt.Line) { l.Taxes[0].Rate = money.OneRate / 4 })},
		"tender_unspecified": {Warning, 1, func(d *intake.Document) { d.Receipt.Tenders[0].Type = intake.DefaultTender }},
		"tender_unknown":     {Warning, 1, func(d *intake.Document) { d.Receipt.Tenders[0].Type = "seashells" }},
		"clock_back":         {Warning, 1, func(d *intake.Document) { d.Receipt.DeviceTime = d.Receipt.DeviceTime.Add(-20 * time.Minute) }},
		"night": {Info, 1, func(d *intake.Document) {
			d.Receipt.DeviceTime = d.Receipt.DeviceTime.Add(17 * time.Hour)
			d.Sequence = 0
		}},
		"currencies": {Warning, 2, func(d *intake.Document) { d.Receipt.Currency = "USD" }},
		"some_new_code": {Warning, 1, func(d *intake.Document) {
			d.Findings = []intake.Finding{{Code: "some_new_code", Row: 41, Message: "odd"}}
		}},
		"line_voided": {Info, 1, func(d *intake.Document) {
			d.Findings = []intake.Finding{{Code: "line_voided", Row: 41, Message: "tea"}}
		}},
	} {
		t.Run(code, func(t *testing.T) {
			t.Parallel()
			docs := many(100)
			c.change(&docs[39])
			rep := run(t, docs)
			i := slices.IndexFunc(rep.Findings, func(f Finding) bool { return f.Code == code })
			if i < 0 {
				t.Fatalf("not found: %+v", rep.Findings)
			}
			f := rep.Findings[i]
			if f.Severity != c.severity || f.Count != c.count || f.Title == "" || f.Effect == "" || len(f.Examples) == 0 {
				t.Errorf("%+v", f)
			}
			switch {
			case c.severity == Blocker && (rep.Score > 50 || !slices.Contains(rep.Blockers, code)):
				t.Errorf("score %d, blockers %v", rep.Score, rep.Blockers)
			case c.severity == Warning && rep.Score > 97:
				t.Errorf("score %d", rep.Score)
			}
		})
	}
}

func TestManyRejected(t *testing.T) {
	t.Parallel()
	docs := many(100)
	for i := range 10 {
		docs[i*3].Receipt, docs[i*3].Rejected = nil, &intake.Rejected{Code: "row_short", Reason: "cut off"}
	}
	rep := run(t, docs)
	if f := rep.Findings[0]; f.Code != "rejected" || f.Severity != Blocker || f.Count != 10 || rep.Counts.RejectedRow != 10 {
		t.Errorf("%+v", f)
	}
	if rep = run(t, docs[:1]); !slices.Contains(rep.Blockers, "nothing_understood") || rep.Score != 20 {
		t.Errorf("%+v", rep)
	}
}

func TestMuchUnexplained(t *testing.T) {
	t.Parallel()
	docs := many(100)
	for i := range docs {
		docs[i].Receipt.Tenders[0].Amount, docs[i].Unexplained = 620, 20
	}
	if rep := run(t, docs); !slices.Equal(rep.Blockers, []string{"unexplained_much"}) || rep.Totals[0].Unexplained != 2000 {
		t.Errorf("%+v", rep.Findings)
	}
}

func TestSaleTwice(t *testing.T) {
	t.Parallel()
	two := func(no int, external string) intake.Document {
		return sale(no, func(d *intake.Document) {
			d.Receipt.Lines = append(d.Receipt.Lines, d.Receipt.Lines[0])
			d.Receipt.Lines[1].No = 2
			d.Receipt.Tenders[0].Amount = 1200
			d.External, d.Receipt.External = external, external
		})
	}
	docs := append(many(50), two(60, "60"), two(60, "61"))
	rep := run(t, docs)
	if i := slices.IndexFunc(rep.Findings, func(f Finding) bool { return f.Code == "sale_twice" }); i < 0 || rep.Findings[i].Count != 1 {
		t.Errorf("%+v", rep.Findings)
	}
}

// Returns are matched with sales wherever in the file they stand: some files run backwards.
func TestReturnWithoutSale(t *testing.T) {
	t.Parallel()
	back := func(no, of int, customer string) intake.Document {
		return sale(no, func(d *intake.Document) {
			l := &d.Receipt.Lines[0]
			l.Item, l.Qty, l.Extended, l.Net = fmt.Sprintf("A%d", of), -qty.One, -500, -500
			l.Taxes = []receipt.Tax{{Code: "VAT", Rate: money.OneRate / 5, Base: -500, Amount: -100}}
			l.Return = &receipt.Return{}
			d.Receipt.Customer = customer
			d.Receipt.Tenders[0].Amount = -600
		})
	}
	docs := append(many(60), back(61, 3, ""), back(62, 99, ""), back(63, 3, "17"))
	check := func(docs []intake.Document) {
		rep := run(t, docs)
		i := slices.IndexFunc(rep.Findings, func(f Finding) bool { return f.Code == "return_without_sale" })
		if i < 0 || rep.Findings[i].Count != 2 || rep.Findings[i].Of != 3 || rep.Counts.Returns != 3 {
			t.Errorf("%+v", rep.Findings)
		}
	}
	check(docs)
	slices.Reverse(docs)
	check(docs)
}

func TestGTINs(t *testing.T) {
	t.Parallel()
	with := func(codes ...string) Report {
		docs := many(10)
		for i, c := range codes {
			docs[i].Receipt.Lines[0].Item = c
		}
		return run(t, docs)
	}
	rep := with("4006381333931", "4006381333932", "036000291452", "96385074")
	if f := rep.Findings[0]; f.Code != "gtin_check" || f.Count != 1 || f.Of != 4 || f.Examples[0].Message != "4006381333932" {
		t.Errorf("%+v", rep.Findings)
	}
	rep = with("4006381333932", "10000001", "10000002", "96385074")
	if f := rep.Findings[0]; f.Code != "gtin_padding" || f.Severity != Info || f.Count != 3 || rep.Score != 100 {
		t.Errorf("%+v", rep.Findings)
	}
}

func TestPayouts(t *testing.T) {
	t.Parallel()
	move := func(row int, kind intake.MovementKind, net money.Minor) intake.Document {
		return intake.Document{External: fmt.Sprint(row), FirstRow: row, Rows: 1, Movement: &intake.Movement{
			At: now.AddDate(0, -1, 0), Kind: kind, Currency: "EUR", Gross: net, Net: net, Payout: "po"}}
	}
	whole := []intake.Document{move(2, intake.Charge, 500), move(3, intake.Refund, -100), move(4, intake.Payout, -400)}
	if rep := run(t, whole); len(rep.Findings) != 1 || rep.Findings[0].Code != "charges_alone" || rep.Score != 100 {
		t.Errorf("%+v", rep.Findings)
	}
	if rep := run(t, append(whole, sale(5, nil))); len(rep.Findings) != 0 {
		t.Errorf("%+v", rep.Findings)
	}
	rep := run(t, []intake.Document{move(2, intake.Charge, 500), move(4, intake.Payout, -400), sale(5, nil)})
	if len(rep.Findings) != 1 || rep.Findings[0].Code != "payout_unexplained" || rep.Totals[0].Movements[0].Amount != 500 {
		t.Errorf("%+v", rep.Findings)
	}
}

func TestSilenceAndSeries(t *testing.T) {
	t.Parallel()
	docs := many(100)
	docs = append(docs[:20], docs[26:]...)
	for i := 50; i < len(docs); i++ {
		docs[i].Receipt.DeviceTime = docs[i].Receipt.DeviceTime.AddDate(0, 0, 12)
		docs[i].Receipt.BusinessDay = "2026-03-14"
	}
	rep := run(t, docs)
	s := rep.Series[0]
	if s.Missing != 6 || s.First != 1 || s.Last != 100 || s.Gaps[0] != (Range{21, 26}) || rep.Span.Longest != 11 || rep.Span.Since != "2026-03-03" {
		t.Errorf("%+v %+v", s, rep.Span)
	}
	codes := []string{}
	for _, f := range rep.Findings {
		codes = append(codes, f.Code)
	}
	if !slices.Equal(codes, []string{"gaps", "silence"}) || rep.Findings[0].Count != 6 || rep.Findings[0].Of != 100 {
		t.Errorf("%+v", rep.Findings)
	}
}

func TestSourceBreaks(t *testing.T) {
	t.Parallel()
	rep, err := Assess(&given{docs: many(3), err: errors.New("disk")}, Options{})
	if err == nil || rep.Counts.Receipts != 3 {
		t.Errorf("%v, %+v", err, rep.Counts)
	}
}

// The runs of numbers know what a set knows.
func TestRuns(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		numbers := rapid.SliceOfN(rapid.Int64Range(1, 60), 1, 80).Draw(t, "numbers")
		r := &runs{}
		set := map[int64]bool{}
		twice := int64(0)
		for _, n := range numbers {
			if set[n] {
				twice++
			}
			set[n] = true
			r.add(n)
		}
		s := r.series("x")
		first, last := slices.Min(numbers), slices.Max(numbers)
		if s.First != first || s.Last != last || s.Count != int64(len(set)) || s.Twice != twice || s.Missing != last-first+1-int64(len(set)) {
			t.Fatalf("%v: %+v", numbers, s)
		}
		for i := 1; i < len(r.ranges); i++ {
			if r.ranges[i].From <= r.ranges[i-1].To+1 {
				t.Fatalf("%v: %v", numbers, r.ranges)
			}
		}
	})
}

func TestGroup(t *testing.T) {
	t.Parallel()
	for in, want := range map[string]string{"0": "0", "999": "999", "1000": "1,000", "-1234567.89": "-1,234,567.89", "12.5": "12.5"} {
		if got := groupText(in); got != want {
			t.Errorf("%s: %s", in, got)
		}
	}
}
