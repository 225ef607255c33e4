package setup

import (
	"crypto/sha256"
	"encoding/hex"
	"strings"

	"github.com/tillpost/tillpost/internal/domain/ledger"
	"github.com/tillpost/tillpost/internal/domain/tax"
	"github.com/tillpost/tillpost/internal/flow/posting"
	"github.com/tillpost/tillpost/internal/platform/db"
)

// taxNumber is the account of the chart templates under which each tax code has its own.
const taxNumber = "2100"

// TaxCode gives a tax code its account, so that what is owed can be told for each tax. A code that has
// one keeps it; no two codes get the same.
func TaxCode(tx *db.Tx, code, name string) error {
	roles, err := ledger.RolesIn(tx)
	if err != nil {
		return err
	}
	if _, ok := roles.Find(posting.RoleTax, code); ok {
		return nil
	}
	account := taxNumber + "-" + accountPart(code)
	for _, taken := range roles.Of(posting.RoleTax) {
		if taken == account {
			account += "-" + mark(code)
			break
		}
	}
	if err := ledger.EnsureAccount(tx, account, ledger.AccountName("Tax "+name), ledger.Liability, ""); err != nil {
		return err
	}
	return ledger.MapRole(tx, posting.RoleTax, code, account)
}

// partMost is how much of a code, in bytes, stands in the code of its account: what is longer gets a
// mark made from the whole.
const partMost = 40

// accountPart turns a tax code into something that an account's code can end with.
func accountPart(code string) string {
	part := strings.Trim(strings.Map(func(r rune) rune {
		switch {
		case r >= 'a' && r <= 'z':
			return r - 'a' + 'A'
		case r >= 'A' && r <= 'Z', r >= '0' && r <= '9', r == '.', r == '-':
			return r
		default:
			return '-'
		}
	}, code), "-")
	for strings.Contains(part, "--") {
		part = strings.ReplaceAll(part, "--", "-")
	}
	switch {
	case part == "":
		return mark(code)
	case len(part) > partMost:
		return part[:partMost] + "-" + mark(code)
	}
	return part
}

// mark is a short name of any text.
func mark(text string) string {
	sum := sha256.Sum256([]byte(text))
	return hex.EncodeToString(sum[:4])
}

// knownTaxes gives the taxes that the built-in tables know at a place an account each, so that a
// shop's first taxed sale does not wait in suspense. A tax that is never owed needs none.
func knownTaxes(tx *db.Tx, jurisdiction string) error {
	if jurisdiction == "" {
		return nil
	}
	table, err := tax.BuiltIn()
	if err != nil {
		return err
	}
	done := map[string]bool{}
	for place := jurisdiction; place != ""; place = tax.Parent(place) {
		for i := range table.Entries {
			if table.Entries[i].Jurisdiction != place {
				continue
			}
			for _, c := range table.Entries[i].Components {
				if done[c.Code] || c.Rate == 0 && c.PerUnit == 0 {
					continue
				}
				done[c.Code] = true
				if err := TaxCode(tx, c.Code, c.Name); err != nil {
					return err
				}
			}
		}
	}
	return nil
}
