package tabular

import (
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/tillpost/tillpost/internal/base/fault"
	"github.com/tillpost/tillpost/internal/base/pan"
	"github.com/tillpost/tillpost/internal/hub/intake"
)

// Broken rows. A receipt is never booked without one of its rows: when a row cannot be read, the
// document that it belongs to waits as a whole. Which one that is, the row itself may still say; else
// its neighbours tell.

// broken rejects a row that cannot be read, with its document. cells are what could be split of it, and
// the first sure of them are certainly the columns that they seem to be.
func (r *Reader) broken(bad *badRow, cells [][]byte, sure int) {
	line := r.sc.start
	why := &intake.Rejected{Code: bad.code, Row: line, Reason: fmt.Sprintf("line %d: %s", line, bad.reason), Raw: rawText(r.sc.raw)}
	if d := r.named(line, cells, sure); d != nil {
		r.attach(d)
		d.hold(why)
		r.limit(d)
		return
	}
	d := &pending{first: line, last: line, rows: 1, done: true, rejected: why}
	r.queue = append(r.queue, d)
	if r.byKey == nil {
		return
	}
	r.loose = append(r.loose, d)
	if b := r.current; b != nil && !b.done && bad.code != noNumber {
		b.hold(mayMiss(d))
	}
}

// noNumber is the code of a row that is whole, and names no document. Sums and footers look like this:
// it belongs to a document only when it stands between two rows of it.
const noNumber = "no_number"

// hold keeps the document back. The first reason stays, but for one that is only a suspicion.
func (d *pending) hold(why *intake.Rejected) {
	if d.rejected == nil || d.rejected.Code == rowBeside && why.Code != rowBeside {
		d.rejected = why
	}
}

// rowBeside is the code of a document that may lack the row before or behind it.
const rowBeside = "row_beside"

func mayMiss(loose *pending) *intake.Rejected {
	return &intake.Rejected{Code: rowBeside, Row: loose.first, Raw: loose.rejected.Raw, Reason: fmt.Sprintf(
		"line %d beside it cannot be read, and may be a row of it: correct that line and import the file again", loose.first)}
}

// named finds the document that a broken row still names, and opens one when it is certain that the
// name was read right. Nil when the row does not tell.
func (r *Reader) named(line int, cells [][]byte, sure int) *pending {
	if r.byKey == nil {
		return nil
	}
	x := &r.x
	x.set(line, cells)
	if !r.readKey(x) {
		return nil
	}
	if d := r.known(); d != nil {
		return d
	}
	for _, g := range r.prog.group {
		if i := x.slots[g.slot]; g.table != 0 || i >= sure {
			return nil
		}
	}
	d := r.begin(line)
	d.headless = true
	d.number = r.number(x)
	return d
}

// settleLoose decides, when the next row of a known document was read, about the rows before it that
// do not tell whose they are: between two rows of one document they are its own, elsewhere both
// neighbours wait.
func (r *Reader) settleLoose(d *pending) {
	if len(r.loose) == 0 {
		return
	}
	loose := r.loose
	r.loose = nil
	if d == r.current && !d.done {
		for range loose { // they were queued behind d, and nothing was since
			d.rows++
		}
		r.queue = r.queue[:len(r.queue)-len(loose)]
		d.hold(loose[0].rejected)
		return
	}
	for _, l := range loose {
		if l.rejected.Code != noNumber {
			d.hold(mayMiss(l))
			return
		}
	}
}

// longestTab is how far apart the rows of one document may be on two business days: a table that stays
// past the cut-over is one bill, the number 17 of two days is two.
const longestTab = 6 * time.Hour

// apart tells whether a row with the number of an open document belongs to another one: of another
// day, store or register. Tills count anew each day, and each counts for itself. A time that cannot be
// read is left in x.err.
func (r *Reader) apart(d *pending, x *row) bool {
	if d.rejected != nil || d.skip != "" {
		return false // what it says of itself was not read
	}
	doc := &r.prog.doc
	if s := short(x.text(doc.store)); s != "" && s != d.store {
		return true
	}
	if s := short(x.text(doc.register)); s != "" && s != d.register {
		return true
	}
	if x.clockText(doc.at) == "" {
		return false
	}
	at := x.time(doc.at)
	if x.err != nil || at.Equal(d.at) {
		return false
	}
	return at.Sub(d.at).Abs() > longestTab && r.businessDay(at) != r.businessDay(d.at)
}

// sameMoney checks that a later row of a document, where it names a currency, names that of the whole.
func (r *Reader) sameMoney(d *pending, x *row) {
	if d.skip != "" || d.rejected != nil {
		return
	}
	if v := r.prog.currency; v != nil && len(v.refs) > 0 && x.text(v) != "" && r.currency(x) != d.currency {
		x.fail(v.refs[0], errOtherCurrency)
	}
}

// reject turns the row's fault into the reason for which its whole document waits.
func (r *Reader) reject(x *row) *intake.Rejected {
	code := fault.CodeOf(x.err)
	if code == "" {
		code = "row_unreadable"
	}
	key := x.keys[x.where.table][x.where.slot]
	cell := x.words.get(x.cell(x.where))
	if len(cell) > 60 {
		cell = cell[:60]
	}
	var why *fault.Error
	what := x.err.Error()
	if errors.As(x.err, &why) {
		what = why.Message
	}
	return &intake.Rejected{
		Code: code, Row: x.line, Raw: rawText(r.sc.raw),
		Reason: fmt.Sprintf("line %d: %s %q %s", x.line, key, strings.ToValidUTF8(pan.Mask(cell), "?"), what),
	}
}

func rawText(raw []byte) string {
	if len(raw) > intake.MaxRaw {
		raw = raw[:intake.MaxRaw]
	}
	return pan.Mask(strings.ToValidUTF8(string(raw), "?"))
}
