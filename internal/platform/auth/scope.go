package auth

import (
	"slices"
	"strings"
)

// Scope is one thing that a key may do, as noun:verb. Writing does not include reading.
type Scope string

// The scopes.
const (
	ShopRead       Scope = "shop:read"
	ShopWrite      Scope = "shop:write"
	CatalogueRead  Scope = "catalogue:read"
	CatalogueWrite Scope = "catalogue:write"
	SalesRead      Scope = "sales:read"
	SalesWrite     Scope = "sales:write"
	ShiftsRead     Scope = "shifts:read"
	ShiftsWrite    Scope = "shifts:write"
	StockRead      Scope = "stock:read"
	StockWrite     Scope = "stock:write"
	BooksRead      Scope = "books:read"
	BooksWrite     Scope = "books:write"
	PeriodsWrite   Scope = "periods:write"
	ReportsRead    Scope = "reports:read"
	ImportsRead    Scope = "imports:read"
	ImportsWrite   Scope = "imports:write"
	TasksRead      Scope = "tasks:read"
	TasksWrite     Scope = "tasks:write"
	ChangesRead    Scope = "changes:read"
	WebhooksRead   Scope = "webhooks:read"
	WebhooksWrite  Scope = "webhooks:write"
	KeysRead       Scope = "keys:read"
	KeysWrite      Scope = "keys:write"
	ChecksRun      Scope = "checks:run"
)

// Meaning is a scope and what it allows, for lists and the documentation of the API.
type Meaning struct {
	Scope Scope  `json:"scope"`
	Means string `json:"means"`
}

var meanings = []Meaning{
	{ShopRead, "See the shop's settings, stores, registers, drawers and tender types."},
	{ShopWrite, "Add and rename stores, registers, drawers and tender types."},
	{CatalogueRead, "See items, barcodes, prices, promotions and taxes, and price a basket."},
	{CatalogueWrite, "Add and change items, barcodes, prices, promotions and taxes."},
	{SalesRead, "See receipts, with the entries and stock moves that they made."},
	{SalesWrite, "Record receipts, refunds and voids, and price a basket."},
	{ShiftsRead, "See shifts, drawers, day closes and X and Z reports."},
	{ShiftsWrite, "Open, count and close shifts, move cash, bag it for the bank, close days."},
	{StockRead, "See stock levels, moves and stock documents."},
	{StockWrite, "Record deliveries, bills, returns to suppliers, counts, adjustments and transfers."},
	{BooksRead, "See accounts, journal entries, balances and periods."},
	{BooksWrite, "Post and reverse journal entries, record payouts, add accounts and give them roles."},
	{PeriodsWrite, "Lock months of the books and open them again."},
	{ReportsRead, "Read the reports on sales, tax, stock and books, and export the journal."},
	{ImportsRead, "See imports and the rows in quarantine."},
	{ImportsWrite, "Assess and import files of other systems."},
	{TasksRead, "See what waits for a decision."},
	{TasksWrite, "Decide what an unknown tender, tax, item or account is."},
	{ChangesRead, "Follow the log of changes."},
	{WebhooksRead, "See webhooks and what became of their deliveries."},
	{WebhooksWrite, "Add, change and remove webhooks and send deliveries again."},
	{KeysRead, "See the API keys: names, scopes and last use, never the keys themselves."},
	{KeysWrite, "Make and revoke API keys that can do no more than this one."},
	{ChecksRun, "Have everything recomputed from the receipts (tillpost check)."},
}

// All lists every scope with what it allows.
func All() []Meaning { return slices.Clone(meanings) }

// Words that stand for several scopes when a key is made. They are replaced by these at once: a scope
// that a later version brings is in no key that was made before.
const (
	wordAll  = "all"
	wordRead = "read"
)

// wordsMost bounds how many scopes one order may name; there are far fewer.
const wordsMost = 100

// ParseScopes reads the names of scopes, and "all" and "read" for all and for all that only read. The
// scopes come sorted and each once.
func ParseScopes(names []string) ([]Scope, error) {
	return parseScopes(names, func(Scope) bool { return true })
}

// ParseScopes is ParseScopes for who asks with a key: "all" and "read" stand for what the key itself may do.
func (p Principal) ParseScopes(names []string) ([]Scope, error) { return parseScopes(names, p.Can) }

// parseScopes has the words stand for those of the scopes that may be given.
func parseScopes(names []string, given func(Scope) bool) ([]Scope, error) {
	var out []Scope
	if len(names) > wordsMost {
		return nil, ErrScopeName
	}
	for _, name := range names {
		found := name == wordAll || name == wordRead
		for _, m := range meanings {
			word := name == wordAll || name == wordRead && strings.HasSuffix(string(m.Scope), ":read")
			if word && given(m.Scope) || name == string(m.Scope) {
				out, found = append(out, m.Scope), true
			}
		}
		if !found {
			return nil, ErrScopeName.Named("scopes", cut(name))
		}
	}
	if len(out) == 0 {
		return nil, ErrNoScopes.At("scopes")
	}
	slices.Sort(out)
	return slices.Compact(out), nil
}

// Known tells whether there is such a scope.
func (s Scope) Known() bool {
	return slices.ContainsFunc(meanings, func(m Meaning) bool { return m.Scope == s })
}

// repeatMost is how much of a wrong word a fault repeats.
const repeatMost = 40

func cut(s string) string {
	s = Redact(s)
	if r := []rune(s); len(r) > repeatMost {
		return string(r[:repeatMost]) + "…"
	}
	return s
}
