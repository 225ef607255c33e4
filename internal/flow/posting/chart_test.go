package posting

import (
	"bufio"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"sort"
	"strings"
	"testing"

	"github.com/tillpost/tillpost/internal/base/money"
	"github.com/tillpost/tillpost/internal/domain/ledger"
	"github.com/tillpost/tillpost/internal/domain/payments"
)

var update = flag.Bool("update", false, "write the golden files of this run")

// chartRow is one account of the chart that the worked entries use.
type chartRow struct{ role, key, account string }

var chart = []chartRow{
	{RoleDrawer, "", "1110"}, {RoleSafe, "", "1120"}, {RoleCashInTransit, "", "1130"}, {RoleBank, "", "1140"},
	{RoleClearing, "", "1150"}, {RoleClearing, "amex", "1155"}, {RoleMarketplace, "", "1160"}, {RoleUnspecified, "", "1190"},
	{RoleChargebacks, "", "1170"}, {RoleHolds, "", "1175"}, {RoleReceivable, "", "1200"}, {RoleCoupons, "", "1210"},
	{RoleInventory, "", "1300"}, {RoleStockInTransit, "", "1390"}, {RolePayable, "", "2000"}, {RoleWagesPayable, "", "2010"},
	{RoleGRNI, "", "2050"}, {RoleTax, "US-STATE", "2100"}, {RoleTax, "US-COUNTY", "2101"}, {RoleTax, "VAT21", "2100"},
	{RoleInputTax, "", "2150"}, {RoleTips, "", "2200"}, {RoleGiftCards, "", "2300"}, {RoleStoreCredit, "", "2310"},
	{RoleLoyalty, "", "2320"}, {RoleDeposits, "", "2330"}, {RoleBottleDeposits, "", "2340"}, {RoleCharity, "", "2350"},
	{RoleConsignors, "", "2400"}, {RoleEquity, "", "3000"}, {RoleSales, "", "4010"}, {RoleSales, "apparel", "4010"},
	{RoleSales, "footwear", "4020"}, {RoleSales, "gifts", "4030"}, {RoleDiscounts, "", "4080"}, {RoleReturns, "", "4090"},
	{RoleServices, "", "4100"}, {RoleCommission, "", "4110"}, {RoleCOGS, "", "5000"}, {RolePriceVariance, "", "5050"},
	{RoleShrink, "", "5100"}, {RoleDamaged, "", "5110"}, {RoleCardFees, "", "6100"}, {RoleChargebackFees, "", "6110"},
	{RoleOverShort, "", "6200"}, {RoleRounding, "", "6210"}, {RoleFX, "", "6220"}, {RoleExpense, "", "6300"},
	{RoleBadDebt, "", "6400"}, {RoleSuspense, "", "9999"},
}

// workedBooks are the books of the shop in the worked entries.
func workedBooks(currency money.Currency) Books {
	roles := ledger.NewRoles()
	for _, r := range chart {
		roles.Set(r.role, r.key, r.account)
	}
	return Books{Roles: roles, Book: currency, Tenders: map[string]string{
		"cash": payments.Cash, "card": payments.Card, "amex": payments.Card, "giftcard": payments.GiftCard,
		"credit": payments.StoreCredit, "account": payments.OnAccount, "coupon": payments.Coupon, "points": payments.Loyalty,
		"market": payments.Marketplace, "transfer": payments.Transfer, "check": payments.Check, "unspecified": payments.Unspecified,
		"other": payments.Other,
	}}
}

// roleOf names an account as the chart does, by its first role.
func roleOf(account string) string {
	for _, r := range chart {
		if r.account == account {
			return r.role
		}
	}
	return "?"
}

// block writes lines as the worked entries are printed: debits first, each with its account, role
// and what tells it from its neighbours.
func block(title string, lines []ledger.Line) string {
	lines = append([]ledger.Line(nil), lines...)
	sort.SliceStable(lines, func(i, j int) bool {
		a, b := &lines[i], &lines[j]
		if (a.Amount > 0) != (b.Amount > 0) {
			return a.Amount > 0
		}
		return a.Account < b.Account
	})
	var b strings.Builder
	b.WriteString(title + "\n")
	for i := range lines {
		writeLine(&b, &lines[i])
	}
	return b.String()
}

func writeLine(b *strings.Builder, l *ledger.Line) {
	side, amount := "Dr", l.Amount
	if amount < 0 {
		side, amount = "Cr", -amount
	}
	name := roleOf(l.Account)
	for _, s := range []string{l.Department, l.TaxCode, l.Tender, l.Party, l.Unknown} {
		if s != "" {
			name += " " + s
		}
	}
	fmt.Fprintf(b, "  %s %s %-40s %9s\n", side, l.Account, name, money.Currency("USD").Format(amount))
}

// golden compares text with testdata/NAME.golden, and what stands in it with the worked entries of
// these names.
func golden(t *testing.T, name, text string, entries ...string) {
	t.Helper()
	file := filepath.Join("testdata", name+".golden")
	if *update {
		if err := os.WriteFile(file, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if string(want) != text {
		t.Errorf("%s differs:\n--- want\n%s--- got\n%s", file, want, text)
	}
	if len(entries) == 0 {
		return
	}
	got := sides(text)
	for source, blocks := range workedEntries(t) {
		sum := map[string]int64{}
		for _, e := range entries {
			if len(blocks[e]) == 0 {
				t.Fatalf("%s: no entry %s", source, e)
			}
			for k, v := range blocks[e] {
				sum[k] += v
			}
		}
		for k := range union(got, sum) {
			if got[k] != sum[k] {
				t.Errorf("%s %v: %s is %d, worked entry says %d", source, entries, k, got[k], sum[k])
			}
		}
	}
}

func union(ms ...map[string]int64) map[string]bool {
	u := map[string]bool{}
	for _, m := range ms {
		for k := range m {
			u[k] = true
		}
	}
	return u
}

var lineOf = regexp.MustCompile(`^\s+(Dr|Cr) (\d{4}) .*?(\d+)\.(\d\d)$`)

// sides adds up a text's lines by side and account: "Dr 1110" in cents.
func sides(text string) map[string]int64 {
	m := map[string]int64{}
	for line := range strings.Lines(text) {
		if p := lineOf.FindStringSubmatch(strings.TrimRight(line, "\n")); p != nil {
			var n int64
			fmt.Sscan(p[3]+p[4], &n)
			m[p[1]+" "+p[2]] += n
		}
	}
	return m
}

// workedEntries are the sums of each worked entry, from testdata/blocks.txt and, where the design
// notes lie beside the project, from them too.
func workedEntries(t *testing.T) map[string]map[string]map[string]int64 {
	t.Helper()
	out := map[string]map[string]map[string]int64{"blocks.txt": readBlocks(t, filepath.Join("testdata", "blocks.txt"))}
	shared := os.Getenv("TILLPOST_SHARED")
	if shared == "" {
		shared = filepath.Join("..", "..", "..", "..", "shared")
	}
	notes := filepath.Join(shared, "design", "accounting.md")
	if _, err := os.Stat(notes); err == nil {
		out["accounting.md"] = readBlocks(t, notes)
	}
	return out
}

var titleOf = regexp.MustCompile(`^(J\d+) `)

func readBlocks(t *testing.T, file string) map[string]map[string]int64 {
	t.Helper()
	f, err := os.Open(file)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	blocks, name := map[string]map[string]int64{}, ""
	for s := bufio.NewScanner(f); s.Scan(); {
		if p := titleOf.FindStringSubmatch(s.Text()); p != nil {
			name = p[1]
			blocks[name] = map[string]int64{}
			continue
		}
		one := sides(s.Text())
		if len(one) == 0 {
			name = ""
		}
		for k, v := range one {
			if name != "" {
				blocks[name][k] += v
			}
		}
	}
	return blocks
}

// balanced fails unless the entry has lines that come to zero.
func balanced(t testing.TB, e ledger.Entry) {
	t.Helper()
	sum, err := e.Sum()
	if err != nil || sum != 0 || len(e.Lines) == 0 {
		t.Fatalf("entry %s: sum %d, %v, %d lines", e.Memo, sum, err, len(e.Lines))
	}
}
