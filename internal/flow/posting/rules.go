package posting

import (
	"slices"

	"github.com/tillpost/tillpost/internal/domain/ledger"
)

// Rule says what an account must be to play a role.
type Rule struct {
	Role  string
	Types []ledger.Type // one of these
	// Key says in words what a key of the role names; "" when the postings never ask with a key.
	Key string
	// Exact roles have no default that stands in for a key without an account of its own.
	Exact bool
	// Follows is what the balance of the account must equal, in words; "" when nothing compares it.
	// Such a role keeps its account once something is posted: the proofs would compare the new one.
	Follows string
	// Alone: no other role may post to the account, and nothing may stand on it before. Each: nor may the
	// same role under another key.
	Alone, Each bool
	// Foreign accounts may hold a currency other than that of the books.
	Foreign bool
}

var (
	asset     = []ledger.Type{ledger.Asset}
	liability = []ledger.Type{ledger.Liability}
	either    = []ledger.Type{ledger.Asset, ledger.Liability}
	equity    = []ledger.Type{ledger.Equity}
	income    = []ledger.Type{ledger.Income}
	expense   = []ledger.Type{ledger.Expense}
)

// What the keys name.
const (
	keyStore      = "store"
	keyDrawer     = "store/drawer/currency"
	keySafe       = "store, or store/currency"
	keyTender     = "tender"
	keyPaid       = "tender or processor"
	keyProcessor  = "processor"
	keySupplier   = "supplier"
	keyTax        = "tax code"
	keyParty      = "party"
	keyDepartment = "department"
	keyExpense    = "kind of expense"
)

// rules has every role once, in the order of the chart. Revenue stands on income accounts alone, and
// what a sale posts besides does not: the proof of a day adds revenue up by the type of the account.
var rules = []Rule{
	{Role: RoleDrawer, Types: asset, Key: keyDrawer, Follows: "the cash in its drawer", Alone: true, Each: true, Foreign: true},
	{Role: RoleSafe, Types: asset, Key: keySafe, Foreign: true},
	{Role: RoleCashInTransit, Types: asset, Key: keyStore},
	{Role: RoleBank, Types: either, Key: keyProcessor, Foreign: true},
	{Role: RoleClearing, Types: asset, Key: keyPaid, Foreign: true},
	{Role: RoleMarketplace, Types: asset, Key: keyTender, Foreign: true},
	{Role: RoleChargebacks, Types: asset, Key: keyProcessor},
	{Role: RoleHolds, Types: asset, Key: keyProcessor},
	{Role: RoleUnspecified, Types: asset, Key: keyPaid},
	{Role: RoleReceivable, Types: asset, Key: keyPaid},
	{Role: RoleCoupons, Types: asset, Key: keyTender},
	{Role: RoleInventory, Types: asset, Key: keyStore, Follows: "the value of the stock", Alone: true},
	{Role: RoleStockInTransit, Types: asset, Key: keyStore, Follows: "the value of the goods in transit", Alone: true},
	{Role: RolePayable, Types: liability, Key: keySupplier},
	{Role: RoleWagesPayable, Types: liability},
	{Role: RoleGRNI, Types: liability, Key: keySupplier, Follows: "the deliveries that are not billed yet", Alone: true},
	{Role: RoleTax, Types: liability, Key: keyTax, Exact: true, Follows: "the taxes on the receipts"},
	{Role: RoleInputTax, Types: either, Key: keyTax},
	{Role: RoleTips, Types: liability},
	{Role: RoleGiftCards, Types: liability, Key: keyTender},
	{Role: RoleStoreCredit, Types: liability, Key: keyTender},
	{Role: RoleLoyalty, Types: liability, Key: keyTender},
	{Role: RoleDeposits, Types: liability},
	{Role: RoleBottleDeposits, Types: liability},
	{Role: RoleCharity, Types: liability, Key: keyParty},
	{Role: RoleConsignors, Types: liability, Key: keyParty},
	{Role: RoleEquity, Types: equity},
	{Role: RoleRetained, Types: equity},
	{Role: RoleSales, Types: income, Key: keyDepartment},
	{Role: RoleDiscounts, Types: income, Key: keyDepartment},
	{Role: RoleReturns, Types: income, Key: keyDepartment},
	{Role: RoleServices, Types: income, Key: keyDepartment},
	{Role: RoleCommission, Types: income},
	{Role: RoleCOGS, Types: expense, Key: keyDepartment},
	{Role: RolePriceVariance, Types: expense},
	{Role: RoleShrink, Types: expense, Key: keyDepartment},
	{Role: RoleDamaged, Types: expense, Key: keyDepartment},
	{Role: RoleCardFees, Types: expense, Key: keyProcessor},
	{Role: RoleChargebackFees, Types: expense, Key: keyProcessor},
	{Role: RoleOverShort, Types: []ledger.Type{ledger.Expense, ledger.Income}},
	{Role: RoleRounding, Types: expense},
	{Role: RoleFX, Types: []ledger.Type{ledger.Expense, ledger.Income}},
	{Role: RoleExpense, Types: []ledger.Type{ledger.Expense, ledger.Asset}, Key: keyExpense},
	{Role: RoleBadDebt, Types: expense},
	{Role: RoleSuspense, Types: either, Follows: "what waits for a decision", Alone: true},
}

// Rules lists the rules of all roles in the order of the chart.
func Rules() []Rule { return slices.Clone(rules) }

// RuleOf finds the rule of a role.
func RuleOf(role string) (Rule, bool) {
	i := slices.IndexFunc(rules, func(r Rule) bool { return r.Role == role })
	if i < 0 {
		return Rule{}, false
	}
	return rules[i], true
}
