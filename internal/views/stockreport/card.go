package stockreport

import (
	"github.com/tillpost/tillpost/internal/base/day"
	"github.com/tillpost/tillpost/internal/base/id"
	"github.com/tillpost/tillpost/internal/base/money"
	"github.com/tillpost/tillpost/internal/base/qty"
	"github.com/tillpost/tillpost/internal/platform/db"
)

// MovesMost bounds the moves of one card; the older ones are then part of its opening.
const MovesMost = 20_000

// CardQuery says which moves of an item. Empty fields do not narrow it; both days are included.
type CardQuery struct {
	Item     string
	Location string
	From, To day.Day
	Last     int // at most so many moves, the latest; 0 means MovesMost
}

// Card is the story of an item: what moved, why, and what was left.
type Card struct {
	Item    string      `json:"item"`
	Name    string      `json:"name"`
	Unit    string      `json:"unit"`
	Before  Balance     `json:"before"`  // before the first move that is shown
	Moves   []Move      `json:"moves"`   // by business day, then in the order of the ledger
	After   Balance     `json:"after"`   // after the last of them
	Omitted int         `json:"omitted"` // how many moves of the days asked for are only in Before
	Known   bool        `json:"known"`   // the item is in the catalogue
	Now     []Row       `json:"now"`     // what is there today, by location
	Cost    money.Price `json:"cost"`    // the catalogue's provisional cost
}

// Balance is a quantity and its value.
type Balance struct {
	Qty   qty.Qty     `json:"qty"`
	Value money.Minor `json:"value"`
}

// Move is one movement, and what made it.
type Move struct {
	EntrySeq    int64       `json:"entry_seq"` // the ledger entry that books it
	Kind        string      `json:"kind"`
	Location    string      `json:"location"`
	BusinessDay day.Day     `json:"business_day"`
	Qty         qty.Qty     `json:"qty"` // positive into the location
	Value       money.Minor `json:"value"`
	Balance     Balance     `json:"balance"` // after it, over the locations of the card
	Doc         id.ID       `json:"doc,omitzero"`
	DocKind     string      `json:"doc_kind"`            // "sale", "delivery", "count", …
	DocLine     int         `json:"doc_line"`            // its line
	Reference   string      `json:"reference,omitempty"` // the paper's number; of an imported receipt its number there
	Store       string      `json:"store,omitempty"`     // of a receipt
	Register    string      `json:"register,omitempty"`
	Number      int64       `json:"number,omitempty"`
}

const (
	selectItem db.SQL = `SELECT name, unit, cost FROM items WHERE sku = $1`
	selectCard db.SQL = `SELECT m.entry_seq, m.kind, m.location, m.business_day, m.qty, m.value, m.doc_line,
		COALESCE(e.kind, ''), e.doc, COALESCE(d.reference, r.external, ''), COALESCE(r.store, ''), COALESCE(r.register, ''), COALESCE(r.number, 0)
	FROM stock_moves m LEFT JOIN entries e ON e.seq = m.entry_seq
		LEFT JOIN receipts r ON r.id = e.doc LEFT JOIN stock_docs d ON d.id = e.doc
	WHERE m.item = $1 AND (CAST($2 AS TEXT) = '' OR m.location = $2) AND (CAST($3 AS TEXT) = '' OR m.business_day <= $3)
	ORDER BY m.business_day, m.entry_seq, m.line_no`
)

// CardOf is the stock card of an item. An item that nobody knows has an empty card.
func CardOf(q db.Q, query CardQuery) (Card, error) {
	c := Card{Item: query.Item, Moves: []Move{}}
	if err := c.name(q); err != nil {
		return c, err
	}
	var err error
	if c.Now, err = Levels(q, Query{Item: query.Item, Location: query.Location}); err != nil {
		return c, err
	}
	rows, err := q.Query(selectCard, query.Item, query.Location, string(query.To))
	if err != nil {
		return c, err
	}
	defer rows.Close()
	most := query.Last
	if most <= 0 || most > MovesMost {
		most = MovesMost
	}
	for rows.Next() {
		var m Move
		if err := rows.Scan(&m.EntrySeq, &m.Kind, &m.Location, &m.BusinessDay, &m.Qty, &m.Value, &m.DocLine,
			&m.DocKind, &m.Doc, &m.Reference, &m.Store, &m.Register, &m.Number); err != nil {
			return c, err
		}
		c.After.Qty += m.Qty
		c.After.Value += m.Value
		m.Balance = c.After
		if m.BusinessDay < query.From {
			c.Before = m.Balance
			continue
		}
		if len(c.Moves) == most {
			c.Before, c.Moves, c.Omitted = c.Moves[0].Balance, c.Moves[1:], c.Omitted+1
		}
		c.Moves = append(c.Moves, m)
	}
	return c, rows.Err()
}

// name fills in what the catalogue says of the item.
func (c *Card) name(q db.Q) error {
	rows, err := q.Query(selectItem, c.Item)
	if err != nil {
		return err
	}
	defer rows.Close()
	for rows.Next() {
		c.Known = true
		if err := rows.Scan(&c.Name, &c.Unit, &c.Cost); err != nil {
			return err
		}
	}
	return rows.Err()
}
