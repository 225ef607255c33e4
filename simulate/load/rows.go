package main

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"database/sql"
	"encoding/json"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/tillpost/tillpost/internal/base/id"
)

// A floor writes the same rows as the product, and nothing else happens in it: no check, no rule, no
// chain. What the rows are is read from a sale that the product recorded, so that it stays true when the
// schema changes; a floor's sale is that one with its own ids, numbers, items, store and register.

// posted is what a floor reads of a receipt.
type posted struct {
	ID       id.ID  `json:"id"`
	Store    string `json:"store"`
	Register string `json:"register"`
	Number   int64  `json:"number"`
	Lines    []struct {
		Item string `json:"item"`
	} `json:"lines"`
	Total int64 `json:"-"`
}

// parse reads a receipt without the product's strictness.
func parse(raw []byte) (p posted, err error) {
	err = json.Unmarshal(raw, &p)
	if err == nil && len(p.Lines) != 3 {
		err = fmt.Errorf("a sale of 3 lines is expected")
	}
	return p, err
}

// model is what one sale leaves in a table.
type model struct {
	table   string
	columns []string
	rows    [][]any
	// keys and sums are set on tables whose rows are shared and added to.
	keys, sums []string

	kind  []int          // made by kinds
	texts map[int]string // of insert, by the number of rows
	place map[string]int // of the columns
}

// appended are the tables that get new rows, with how the model sale's are found.
var appended = []struct{ table, where string }{
	{"receipts", "seq = $1"}, {"receipt_lines", "receipt_seq = $1"}, {"receipt_taxes", "receipt_seq = $1"}, {"receipt_tenders", "receipt_seq = $1"},
	{"entries", "seq = $1"}, {"entry_lines", "entry_seq = $1"}, {"stock_moves", "entry_seq = $1"}, {"outbox", "seq = $1"},
}

// shared are the tables whose rows are added to.
var shared = []struct{ table, keys, sums string }{
	{"account_days", "account day store", "debit credit"},
	{"account_months", "month account", "debit credit"},
	{"chain_heads", "name", "number"},
	{"register_heads", "store register", "number"},
	{"stock_levels", "location item", "qty value"},
	{"totals_days", "day department", "qty gross tax"},
	{"totals_receipts", "day store register employee hour", "receipts total"},
	{"totals_sales", "day store register employee department hour", "qty gross tax"},
	{"totals_taxes", "day store code rate", "base amount"},
	{"totals_tenders", "day store register tender currency", "count amount"},
}

// models reads what the newest sale in the database has left.
func models(ctx context.Context, d *sql.DB) ([]model, error) {
	var out []model
	for _, a := range appended {
		var seq int64
		newest := `SELECT MAX(seq) FROM receipts`
		if strings.HasPrefix(a.where, "entry_seq") || a.table == "entries" {
			newest = `SELECT MAX(seq) FROM entries`
		} else if a.table == "outbox" {
			newest = `SELECT MAX(seq) FROM outbox`
		}
		if err := d.QueryRowContext(ctx, newest).Scan(&seq); err != nil {
			return nil, fmt.Errorf("%s: %w", a.table, err)
		}
		m, err := read(ctx, d, a.table, ` WHERE `+a.where, seq)
		if err != nil {
			return nil, err
		}
		out = append(out, m)
	}
	for _, s := range shared {
		m, err := read(ctx, d, s.table, "")
		if err != nil {
			return nil, err
		}
		m.keys, m.sums = strings.Fields(s.keys), strings.Fields(s.sums)
		out = append(out, m)
	}
	return out, nil
}

func read(ctx context.Context, d *sql.DB, table, where string, args ...any) (model, error) {
	m := model{table: table, texts: map[int]string{}, place: map[string]int{}}
	rows, err := d.QueryContext(ctx, `SELECT * FROM `+table+where, args...)
	if err != nil {
		return m, fmt.Errorf("%s: %w", table, err)
	}
	defer rows.Close()
	if m.columns, err = rows.Columns(); err != nil {
		return m, err
	}
	for i, c := range m.columns {
		m.place[c] = i
	}
	for rows.Next() {
		row := make([]any, len(m.columns))
		into := make([]any, len(row))
		for i := range row {
			into[i] = &row[i]
		}
		if err := rows.Scan(into...); err != nil {
			return m, err
		}
		m.rows = append(m.rows, row)
	}
	if len(m.rows) == 0 {
		return m, fmt.Errorf("the model sale has left nothing in %s", table)
	}
	return m, rows.Err()
}

// what a column of another sale's rows holds.
const (
	asModel = iota // the same as in the model
	ofSeq
	ofID
	ofEntryID
	ofSubject
	ofStore
	ofRegister
	ofItem
	ofNumber
	ofNoise
)

// kinds says for each column what it holds.
func (m *model) kinds() []int {
	out := make([]int, len(m.columns))
	for i, name := range m.columns {
		switch {
		case name == "seq" || name == "receipt_seq" || name == "entry_seq":
			out[i] = ofSeq
		case name == "id" && m.table == "receipts" || name == "doc":
			out[i] = ofID
		case name == "id" && m.table == "entries":
			out[i] = ofEntryID
		case name == "subject":
			out[i] = ofSubject
		case name == "store" || name == "location":
			out[i] = ofStore
		case name == "register":
			out[i] = ofRegister
		case name == "item":
			out[i] = ofItem
		case name == "number" && m.table == "receipts":
			out[i] = ofNumber
		case name == "hash" || name == "prev_hash" || name == "content":
			out[i] = ofNoise
		}
	}
	return out
}

// of is the model's rows for another sale.
func (m *model) of(p *posted, seq int64) [][]any {
	if m.kind == nil {
		m.kind = m.kinds()
	}
	out := make([][]any, len(m.rows))
	for r, row := range m.rows {
		one := slices.Clone(row)
		for c, kind := range m.kind {
			switch kind {
			case ofSeq:
				one[c] = seq
			case ofID:
				one[c] = p.ID[:]
			case ofEntryID:
				u := sha256.Sum256(p.ID[:])
				one[c] = u[:16]
			case ofSubject:
				one[c] = p.ID.String()
			case ofStore:
				one[c] = p.Store
			case ofRegister:
				one[c] = p.Register
			case ofItem:
				one[c] = p.Lines[r%3].Item
			case ofNumber:
				one[c] = p.Number
			case ofNoise:
				one[c] = noise()
			}
		}
		out[r] = one
	}
	return out
}

// noise stands for a hash.
func noise() []byte {
	b := make([]byte, 32)
	rand.Read(b)
	return b
}

// insert is the statement that writes n rows; mark writes the n-th parameter.
func (m *model) insert(n int, mark func(i int) string) string {
	if text, ok := m.texts[n]; ok {
		return text
	}
	var b strings.Builder
	fmt.Fprintf(&b, "INSERT INTO %s (%s) VALUES ", m.table, strings.Join(m.columns, ", "))
	at := 0
	for r := range n {
		if r > 0 {
			b.WriteString(", ")
		}
		b.WriteByte('(')
		for c := range m.columns {
			if c > 0 {
				b.WriteByte(',')
			}
			at++
			b.WriteString(mark(at))
		}
		b.WriteByte(')')
	}
	if m.keys != nil {
		fmt.Fprintf(&b, " ON CONFLICT (%s) DO UPDATE SET ", strings.Join(m.keys, ", "))
		for i, s := range m.sums {
			if i > 0 {
				b.WriteString(", ")
			}
			fmt.Fprintf(&b, "%s = %s.%s + excluded.%s", s, m.table, s, s)
		}
	}
	m.texts[n] = b.String()
	return m.texts[n]
}

// fold adds up the rows of a group that have the same key, in the order of the keys: no row is written
// twice in a group, and writers that share rows take them in one order.
func (m *model) fold(rows [][]any) [][]any {
	key := func(row []any) string {
		var b strings.Builder
		for _, k := range m.keys {
			switch v := row[m.place[k]].(type) {
			case string:
				b.WriteString(v)
			case int64:
				b.WriteString(strconv.FormatInt(v, 10))
			case []byte:
				b.Write(v)
			}
			b.WriteByte(0)
		}
		return b.String()
	}
	byKey := map[string][]any{}
	for _, row := range rows {
		k := key(row)
		old := byKey[k]
		if old == nil {
			byKey[k] = row
			continue
		}
		for _, s := range m.sums {
			old[m.place[s]] = number(old[m.place[s]]) + number(row[m.place[s]])
		}
	}
	names := make([]string, 0, len(byKey))
	for k := range byKey {
		names = append(names, k)
	}
	slices.Sort(names)
	out := make([][]any, len(names))
	for i, k := range names {
		out[i] = byKey[k]
	}
	return out
}

func number(v any) int64 {
	n, _ := v.(int64)
	return n
}
