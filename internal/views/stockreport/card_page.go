package stockreport

import (
	"math"

	"github.com/tillpost/tillpost/internal/domain/ledger"
	"github.com/tillpost/tillpost/internal/platform/db"
)

// CardLine is a move on a card that is read page by page.
type CardLine struct {
	Move
	At CardPlace `json:"-"`
}

// CardPlace is where a move stands on the card of an item, and what was there before it.
type CardPlace struct {
	Entry  int64   `json:"e"`
	Line   int64   `json:"l"`
	First  int64   `json:"f"` // entry of the days asked for, found once for all pages
	Before Balance `json:"b"`
}

// cardRead is how many moves are read at once.
const cardRead = 1_000

const selectCardPage db.SQL = `SELECT m.entry_seq, m.line_no, m.kind, m.location, m.business_day, m.qty, m.value, m.doc_line,
		COALESCE(e.kind, ''), e.doc, COALESCE(d.reference, r.external, ''), COALESCE(r.store, ''), COALESCE(r.register, ''), COALESCE(r.number, 0)
	FROM stock_moves m LEFT JOIN entries e ON e.seq = m.entry_seq
		LEFT JOIN receipts r ON r.id = e.doc LEFT JOIN stock_docs d ON d.id = e.doc
	WHERE (m.entry_seq, m.line_no) < ($1, $2) AND m.entry_seq >= $3 AND m.item = $4 AND (CAST($5 AS TEXT) = '' OR m.location = $5)
	ORDER BY m.entry_seq DESC, m.line_no DESC LIMIT $6`

// CardPage is the next most moves of an item behind a place, the last one of the ledger first; the zero
// place is before it. The balance after a move is that in the order of the ledger, led back from what is
// there now, so that the latest moves cost themselves and not the item's history.
func CardPage(q db.Q, query CardQuery, after CardPlace, most int) ([]CardLine, error) {
	if after.Entry == 0 {
		levels, err := levelPage(q, Wanted{Location: query.Location, Item: query.Item}, Place{}, math.MaxInt32)
		if err != nil {
			return nil, err
		}
		after.Entry = math.MaxInt64
		if query.From != "" { // no entry counts before its business day
			if after.First, _, err = ledger.Span(q, query.From, ""); err != nil {
				return nil, err
			}
		}
		for i := range levels {
			after.Before.Qty += levels[i].Qty
			after.Before.Value += levels[i].Value
		}
	}
	var out []CardLine
	for {
		read, err := cardLines(q, query, &after)
		if err != nil {
			return nil, err
		}
		for i := range read {
			m := &read[i]
			if m.BusinessDay < query.From || query.To != "" && m.BusinessDay > query.To {
				continue
			}
			if out = append(out, *m); len(out) == most {
				return out, nil
			}
		}
		if len(read) < cardRead {
			return out, nil
		}
	}
}

// cardLines reads on from a place, and moves it.
func cardLines(q db.Q, query CardQuery, at *CardPlace) ([]CardLine, error) {
	rows, err := q.Query(selectCardPage, at.Entry, at.Line, at.First, query.Item, query.Location, int64(cardRead))
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	var out []CardLine
	for rows.Next() {
		m := CardLine{}
		if err := rows.Scan(&m.EntrySeq, &m.At.Line, &m.Kind, &m.Location, &m.BusinessDay, &m.Qty, &m.Value, &m.DocLine,
			&m.DocKind, &m.Doc, &m.Reference, &m.Store, &m.Register, &m.Number); err != nil {
			return nil, err
		}
		m.Balance = at.Before
		at.Entry, at.Line = m.EntrySeq, m.At.Line
		at.Before.Qty -= m.Qty
		at.Before.Value -= m.Value
		m.At = *at
		out = append(out, m)
	}
	return out, rows.Err()
}
