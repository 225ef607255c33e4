package httpapi

import (
	"net/url"

	"github.com/tillpost/tillpost/internal/base/day"
	"github.com/tillpost/tillpost/internal/base/money"
	"github.com/tillpost/tillpost/internal/base/qty"
	"github.com/tillpost/tillpost/internal/domain/org"
	"github.com/tillpost/tillpost/internal/platform/auth"
	"github.com/tillpost/tillpost/internal/platform/db"
	"github.com/tillpost/tillpost/internal/views/tieout"
)

// Proof is the tie-out of a span of days: figures that must be equal, each summed from rows of its own.
type Proof struct {
	Holds     bool            `json:"holds" doc:"Every equation does."`
	From      day.Day         `json:"from"`
	To        day.Day         `json:"to"`
	Store     string          `json:"store,omitempty"`
	Currency  money.Currency  `json:"currency"`
	Receipts  int64           `json:"receipts"`
	Lines     int64           `json:"lines"`
	Returns   int64           `json:"return_lines"`
	Items     qty.Qty         `json:"items" doc:"Goods out less goods back."`
	Entries   int64           `json:"entries"`
	Later     int64           `json:"later_entries" doc:"Of the entries, those that count after these days: the books of their day were locked when they came."`
	Moves     int64           `json:"stock_moves"`
	Suspense  money.Minor     `json:"suspense" doc:"What these receipts booked to suspense and still waits for a decision: the balance of each key, whichever side it is on."`
	OpenTasks int64           `json:"open_tasks"`
	Equations []ProofEquation `json:"equations"`
}

// ProofEquation is two figures that must be equal.
type ProofEquation struct {
	Name  string    `json:"name"`
	Holds bool      `json:"holds"`
	Left  ProofSide `json:"left"`
	Right ProofSide `json:"right"`
}

// ProofSide is a figure: an amount or a quantity of goods.
type ProofSide struct {
	From   string       `json:"from" doc:"The rows that it was summed from."`
	Amount *money.Minor `json:"amount,omitempty"`
	Qty    *qty.Qty     `json:"qty,omitempty"`
	Link   string       `json:"link" format:"uri-reference" doc:"Where what it is made of can be read: the receipts, each with its entries and stock moves."`
}

// The bounds that stand for all days.
const (
	firstDay day.Day = "1970-01-01"
	lastDay  day.Day = "9998-12-31"
)

// proof registers the tie-out.
func (a *API) proof() {
	get(a, operation{ID: "getProof", Path: "/proof", Tag: tagReports, Scope: auth.ReportsRead, Summary: "The proof that receipts, tenders, journal and stock agree",
		Doc: "For a day, a span of days, or everything. What belongs to the span is what happened in it, by business day."}, prove)
}

func prove(c *Call, in *struct {
	Day string `query:"day" format:"date" doc:"One business day. Or name a span:"`
	Span
}) (out Proof, err error) {
	if in.Day != "" {
		if in.From+in.To != "" {
			return out, ErrParameter.At("query.day")
		}
		in.From, in.To = in.Day, in.Day
	}
	days, err := in.bounded()
	if err != nil {
		return out, err
	}
	s := tieout.Scope{Store: days.Store, From: days.From, To: days.To}
	err = c.over(in.Store, func(v *db.View, shop org.Shop) error {
		p, err := tieout.Prove(v, shop.Book, s)
		if err == nil {
			out = proved(&p)
		}
		return err
	})
	return out, err
}

func proved(p *tieout.Proof) Proof {
	out := Proof{Holds: p.Holds(), From: p.Scope.From, To: p.Scope.To, Store: p.Scope.Store, Currency: p.Currency, Receipts: p.Receipts,
		Lines: p.Lines, Returns: p.Returns, Items: p.Items, Entries: p.Entries, Later: p.Later, Moves: p.Moves, Suspense: p.Suspense, OpenTasks: p.OpenTasks,
		Equations: []ProofEquation{}}
	for _, e := range p.Equations {
		out.Equations = append(out.Equations, ProofEquation{Name: e.Name, Holds: e.Holds(), Left: side(p, e, e.Left), Right: side(p, e, e.Right)})
	}
	return out
}

func side(p *tieout.Proof, e tieout.Equation, s tieout.Side) ProofSide {
	out := ProofSide{From: s.From, Link: linkOf(&p.Scope, s.From)}
	if e.Qty {
		n := qty.Qty(s.Value)
		out.Qty = &n
	} else {
		n := money.Minor(s.Value)
		out.Amount = &n
	}
	return out
}

// linkOf says where to read what a figure is made of.
func linkOf(s *tieout.Scope, from string) string {
	days := url.Values{"from": {string(s.From)}, "to": {string(s.To)}}
	now := url.Values{}
	store := func(q url.Values, name, path string) string {
		if s.Store != "" {
			q.Set(name, s.Store)
		}
		if len(q) == 0 {
			return path
		}
		return path + "?" + q.Encode()
	}
	switch from {
	case "totals by day":
		days.Set("by", "day")
		return store(days, "store", "/v1/reports/sales")
	case "stock levels, now":
		return store(now, "location", "/v1/stock-levels")
	case "inventory accounts, now":
		return store(now, "store", "/v1/reports/trial-balance")
	}
	return store(days, "store", "/v1/receipts")
}
