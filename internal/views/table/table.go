// Package table is the neutral form of a report: typed columns and rows, written as aligned text for
// a terminal, as CSV for a spreadsheet or as JSON for a program. Reports fill a Table and leave the
// rest to it. Amounts stay minor units until they are written; nothing here computes with floats.
//
// A short report builds a Table and calls Write. A long one calls Begin, adds its rows one by one
// and calls End: memory stays bounded whatever the number of rows.
package table

import (
	"strings"

	"github.com/tillpost/tillpost/internal/base/money"
	"github.com/tillpost/tillpost/internal/base/qty"
)

// Kind says what the cells of a column are, and so how they are aligned and written.
type Kind uint8

// The kinds of column. Text stands left, everything else right.
const (
	KindText    Kind = iota
	KindMoney        // text and CSV in major units ("12.50"), JSON in minor units
	KindCount        // whole numbers
	KindQty          // quantities of goods, up to six decimals
	KindPercent      // a rate, shown as a percentage
)

var kindNames = [...]string{"text", "money", "count", "qty", "percent"}

// String is the kind's name in JSON.
func (k Kind) String() string { return kindNames[k] }

// MarshalText writes the name.
func (k Kind) MarshalText() ([]byte, error) { return []byte(k.String()), nil }

// Column describes one column.
type Column struct {
	Name  string `json:"name"`            // its key in JSON and heading in CSV: "net_sales"
	Label string `json:"label,omitempty"` // its heading in text; "" makes "Net sales" of "net_sales"
	Kind  Kind   `json:"kind"`
	// Currency is that of every cell of a KindMoney column. "" means that each cell states its own
	// (MoneyIn); then text shows it beside the amount and JSON writes {"minor", "currency"}.
	Currency money.Currency `json:"currency,omitempty"`
	// Total asks for the column's sum over the plain rows in a last line.
	Total bool `json:"-"`
	// Data marks a column that text leaves out: what its headings already say, ids, full names.
	Data bool `json:"-"`
}

// Table is a report.
type Table struct {
	Title    string   // "Trial balance"
	Subtitle []string // what it covers: "2026-01-01 to 2026-03-31", "all stores", "GBP"
	Columns  []Column
	Rows     []Row
	Notes    []string // below the table
}

// Style says what a row is. Headings, subtotals and totals are for people: CSV and JSON leave them
// out, so that a program which adds up a column counts nothing twice.
type Style uint8

// The styles of row.
const (
	Plain    Style = iota
	Heading        // one cell: opens a section
	Subtotal       // closes a section, under a rule
	Total          // the last word, under a double rule
)

// Row is one line of a table: one cell for each column, or one cell for a heading.
type Row struct {
	Style Style
	Cells []Cell
}

// Cell is one value; the column says what it is. The zero Cell is blank.
type Cell struct {
	text     string
	n        int64
	currency money.Currency
	set      bool
}

// Text is a cell of words, codes or days.
func Text(s string) Cell { return Cell{text: s, set: s != ""} }

// Money is an amount in the column's currency.
func Money(a money.Minor) Cell { return Cell{n: int64(a), set: true} }

// MoneyIn is an amount that states its currency, for columns without one.
func MoneyIn(a money.Amount) Cell { return Cell{n: int64(a.Minor), currency: a.Currency, set: true} }

// Count is a whole number.
func Count(n int64) Cell { return Cell{n: n, set: true} }

// Qty is a quantity of goods.
func Qty(q qty.Qty) Cell { return Cell{n: int64(q), set: true} }

// Percent is a rate: 0.2 is shown as "20 %".
func Percent(r money.Rate) Cell { return Cell{n: int64(r), set: true} }

// Blank is an empty cell.
func Blank() Cell { return Cell{} }

// Add appends a plain row.
func (t *Table) Add(cells ...Cell) { t.Rows = append(t.Rows, Row{Plain, cells}) }

// Heading opens a section.
func (t *Table) Heading(text string) { t.Rows = append(t.Rows, Row{Heading, []Cell{Text(text)}}) }

// Subtotal closes a section.
func (t *Table) Subtotal(cells ...Cell) { t.Rows = append(t.Rows, Row{Subtotal, cells}) }

// Total adds a line that is not a column's sum, such as a profit. For sums set Column.Total.
func (t *Table) Total(cells ...Cell) { t.Rows = append(t.Rows, Row{Total, cells}) }

// Note adds a sentence below the table.
func (t *Table) Note(text string) { t.Notes = append(t.Notes, text) }

// heading is the column's title for people.
func (c *Column) heading() string {
	if c.Label != "" {
		return c.Label
	}
	s := strings.ReplaceAll(c.Name, "_", " ")
	if s == "" {
		return ""
	}
	return strings.ToUpper(s[:1]) + s[1:]
}
