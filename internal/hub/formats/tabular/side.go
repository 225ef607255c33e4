package tabular

import (
	"bytes"
	"encoding/binary"
	"errors"
	"io"
	"os"
	"path/filepath"
	"sort"
	"strings"

	"github.com/tillpost/tillpost/internal/hub/formats/source"
)

// Limits on the files beside the main one, which are kept in memory: half a million orders, and text
// that leaves room for the rest within the 200 MB that an import may take.
const (
	maxSideRows  = 500_000
	maxSideBytes = 48 << 20
)

// sideTable is a file beside the main one, kept by its key. A row is stored as a used flag, its line
// number and its cells with a separator behind each.
type sideTable struct {
	table
	file  string
	rows  map[string][]byte
	twice int // rows whose key an earlier row has; they are not used

	asked bool // the current row has been looked up
	key   []byte
	last  []byte
	found [][]byte
}

const (
	cellEnd  = 0x1F // no text file has it inside a cell
	sideHead = 1 + 4
)

// forget makes the next question look up the key again.
func (s *sideTable) forget() {
	if s != nil {
		s.asked = false
	}
}

// row returns the cells that belong to x's row, nil when there are none.
func (s *sideTable) row(x *row) [][]byte {
	if s == nil {
		return nil
	}
	if s.asked {
		return s.found
	}
	s.asked = true
	s.key = s.key[:0]
	for _, r := range s.match {
		s.key = append(append(s.key, x.cell(r)...), cellEnd)
	}
	if s.last != nil && bytes.Equal(s.key, s.last) {
		return s.found
	}
	s.last = append(s.last[:0], s.key...)
	s.found = s.found[:0]
	data, ok := s.rows[string(s.key)]
	if !ok {
		s.found = nil
		return nil
	}
	data[0] = 1
	for rest := data[sideHead:]; len(rest) > 0; {
		n := bytes.IndexByte(rest, cellEnd)
		s.found = append(s.found, rest[:n])
		rest = rest[n+1:]
	}
	return s.found
}

// unmet lists the lines of the rows that no row of the main file belongs to.
func (s *sideTable) unmet() []int {
	var lines []int
	for _, data := range s.rows {
		if data[0] == 0 {
			lines = append(lines, int(binary.LittleEndian.Uint32(data[1:])))
		}
	}
	sort.Ints(lines)
	return lines
}

// load reads the table from path. see gets every cell of the first rows.
func (s *sideTable) load(path string, cols map[string]Column, keys []string, see func(slot int, cell []byte)) error {
	f, err := source.Open(path)
	if err != nil {
		return err
	}
	defer f.Close()
	head, err := findHeader(f, "", func(h []string) int { return countColumns(h, cols) })
	if err != nil {
		return err
	}
	slots, err := bind(head.names, cols, keys, path)
	if err != nil {
		return err
	}
	s.file = path
	s.rows = map[string][]byte{}
	sc := newScanner(f, head.comma)
	if err := head.skip(sc); err != nil {
		return err
	}
	var size int
	var chunk []byte
	for n := 0; ; n++ {
		cells, err := sc.next()
		if errors.Is(err, io.EOF) {
			return nil
		}
		if _, bad := isBadRow(err); bad {
			continue // the main file's rows that need it will be rejected
		}
		if err != nil {
			return err
		}
		var data []byte
		if chunk, data = s.pack(chunk, sc.start, cells, slots, func(slot int, c []byte) {
			if n < sampleRows {
				see(slot, c)
			}
		}); data == nil {
			continue
		}
		if size += len(data); len(s.rows) > maxSideRows || size > maxSideBytes {
			return ErrSideTooBig.At(path)
		}
	}
}

// pack stores one row, unless it is blank or its key is there already.
func (s *sideTable) pack(chunk []byte, line int, cells [][]byte, slots []int, see func(int, []byte)) (rest, data []byte) {
	if allBlank(cells) {
		return chunk, nil
	}
	need := sideHead
	for _, c := range cells {
		need += len(c) + 1
	}
	if cap(chunk)-len(chunk) < need+len(slots) {
		chunk = make([]byte, 0, max(64<<10, need+len(slots)))
	}
	from := len(chunk)
	chunk = append(chunk, 0)
	chunk = binary.LittleEndian.AppendUint32(chunk, uint32(line))
	ends := make([]int, 0, len(slots)+1)
	for slot, i := range slots {
		ends = append(ends, len(chunk))
		if i >= 0 && i < len(cells) {
			c := bytes.TrimRight(clean(cells[i]), "\x1f")
			if bytes.IndexByte(c, cellEnd) < 0 {
				chunk = append(chunk, c...)
			}
			see(slot, c)
		}
		chunk = append(chunk, cellEnd)
	}
	ends = append(ends, len(chunk))
	var key []byte
	for _, slot := range s.table.key {
		key = append(append(key, chunk[ends[slot]:ends[slot+1]-1]...), cellEnd)
	}
	if _, twice := s.rows[string(key)]; twice {
		s.twice++
		return chunk[:from], nil
	}
	data = chunk[from:len(chunk):len(chunk)]
	s.rows[string(key)] = data
	return chunk, data
}

// beside finds the file of a table in the main file's folder: of all that fit a pattern, the one whose
// name ends most like the main file's (items-2026-09.csv and transactions-2026-09.csv).
func beside(main string, patterns []string) (string, error) {
	folder := filepath.Dir(main)
	entries, err := os.ReadDir(folder)
	if err != nil {
		return "", ErrSideFile.At(folder).Because(err)
	}
	best, most, tied := "", -1, false
	for _, e := range entries {
		name := e.Name()
		if e.IsDir() || name == filepath.Base(main) || !fits(name, patterns) {
			continue
		}
		n := commonEnd(name, filepath.Base(main))
		if n > most {
			best, most, tied = name, n, false
		} else if n == most {
			tied = true
		}
	}
	if best == "" {
		return "", nil
	}
	if tied {
		return "", ErrAmbiguous.At(strings.Join(patterns, ", "))
	}
	return filepath.Join(folder, best), nil
}

func fits(name string, patterns []string) bool {
	for _, p := range patterns {
		if ok, _ := filepath.Match(strings.ToLower(p), strings.ToLower(name)); ok {
			return true
		}
	}
	return false
}

func commonEnd(a, b string) int {
	n := 0
	for n < len(a) && n < len(b) && a[len(a)-1-n] == b[len(b)-1-n] {
		n++
	}
	return n
}

func allBlank(cells [][]byte) bool {
	for _, c := range cells {
		if len(bytes.TrimSpace(c)) > 0 {
			return false
		}
	}
	return true
}
