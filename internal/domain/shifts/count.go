package shifts

import (
	"encoding/json"
	"fmt"

	"github.com/tillpost/tillpost/internal/base/fixed"
	"github.com/tillpost/tillpost/internal/base/id"
	"github.com/tillpost/tillpost/internal/base/money"
	"github.com/tillpost/tillpost/internal/platform/db"
	"github.com/tillpost/tillpost/internal/platform/outbox"
)

// Stage is when a drawer was counted.
type Stage string

// The stages. A recount stands beside the blind count and never replaces it.
const (
	AtOpen    Stage = "open"
	AtClose   Stage = "close"
	AtRecount Stage = "recount"
)

// Piece is so many notes or coins of one value.
type Piece struct {
	Value  money.Minor `json:"value"`  // minor units
	Number int64       `json:"number"` // how many of them
}

// Limits of a count: no currency has more denominations, no drawer more pieces.
const (
	piecesMost = 64
	numberMost = 10_000_000
)

// Sum is what the pieces come to.
func Sum(pieces []Piece) (money.Minor, error) {
	if len(pieces) > piecesMost {
		return 0, ErrPieces
	}
	var total money.Minor
	for _, p := range pieces {
		if p.Value <= 0 || p.Number < 0 || p.Number > numberMost {
			return 0, ErrPieces
		}
		n, err := fixed.MulDiv(int64(p.Value), p.Number, 1, fixed.Down)
		if err != nil {
			return 0, err
		}
		if total, err = total.Add(money.Minor(n)); err != nil {
			return 0, err
		}
	}
	return total, total.CheckRange()
}

// Count is one currency of one count of a drawer.
type Count struct {
	Shift    id.ID          `json:"shift"`
	Stage    Stage          `json:"stage"`
	Currency money.Currency `json:"currency"`
	Expected money.Minor    `json:"expected"`
	Counted  money.Minor    `json:"counted"`
	Book     money.Minor    `json:"book"`             // value of Expected in the book currency
	Pieces   []Piece        `json:"pieces,omitempty"` // none when the drawer was taken over uncounted
	Reason   string         `json:"reason,omitempty"` // of a recount
	AtMs     int64          `json:"at_ms"`
}

// Difference is what was found more (positive) or less than expected.
func (c Count) Difference() money.Minor { return c.Counted - c.Expected }

const (
	selectCounts db.SQL = `SELECT shift, stage, currency, expected, counted, book, detail, reason, at_ms FROM shift_counts WHERE shift = $1
		ORDER BY at_ms, stage, currency`
	insertCount db.SQL = `INSERT INTO shift_counts (shift, stage, currency, expected, counted, book, detail, reason, at_ms)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)`
)

// Counts lists everything that was counted in a shift.
func Counts(q db.Q, shift id.ID) ([]Count, error) {
	rows, err := q.Query(selectCounts, shift[:])
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	var out []Count
	for rows.Next() {
		var c Count
		var detail string
		if err := rows.Scan(&c.Shift, &c.Stage, &c.Currency, &c.Expected, &c.Counted, &c.Book, &detail, &c.Reason, &c.AtMs); err != nil {
			return nil, err
		}
		if c.Pieces, err = readPieces(detail, c.Currency); err != nil {
			return nil, fmt.Errorf("count of shift %s: %w", shift, err)
		}
		out = append(out, c)
	}
	return out, rows.Err()
}

// At returns the counts of one stage by currency.
func At(counts []Count, stage Stage) map[money.Currency]Count {
	out := map[money.Currency]Count{}
	for _, c := range counts {
		if c.Stage == stage {
			out[c.Currency] = c
		}
	}
	return out
}

// Final returns the counts that decide: the recount where there is one, else the blind count.
func Final(counts []Count) map[money.Currency]Count {
	out := At(counts, AtClose)
	for currency, c := range At(counts, AtRecount) {
		out[currency] = c
	}
	return out
}

// RecordCounts stores the counts of one stage. Counting at the close or again seals the shift's
// receipts at lastSeq.
func RecordCounts(tx *db.Tx, s Shift, counts []Count, lastSeq int64) (Shift, error) {
	at := tx.Now.UnixMilli()
	for _, c := range counts {
		if err := checkText(c.Reason); err != nil {
			return s, err
		}
		detail, err := writePieces(c.Pieces, c.Currency)
		if err != nil {
			return s, err
		}
		if _, err := tx.Exec(insertCount, s.ID[:], string(c.Stage), string(c.Currency), int64(c.Expected), int64(c.Counted), int64(c.Book),
			detail, c.Reason, at); err != nil {
			return s, err
		}
	}
	if len(counts) > 0 && counts[0].Stage == AtOpen {
		return s, nil
	}
	if s.State == Open && (len(counts) == 0 || counts[0].Stage == AtClose) {
		s.State, s.CountedMs, s.LastSeq = Counted, at, lastSeq
		if _, err := tx.Exec(markRow, s.ID[:], s.CountedMs, s.LastSeq); err != nil {
			return s, err
		}
	}
	return s, outbox.Add(tx, outbox.ShiftCounted, s.ID.String(), s.Store)
}

// Finish closes a counted shift and gives it its Z number.
func Finish(tx *db.Tx, s Shift, settledSeq int64) (Shift, error) {
	z, err := tx.Next("z:"+s.Store+"/"+s.Register, 1)
	if err != nil {
		return s, err
	}
	s.State, s.ClosedMs, s.Z, s.SettledSeq = Closed, tx.Now.UnixMilli(), z, settledSeq
	if _, err = tx.Exec(closeRow, s.ID[:], s.ClosedMs, s.Z, s.SettledSeq); err != nil {
		return s, err
	}
	return s, outbox.Add(tx, outbox.ShiftClosed, s.ID.String(), s.Store)
}

// writePieces writes [["20.00",3],…]: decimal text, so that a person can read the row.
func writePieces(pieces []Piece, c money.Currency) (string, error) {
	rows := make([][2]any, len(pieces))
	for i, p := range pieces {
		rows[i] = [2]any{c.Format(p.Value), p.Number}
	}
	b, err := json.Marshal(rows)
	return string(b), err
}

func readPieces(text string, c money.Currency) ([]Piece, error) {
	var rows [][2]json.RawMessage
	if err := json.Unmarshal([]byte(text), &rows); err != nil {
		return nil, err
	}
	var out []Piece
	for _, r := range rows {
		var value string
		var p Piece
		if err := json.Unmarshal(r[0], &value); err != nil {
			return nil, err
		}
		if err := json.Unmarshal(r[1], &p.Number); err != nil {
			return nil, err
		}
		var err error
		if p.Value, err = c.Parse(value); err != nil {
			return nil, err
		}
		out = append(out, p)
	}
	return out, nil
}
