package shoptest

import (
	"context"

	"github.com/tillpost/tillpost/internal/base/id"
	"github.com/tillpost/tillpost/internal/base/money"
	"github.com/tillpost/tillpost/internal/base/qty"
	"github.com/tillpost/tillpost/internal/domain/inventory"
	"github.com/tillpost/tillpost/internal/domain/ledger"
	"github.com/tillpost/tillpost/internal/domain/payments"
	"github.com/tillpost/tillpost/internal/domain/receipt"
	"github.com/tillpost/tillpost/internal/domain/shifts"
	"github.com/tillpost/tillpost/internal/flow/adjust"
	"github.com/tillpost/tillpost/internal/flow/closeday"
	"github.com/tillpost/tillpost/internal/flow/closeperiod"
	"github.com/tillpost/tillpost/internal/flow/journal"
	"github.com/tillpost/tillpost/internal/flow/payout"
	"github.com/tillpost/tillpost/internal/flow/posting"
	"github.com/tillpost/tillpost/internal/flow/receive"
	"github.com/tillpost/tillpost/internal/flow/resolve"
	"github.com/tillpost/tillpost/internal/flow/shift"
	"github.com/tillpost/tillpost/internal/flow/stocktake"
	"github.com/tillpost/tillpost/internal/flow/transfer"
	"github.com/tillpost/tillpost/internal/platform/dbtest"
)

// Everything brings every kind of document into the shop. Afterwards the books must be sound.
func (s *Shop) Everything() {
	s.T.Helper()
	for _, step := range []func(){s.Deliveries, s.Sales, s.Owed, s.Tenders, s.Returns, s.Voids, s.NoSales, s.Unknown, s.Imports, s.Stock,
		s.Shift, s.ByHand, s.Processor, s.Late, s.Numbers, s.BelowZero, s.Close} {
		step()
	}
}

func (s *Shop) head(store string) inventory.Head {
	return inventory.Head{ID: s.ID(), Location: store, BusinessDay: Today}
}

func done[T any](s *Shop) func(T, error) T {
	return func(v T, err error) T {
		s.T.Helper()
		if err != nil {
			s.T.Fatal(err)
		}
		return v
	}
}

// Deliver brings goods at a unit cost.
func (s *Shop) Deliver(store, item string, n int64, cost money.Price) id.ID {
	s.T.Helper()
	h := s.head(store)
	done[*inventory.Doc](s)(receive.Deliver(context.Background(), s.D, receive.Delivery{Head: h, Supplier: "wholesaler",
		Lines: []receive.DeliveryLine{{Item: item, Qty: qty.Of(n), UnitCost: cost}}}))
	return h.ID
}

// Deliveries fill the shelves of both stores, and one is billed.
func (s *Shop) Deliveries() {
	s.T.Helper()
	first := s.Deliver("01", "A", 100, 1_015_000)
	for _, store := range []string{"01", "02"} {
		for i, item := range []string{"A", "B", "C"} {
			s.Deliver(store, item, 50, money.Price(1+i)*1_333_333)
		}
	}
	done[*inventory.Doc](s)(receive.TakeBill(context.Background(), s.D, receive.Bill{Head: s.head("01"), Supplier: "wholesaler",
		Deliveries: []receive.Settled{{Delivery: first}}, Net: 10_200, Taxes: []posting.BillTax{{Code: "VAT20", Amount: 2040}}}))
}

// Sales are plain ones in both stores, with discounts and services.
func (s *Shop) Sales() {
	s.T.Helper()
	for _, store := range []string{"01", "02"} {
		for _, register := range []string{"R1", "R2"} {
			s.Sell(receipt.Receipt{Store: store, Register: register, Employee: "e1", Lines: []receipt.Line{
				Line(store, receipt.Item, "A", 3, 999), Reduced(store, Line(store, receipt.Item, "B", 2, 1250), 333),
				Line(store, receipt.Service, "R", 1, 4500), Line(store, receipt.ServiceCharge, "", 1, 150)}})
		}
	}
}

// Owed are lines that are not revenue, or not all of them.
func (s *Shop) Owed() {
	s.T.Helper()
	bottle, charity, goods := Free(receipt.BottleDeposit, "", 6, 25), Free(receipt.Charity, "", 1, 200), Free(receipt.Consignment, "", 1, 10_000)
	charity.Party, goods.Party, goods.Commission = "redcross", "c7", 4_000
	s.Sell(receipt.Receipt{Lines: []receipt.Line{Line("01", receipt.Item, "A", 1, 999), Free(receipt.Tip, "", 1, 180), bottle, charity, goods,
		Free(receipt.GiftCard, "", 1, 5_000), Free(receipt.Deposit, "", 1, 1_000), Free(receipt.OnAccount, "", 1, 700)}})
	s.Sell(receipt.Receipt{Lines: []receipt.Line{Free(receipt.BottleDeposit, "", -2, 25)}})
}

// Tenders are all kinds of them: split, foreign with change, rounded cash, and refunds as credit.
func (s *Shop) Tenders() {
	s.T.Helper()
	due := money.Minor(11 * 999)
	s.Sell(receipt.Receipt{Customer: "17", Lines: []receipt.Line{Line("01", receipt.Item, "A", 11, 999)}, Tenders: []receipt.Tender{
		{Type: "card", Amount: 2_000}, {Type: "gift_card", Amount: 1_500, Party: "card 7"}, {Type: "store_credit", Amount: 500},
		{Type: "on_account", Amount: 600, Party: "17"}, {Type: "coupon", Amount: 150}, {Type: "loyalty", Amount: 250}, {Type: "check", Amount: 1_000},
		{Type: "transfer", Amount: 1_000}, {Type: "other", Amount: 100}, {Type: "cash", Amount: due - 7_100}}})
	s.Sell(receipt.Receipt{Lines: []receipt.Line{Line("01", receipt.Item, "B", 1, 1_997)}, Rounding: -2})
	s.Sell(receipt.Receipt{Lines: []receipt.Line{Line("01", receipt.Item, "C", 1, 3_700)}, Tenders: []receipt.Tender{
		{Type: "cash", Amount: 4_000, Foreign: money.Amount{Minor: 5_000, Currency: "USD"}, FX: 8_000_000_000}, {Type: "cash", Amount: -300}}})
}

// Returns bring goods back in every condition, with and without their receipt, and in exchange.
func (s *Shop) Returns() {
	s.T.Helper()
	for _, disposition := range []string{"", "restock", "damaged", "none"} {
		sale := s.Sell(receipt.Receipt{Lines: []receipt.Line{Line("01", receipt.Item, "A", 7, 999), Line("01", receipt.Item, "B", 3, 1_250)}})
		s.Refund(sale.Receipt.ID, 1, 7, disposition)
		s.Refund(sale.Receipt.ID, 2, 1, disposition)
	}
	s.Sell(receipt.Receipt{Store: "02", Lines: []receipt.Line{Line("02", receipt.Item, "C", -1, 1_500)}}) // nobody has the receipt
	s.Sell(receipt.Receipt{Lines: []receipt.Line{Line("01", receipt.Item, "B", -1, 1_250), Line("01", receipt.Item, "C", 1, 3_700)},
		Tenders: []receipt.Tender{{Type: "card", Amount: 2_450}}})
	s.Sell(receipt.Receipt{Lines: []receipt.Line{Line("01", receipt.Item, "A", -1, 999)}, Tenders: []receipt.Tender{{Type: "store_credit", Amount: -999}}})
}

// Voids cancel a sale, a return and a damaged return.
func (s *Shop) Voids() {
	s.T.Helper()
	sale := s.Sell(receipt.Receipt{Lines: []receipt.Line{Line("01", receipt.Item, "A", 2, 999), Line("01", receipt.Item, "B", 1, 1_250),
		Line("01", receipt.Service, "R", 1, 4_500), Free(receipt.Tip, "", 1, 100)}, Rounding: 1})
	s.Void(sale.Receipt.ID)
	for _, disposition := range []string{"restock", "damaged", "none"} {
		sale = s.Sell(receipt.Receipt{Lines: []receipt.Line{Line("01", receipt.Item, "A", 2, 999)}})
		s.Void(s.Refund(sale.Receipt.ID, 1, 1, disposition).Receipt.ID)
	}
}

// NoSales are receipts that take a number and post nothing, and goods that are given away.
func (s *Shop) NoSales() {
	s.T.Helper()
	s.Sell(receipt.Receipt{Kind: receipt.Training, Lines: []receipt.Line{Line("01", receipt.Item, "A", 5, 999)}})
	s.Sell(receipt.Receipt{Kind: receipt.Aborted})
	s.Sell(receipt.Receipt{Lines: []receipt.Line{Free(receipt.Item, "B", 1, 0)}})
	s.Sell(receipt.Receipt{Lines: []receipt.Line{Free(receipt.Service, "", 1, 0)}})
}

// Unknown tenders, taxes and items arrive; some are mapped later, some wait. GIFT and TOY are given away.
func (s *Shop) Unknown() {
	s.T.Helper()
	odd := Line("01", receipt.Item, "A", 1, 1_200)
	odd.Taxes[0].Code = "LUXURY"
	for range 2 {
		s.Sell(receipt.Receipt{Lines: []receipt.Line{Line("01", receipt.Item, "A", 1, 999)}, Tenders: []receipt.Tender{{Type: "PayLater-X", Amount: 999}}})
		s.Sell(receipt.Receipt{Lines: []receipt.Line{odd}})
		s.Sell(receipt.Receipt{Lines: []receipt.Line{Line("01", receipt.Item, "NEW", 4, 500), Reduced("01", Line("01", receipt.Item, "A", 1, 999), 99),
			Free(receipt.Item, "GIFT", 2, 0), Free(receipt.Item, "TOY", 1, 0)}})
		s.Sell(receipt.Receipt{Store: "02", Lines: []receipt.Line{Line("02", receipt.Item, "NEW", -1, 500), Free(receipt.Item, "GIFT", 3, 0)}})
		s.Sell(receipt.Receipt{Lines: []receipt.Line{Line("01", receipt.Item, "ODD", 1, 300)}, Tenders: []receipt.Tender{{Type: "barter", Amount: 300}}})
		for _, m := range []resolve.Mapping{{Key: "tender:PayLater-X", Kind: payments.Card}, {Key: "tax:LUXURY", Account: "2100"},
			{Key: "item:NEW", Department: "toys", Cost: 2_000_000}, {Key: "item:GIFT", Cost: 1_000_000}} {
			done[resolve.Outcome](s)(resolve.Map(context.Background(), s.D, m))
		}
	}
}

// Imports are other systems' documents: numbered here, with taxes as given, and one that does not foot.
func (s *Shop) Imports() {
	s.T.Helper()
	for _, paid := range []money.Minor{1_198, 1_000, 1_500} {
		s.Sell(receipt.Receipt{Register: "WEB", Source: "webshop", External: "w" + paidText(paid), TaxRounding: receipt.RoundAsGiven,
			Lines: []receipt.Line{Line("01", receipt.Item, "A", 1, 999), Free(receipt.Service, "", 1, 199)}, Tenders: []receipt.Tender{{Type: "unspecified", Amount: paid}}})
	}
	fee := Free(receipt.Fee, "", -1, 35)
	fee.Return = nil
	s.Sell(receipt.Receipt{Register: "WEB", Source: "webshop", External: "wfee", TaxRounding: receipt.RoundAsGiven,
		Lines: []receipt.Line{Line("01", receipt.Item, "B", 1, 1_250), fee}, Tenders: []receipt.Tender{{Type: "card", Amount: 1_215}}})
}

func paidText(a money.Minor) string { return Currency.Format(a) }

// Stock documents: a count, adjustments, a transfer that arrived and one that is under way.
func (s *Shop) Stock() {
	s.T.Helper()
	ctx := context.Background()
	done[*inventory.Doc](s)(stocktake.Take(ctx, s.D, stocktake.Count{Head: s.head("02"), Lines: []stocktake.Line{{Item: "A", Counted: qty.Of(41)}, {Item: "B", Counted: qty.Of(47)}}}))
	for _, kind := range []adjust.Kind{adjust.Found, adjust.Shrink, adjust.Damaged, adjust.Opening} {
		done[*inventory.Doc](s)(adjust.Record(ctx, s.D, adjust.Adjustment{Head: s.head("01"), Kind: kind, Lines: []adjust.Line{{Item: "C", Qty: qty.Of(3)}}}))
	}
	for arrives := range 2 {
		h := s.head("01")
		done[*inventory.Doc](s)(transfer.Ship(ctx, s.D, transfer.Shipment{Head: h, To: "02", Lines: []transfer.Line{{Item: "A", Qty: qty.Of(10)}, {Item: "C", Qty: qty.Of(5)}}}))
		if arrives == 1 {
			done[*inventory.Doc](s)(transfer.Arrive(ctx, s.D, transfer.Arrival{Head: s.head("02"), Transfer: h.ID, Lines: []transfer.Line{{Item: "A", Qty: qty.Of(9)}, {Item: "C", Qty: qty.Of(5)}}, Close: true}))
		}
	}
}

func counting(c money.Currency, minor money.Minor) shift.Counting {
	return shift.Counting{Currency: c, Pieces: []shifts.Piece{{Value: 1, Number: int64(minor)}}, Rate: 8_000_000_000}
}

// Shift is a shift at till R1 of store 02 with everything in it, and what becomes of its cash.
func (s *Shop) Shift() {
	s.T.Helper()
	ctx := context.Background()
	u := s.ID()
	done[shift.Opened](s)(shift.Open(ctx, s.D, shift.Opening{ID: u, Store: "02", Register: "R1", Counts: []shift.Counting{counting(Currency, 20_000)},
		FromSafe: []money.Amount{{Minor: 20_000, Currency: Currency}}}))
	s.Sell(receipt.Receipt{Store: "02", Shift: u, Lines: []receipt.Line{Line("02", receipt.Item, "A", 5, 1_000)}})
	s.Sell(receipt.Receipt{Store: "02", Shift: u, Lines: []receipt.Line{Line("02", receipt.Item, "A", -1, 1_000)}})
	s.Sell(receipt.Receipt{Store: "02", Shift: u, Lines: []receipt.Line{Free(receipt.Service, "R", 1, 3_700)}, Tenders: []receipt.Tender{
		{Type: "cash", Amount: 4_000, Foreign: money.Amount{Minor: 5_000, Currency: "USD"}, FX: 8_000_000_000}, {Type: "cash", Amount: -300}}})
	for kind, m := range map[posting.CashKind]shift.Movement{posting.CashDrop: {}, posting.CashTipsOut: {Payroll: 50},
		posting.CashPaidOut: {Tax: 20, TaxCode: "VAT20", Expense: "cleaning"}, posting.CashPaidIn: {Purpose: posting.PurposeOwner}} {
		m.ID, m.Shift, m.Kind, m.Amount = s.ID(), u, kind, money.Amount{Minor: 120, Currency: Currency}
		done[shifts.Movement](s)(shift.Move(ctx, s.D, m))
	}
	done[shift.Counted](s)(shift.Count(ctx, s.D, shift.Blind{Shift: u, Counts: []shift.Counting{counting(Currency, 24_200), counting("USD", 5_000)}}))
	done[shift.Ended](s)(shift.Close(ctx, s.D, shift.Closing{Shift: u, Keep: []money.Amount{{Minor: 10_000, Currency: Currency}}}))
	s.Sell(receipt.Receipt{Store: "02", Shift: u, Lines: []receipt.Line{Line("02", receipt.Item, "A", 1, 1_000)}}) // it comes after the count
	bag := s.ID()
	done[shifts.Deposit](s)(shift.BankDeposit(ctx, s.D, shift.Bag{ID: bag, Store: "02", Amount: 5_000, Reference: "4711"}))
	done[shifts.Deposit](s)(shift.MatchDeposit(ctx, s.D, shift.Shown{ID: s.ID(), Bag: bag, Statement: "31", Credited: 4_990}))
	done[shift.Opened](s)(shift.Open(ctx, s.D, shift.Opening{ID: s.ID(), Store: "02", Register: "R1"}))
}

// ByHand is what the accountant books: an entry, its reversal, and the correction of a sale's category.
func (s *Shop) ByHand() {
	s.T.Helper()
	ctx := context.Background()
	rent := journal.Entry{ID: s.ID(), Store: "01", BusinessDay: Today, Memo: "rent", Attachment: "voucher 12",
		Lines: []journal.Line{{Account: "6500", Amount: 100_000}, {Account: "1140", Amount: -100_000}}}
	if _, _, err := journal.Post(ctx, s.D, rent); err != nil {
		s.T.Fatal(err)
	}
	if _, _, err := journal.Reverse(ctx, s.D, journal.Reversal{Entry: rent.ID, BusinessDay: Today, Memo: "paid by the owner"}); err != nil {
		s.T.Fatal(err)
	}
	sale := s.Sell(receipt.Receipt{Lines: []receipt.Line{Free(receipt.Service, "R", 1, 2_000)}, Tenders: []receipt.Tender{{Type: "card", Amount: 2_000}}})
	if _, _, err := journal.Correct(ctx, s.D, journal.Correction{ID: s.ID(), Doc: sale.Receipt.ID, BusinessDay: Today, Memo: "it was a sale",
		Lines: []journal.Line{{Account: "1150", Amount: 2_000, Tender: "card"}, {Account: "4010", Amount: -2_000, Department: "workshop"}}}); err != nil {
		s.T.Fatal(err)
	}
}

// Processor is what the card processor did with the takings.
func (s *Shop) Processor() {
	s.T.Helper()
	var ms []payments.Movement
	for i, kind := range []payments.MovementKind{payments.Charge, payments.Refund, payments.FeeOnly, payments.Payout, payments.Hold, payments.Release,
		payments.Dispute, payments.Adjust, payments.BadDebt, payments.ServiceFee} {
		m := payments.Movement{ID: s.ID(), At: dbtest.Now, BusinessDay: Today, Kind: kind, Processor: "card", Currency: Currency,
			Gross: money.Minor(1_000 + i), Fee: money.Minor(i), External: string(kind)}
		m.Net = m.Gross - m.Fee
		ms = append(ms, m)
	}
	done[payout.Result](s)(payout.Record(context.Background(), s.D, posting.ChargesExplain, ms))
}

// Late sales arrive for a month that is locked.
func (s *Shop) Late() {
	s.T.Helper()
	done[closeperiod.Papers](s)(closeperiod.Close(context.Background(), s.D, closeperiod.Order{From: "2026-01-01", To: "2026-02-28",
		By: ledger.By{Who: "accountant"}, DespiteSuspense: true}))
	for _, store := range []string{"01", "02"} {
		sale := s.Sell(receipt.Receipt{Store: store, BusinessDay: "2026-02-27", Lines: []receipt.Line{Line(store, receipt.Item, "A", 2, 999)},
			Tenders: []receipt.Tender{{Type: "card", Amount: total(store, 2*999)}}})
		s.Refund(sale.Receipt.ID, 1, 1, "")
	}
}

func total(store string, extended money.Minor) money.Minor {
	l := Line(store, receipt.Item, "A", 1, extended)
	return l.Total()
}

// Numbers of a till arrive out of order, and one never does.
func (s *Shop) Numbers() {
	s.T.Helper()
	var rs []receipt.Receipt
	for range 5 {
		rs = append(rs, s.Fill(receipt.Receipt{Register: "R2", Lines: []receipt.Line{Line("01", receipt.Item, "A", 1, 999)}}))
	}
	for _, i := range []int{0, 3, 1, 4} { // 2 is missing
		s.Send(rs[i])
	}
}

// BelowZero sells what is not there, brings some of it back, and then receives it.
func (s *Shop) BelowZero() {
	s.T.Helper()
	sale := s.Sell(receipt.Receipt{Lines: []receipt.Line{Line("01", receipt.Item, "D", 10, 800)}})
	s.Refund(sale.Receipt.ID, 1, 2, "")
	s.Deliver("01", "D", 5, 4_100_000)
	s.Deliver("01", "D", 5, 3_900_000)
}

// Close closes the day of store 01, and a sale comes after that.
func (s *Shop) Close() {
	s.T.Helper()
	done[closeday.Closed](s)(closeday.Close(context.Background(), s.D, closeday.Command{Store: "01", Force: true}))
	s.Sell(receipt.Receipt{Lines: []receipt.Line{Line("01", receipt.Item, "A", 1, 999)}})
}
