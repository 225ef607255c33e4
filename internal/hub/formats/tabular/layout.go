package tabular

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"sort"
	"strings"
)

// Limits on a layout file. The largest built-in one has some 40 columns and a dozen rules.
const (
	maxLayoutBytes = 1 << 20
	maxTables      = 8
	maxRules       = 200
	maxColumns     = 300
)

// Layout describes one kind of export: which column means what, which rows belong together, and what
// each row is. It is data that a shop can write; docs/layouts.md is its manual.
type Layout struct {
	Version   int               `json:"layout"` // of this language: 1
	Name      string            `json:"name"`
	Title     string            `json:"title,omitempty"`
	Source    string            `json:"source,omitempty"` // who numbers the documents; default the name
	About     string            `json:"about,omitempty"`
	Columns   map[string]Column `json:"columns"`
	Tables    []Table           `json:"tables,omitempty"`
	Decimal   string            `json:"decimal,omitempty"` // "auto" (default), "." or ","
	Delimiter string            `json:"delimiter,omitempty"`
	Currency  *Value            `json:"currency,omitempty"`
	Zone      string            `json:"zone,omitempty"`
	Document  Document          `json:"document"`
	Line      Fields            `json:"line"` // what all rules have in common
	Rows      []Rule            `json:"rows"`
	Balance   *Balance          `json:"balance,omitempty"`
	Payouts   *Payouts          `json:"payouts,omitempty"`
}

// Fingerprint is the SHA-256 of what the layout says, 64 hexadecimal digits.
func (l *Layout) Fingerprint() string {
	text, err := json.Marshal(l)
	if err != nil {
		return "" // a layout that was read from JSON can be written as JSON
	}
	sum := sha256.Sum256(text)
	return hex.EncodeToString(sum[:])
}

// Column is a column of the file under the name that the layout uses for it.
type Column struct {
	Header   []string `json:"header"` // any of these; letter case, spaces and punctuation do not matter
	Optional bool     `json:"optional,omitempty"`
}

// Table is a file beside the main one that is kept in memory and looked up by a key.
type Table struct {
	Name     string            `json:"name"`
	Files    []string          `json:"files"` // patterns like "orders*.csv*", tried in the main file's folder
	Optional bool              `json:"optional,omitempty"`
	Columns  map[string]Column `json:"columns"`
	Key      []string          `json:"key"`             // columns of this table
	Match    []string          `json:"match"`           // columns of the main file (or "table.column") with the same values
	Whole    bool              `json:"whole,omitempty"` // every row must be met by a row of the main file
}

// Value is a text: a column as it stands, a constant, or a column translated.
type Value struct {
	Column  string            `json:"column,omitempty"`
	Columns []string          `json:"columns,omitempty"` // the first that is not blank; with Join all that are not
	Join    *string           `json:"join,omitempty"`
	Is      *string           `json:"is,omitempty"`
	Cut     []string          `json:"cut,omitempty"` // prefixes that are removed
	Map     map[string]string `json:"map,omitempty"` // whole values, letter case does not matter
	Find    []Find            `json:"find,omitempty"`
	Else    *string           `json:"else,omitempty"` // for what map and find do not know; without it the value stays
	Case    string            `json:"case,omitempty"` // "lower" or "upper"
}

// Find translates a text in which one of the words occurs.
type Find struct {
	Words []string `json:"words"`
	Is    string   `json:"is"`
}

// Amount is a number from a column, from several added up, or the opposite of one.
type Amount struct {
	Column string   `json:"column,omitempty"`
	Sum    []string `json:"sum,omitempty"`
	Negate bool     `json:"negate,omitempty"`
}

// Time is an instant from one or several columns.
type Time struct {
	Columns []string `json:"columns"` // joined by a space
	Formats []string `json:"formats"`
	Zone    *Value   `json:"zone,omitempty"` // stated by the file, so it goes before the store's
}

// Test is one condition on a column. All that is given must hold.
type Test struct {
	Column   string   `json:"column"`
	Equals   []string `json:"equals,omitempty"`
	Prefix   []string `json:"prefix,omitempty"`
	Contains []string `json:"contains,omitempty"`
	Blank    *bool    `json:"blank,omitempty"`
	Number   string   `json:"number,omitempty"` // "negative", "zero", "positive", "not_zero"
	Not      bool     `json:"not,omitempty"`    // turns the whole test
}

// Document is what the rows of one document have in common; it is taken from its first row.
type Document struct {
	Group     []string      `json:"group,omitempty"` // columns that name the document; none: each row is its own
	Number    *Value        `json:"number,omitempty"`
	Suffix    *Value        `json:"suffix,omitempty"` // put behind the number, for kinds that share one
	Series    []string      `json:"series,omitempty"` // prefixes of the number that count in the same series
	Time      *Time         `json:"time"`
	Store     *Value        `json:"store,omitempty"`
	Register  *Value        `json:"register,omitempty"`
	Employee  *Value        `json:"employee,omitempty"`
	Customer  *Value        `json:"customer,omitempty"`
	Channel   *Value        `json:"channel,omitempty"`
	Note      *Value        `json:"note,omitempty"`
	Inclusive string        `json:"prices_include_tax,omitempty"` // "no" (default), "yes", "detect"
	Total     *Amount       `json:"total,omitempty"`              // what was collected
	Discount  *Amount       `json:"discount,omitempty"`           // of the whole document; what its lines do not show is spread
	Rounding  *Amount       `json:"rounding,omitempty"`           // cash rounding inside the total
	Taxes     []TaxField    `json:"taxes,omitempty"`              // of the whole document, spread over its taxable lines
	Lines     []Rule        `json:"lines,omitempty"`              // lines made of columns: shipping, tips
	Tenders   []TenderField `json:"tenders,omitempty"`
	Fees      []FeeField    `json:"fees,omitempty"`
	Refund    *Refund       `json:"refund,omitempty"`
	Expect    []Expect      `json:"expect,omitempty"`
	Skip      []Skip        `json:"skip,omitempty"`
}

// Rule says what a row is when all its tests hold. The first rule that fits counts.
type Rule struct {
	When []Test `json:"when,omitempty"`
	Is   string `json:"is"`
	Fields
}

// Fields say where the parts of a row stand. A rule's own go before those under "line".
type Fields struct {
	Item           *Value     `json:"item,omitempty"`
	Name           *Value     `json:"name,omitempty"`
	Department     *Value     `json:"department,omitempty"`
	Party          *Value     `json:"party,omitempty"`
	Qty            *Amount    `json:"qty,omitempty"`
	Price          *Amount    `json:"price,omitempty"`
	Amount         *Amount    `json:"amount,omitempty"`   // the line's, when the file has it; else quantity x price
	Discount       *Amount    `json:"discount,omitempty"` // positive reduces a sale
	DiscountReason *Value     `json:"discount_reason,omitempty"`
	Taxes          []TaxField `json:"taxes,omitempty"`
	Taxable        *Value     `json:"taxable,omitempty"` // true, yes or 1: takes part of the document's taxes
	Return         string     `json:"return,omitempty"`  // "negative" (a negative line is a return) or "never"
	ReturnReason   *Value     `json:"return_reason,omitempty"`
	Disposition    *Value     `json:"disposition,omitempty"`
	Reason         *Value     `json:"reason,omitempty"` // of an adjustment or of a row that posts nothing
	Note           *Value     `json:"note,omitempty"`
	ID             *Value     `json:"id,omitempty"` // of a movement; default the document's number
	Time           *Time      `json:"time,omitempty"`
	Kind           *Value     `json:"kind,omitempty"` // of a movement
	Gross          *Amount    `json:"gross,omitempty"`
	Fee            *Amount    `json:"fee,omitempty"`
	Net            *Amount    `json:"net,omitempty"`
	Reference      *Value     `json:"reference,omitempty"`
	Payout         *Value     `json:"payout,omitempty"`
	Processor      *Value     `json:"processor,omitempty"`
}

// TaxField is a tax whose amount the file gives.
type TaxField struct {
	Code   *Value  `json:"code"` // a percentage at its end becomes the rate
	Rate   *Value  `json:"rate,omitempty"`
	Amount *Amount `json:"amount"`
}

// TenderField is a payment whose amount stands in a column. Without an amount it takes the total.
type TenderField struct {
	When      []Test  `json:"when,omitempty"`
	Type      *Value  `json:"type"`
	Amount    *Amount `json:"amount,omitempty"`
	Reference *Value  `json:"reference,omitempty"`
	Party     *Value  `json:"party,omitempty"`
}

// FeeField is what a processor kept of the document's payment; it becomes a movement of its own.
type FeeField struct {
	Amount    *Amount `json:"amount"`
	Processor *Value  `json:"processor"`
	Reference *Value  `json:"reference,omitempty"`
}

// Refund is money given back on the document later; it becomes a receipt of its own.
type Refund struct {
	Amount *Amount `json:"amount"` // positive
	Time   *Time   `json:"time,omitempty"`
}

// Expect is a figure of the document that its lines must add up to. A difference is a finding.
type Expect struct {
	Of     string  `json:"of"` // "gross", "discount", "net", "tax", "total"
	Lines  string  `json:"lines,omitempty"`
	Amount *Amount `json:"amount"`
}

// Skip makes a document that posts nothing.
type Skip struct {
	When   []Test `json:"when"`
	Reason string `json:"reason"`
}

// Balance is a running balance that the rows' net amounts must explain, upwards or downwards.
type Balance struct {
	Amount *Amount `json:"amount"`
	By     *Value  `json:"by,omitempty"` // a balance each, for example by currency
}

// Payouts adds the payouts that the file only names on the rows they are made of.
type Payouts struct {
	ID   *Value `json:"id"`
	Time *Time  `json:"time"`
}

// UnmarshalJSON reads "Header", ["Header", "or this"] or the object.
func (c *Column) UnmarshalJSON(b []byte) error {
	switch b[0] {
	case '"':
		c.Header = make([]string, 1)
		return json.Unmarshal(b, &c.Header[0])
	case '[':
		return json.Unmarshal(b, &c.Header)
	}
	var o struct {
		Header   json.RawMessage `json:"header"`
		Optional bool            `json:"optional"`
	}
	if err := strict(b, &o); err != nil {
		return err
	}
	if len(o.Header) == 0 || o.Header[0] != '"' && o.Header[0] != '[' {
		return fmt.Errorf("a column needs a \"header\": a text or a list of texts")
	}
	err := c.UnmarshalJSON(o.Header)
	c.Optional = o.Optional
	return err
}

// UnmarshalJSON reads "column" or the object.
func (v *Value) UnmarshalJSON(b []byte) error {
	if b[0] == '"' {
		return json.Unmarshal(b, &v.Column)
	}
	type plain Value
	return strict(b, (*plain)(v))
}

// UnmarshalJSON reads "column" or the object.
func (a *Amount) UnmarshalJSON(b []byte) error {
	if b[0] == '"' {
		return json.Unmarshal(b, &a.Column)
	}
	type plain Amount
	return strict(b, (*plain)(a))
}

func strict(b []byte, v any) error {
	d := json.NewDecoder(bytes.NewReader(b))
	d.DisallowUnknownFields()
	return d.Decode(v)
}

// ParseLayout reads a layout and checks that its parts exist. It does not need the export.
func ParseLayout(b []byte) (*Layout, error) {
	if len(b) > maxLayoutBytes {
		return nil, ErrLayout.Because(errors.New("it is longer than 1 MiB"))
	}
	var l Layout
	if err := strict(b, &l); err != nil {
		return nil, ErrLayout.Because(err)
	}
	if l.Source == "" {
		l.Source = l.Name
	}
	if err := l.check(); err != nil {
		return nil, ErrLayout.At(l.Name).Because(err)
	}
	if _, err := compile(&l); err != nil {
		return nil, ErrLayout.At(l.Name).Because(err)
	}
	return &l, nil
}

// ReadLayout reads a layout file.
func ReadLayout(path string) (*Layout, error) {
	b, err := os.ReadFile(path)
	if err != nil {
		return nil, ErrLayout.At(path).Because(err)
	}
	l, err := ParseLayout(b)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	return l, nil
}

// check holds what needs no other part of the layout.
func (l *Layout) check() error {
	switch {
	case l.Version != 1:
		return fmt.Errorf("\"layout\": 1 is missing (the version of the layout language)")
	case l.Name == "" || strings.Trim(l.Name, "abcdefghijklmnopqrstuvwxyz0123456789-_") != "":
		return fmt.Errorf("\"name\" must be made of small letters, digits, - and _")
	case len(l.Columns) == 0 || len(l.Columns) > maxColumns:
		return fmt.Errorf("\"columns\" must name 1 to %d columns", maxColumns)
	case len(l.Tables) > maxTables:
		return fmt.Errorf("more than %d tables", maxTables)
	case len(l.Rows) == 0 || len(l.Rows) > maxRules || len(l.Document.Lines) > maxRules:
		return fmt.Errorf("\"rows\" must hold 1 to %d rules", maxRules)
	case l.Decimal != "" && l.Decimal != "auto" && l.Decimal != "." && l.Decimal != ",":
		return fmt.Errorf("\"decimal\" is \"auto\", \".\" or \",\"")
	case len(l.Delimiter) > 1:
		return fmt.Errorf("\"delimiter\" is one character")
	case l.Document.Time == nil:
		return fmt.Errorf("\"document\" needs a \"time\"")
	}
	required := false
	for _, c := range l.Columns {
		required = required || !c.Optional
	}
	if !required {
		return fmt.Errorf("at least one column must not be optional, else the layout fits every file")
	}
	if l.Zone != "" {
		if _, err := loadZone(l.Zone); err != nil {
			return err
		}
	}
	return nil
}

// required lists the keys of the columns that must be there, sorted.
func required(cols map[string]Column) []string {
	var keys []string
	for k, c := range cols {
		if !c.Optional {
			keys = append(keys, k)
		}
	}
	sort.Strings(keys)
	return keys
}
