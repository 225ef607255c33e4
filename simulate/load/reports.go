package main

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"time"

	"github.com/tillpost/tillpost/internal/base/money"
	"github.com/tillpost/tillpost/simulate/past"
)

// sums are what a report comes to, to be compared with what the lines come to.
type sums struct {
	Rows   int         `json:"rows"`
	Amount money.Minor `json:"amount"`
	Second money.Minor `json:"second"`
}

// report is a question to the server, and how much faster than SQL over the lines it has to be answered,
// 0 for no matter. Only what has the same answer in a shop with a tenth of the history is compared there.
type report struct {
	name, path string
	floor      string // the question as floor-report knows it, "" for none
	least      float64
	tenth      bool
	sums       func(said []byte) (sums, error)
}

// lately is the last month of every past.
const lately = "&from=2026-06-01&to=" + string(past.Last)

var allReports = []report{
	{"sales by day and department, all days", "/v1/reports/sales?by=day,department", "sales", 15, false, salesSums},
	{"sales by day and department, last month", "/v1/reports/sales?by=day,department" + lately, "", 0, true, salesSums},
	{"trial balance, all days", "/v1/reports/trial-balance", "trial", 100, true, trialSums},
	{"trial balance, last month", "/v1/reports/trial-balance?" + lately[1:], "", 0, true, trialSums},
	{"stock value by department", "/v1/reports/stock?by=department", "stock", 80, true, stockSums},
	{"stock value by item and store", "/v1/reports/stock", "", 0, true, stockSums},
}

func salesSums(said []byte) (sums, error) {
	var t struct {
		Rows   []json.RawMessage
		Totals struct {
			Gross money.Minor `json:"gross_sales"`
			Tax   money.Minor
		}
	}
	err := json.Unmarshal(said, &t)
	return sums{len(t.Rows), t.Totals.Gross, t.Totals.Tax}, err
}

func trialSums(said []byte) (sums, error) {
	var t struct {
		Rows          []json.RawMessage
		Debit, Credit money.Minor
	}
	err := json.Unmarshal(said, &t)
	return sums{len(t.Rows), t.Debit, t.Credit}, err
}

func stockSums(said []byte) (sums, error) {
	var t struct {
		Rows  []struct{ Items money.Minor }
		Value money.Minor
	}
	err := json.Unmarshal(said, &t)
	s := sums{Rows: len(t.Rows), Amount: t.Value}
	for _, r := range t.Rows {
		s.Second += r.Items
	}
	return s, err
}

// chain is the shop that the reports are about: two years, and so many lines a day that they come to ten
// millions.
var chain = past.Shop{Stores: 10, Items: 5_000, Days: 730}

// receiptsADay is what that makes.
const receiptsADay = 10_000_000 / 3 / 730

// rounds of a report: the shop, the shop with a tenth of the history, and SQL over the shop's lines.
type reportRounds struct {
	whole, tenth []answered
	floor        []finished
}

// reports: the reports over HTTP against plain SQL over the same lines, and against a tenth of the history.
func reports(ctx context.Context, s *settings) error {
	whole := s.chain
	whole.Receipts = s.lines / 3
	tenth := whole
	tenth.Days, tenth.Receipts = whole.Days/10, whole.Receipts/10
	file, err := s.shop(ctx, whole)
	if err != nil {
		return err
	}
	tenthFile, err := s.shop(ctx, tenth)
	if err != nil {
		return err
	}
	big, err := s.serve(ctx, file)
	if err != nil {
		return err
	}
	defer big.stop()
	small, err := s.serve(ctx, tenthFile)
	if err != nil {
		return err
	}
	defer small.stop()
	took := make([]reportRounds, len(allReports))
	done := 0
	for ; done < s.rounds && err == nil; done++ {
		for i := range allReports {
			if err = took[i].round(ctx, s, &allReports[i], big, small, file); err != nil {
				err = fmt.Errorf("%s: %w", allReports[i].name, err)
				break
			}
		}
		fmt.Fprintf(os.Stderr, "round %d is over\n", done+1)
	}
	if err != nil && done < 2 {
		return err
	}
	if err != nil { // what there is took long enough
		done--
	}
	fmt.Printf("%d lines on %d days, and a tenth of both; %d whole rounds\n\n", whole.Lines(), whole.Days, done)
	fmt.Println("| report | time, CPU, bytes | SQL over the lines: time, CPU | faster (to reach) | a tenth of the history: time, CPU | slower (at most 1.5) |\n| --- | --- | --- | --- | --- | --- |")
	for i := range allReports {
		took[i].row(&allReports[i])
	}
	return err
}

// round asks everybody once.
func (t *reportRounds) round(ctx context.Context, s *settings, r *report, big, small *served, file string) error {
	all, bodies, err := askInTurns(r.path, big, small)
	if err != nil {
		return err
	}
	t.whole, t.tenth = append(t.whole, all[0]), append(t.tenth, all[1])
	is, err := r.sums(bodies[0])
	if err != nil || r.floor == "" || !s.floors {
		return err
	}
	f, err := finish(ctx, s.self, "floor-report", file, r.floor)
	if err != nil {
		return err
	}
	var said floorAnswer
	if err := json.Unmarshal(f.said, &said); err != nil {
		return err
	}
	if said.sums != is {
		return fmt.Errorf("the report says %+v, the lines say %+v", is, said.sums)
	}
	f.wall = said.Took
	t.floor = append(t.floor, f)
	return nil
}

func (t *reportRounds) row(r *report) {
	w := medianBy(t.whole, func(a answered) float64 { return float64(a.wall) })
	c := medianBy(t.tenth, func(a answered) float64 { return float64(a.wall) })
	lines, faster, slower := "", "", ""
	if len(t.floor) > 0 {
		f := medianBy(t.floor, func(f finished) float64 { return float64(f.wall) })
		lines = fmt.Sprintf("%s, %s", f.wall.Round(time.Millisecond), f.cpu.Round(time.Millisecond))
		faster = fmt.Sprintf("%.0f", float64(f.wall)/float64(w.wall))
		if r.least > 0 {
			faster += fmt.Sprintf(" (%.0f)", r.least)
		}
	}
	if r.tenth {
		slower = fmt.Sprintf("%.2f", float64(w.wall)/float64(c.wall))
	}
	fmt.Printf("| %s | %s, %s, %d | %s | %s | %s, %s | %s |\n", r.name, w.wall.Round(10*time.Microsecond), w.cpu.Round(10*time.Microsecond), w.bytes, lines, faster,
		c.wall.Round(10*time.Microsecond), c.cpu.Round(10*time.Microsecond), slower)
}
