// Package assess is the review before an integration: it reads an export as the importer would, posts
// nothing, and says what is in it, what is wrong with it, and what each oddity would do to the books.
package assess

import (
	"time"

	"github.com/tillpost/tillpost/internal/base/day"
	"github.com/tillpost/tillpost/internal/base/money"
)

// Report is the outcome of a review. Its JSON is part of the API.
type Report struct {
	Files    []string  `json:"files"`
	Layout   string    `json:"layout"`
	Title    string    `json:"title,omitempty"`
	Source   string    `json:"source"`
	Zone     string    `json:"zone,omitempty"`
	Stated   bool      `json:"zone_stated,omitempty"` // by the file
	Notes    []string  `json:"notes,omitempty"`       // what was guessed about the file
	Counts   Counts    `json:"counts"`
	Span     Span      `json:"span"`
	Totals   []Totals  `json:"totals"` // by currency
	Series   []Series  `json:"series,omitempty"`
	Findings []Finding `json:"findings"`
	Blockers []string  `json:"blockers"` // codes of the findings that stand in the way
	Score    int       `json:"score"`    // 0 to 100, see score
	Verdict  string    `json:"verdict"`
	Limits   []string  `json:"limits,omitempty"` // what was not counted to the end because the file is too large
}

// Counts are how much of each there is.
type Counts struct {
	Rows        int `json:"rows"`
	Documents   int `json:"documents"`
	Receipts    int `json:"receipts"`
	Lines       int `json:"lines"`
	Returns     int `json:"returns"` // receipts that bring something back
	Adjustments int `json:"adjustments"`
	Movements   int `json:"movements"`
	Controls    int `json:"controls"`
	Rejected    int `json:"rejected"`
	RejectedRow int `json:"rejected_rows"`
	Items       int `json:"items"`
	Customers   int `json:"customers"`
	Stores      int `json:"stores"`
	Registers   int `json:"registers"`
}

// Span is the time that the file covers, by the store's clock.
type Span struct {
	First   time.Time `json:"first"`
	Last    time.Time `json:"last"`
	Days    int       `json:"days"`        // business days with receipts
	Longest int       `json:"longest_gap"` // days in a row without one
	Since   day.Day   `json:"gap_from,omitempty"`
}

// Totals are the sums of one currency.
type Totals struct {
	Currency    money.Currency `json:"currency"`
	Sales       money.Minor    `json:"sales"`     // net of tax, before discounts, without returns
	Discounts   money.Minor    `json:"discounts"` // of sales and returns together
	Returns     money.Minor    `json:"returns"`   // net of tax, positive
	Tax         money.Minor    `json:"tax"`
	Other       money.Minor    `json:"other"` // tips, gift cards, deposits, fees: no revenue
	Total       money.Minor    `json:"total"`
	Collected   money.Minor    `json:"collected"`
	Unexplained money.Minor    `json:"unexplained"`
	Kinds       []Sum          `json:"line_kinds,omitempty"`
	Tenders     []Sum          `json:"tenders,omitempty"`
	Taxes       []Sum          `json:"taxes,omitempty"`
	Movements   []Sum          `json:"movements,omitempty"`
	Fees        money.Minor    `json:"fees,omitempty"`
}

// Sum is an amount under a name.
type Sum struct {
	Name   string      `json:"name"`
	Count  int         `json:"count"`
	Amount money.Minor `json:"amount"`
}

// Series is one run of document numbers.
type Series struct {
	Name    string  `json:"name"` // prefix, or store and register
	First   int64   `json:"first"`
	Last    int64   `json:"last"`
	Count   int64   `json:"count"`
	Missing int64   `json:"missing"`
	Twice   int64   `json:"twice"`
	Gaps    []Range `json:"gaps,omitempty"` // the longest first, at most maxExamples
}

// Range is a run of numbers that are not there.
type Range struct {
	From int64 `json:"from"`
	To   int64 `json:"to"`
}

// Severity says how much a finding matters.
type Severity string

// The severities. A blocker must be cured before the import; a warning should be understood; an info
// is good to know.
const (
	Blocker Severity = "blocker"
	Warning Severity = "warning"
	Info    Severity = "info"
)

// Finding is one kind of oddity and how often it occurs.
type Finding struct {
	Code     string    `json:"code"`
	Severity Severity  `json:"severity"`
	Count    int       `json:"count"`
	Of       int       `json:"of,omitempty"` // how many there could be
	Title    string    `json:"title"`
	Effect   string    `json:"effect"` // what it would do to the books
	Examples []Example `json:"examples,omitempty"`
}

// Example is one place where a finding occurs.
type Example struct {
	Row      int    `json:"row"`
	Document string `json:"document,omitempty"`
	Message  string `json:"message"`
}

// score is 100 less what the findings cost: 40 for each blocker; for each warning 3, and up to 12
// more by the share of documents or lines that it touches; nothing for an info. With a blocker it is
// never above 50, and never below 0.
func score(findings []Finding) int {
	s, blocked := 100, false
	for _, f := range findings {
		switch f.Severity {
		case Blocker:
			s -= 40
			blocked = true
		case Warning:
			s -= 3
			if f.Of > 0 {
				s -= 12 * min(f.Count, f.Of) / f.Of
			}
		}
	}
	if blocked {
		s = min(s, 50)
	}
	return max(s, 0)
}

func verdict(score int, blockers []string) string {
	switch {
	case len(blockers) > 0:
		return "not yet: cure the blockers first"
	case score >= 90:
		return "ready to import"
	case score >= 70:
		return "can be imported; read the warnings first"
	default:
		return "can be imported, but much of it would have to be sorted out afterwards"
	}
}
