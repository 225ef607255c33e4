package tabular

import (
	"bytes"
	"fmt"
	"sort"
	"strings"
	"unicode"

	"github.com/tillpost/tillpost/internal/hub/formats/source"
)

// sampleRows is how many rows are looked at before the first is read, for the delimiter, the decimal
// sign and the order of day and month. It also is bounded by source.PeekSize bytes.
const sampleRows = 500

// headerRows is how many rows may stand before the header: titles, "exported on", empty lines.
const headerRows = 10

// header is where the header row is and what it says.
type header struct {
	names []string
	comma byte
	row   int // rows before it
	score int
}

// findHeader looks at the start of the file for the delimiter and the row that score likes best.
func findHeader(f *source.File, delimiter string, score func([]string) int) (header, error) {
	sample, err := f.Peek(source.PeekSize)
	if len(sample) == 0 {
		if err != nil && len(sample) == 0 && !isEOF(err) {
			return header{}, err
		}
		return header{}, ErrEmpty
	}
	commas := []byte{',', ';', '\t', '|'}
	if delimiter != "" {
		commas = []byte{delimiter[0]}
	}
	best := header{score: -1}
	for _, comma := range commas {
		sc := newScanner(bytes.NewReader(sample), comma)
		for i := 0; i < headerRows; i++ {
			cells, err := sc.next()
			if _, bad := isBadRow(err); bad {
				continue
			}
			if err != nil {
				break
			}
			h := header{names: make([]string, len(cells)), comma: comma, row: i}
			for j, c := range cells {
				h.names[j] = strings.TrimSpace(string(c))
			}
			h.score = score(h.names)
			if h.score > best.score || h.score == best.score && best.row == 0 && i == 0 && len(h.names) > len(best.names) {
				best = h
			}
		}
	}
	if best.names == nil {
		return header{}, ErrEmpty
	}
	return best, nil
}

// skip reads up to and with the header row.
func (h header) skip(sc *scanner) error {
	for range h.row + 1 {
		if _, err := sc.next(); err != nil {
			if _, bad := isBadRow(err); !bad {
				return err
			}
		}
	}
	return nil
}

// plainName is a header without what people change: letter case, spaces, punctuation.
func plainName(s string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsLetter(r) || unicode.IsDigit(r) {
			return unicode.ToLower(r)
		}
		return -1
	}, s)
}

// place finds the physical column of each header.
func place(names []string) map[string][]int {
	at := make(map[string][]int, len(names))
	for i, n := range names {
		p := plainName(n)
		at[p] = append(at[p], i)
	}
	return at
}

// bind finds the columns in the header: the physical column of each slot, -1 for an optional one that
// is not there.
func bind(names []string, cols map[string]Column, keys []string, file string) ([]int, error) {
	at := place(names)
	slots := make([]int, len(keys))
	var missing []string
	for slot, key := range keys {
		slots[slot] = -1
		for _, h := range cols[key].Header {
			found := exactly(names, at[plainName(h)], h)
			if len(found) > 1 {
				return nil, ErrColumnTwice.At(file).Because(fmt.Errorf("%q stands %d times in the header", h, len(found)))
			}
			if len(found) == 1 {
				slots[slot] = found[0]
				break
			}
		}
		if slots[slot] < 0 && !cols[key].Optional {
			missing = append(missing, quoteAny(cols[key].Header))
		}
	}
	if missing != nil {
		return nil, ErrColumn.At(file).Because(fmt.Errorf("%s; the file has: %s", strings.Join(missing, ", "), shorten(names)))
	}
	return slots, nil
}

// exactly prefers, of several columns whose names are alike, the one that is written the same.
func exactly(names []string, found []int, header string) []int {
	if len(found) < 2 {
		return found
	}
	for _, i := range found {
		if names[i] == header {
			return []int{i}
		}
	}
	return found
}

func quoteAny(headers []string) string {
	q := make([]string, len(headers))
	for i, h := range headers {
		q[i] = fmt.Sprintf("%q", h)
	}
	return strings.Join(q, " or ")
}

func shorten(names []string) string {
	const most = 40
	if len(names) > most {
		return strings.Join(names[:most], ", ") + fmt.Sprintf(" and %d more", len(names)-most)
	}
	return strings.Join(names, ", ")
}

// countColumns is how many of the columns the header has.
func countColumns(names []string, cols map[string]Column) int {
	at := place(names)
	n := 0
	for _, c := range cols {
		for _, h := range c.Header {
			if len(at[plainName(h)]) > 0 {
				n++
				break
			}
		}
	}
	return n
}

// Match says how well a layout fits a header.
type Match struct {
	Layout  string   `json:"layout"`
	Score   int      `json:"score"`   // percent of the needed columns that are there
	Columns int      `json:"columns"` // columns of the layout that are there
	Missing []string `json:"missing,omitempty"`
}

// Fit compares a header with layouts, best first.
func Fit(names []string, layouts []*Layout) []Match {
	at := place(names)
	out := make([]Match, 0, len(layouts))
	for _, l := range layouts {
		m := Match{Layout: l.Name, Columns: countColumns(names, l.Columns)}
		need := required(l.Columns)
		for _, key := range need {
			there := false
			for _, h := range l.Columns[key].Header {
				there = there || len(at[plainName(h)]) > 0
			}
			if !there {
				m.Missing = append(m.Missing, l.Columns[key].Header[0])
			}
		}
		m.Score = 100 * (len(need) - len(m.Missing)) / len(need)
		out = append(out, m)
	}
	sort.SliceStable(out, func(i, j int) bool {
		if out[i].Score != out[j].Score {
			return out[i].Score > out[j].Score
		}
		return out[i].Columns > out[j].Columns
	})
	return out
}

// Detect returns the built-in layout that fits a header, and its score of 100. Otherwise the error
// says which layouts there are and what the nearest one misses.
func Detect(names []string) (layout string, score int, err error) {
	m, err := choose(names, Builtin())
	return m.Layout, m.Score, err
}

func choose(names []string, layouts []*Layout) (Match, error) {
	matches := Fit(names, layouts)
	if len(matches) == 0 {
		return Match{}, ErrNoLayout
	}
	best := matches[0]
	if best.Score == 100 {
		if len(matches) > 1 && matches[1].Score == 100 && matches[1].Columns == best.Columns {
			return best, ErrAmbiguous.Because(fmt.Errorf("%s and %s both fit", best.Layout, matches[1].Layout))
		}
		return best, nil
	}
	for _, l := range layouts {
		for _, t := range l.Tables {
			if m := Fit(names, []*Layout{{Name: l.Name, Columns: t.Columns}})[0]; m.Score == 100 {
				return best, ErrUndetected.Because(fmt.Errorf("this is the %s file of layout %s: give the main file or the folder", t.Name, l.Name))
			}
		}
	}
	var known []string
	for _, l := range layouts {
		known = append(known, l.Name)
	}
	return best, ErrUndetected.Because(fmt.Errorf("known layouts: %s; the nearest is %s, which also needs %s; the file has: %s",
		strings.Join(known, ", "), best.Layout, strings.Join(best.Missing, ", "), shorten(names)))
}
