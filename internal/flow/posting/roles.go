// Package posting turns business documents into balanced ledger entries by account role. All
// accounting rules stand on this one shelf; they are pure, so that each is a golden test.
package posting

// The account roles: the contract between the posting rules and a shop's chart of accounts. Behind
// each: what the key names. A role's account with key "" is its default. Numbers are those of the
// chart templates.
const (
	RoleDrawer         = "drawer"           // 1110, key "STORE/DRAWER/CURRENCY": one account each
	RoleSafe           = "safe"             // 1120, key store
	RoleCashInTransit  = "cash_in_transit"  // 1130
	RoleBank           = "bank"             // 1140
	RoleClearing       = "clearing"         // 1150, key tender type or processor
	RoleMarketplace    = "marketplace"      // 1160, key tender type
	RoleUnspecified    = "unspecified"      // 1190 takings to be matched: the source names no tender
	RoleChargebacks    = "chargebacks"      // 1170
	RoleHolds          = "holds"            // 1175 withheld by a processor, key processor
	RoleReceivable     = "receivable"       // 1200
	RoleCoupons        = "coupons"          // 1210
	RoleInventory      = "inventory"        // 1300, key location
	RoleStockInTransit = "stock_in_transit" // 1390
	RolePayable        = "payable"          // 2000
	RoleWagesPayable   = "wages_payable"    // 2010
	RoleGRNI           = "grni"             // 2050
	RoleTax            = "tax_payable"      // 2100, key tax code; a code without its own account is unknown
	RoleInputTax       = "input_tax"        // 2150
	RoleTips           = "tips_payable"     // 2200
	RoleGiftCards      = "gift_cards"       // 2300
	RoleStoreCredit    = "store_credit"     // 2310
	RoleLoyalty        = "loyalty"          // 2320
	RoleDeposits       = "deposits"         // 2330
	RoleBottleDeposits = "bottle_deposits"  // 2340
	RoleCharity        = "charity"          // 2350, key party
	RoleConsignors     = "consignors"       // 2400
	RoleEquity         = "equity"           // 3000 owner's equity and opening balances
	RoleRetained       = "retained"         // 3100 retained earnings
	RoleSales          = "sales"            // 4010, key department
	RoleDiscounts      = "discounts"        // 4080, key department
	RoleReturns        = "returns"          // 4090, key department
	RoleServices       = "services"         // 4100, key department
	RoleCommission     = "commission"       // 4110
	RoleCOGS           = "cogs"             // 5000, key department
	RolePriceVariance  = "price_variance"   // 5050
	RoleShrink         = "shrink"           // 5100
	RoleDamaged        = "damaged"          // 5110
	RoleCardFees       = "card_fees"        // 6100, key processor
	RoleChargebackFees = "chargeback_fees"  // 6110
	RoleOverShort      = "over_short"       // 6200
	RoleRounding       = "rounding"         // 6210
	RoleFX             = "fx_difference"    // 6220
	RoleExpense        = "petty_expense"    // 6300, key kind of expense
	RoleBadDebt        = "bad_debt"         // 6400
	RoleSuspense       = "suspense"         // 9999
)
