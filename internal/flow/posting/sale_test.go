package posting

import (
	"testing"
	"time"

	"github.com/tillpost/tillpost/internal/base/id"
	"github.com/tillpost/tillpost/internal/base/money"
	"github.com/tillpost/tillpost/internal/base/qty"
	"github.com/tillpost/tillpost/internal/domain/inventory"
	"github.com/tillpost/tillpost/internal/domain/ledger"
	"github.com/tillpost/tillpost/internal/domain/receipt"
)

var noon = time.Date(2026, 3, 14, 12, 0, 0, 0, time.UTC)

// sale makes a receipt of the worked shop; the lines get their numbers.
func sale(number int64, lines []receipt.Line, tenders ...receipt.Tender) *receipt.Receipt {
	for i := range lines {
		lines[i].No = i + 1
		if lines[i].Qty == 0 {
			lines[i].Qty = qty.One
		}
	}
	return &receipt.Receipt{ID: id.Derive(noon, "worked", string(rune('A'+number))), Kind: receipt.Sale, Store: "S01", Register: "R1",
		Number: number, BusinessDay: "2026-03-14", DeviceTime: noon, Currency: "USD", Lines: lines, Tenders: tenders}
}

func pay(tender string, amount money.Minor) receipt.Tender {
	return receipt.Tender{Type: tender, Amount: amount}
}

func goods(department string, net, discount money.Minor, taxes ...receipt.Tax) receipt.Line {
	return receipt.Line{Kind: receipt.Item, Item: "sku-" + department, Department: department, Net: net, NetDiscount: discount, Taxes: taxes}
}

func back(l receipt.Line) receipt.Line {
	l.Return = &receipt.Return{}
	l.Qty = -qty.One
	return l
}

func plain(kind receipt.LineKind, net money.Minor) receipt.Line {
	return receipt.Line{Kind: kind, Net: net}
}

func tax(code string, amount money.Minor) receipt.Tax { return receipt.Tax{Code: code, Amount: amount} }

// us are the state's 6 % and the county's 1.25 %.
func us(state, county money.Minor) []receipt.Tax {
	return []receipt.Tax{tax("US-STATE", state), tax("US-COUNTY", county)}
}

func cost(line int, value money.Minor) inventory.Cost {
	return inventory.Cost{Line: line, Location: "S01", Kind: inventory.Sale, Qty: qty.One, Value: value}
}

// booked posts receipts that hold nothing unknown.
func booked(t *testing.T, books Books, r *receipt.Receipt, costs ...inventory.Cost) ledger.Entry {
	t.Helper()
	e, unknown, err := Sale(r, costs, 0, books)
	if err != nil || len(unknown) != 0 {
		t.Fatalf("receipt %d: %v, unknown %v", r.Number, err, unknown)
	}
	balanced(t, e)
	return e
}

// storeDay are receipts that make up the store-day of J1 and J2.
func storeDay(t *testing.T) []ledger.Entry {
	books := workedBooks("USD")
	owner := func(tender string, amount money.Minor, party string) receipt.Tender {
		return receipt.Tender{Type: tender, Amount: amount, Party: party}
	}
	gift := plain(receipt.GiftCard, 10000)
	wrap := receipt.Line{Kind: receipt.Service, Net: 1000}
	cash := sale(1, []receipt.Line{goods("apparel", 30000, 0, us(1800, 375)...)}, pay("cash", 32175))
	rounded := sale(2, []receipt.Line{goods("gifts", 9062, 0), gift}, pay("cash", 20000), pay("cash", -940))
	rounded.Rounding = -2
	tipped := sale(3, []receipt.Line{goods("apparel", 84000, 6000, us(5040, 1050)...), plain(receipt.Tip, 1800)}, pay("card", 91890))
	split := sale(4, []receipt.Line{goods("footwear", 76000, 4000, us(4560, 950)...), goods("gifts", 5938, 0), wrap},
		pay("card", 48448), pay("amex", 15000), pay("giftcard", 12000), owner("credit", 3000, "C5"), owner("account", 6000, "17"),
		pay("coupon", 1500), pay("points", 2500))
	layaway := sale(5, []receipt.Line{plain(receipt.Deposit, 5000)}, pay("amex", 5000))
	returned := sale(6, []receipt.Line{back(goods("apparel", -7500, 0, us(-450, -94)...))}, owner("credit", -8044, "C9"))
	return []ledger.Entry{
		booked(t, books, cash, cost(1, 12000)), booked(t, books, rounded, cost(1, 4200)), booked(t, books, tipped, cost(1, 36000)),
		booked(t, books, split, cost(1, 34000), cost(2, 3000)), booked(t, books, layaway), booked(t, books, returned, cost(1, -3000)),
	}
}

// TestJ1J2 proves that a store-day is the sum of its sales' entries, to the cent and the account.
func TestJ1J2(t *testing.T) {
	t.Parallel()
	var day, costs []ledger.Line
	for _, e := range storeDay(t) {
		for _, l := range e.Lines {
			if r := roleOf(l.Account); r == RoleCOGS || r == RoleInventory {
				costs = append(costs, l)
			} else {
				day = append(day, l)
			}
		}
	}
	golden(t, "j01", block("J1 S01 2026-03-14", ledger.Fold(day)), "J1")
	golden(t, "j02", block("J2 S01 2026-03-14", foldSides(costs)), "J2")
}

// foldSides folds debits and credits apart: what was sold and what came back are both of interest.
func foldSides(lines []ledger.Line) []ledger.Line {
	var debit, credit []ledger.Line
	for _, l := range lines {
		if l.Amount > 0 {
			debit = append(debit, l)
		} else {
			credit = append(credit, l)
		}
	}
	return append(ledger.Fold(debit), ledger.Fold(credit)...)
}

// TestDamagedReturn: goods that cannot be sold again are damage, not stock.
func TestDamagedReturn(t *testing.T) {
	t.Parallel()
	r := sale(1, []receipt.Line{back(goods("apparel", -7500, 0))}, pay("cash", -7500))
	c := cost(1, -3000)
	c.Kind = inventory.Damaged
	e := booked(t, workedBooks("USD"), r, c)
	golden(t, "damaged_return", block("Return of damaged goods", e.Lines))
}

func TestJ11(t *testing.T) {
	t.Parallel()
	books := workedBooks("EUR")
	line := receipt.Line{Kind: receipt.Item, Item: "A", Qty: qty.Of(3), Extended: 2997, Net: 2477, Taxes: []receipt.Tax{tax("VAT21", 520)}}
	sold := sale(1, []receipt.Line{line}, pay("card", 2997))
	one := back(receipt.Line{Kind: receipt.Item, Item: "A", Extended: -999, Net: -826, Taxes: []receipt.Tax{tax("VAT21", -173)}})
	refund := sale(2, []receipt.Line{one}, pay("card", -999))
	sold.Currency, refund.Currency = "EUR", "EUR"
	first, second := booked(t, books, sold), booked(t, books, refund)
	golden(t, "j11", block("J11 sale", first.Lines)+block("J11 refund of one", second.Lines), "J11")
}

func TestJ16(t *testing.T) {
	t.Parallel()
	r := sale(1, []receipt.Line{back(goods("apparel", -4000, 0, tax("US-STATE", -290))), goods("apparel", 5500, 0, tax("US-STATE", 399))},
		pay("card", 1609))
	golden(t, "j16", block("J16 exchange", booked(t, workedBooks("USD"), r).Lines), "J16")
}

func TestJ19Suspense(t *testing.T) {
	t.Parallel()
	r := sale(1, []receipt.Line{goods("apparel", 3000, 0)}, pay("PayLater-X", 3000))
	e, unknown, err := Sale(r, nil, 0, workedBooks("USD"))
	if err != nil {
		t.Fatal(err)
	}
	want := Unknown{Kind: UnknownTender, Key: "tender:PayLater-X", Message: message(UnknownTender, "tender:PayLater-X"), Amount: 3000}
	if len(unknown) != 1 || unknown[0] != want {
		t.Fatalf("unknown: %+v", unknown)
	}
	books := workedBooks("USD")
	books.Tenders["PayLater-X"] = "card"
	cure, unknown, err := Reclass("tender:PayLater-X", []Suspended{{Store: "S01", Register: "R1", Department: "", Tender: "PayLater-X",
		Account: "9999", Amount: 3000, Lines: 1}}, Target{Store: "S01"}, nil, books)
	if err != nil || len(unknown) != 0 {
		t.Fatal(err, unknown)
	}
	golden(t, "j19", block("J19 sale with an unknown tender", e.Lines)+block("J19 mapped", cure), "J19")
}

func TestJ20(t *testing.T) {
	t.Parallel()
	charity := plain(receipt.Charity, 200)
	charity.Party = "food bank"
	r := sale(1, []receipt.Line{plain(receipt.BottleDeposit, 225), charity,
		{Kind: receipt.Consignment, Party: "K7", Net: 10000, Commission: 4000}}, pay("cash", 10425))
	golden(t, "j20", block("J20 not ours", booked(t, workedBooks("USD"), r).Lines), "J20")
}

func TestJ21(t *testing.T) {
	t.Parallel()
	books := workedBooks("USD")
	wrong := booked(t, books, sale(1, []receipt.Line{goods("apparel", 2000, 0)}, pay("cash", 2000)))
	right := booked(t, books, sale(1, []receipt.Line{goods("footwear", 2000, 0)}, pay("cash", 2000)))
	delta, err := Delta(wrong.Lines, right.Lines)
	if err != nil {
		t.Fatal(err)
	}
	golden(t, "j21", block("J21 apparel was footwear", delta), "J21")
}
