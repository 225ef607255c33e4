// Package tabular reads delimited exports (CSV and its kin) by layouts: data files that say which
// column means what. It delivers business documents row by row with bounded memory; docs/layouts.md
// describes the layouts.
package tabular

import (
	"errors"
	"fmt"
	"hash/maphash"
	"io"
	"strings"

	"github.com/tillpost/tillpost/internal/base/day"
	"github.com/tillpost/tillpost/internal/base/money"
	"github.com/tillpost/tillpost/internal/domain/receipt"
	"github.com/tillpost/tillpost/internal/hub/formats/source"
	"github.com/tillpost/tillpost/internal/hub/intake"
)

// Window is how many rows may lie between two rows of one document. Exports keep a document's rows
// together, but for a few: a document is closed, and delivered, when so many rows of others went by.
const Window = 200

// maxRows is how many rows one document may have before the rest becomes a second one. No till prints
// a receipt of five thousand lines; a column that is not a document number at all looks like this.
const maxRows = 5000

// maxOpen is how many documents may wait for an older one that is still open.
const maxOpen = 10_000

// Reader delivers the documents of one export. It implements intake.Reader.
type Reader struct {
	file    *source.File
	sc      *scanner
	prog    *program
	terms   intake.Terms
	days    day.Rule
	columns int  // of the header
	ragged  bool // a row with fewer fields was met that was no half row
	last    int  // the last physical column that the layout needs
	x       row

	rows    int // rows read
	queue   []*pending
	byKey   map[string]*pending
	current *pending
	loose   []*pending // rows just read that nobody can tell the document of
	key     []byte
	seed    maphash.Seed
	closed  history
	ready   []intake.Document
	given   int // of ready
	ended   bool
	money   map[string]money.Currency
	running map[string]*running
	pays    payRun
}

// pending is a document whose rows are still being read.
type pending struct {
	head
	key         string
	first, last int // lines
	rows, seen  int // seen: Reader.rows at its last row
	sum         uint64
	done        bool           // no more rows can come
	lines       []receipt.Line // also those of adjustments
	taxable     []bool         // of lines, when the document has taxes to spread
	adjusts     []adjust
	moves       []move
	controls    int
	control     string
	rejected    *intake.Rejected
	again       bool // another document with its number was closed for it
	headless    bool // its first row could not be read: the next one says what is said of the whole
	findings    []intake.Finding
}

// maxFindings is how many oddities one document may carry.
const maxFindings = 20

func (d *pending) find(code string, line int, format string, args ...any) {
	if len(d.findings) < maxFindings {
		d.findings = append(d.findings, intake.Finding{Code: code, Row: line, Message: fmt.Sprintf(format, args...)})
	}
}

// Next returns the next document, or io.EOF.
func (r *Reader) Next() (intake.Document, error) {
	for r.given == len(r.ready) {
		r.ready, r.given = r.ready[:0], 0
		if r.ended {
			return intake.Document{}, io.EOF
		}
		if err := r.step(); err != nil {
			return intake.Document{}, err
		}
	}
	r.given++
	d := r.ready[r.given-1]
	r.ready[r.given-1] = intake.Document{}
	return d, nil
}

// Offset is how many bytes of the main file have been read from the disk.
func (r *Reader) Offset() int64 { return r.file.Offset() }

// Close closes the main file; the others were closed when they were read.
func (r *Reader) Close() error { return r.file.Close() }

// step reads one row, and delivers what is complete.
func (r *Reader) step() error {
	cells, err := r.sc.next()
	switch {
	case errors.Is(err, io.EOF):
		r.finish()
		return nil
	case err != nil:
		bad, ok := isBadRow(err)
		if !ok {
			return err
		}
		r.rows++
		r.broken(bad, r.sc.fields, len(r.sc.fields))
	case allBlank(cells):
	default:
		r.rows++
		r.row(cells)
	}
	r.expire()
	return nil
}

// row puts one row into its document.
func (r *Reader) row(cells [][]byte) {
	x := &r.x
	x.set(r.sc.start, cells)
	if len(cells) > r.columns && !allBlank(cells[r.columns:]) {
		r.broken(&badRow{"column_count", fmt.Sprintf("the row has %d fields, the header %d: a delimiter inside a field must be quoted", len(cells), r.columns)}, cells, 0)
		return
	}
	// Some programs leave out the blank fields at the end of a row. When this one does not, a last row
	// with fewer fields and no line end is half of a row: the file was not written, or fetched, to its end.
	if len(cells) < r.columns && r.sc.open && !r.ragged {
		r.broken(&badRow{"row_short", fmt.Sprintf("the file ends in the middle of the row, behind %d of %d fields: get the whole file", len(cells), r.columns)}, cells, len(cells)-1)
		return
	}
	r.ragged = r.ragged || len(cells) < r.columns
	if len(cells) <= r.last {
		r.broken(&badRow{"row_short", fmt.Sprintf("the row has %d of the %d fields that are needed: it was cut off or its quotes are wrong", len(cells), r.last+1)}, cells, len(cells)-1)
		return
	}
	d := r.open(x)
	if d == nil {
		return
	}
	r.attach(d)
	if d.rejected == nil && d.skip == "" && x.err == nil {
		r.add(d, x)
	}
	if x.err != nil && d.rejected == nil {
		d.rejected = r.reject(x)
	}
	r.limit(d)
}

// attach counts the row to its document.
func (r *Reader) attach(d *pending) {
	d.last, d.seen = r.sc.start, r.rows
	d.rows++
	if r.byKey != nil {
		d.sum = d.sum*31 + maphash.Bytes(r.seed, r.sc.raw)
		r.settleLoose(d)
		r.current = d
	}
}

// limit closes a document that has as many rows as one may have.
func (r *Reader) limit(d *pending) {
	if d.rows >= maxRows {
		d.sum ^= uint64(d.first) * 0x9E3779B97F4A7C15 // what follows is its continuation even when it looks the same
		r.close(d)
	}
}

// open returns the document that the row belongs to, a new one when there is none.
func (r *Reader) open(x *row) *pending {
	if r.byKey == nil {
		d := &pending{first: x.line, done: true}
		r.queue = append(r.queue, d)
		r.head(d, x)
		return d
	}
	if !r.readKey(x) {
		r.broken(&badRow{"no_number", fmt.Sprintf("%s is blank: it is not known which document the row belongs to", strings.Join(r.prog.layout.Document.Group, " and "))}, nil, 0)
		return nil
	}
	d := r.known()
	switch {
	case d == nil:
		d = r.begin(x.line)
		r.head(d, x)
	case d.headless:
		d.headless = false
		r.head(d, x)
	case r.apart(d, x):
		r.close(d)
		d = r.begin(x.line)
		d.again = true
		r.head(d, x)
	default:
		r.sameMoney(d, x)
	}
	return d
}

// readKey reads what names the row's document into r.key; false when all of it is blank.
func (r *Reader) readKey(x *row) bool {
	r.key = r.key[:0]
	blank := true
	for _, g := range r.prog.group {
		c := x.cell(g)
		blank = blank && len(c) == 0
		r.key = append(append(r.key, c...), cellEnd)
	}
	return !blank
}

// known is the open document that r.key names, nil when there is none.
func (r *Reader) known() *pending {
	if r.current != nil && !r.current.done && r.current.key == string(r.key) {
		return r.current
	}
	return r.byKey[string(r.key)]
}

// begin opens the document that r.key names.
func (r *Reader) begin(line int) *pending {
	d := &pending{key: string(r.key), first: line}
	r.byKey[d.key] = d
	r.queue = append(r.queue, d)
	return d
}

// close lets no more rows into the document.
func (r *Reader) close(d *pending) {
	d.done = true
	if r.byKey[d.key] == d {
		delete(r.byKey, d.key)
	}
}

// expire delivers, in the order of their first rows, the documents to which no more rows can come.
func (r *Reader) expire() {
	n := 0
	for _, d := range r.queue {
		if !d.done && r.rows-d.seen <= Window && len(r.queue)-n < maxOpen {
			break
		}
		r.deliver(d)
		n++
	}
	r.pop(n)
}

func (r *Reader) pop(n int) {
	if n == 0 {
		return
	}
	rest := copy(r.queue, r.queue[n:])
	clear(r.queue[rest:])
	r.queue = r.queue[:rest]
}

func (r *Reader) deliver(d *pending) {
	if r.byKey != nil && d.key != "" {
		r.close(d)
		r.returning(d)
	}
	r.build(d)
}

// returning names a document whose key was closed before: the same rows again are the same document
// again (its id is the same, so it is recorded once), other rows are its continuation.
func (r *Reader) returning(d *pending) {
	hash := maphash.String(r.seed, d.key)
	part, same := r.closed.note(hash, d.sum)
	switch {
	case same:
		d.find("document_repeated", d.first, "%s stands in the file twice, word by word; it is recorded once", d.number)
	case part > 1 && d.again:
		d.find("number_twice", d.first, "%s is also the number of a document of another day or place; this one is recorded as %s/%d", d.number, d.number, part)
		d.part = part
	case part > 1:
		d.find("document_continued", d.first, "%s goes on more than %d rows after its last row; the rest is recorded as %s/%d", d.number, Window, d.number, part)
		d.part = part
	}
}

// finish delivers everything at the end of the file.
func (r *Reader) finish() {
	r.loose = nil
	for _, d := range r.queue {
		r.deliver(d)
	}
	r.pop(len(r.queue))
	r.leftovers()
	r.payouts()
	r.ended = true
}

// leftovers rejects the rows of side files that had to belong to something and did not.
func (r *Reader) leftovers() {
	for _, s := range r.x.sides {
		if s == nil || !s.whole {
			continue
		}
		for _, line := range s.unmet() {
			r.ready = append(r.ready, intake.Document{
				External: fmt.Sprintf("%s line %d", s.name, line), FirstRow: line, LastRow: line,
				Rejected: &intake.Rejected{Code: "unmatched_row", Row: line, Reason: fmt.Sprintf(
					"line %d of the %s file has no rows in the main file: export both for the same days", line, s.name)},
			})
		}
	}
}

// history remembers the documents that were closed, in two generations, so that its size has a limit
// and the older half of a very long file is forgotten.
type history struct {
	young, old map[uint64]closedDoc
}

type closedDoc struct {
	sum   uint64
	parts int32
}

// maxHistory is how many closed documents a generation holds, about 20 MB.
const maxHistory = 400_000

// note records a document and returns its part (1 for a new one), or that it is the same again.
func (h *history) note(key, sum uint64) (part int, same bool) {
	if h.young == nil {
		h.young = map[uint64]closedDoc{}
	}
	c, ok := h.young[key]
	if !ok {
		c, ok = h.old[key]
	}
	if ok && c.sum == sum {
		return int(c.parts), true
	}
	if !ok {
		c.sum = sum
	}
	c.parts++
	if len(h.young) >= maxHistory {
		h.old, h.young = h.young, map[uint64]closedDoc{}
	}
	h.young[key] = c
	return int(c.parts), false
}
