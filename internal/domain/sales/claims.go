package sales

import (
	"cmp"
	"database/sql"
	"errors"
	"fmt"
	"maps"
	"slices"

	"github.com/tillpost/tillpost/internal/base/id"
	"github.com/tillpost/tillpost/internal/base/money"
	"github.com/tillpost/tillpost/internal/base/qty"
	"github.com/tillpost/tillpost/internal/domain/receipt"
	"github.com/tillpost/tillpost/internal/platform/db"
)

// The kinds of Claim, which are also the kinds of the task that a person must look at.
const (
	OverReturn    = "over_return"    // more came back of a receipt than it sold
	ReturnUnknown = "return_unknown" // the receipt that it was bought with is not here
	VoidUnknown   = "void_unknown"   // the receipt that is cancelled is not here
	VoidAgain     = "void_again"     // it was cancelled before
	VoidDiffers   = "void_differs"   // what cancels it does not mirror it
)

// Claim is something odd about what a recorded receipt takes back of another one. It is posted all the
// same: it happened.
type Claim struct {
	Kind     string
	Original id.ID
	Message  string // names both receipts
}

// Key is what a claim is about: one task for each kind and original, however often it is met.
func (c *Claim) Key() string { return ClaimKey(c.Kind, c.Original) }

// ClaimKey is the key of the claims of a kind on a receipt.
func ClaimKey(kind string, original id.ID) string { return kind + ":" + original.String() }

// Claims tells what is odd about the returns and the void in a receipt that Record has just taken. It is
// called once for each new receipt, because it keeps what the group commit takes back: rows of the same
// group are not in the tables yet. A receipt that takes nothing back costs a look at its lines.
func Claims(tx *db.Tx, r *receipt.Receipt) ([]Claim, error) {
	if !r.Posts() {
		return nil, nil
	}
	var out []Claim
	if r.Kind == receipt.Void {
		c, err := voiding(tx, r)
		if err != nil {
			return nil, err
		}
		out = c
	}
	var seen []id.ID
	for i := range r.Lines {
		if l := &r.Lines[i]; l.Return != nil && !l.Return.Receipt.IsZero() && !slices.Contains(seen, l.Return.Receipt) {
			seen = append(seen, l.Return.Receipt)
			c, err := returning(tx, r, l.Return.Receipt)
			if err != nil {
				return nil, err
			}
			out = append(out, c...)
		}
	}
	return out, nil
}

// Awaited is Claims for a receipt of which something was taken back before it came: what ReturnUnknown
// and VoidUnknown said is over, and these are the claims that could not be seen then.
func Awaited(tx *db.Tx, r *receipt.Receipt) ([]Claim, error) {
	t, err := takenOf(tx, r.ID)
	if err != nil {
		return nil, err
	}
	t.original, t.name = r, ShortName(r)
	out := t.over("earlier receipts")
	for i, v := range t.voids {
		out = append(out, t.cancelled(v, i)...)
	}
	return out, nil
}

// voiding counts a void and compares it with what it cancels.
func voiding(tx *db.Tx, r *receipt.Receipt) ([]Claim, error) {
	t, err := takenOf(tx, r.Voids)
	if err != nil {
		return nil, err
	}
	t.voids = append(t.voids, r)
	if t.original == nil {
		return []Claim{{VoidUnknown, t.id, fmt.Sprintf("%s cancels receipt %s, which has not arrived", ShortName(r), t.id)}}, nil
	}
	out := t.cancelled(r, len(t.voids)-1)
	if len(t.voids) == 1 {
		out = append(out, t.over(ShortName(r))...)
	}
	return out, nil
}

// cancelled is what is odd about a void that came after so many others.
func (t *taken) cancelled(v *receipt.Receipt, before int) []Claim {
	var out []Claim
	if before > 0 {
		out = append(out, Claim{VoidAgain, t.id, fmt.Sprintf("%s cancels %s, which was cancelled before", ShortName(v), t.name)})
	}
	if why := differs(t.original, v); why != "" {
		out = append(out, Claim{VoidDiffers, t.id, fmt.Sprintf("%s cancels %s and does not mirror it: %s", ShortName(v), t.name, why)})
	}
	return out
}

// returning counts the lines of a receipt that bring back of another one.
func returning(tx *db.Tx, r *receipt.Receipt, of id.ID) ([]Claim, error) {
	t, err := takenOf(tx, of)
	if err != nil {
		return nil, err
	}
	for i := range r.Lines {
		if l := &r.Lines[i]; l.Return != nil && l.Return.Receipt == of {
			t.add(l)
		}
	}
	t.returns = append(t.returns, *r)
	switch {
	case r.Kind == receipt.Void: // the void of a return gives it back to the customer
		return nil, nil
	case t.original == nil:
		return []Claim{{ReturnUnknown, of, fmt.Sprintf("%s brings back goods of receipt %s, which has not arrived", ShortName(r), of)}}, nil
	}
	return t.over(ShortName(r)), nil
}

// portion is a part of a line: what of it came back, positive.
type portion struct {
	item       string
	qty        qty.Qty
	total, tax money.Minor
}

func (p portion) minus(l *receipt.Line) portion {
	return portion{l.Item, p.qty - l.Qty, p.total - l.Total(), p.tax - l.Tax()}
}

// taken is what is taken back of one receipt, up to the receipt that is being recorded.
type taken struct {
	id       id.ID
	original *receipt.Receipt // nil while it is not here
	name     string
	back     map[int]portion    // by the number of the line; 0 is what names no line
	returns  []receipt.Receipt  // of this group commit: the tables do not have them yet
	voids    []*receipt.Receipt // that cancel it, the first one first
}

func (t *taken) add(l *receipt.Line) { t.back[l.Return.Line] = t.back[l.Return.Line].minus(l) }

// over claims when more came back than was sold: of a line, in goods or money, or of the whole receipt.
// A void brings everything back.
func (t *taken) over(by string) []Claim {
	lines := t.original.Lines
	if t.original.Kind != receipt.Sale {
		lines = nil // nothing was sold with it
	}
	var sold, back money.Minor
	var wrong string
	for _, no := range slices.Sorted(maps.Keys(t.back)) {
		p, l := t.back[no], portion{}
		if no >= 1 && no <= len(lines) && lines[no-1].Qty > 0 && lines[no-1].Return == nil {
			l = portion{lines[no-1].Item, lines[no-1].Qty, lines[no-1].Total(), lines[no-1].Tax()}
		}
		back += p.total
		if len(t.voids) > 0 {
			p.qty, p.total, p.tax = p.qty+l.qty, p.total+l.total, p.tax+l.tax
		}
		if no > 0 && wrong == "" && (p.qty > l.qty || p.total > max(l.total, 0) || p.tax > max(l.tax, 0) || p.item != l.item && p.qty > 0) {
			wrong = fmt.Sprintf("line %d", no)
		}
	}
	for i := range lines {
		if lines[i].Qty > 0 {
			sold += lines[i].Total()
		}
	}
	if len(t.voids) > 0 && back > 0 || back > sold {
		wrong = cmp.Or(wrong, "the total")
	}
	if wrong == "" {
		return nil
	}
	if len(t.voids) > 0 {
		wrong += "; it was cancelled"
	}
	return []Claim{{OverReturn, t.id, fmt.Sprintf("with %s more came back of %s than was sold (%s)", by, t.name, wrong)}}
}

// differs says where a void is not the mirror of its original, "" when it is. What stands in texts, and
// who, where and when, may differ.
func differs(original, v *receipt.Receipt) string {
	mirror, err := receipt.Voiding(original, receipt.Head{})
	switch {
	case err != nil:
		return "only a sale can be cancelled"
	case mirror.Currency != v.Currency:
		return "the currency"
	case v.Store != original.Store:
		return "the store"
	case len(mirror.Lines) != len(v.Lines):
		return "the number of lines"
	case len(mirror.Tenders) != len(v.Tenders):
		return "the tenders"
	case mirror.Rounding != v.Rounding:
		return "the rounding"
	}
	for i := range v.Lines {
		if !sameLine(&mirror.Lines[i], &v.Lines[i]) {
			return fmt.Sprintf("line %d", i+1)
		}
	}
	for i := range v.Tenders {
		a, b := &mirror.Tenders[i], &v.Tenders[i]
		if a.Type != b.Type || a.Amount != b.Amount || a.Foreign != b.Foreign || a.Party != b.Party {
			return fmt.Sprintf("tender %d", i+1)
		}
	}
	return ""
}

// sameLine compares what a line moves in books and stock.
func sameLine(a, b *receipt.Line) bool {
	if a.Kind != b.Kind || a.Item != b.Item || a.Department != b.Department || a.Party != b.Party || a.Qty != b.Qty || a.Net != b.Net ||
		a.NetDiscount != b.NetDiscount || a.Commission != b.Commission || len(a.Taxes) != len(b.Taxes) {
		return false
	}
	for i := range a.Taxes {
		if a.Taxes[i] != b.Taxes[i] {
			return false
		}
	}
	if a.Return == nil || b.Return == nil {
		return a.Return == b.Return
	}
	return a.Return.Receipt == b.Return.Receipt && a.Return.Line == b.Return.Line && a.Return.Disposition == b.Return.Disposition
}

type claimsKey struct{}

func takenIn(tx *db.Tx) (map[id.ID]*taken, error) {
	return db.Shared(tx, claimsKey{}, func() (map[id.ID]*taken, error) { return map[id.ID]*taken{}, nil })
}

// takenOf reads what was taken back of a receipt, once in a group.
func takenOf(tx *db.Tx, u id.ID) (*taken, error) {
	all, err := takenIn(tx)
	if err != nil {
		return nil, err
	}
	t := all[u]
	if t != nil && t.original != nil {
		return t, nil
	}
	if t == nil {
		t = &taken{id: u, back: map[int]portion{}}
		if err := t.load(tx); err != nil {
			return nil, err
		}
		all[u] = t
	}
	r, err := Find(tx, u) // the group may have recorded it meanwhile
	if errors.Is(err, ErrNotFound) {
		return t, nil
	}
	if err == nil {
		t.original, t.name = &r, ShortName(&r)
	}
	return t, err
}

const (
	selectBack db.SQL = `SELECT l.returned_line, MAX(l.item), CAST(SUM(l.qty) AS BIGINT), CAST(SUM(l.net + l.tax) AS BIGINT), CAST(SUM(l.tax) AS BIGINT)
		FROM receipt_lines l JOIN receipts r ON r.seq = l.receipt_seq
		WHERE l.returned = $1 AND r.kind IN ('sale', 'void') GROUP BY l.returned_line`
	selectVoids db.SQL = `SELECT id FROM receipts WHERE voids = $1 AND kind = 'void' ORDER BY seq`
)

// load reads what earlier groups have taken back.
func (t *taken) load(tx *db.Tx) error {
	rows, err := tx.Query(selectBack, t.id[:])
	if err != nil {
		return err
	}
	defer rows.Close()
	for rows.Next() {
		var no int
		var p portion
		if err := rows.Scan(&no, &p.item, &p.qty, &p.total, &p.tax); err != nil {
			return err
		}
		t.back[no] = portion{p.item, -p.qty, -p.total, -p.tax}
	}
	if err := rows.Err(); err != nil {
		return err
	}
	ids, err := scanIDs(tx.Query(selectVoids, t.id[:]))
	for _, u := range ids {
		s, err := Get(tx, u)
		if err != nil {
			return err
		}
		t.voids = append(t.voids, &s.Receipt)
	}
	return err
}

func scanIDs(rows *sql.Rows, err error) ([]id.ID, error) {
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	var out []id.ID
	for rows.Next() {
		var u id.ID
		if err := rows.Scan(&u); err != nil {
			return nil, err
		}
		out = append(out, u)
	}
	return out, rows.Err()
}
