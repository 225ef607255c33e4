package poslog

import (
	"strings"

	"github.com/tillpost/tillpost/internal/base/fixed"
	"github.com/tillpost/tillpost/internal/base/money"
	"github.com/tillpost/tillpost/internal/domain/receipt"
	"github.com/tillpost/tillpost/internal/hub/intake"
)

// lineItem reads one LineItem: a sale or return, a tax, a tender, a reward. What only informs (age
// checks, messages, memberships of a till) is passed over.
func (r *Reader) lineItem(t *ticket, item *node) {
	void := item.attr("VoidFlag") == "true" || item.attr("VoidFlag") == "1"
	for _, n := range item.kids {
		switch n.name {
		case "Sale", "SaleForDelivery", "SaleForPickup":
			t.goods(n, void, false)
		case "Return":
			t.goods(n, void, true)
		case "Tax":
			if !void {
				t.taxes = append(t.taxes, n)
			}
		case "Tender":
			t.tender(n, void)
		case "LoyaltyReward":
			if n.get("RewardCategory") == "Monetary" && !void {
				t.rewards = append(t.rewards, n)
			}
		case "LoyaltyMembership":
			if t.rc.Customer == "" {
				t.rc.Customer = shorten(strings.TrimLeft(n.get("MembershipID"), "0"))
			}
		}
	}
}

// kinds of ItemType that are not goods from the shelf.
var kinds = map[string]receipt.LineKind{
	"Service": receipt.Service, "Fee": receipt.ServiceCharge, "Tip": receipt.Tip, "Deposit": receipt.BottleDeposit,
	"GiftCard": receipt.GiftCard, "GiftCertificate": receipt.GiftCard, "StoredValue": receipt.GiftCard, "Donation": receipt.Charity,
}

// goods reads a Sale or Return. ExtendedAmount is what the line contributed, after the discounts that
// the line itself shows.
func (t *ticket) goods(n *node, void, back bool) {
	l := receipt.Line{
		Kind: receipt.Item, Item: shorten(orElse(n.get("ItemID"), n.child("POSIdentity").get("POSItemID"))),
		Name: shorten(orElse(n.get("Description"), n.get("ItemDescription"))), Department: shorten(n.get("MerchandiseHierarchy")),
		Qty: t.quantity(n.get("Quantity")), UnitPrice: t.price(orElse(n.get("RegularSalesUnitPrice"), n.get("ActualSalesUnitPrice"))),
	}
	if k, ok := kinds[n.attr("ItemType")]; ok {
		l.Kind = k
	}
	if text := n.get("ExtendedAmount"); text != "" {
		l.Extended = t.amount(text, "ExtendedAmount")
	} else if a, err := money.Extend(l.UnitPrice, l.Qty, t.rc.Currency, fixed.HalfUp); err == nil {
		l.Extended = a
	}
	if d := t.optional(n, "ExtendedDiscountAmount"); d != 0 {
		l.Extended += d.Abs() * money.Minor(sign(l.Extended))
		l.Reductions = []receipt.Reduction{{Kind: "line", Amount: d.Abs() * money.Minor(sign(l.Extended))}}
	}
	if back {
		if l.Extended > 0 || l.Extended == 0 && l.Qty > 0 {
			l.Qty, l.Extended = -l.Qty, -l.Extended
			for i := range l.Reductions {
				l.Reductions[i].Amount = -l.Reductions[i].Amount
			}
		}
		l.Return = &receipt.Return{Reason: shorten(orElse(n.get("Reason"), n.get("ReasonCode"))), Disposition: disposition(n.get("Disposal"))}
	}
	if t.err != nil {
		return
	}
	if void && t.cancel(&l) {
		return
	}
	if l.UnitPrice < 0 { // a return is written as a negative quantity at a positive price
		l.UnitPrice, l.Qty = -l.UnitPrice, -l.Qty
	}
	if !back && l.Extended < 0 && l.Qty < 0 {
		l.Return = &receipt.Return{Reason: "negative sale"}
		if void {
			l.Return.Reason = "void"
		}
	}
	if l.Return != nil && (l.Qty > 0 || l.Extended > 0) {
		l.Return = nil // a return of a return: the books show the opposite
	}
	if seq := n.get("OperatorSequence"); seq != "" && seq != "0" {
		t.at[seq] = len(t.rc.Lines)
	}
	t.rc.Lines = append(t.rc.Lines, l)
	t.flags = append(t.flags, taxFlags(n.child("Itemizers")))
}

// cancel takes back the earlier line that a voided one repeats with turned signs: neither was sold.
func (t *ticket) cancel(v *receipt.Line) bool {
	for i := len(t.rc.Lines) - 1; i >= 0; i-- {
		l := &t.rc.Lines[i]
		if l.Item != v.Item || l.Qty != -v.Qty || l.Extended != -v.Extended || l.Extended == 0 && l.Qty == 0 {
			continue
		}
		t.find("line_voided", "%s %s (%s) was rung up and voided", l.Qty, l.Name, t.rc.Currency.Format(l.Extended))
		t.rc.Lines = append(t.rc.Lines[:i], t.rc.Lines[i+1:]...)
		t.flags = append(t.flags[:i], t.flags[i+1:]...)
		for seq, at := range t.at {
			if at == i {
				delete(t.at, seq)
			} else if at > i {
				t.at[seq] = at - 1
			}
		}
		return true
	}
	return false
}

// taxFlags are the numbers n of the attributes Tax1, Tax2, ... that are true.
func taxFlags(n *node) []string {
	if n == nil {
		return nil
	}
	var out []string
	for _, a := range n.attrs {
		if no, ok := strings.CutPrefix(a.Name.Local, "Tax"); ok && a.Value == "true" {
			out = append(out, no)
		}
	}
	return out
}

// discount puts the rewards on the lines that they name. Rewards come in detail and as a summary;
// a summary counts only when its promotion has no detail, and is then spread over all lines.
func (t *ticket) discount() {
	detailed := map[string]bool{}
	for _, n := range t.rewards {
		if n.attr("detailedData") == "true" {
			detailed[n.get("PromotionID")] = true
		}
	}
	for _, n := range t.rewards {
		a := -t.optional(n, "ExtendedRewardAmount")
		promotion := shorten(n.get("PromotionID"))
		if a == 0 || n.attr("detailedData") != "true" && detailed[promotion] {
			continue
		}
		cut := receipt.Reduction{Kind: "promotion", Reason: shorten(n.get("RewardType")), Promotion: promotion, Amount: a}
		if i, ok := t.at[n.get("OperatorSequenceReference")]; ok {
			t.rc.Lines[i].Reductions = append(t.rc.Lines[i].Reductions, cut)
			continue
		}
		t.spread(cut)
	}
}

func (t *ticket) spread(cut receipt.Reduction) {
	shares := intake.Spread(cut.Amount, t.weights(""))
	if shares == nil {
		t.find("reward_unplaced", "a reward of %s belongs to no line", t.rc.Currency.Format(cut.Amount))
		return
	}
	for i, s := range shares {
		if s != 0 {
			cut.Amount = s
			t.rc.Lines[i].Reductions = append(t.rc.Lines[i].Reductions, cut)
		}
	}
}

// weights are what the lines are worth, of those under a tax when one is named.
func (t *ticket) weights(tax string) []int64 {
	w := make([]int64, len(t.rc.Lines))
	for i := range t.rc.Lines {
		if tax == "" || contains(t.flags[i], tax) {
			w[i] = int64(t.rc.Lines[i].Extended - t.rc.Lines[i].Reduced())
		}
	}
	return w
}

// tax spreads the transaction's taxes over the lines that are subject to them, by their amounts. The
// rate is left open: the log calls its own percentage "a rough calculated value".
func (t *ticket) tax() {
	for _, n := range t.taxes {
		a := t.optional(n, "Amount")
		if a == 0 {
			continue
		}
		number := n.attr("TaxID")
		w := t.weights(number)
		if total(w) == 0 {
			w = t.weights("")
			t.find("tax_unplaced", "no line is marked for tax %s; it is spread over all", number)
		}
		if base := t.optional(n, "TaxableAmount"); base != 0 && base != money.Minor(total(w)) {
			t.find("tax_base_differs", "the lines under tax %s make %s, the tax says %s", number, t.rc.Currency.Format(money.Minor(total(w))), t.rc.Currency.Format(base))
		}
		shares := intake.Spread(a, w)
		if shares == nil {
			t.find("tax_unplaced", "tax %s of %s belongs to no line", number, t.rc.Currency.Format(a))
			continue
		}
		code := shorten(orElse(n.attr("TaxDescription"), orElse(orElse(n.get("TaxAuthority"), n.attr("TaxType")), "tax"+number)))
		for i, s := range shares {
			if s != 0 {
				addTax(&t.rc.Lines[i], code, s)
			}
		}
	}
}

// addTax puts a tax on a line; one that the line has already grows.
func addTax(l *receipt.Line, code string, a money.Minor) {
	for i := range l.Taxes {
		if l.Taxes[i].Code == code {
			l.Taxes[i].Amount += a
			return
		}
	}
	l.Taxes = append(l.Taxes, receipt.Tax{Code: code, Amount: a})
}

// tender adds a payment to the one of the same kind, so that cash is what stayed in the drawer: the
// change that a log lists as a second, negative cash tender is taken off.
func (t *ticket) tender(n *node, void bool) {
	a := t.amount(n.get("Amount"), "Tender amount")
	pay := receipt.Tender{Type: tenderType(n), Amount: a, Reference: shorten(n.child("Authorization").get("AuthorizationCode"))}
	if void && a > 0 {
		pay.Amount = -a
	}
	for i := range t.rc.Tenders {
		if o := &t.rc.Tenders[i]; o.Type == pay.Type && (o.Reference == pay.Reference || pay.Type == "cash") {
			if o.Amount += pay.Amount; o.Amount == 0 {
				t.rc.Tenders = append(t.rc.Tenders[:i], t.rc.Tenders[i+1:]...)
			}
			return
		}
	}
	if pay.Amount != 0 {
		t.rc.Tenders = append(t.rc.Tenders, pay)
	}
}

// cards are the card schemes as logs write them.
var cards = map[string]string{
	"visa": "visa", "mastercard": "mastercard", "americanexpress": "amex", "amex": "amex", "discover": "discover",
	"dinersclub": "diners", "jcb": "jcb",
}

// tenderType is the tender's code: cash, debit, the card scheme, check, giftcard, or what the log
// calls it.
func tenderType(n *node) string {
	typ := plain(n.attr("TenderType"))
	if card := n.child("CreditDebit"); card != nil || typ == "creditdebit" {
		scheme, known := cards[plain(card.attr("CreditDescription"))]
		switch {
		case plain(card.attr("CardType")) == "debit":
			return "debit"
		case known:
			return scheme
		default:
			return "card"
		}
	}
	switch typ {
	case "cash":
		return "cash"
	case "check", "cheque":
		return "check"
	case "giftcard", "giftcertificate", "storedvalue":
		return "giftcard"
	case "":
		return orElse(plain(n.attr("TenderDescription")), "tender_"+plain(n.get("TenderID")))
	}
	return typ
}

// plain is a text as a code: small letters and digits.
func plain(s string) string {
	return strings.Map(func(r rune) rune {
		switch {
		case r >= 'A' && r <= 'Z':
			return r + 'a' - 'A'
		case r >= 'a' && r <= 'z', r >= '0' && r <= '9', r == '_':
			return r
		}
		return -1
	}, shorten(s))
}

func disposition(s string) string {
	switch low := strings.ToLower(s); {
	case strings.Contains(low, "damage"), strings.Contains(low, "destroy"), strings.Contains(low, "dispose"):
		return "damaged"
	}
	return ""
}

func contains(list []string, s string) bool {
	for _, l := range list {
		if l == s {
			return true
		}
	}
	return false
}

func total(w []int64) int64 {
	var t int64
	for _, n := range w {
		t += n
	}
	return t
}

func sign(a money.Minor) int64 {
	if a < 0 {
		return -1
	}
	return 1
}
