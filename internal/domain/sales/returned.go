package sales

import (
	"github.com/tillpost/tillpost/internal/base/id"
	"github.com/tillpost/tillpost/internal/domain/receipt"
	"github.com/tillpost/tillpost/internal/platform/db"
)

// Find is Get for a receipt that the same group commit may have recorded.
func Find(tx *db.Tx, u id.ID) (receipt.Receipt, error) {
	g, err := open(tx)
	if err != nil {
		return receipt.Receipt{}, err
	}
	if k, ok := g.known[u]; ok && k.from != nil {
		r := *k.from
		r.Number, r.PrevHash, r.Hash = k.number, k.prev, k.hash
		return r, nil
	}
	s, err := Get(tx, u)
	return s.Receipt, err
}

// History is what was taken back of a receipt so far.
type History struct {
	Original receipt.Receipt
	Lines    []receipt.Line     // of returns, and of voids of returns: what receipt.Refund calls already
	Receipts []receipt.Receipt  // that have these lines, and perhaps others
	Voids    []*receipt.Receipt // that cancel the whole receipt
}

const selectReturning db.SQL = `SELECT DISTINCT r.seq FROM receipt_lines l JOIN receipts r ON r.seq = l.receipt_seq
	WHERE l.returned = $1 AND r.kind IN ('sale', 'void') ORDER BY r.seq`

// Taken reads a receipt and what was taken back of it, also by receipts of the same group commit.
// Nothing here is ErrNotFound.
func Taken(tx *db.Tx, u id.ID) (History, error) {
	t, err := takenOf(tx, u)
	if err != nil {
		return History{}, err
	}
	if t.original == nil {
		return History{}, ErrNotFound
	}
	h := History{Original: *t.original, Voids: t.voids}
	seqs, err := returningSeqs(tx, u)
	if err != nil {
		return History{}, err
	}
	for _, seq := range seqs {
		page, err := Page(tx, seq, seq)
		if err != nil {
			return History{}, err
		}
		h.add(page[0].Receipt)
	}
	for _, r := range t.returns {
		h.add(r)
	}
	return h, nil
}

func (h *History) add(r receipt.Receipt) {
	h.Receipts = append(h.Receipts, r)
	for i := range r.Lines {
		if l := &r.Lines[i]; l.Return != nil && l.Return.Receipt == h.Original.ID {
			h.Lines = append(h.Lines, *l)
		}
	}
}

func returningSeqs(tx *db.Tx, u id.ID) (seqs []int64, err error) {
	rows, err := tx.Query(selectReturning, u[:])
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	for rows.Next() {
		var seq int64
		if err := rows.Scan(&seq); err != nil {
			return nil, err
		}
		seqs = append(seqs, seq)
	}
	return seqs, rows.Err()
}

// Place is a line of a receipt.
type Place struct {
	Receipt id.ID
	Line    int
}

const selectPlaces db.SQL = `SELECT r.id, l.line_no FROM receipt_lines l JOIN receipts r ON r.seq = l.receipt_seq
	WHERE l.returned = $1 AND l.returned_line = $2 AND r.kind IN ('sale', 'void') ORDER BY r.seq, l.line_no`

// Returning lists the lines that brought a sold line back, or undid that, also of receipts of the same
// group commit for which Claims was called.
func Returning(tx *db.Tx, u id.ID, line int) ([]Place, error) {
	rows, err := tx.Query(selectPlaces, u[:], int64(line))
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	var out []Place
	for rows.Next() {
		var p Place
		if err := rows.Scan(&p.Receipt, &p.Line); err != nil {
			return nil, err
		}
		out = append(out, p)
	}
	if err := rows.Err(); err != nil {
		return nil, err
	}
	all, err := takenIn(tx)
	if err != nil || all[u] == nil {
		return out, err
	}
	for i := range all[u].returns {
		r := &all[u].returns[i]
		for j := range r.Lines {
			if l := &r.Lines[j]; l.Return != nil && l.Return.Receipt == u && l.Return.Line == line {
				out = append(out, Place{r.ID, l.No})
			}
		}
	}
	return out, nil
}
