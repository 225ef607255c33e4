package posting

import (
	"github.com/tillpost/tillpost/internal/base/money"
	"github.com/tillpost/tillpost/internal/domain/ledger"
	"github.com/tillpost/tillpost/internal/domain/payments"
	"github.com/tillpost/tillpost/internal/platform/db"
)

// Books is what the rules know of the shop: read once and used for many documents. It must not be
// changed while it is in use.
type Books struct {
	Roles ledger.Roles
	// Book is the currency of the ledger. A document in another currency is ErrCurrency.
	Book money.Currency
	// Tenders maps the code of a tender type to its kind, as in the table tender_types. A code that is
	// missing here is an unknown tender.
	Tenders map[string]string
	// Items tells whether a SKU is in the catalogue; nil when all are taken as known.
	Items func(sku string) bool
}

// LoadBooks reads the roles and tender types of a shop. Items stays nil: the caller knows whether it
// has a catalogue.
func LoadBooks(q db.Q, book money.Currency) (*Books, error) {
	roles, err := ledger.LoadRoles(q)
	if err != nil {
		return nil, err
	}
	tenders, err := payments.LoadTenders(q)
	if err != nil {
		return nil, err
	}
	return &Books{Roles: roles, Book: book, Tenders: tenders}, nil
}

// The kinds of Unknown, which are also the kinds of the task that a person must settle.
const (
	UnknownTender  = "unknown_tender"
	UnknownTax     = "unknown_tax"
	UnknownItem    = "unknown_item"
	UnknownAccount = "unknown_account"  // the shop's chart has no account for a role
	UnknownLine    = "unknown_line"     // a kind of receipt line that this version does not know
	UnknownKind    = "unknown_movement" // a movement that its processor does not explain
	Unexplained    = "unexplained"      // an imported document that does not foot
)

// Unknown is one thing that the rules could not place. Its amount stands in suspense under Key until
// somebody maps it.
type Unknown struct {
	Kind    string      `json:"kind"`
	Key     string      `json:"key"` // "tender:PayLater-X": also Line.Unknown and the task's key
	Message string      `json:"message"`
	Amount  money.Minor `json:"amount"` // what went to suspense; positive is debit
}
