package catalogue

import (
	"bufio"
	"bytes"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/tillpost/tillpost/internal/base/fault"
	"github.com/tillpost/tillpost/internal/base/money"
	"github.com/tillpost/tillpost/internal/base/qty"
	"github.com/tillpost/tillpost/internal/domain/catalog"
)

const (
	cellMost   = 2000 // bytes; the longest field has 200 characters
	faultsMost = 100  // a file of another kind is wrong in every line
)

// columns are those that a catalogue file may have, in any order, with the other names by which they go.
var columns = map[string][]string{
	"sku":           {"item", "item_code", "article"},
	"name":          {"description", "item_name"},
	"department":    {"category"},
	"unit":          {"uom"},
	"tax_category":  {"tax", "tax_code"},
	"price":         {"unit_price", "retail_price"},
	"cost":          {"unit_cost"},
	"barcode":       {"barcodes", "gtin", "ean", "upc"},
	"reorder_point": {"reorder_level"},
	"reorder_to":    {"order_up_to"},
}

// File is a catalogue file that has been read.
type File struct {
	Columns []string // those that were found, by the names of this package
	Ignored []string // columns of the file that mean nothing here
	Rows    []Row
}

// Row is one line. Only the fields whose columns the file has are set.
type Row struct {
	Line     int // where it begins, the first line being 1
	Item     catalog.Item
	Price    *money.Price // nil when the cell is empty
	Barcodes []string
}

// ReadCSV reads a catalogue file: UTF-8 with or without a mark at the beginning, commas, semicolons or
// tabs between cells (with the latter two also decimal commas), columns by their names in the first
// line, any number of barcodes in a cell with spaces or bars between them. The faults say line and
// column; at most a hundred are collected. The error is about the file as a whole.
func ReadCSV(r io.Reader) (File, []*fault.Error, error) {
	p, err := newParser(r)
	if err == nil {
		err = p.read(most + 1)
	}
	return p.file, collect(p.wrong), err
}

// newParser reads the first line.
func newParser(r io.Reader) (*parser, error) {
	limited := &io.LimitedReader{R: r, N: FileMost + 1}
	in := bufio.NewReaderSize(limited, 1<<16)
	if mark, err := in.Peek(3); err == nil && string(mark) == "\ufeff" {
		_, _ = in.Discard(3)
	}
	head, _ := in.Peek(4096) // an error shows again below
	p := &parser{limited: limited, comma: separator(head), seen: map[string]int{}}
	p.csv = csv.NewReader(in)
	p.csv.Comma, p.csv.FieldsPerRecord, p.csv.ReuseRecord = p.comma, -1, true
	return p, p.header()
}

// read reads the next rows, up to n of them, into the file, in the place of those before. It stops at
// the end, and when there are enough faults.
func (p *parser) read(n int) error {
	p.file.Rows = nil
	for len(p.file.Rows) < n && len(p.wrong) < faultsMost {
		cells, err := p.csv.Read()
		if errors.Is(err, io.EOF) {
			p.ended = true
			break
		}
		if err != nil {
			return csvFault(err)
		}
		if p.limited.N <= 0 || p.rows == most {
			return ErrTooLarge
		}
		p.row(cells)
	}
	if p.limited.N <= 0 {
		return ErrTooLarge
	}
	return nil
}

// separator is what the first line has most of, outside quotes.
func separator(head []byte) rune {
	line, _, _ := bytes.Cut(head, []byte{'\n'})
	best, most, quoted := ',', 0, false
	count := map[byte]int{}
	for _, c := range line {
		if c == '"' {
			quoted = !quoted
		} else if !quoted {
			count[c]++
		}
	}
	for _, c := range []rune{',', ';', '\t'} {
		if count[byte(c)] > most {
			best, most = c, count[byte(c)]
		}
	}
	return best
}

func csvFault(err error) error {
	var p *csv.ParseError
	if errors.As(err, &p) {
		return ErrCSV.At(fmt.Sprintf("line %d", p.StartLine)).Because(p.Err)
	}
	return err
}

type parser struct {
	limited *io.LimitedReader
	csv     *csv.Reader
	comma   rune
	file    File
	names   []string       // of the columns, "" for one that is ignored
	seen    map[string]int // line of each SKU
	rows    int            // how many were read
	ended   bool           // the file has no more
	wrong   []wrong
}

// wrong is a fault and the line that has it.
type wrong struct {
	line  int
	fault *fault.Error
}

// collect sorts faults by line and keeps the first hundred.
func collect(all []wrong) []*fault.Error {
	slices.SortStableFunc(all, func(a, b wrong) int { return a.line - b.line })
	var out []*fault.Error
	for _, w := range all[:min(len(all), faultsMost)] {
		out = append(out, w.fault)
	}
	return out
}

// header finds out which column is which.
func (p *parser) header() error {
	cells, err := p.csv.Read()
	if errors.Is(err, io.EOF) {
		return ErrHeader.At("line 1")
	}
	if err != nil {
		return csvFault(err)
	}
	p.names = make([]string, len(cells))
	for i, c := range cells {
		name := columnName(c)
		if name == "" {
			p.file.Ignored = append(p.file.Ignored, strings.ToValidUTF8(strings.TrimSpace(c), "?"))
			continue
		}
		if slices.Contains(p.names, name) {
			return ErrHeader.At("line 1").Because(errors.New("two columns are " + name))
		}
		p.names[i] = name
		p.file.Columns = append(p.file.Columns, name)
	}
	if !slices.Contains(p.names, "sku") {
		return ErrHeader.At("line 1").Because(errors.New("there is no column sku"))
	}
	return nil
}

// columnName is the name of a column whatever its capitals, spaces and synonyms, "" for an unknown one.
func columnName(cell string) string {
	key := strings.Join(strings.FieldsFunc(strings.ToLower(cell), func(r rune) bool { return r == ' ' || r == '_' || r == '-' }), "_")
	if _, ok := columns[key]; ok {
		return key
	}
	for name, others := range columns {
		if slices.Contains(others, key) {
			return name
		}
	}
	return ""
}

func (p *parser) row(cells []string) {
	line, _ := p.csv.FieldPos(0)
	if !slices.ContainsFunc(cells, func(c string) bool { return strings.TrimSpace(c) != "" }) {
		return // spreadsheets end with lines of commas
	}
	row := Row{Line: line}
	if len(cells) > len(p.names) {
		p.fault(ErrCells, line, "")
		return
	}
	before := len(p.wrong)
	for i, c := range cells {
		if p.names[i] == "" {
			continue
		}
		if len(c) > cellMost {
			p.fault(ErrCell, line, p.names[i])
			continue
		}
		if !utf8.ValidString(c) {
			p.fault(ErrCSV, line, p.names[i])
			continue
		}
		if err := p.cell(&row, p.names[i], strings.TrimSpace(c)); err != nil {
			p.fault(err, line, p.names[i])
		}
	}
	sku := row.Item.SKU
	switch first, twice := p.seen[sku]; {
	case len(p.wrong) > before:
	case sku == "":
		p.fault(ErrNoSKU, line, "sku")
	case twice:
		p.fault(ErrSKUTwice.Because(fmt.Errorf("line %d", first)), line, "sku")
	default:
		p.seen[strings.Clone(sku)] = line // the cells of a line are one text, which must not stay for the sake of one
		p.rows++
		p.file.Rows = append(p.file.Rows, row)
	}
}

func (p *parser) fault(f *fault.Error, line int, column string) {
	p.wrong = append(p.wrong, inLine(f, line, column))
}

// inLine has a fault point at a cell of a line.
func inLine(f *fault.Error, line int, column string) wrong {
	path := fmt.Sprintf("line %d", line)
	if column != "" {
		path += ", " + column
	}
	return wrong{line, f.At(path)}
}

// cell sets one field. An empty cell is an empty text or a zero.
func (p *parser) cell(row *Row, name, text string) *fault.Error {
	it := &row.Item
	number := func(set func(s string) error) *fault.Error {
		if text == "" {
			return nil
		}
		if set(p.number(text)) != nil {
			return ErrNumber
		}
		return nil
	}
	switch name {
	case "sku":
		it.SKU = text
	case "name":
		it.Name = text
	case "department":
		it.Department = text
	case "unit":
		it.Unit = text
	case "tax_category":
		it.TaxCategory = text
	case "barcode":
		row.Barcodes = strings.FieldsFunc(text, func(r rune) bool { return r == ' ' || r == '|' })
	case "price":
		return number(func(s string) error {
			price, err := money.ParsePrice(s)
			row.Price = &price
			return err
		})
	case "cost":
		return number(func(s string) (err error) { it.Cost, err = money.ParsePrice(s); return err })
	case "reorder_point":
		return number(func(s string) (err error) { it.ReorderPoint, err = qty.Parse(s); return err })
	case "reorder_to":
		return number(func(s string) (err error) { it.ReorderTo, err = qty.Parse(s); return err })
	}
	return nil
}

// number turns a decimal comma into a point where commas do not separate cells.
func (p *parser) number(text string) string {
	if p.comma != ',' && strings.Count(text, ",") == 1 && !strings.Contains(text, ".") {
		return strings.Replace(text, ",", ".", 1)
	}
	return text
}
