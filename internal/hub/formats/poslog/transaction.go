package poslog

import (
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/tillpost/tillpost/internal/base/day"
	"github.com/tillpost/tillpost/internal/base/fault"
	"github.com/tillpost/tillpost/internal/base/fixed"
	"github.com/tillpost/tillpost/internal/base/id"
	"github.com/tillpost/tillpost/internal/base/money"
	"github.com/tillpost/tillpost/internal/base/pan"
	"github.com/tillpost/tillpost/internal/base/qty"
	"github.com/tillpost/tillpost/internal/domain/receipt"
	"github.com/tillpost/tillpost/internal/hub/intake"
)

// ticket is a transaction while it is turned into a document.
type ticket struct {
	doc      intake.Document
	rc       *receipt.Receipt
	grand    money.Minor
	hasGrand bool
	at       map[string]int // operator sequence -> index of the line
	flags    [][]string     // numbers of the taxes that each line is subject to
	taxes    []*node
	rewards  []*node
	err      error
}

// transaction turns one Transaction element into a document. What cannot be understood is a rejected
// document, never an error.
func (r *Reader) transaction(n *node) intake.Document {
	t := &ticket{doc: intake.Document{FirstRow: r.count, LastRow: r.count, Rows: 1}}
	store, register, seq := n.get("RetailStoreID"), n.get("WorkstationID"), n.get("SequenceNumber")
	t.doc.External = shorten(strings.Join([]string{store, register, n.get("BusinessDayDate"), seq}, "/"))
	if count, err := strconv.ParseInt(seq, 10, 64); err == nil {
		t.doc.Series, t.doc.Sequence = store+" "+register, count
	}
	switch sale := n.child("RetailTransaction"); {
	case n.attr("CancelFlag") == "true" || n.attr("CancelFlag") == "1":
		t.doc.Control = "cancelled transaction"
	case n.attr("TrainingModeFlag") == "true" || n.attr("TrainingModeFlag") == "1":
		t.doc.Control = "training transaction"
	case sale != nil:
		r.sale(t, n, sale)
	case n.child("ControlTransaction") != nil:
		t.doc.Control = control(n.child("ControlTransaction"))
	case n.child("TenderControlTransaction") != nil:
		t.doc.Control = "tender control: " + control(n.child("TenderControlTransaction"))
		t.find("cash_movement", "a loan, pick-up or deposit of money is listed and not posted: enter it in the shift")
	default:
		t.err = errUnknown
	}
	if t.err != nil {
		t.doc.Receipt = nil
		t.doc.Rejected = reject(t, n)
	}
	return t.doc
}

func reject(t *ticket, n *node) *intake.Rejected {
	code := fault.CodeOf(t.err)
	if code == "" {
		code = "transaction_unreadable"
	}
	raw := pan.Mask(strings.ToValidUTF8(flat(n, intake.MaxRaw), "?"))
	return &intake.Rejected{Code: code, Row: t.doc.FirstRow, Reason: fmt.Sprintf("transaction %d (%s): %v", t.doc.FirstRow, t.doc.External, t.err), Raw: raw}
}

// flat writes the texts of a transaction, for the eyes of the person who must decide.
func flat(n *node, most int) string {
	var b strings.Builder
	var walk func(n *node)
	walk = func(n *node) {
		if b.Len() > most {
			return
		}
		b.WriteByte('<')
		b.WriteString(n.name)
		b.WriteByte('>')
		b.WriteString(strings.TrimSpace(n.text))
		for _, k := range n.kids {
			walk(k)
		}
	}
	walk(n)
	s := b.String()
	return s[:min(len(s), most)]
}

// control names what a control transaction was: the reason, else the element.
func control(n *node) string {
	what := ""
	for _, k := range n.kids {
		if k.name != "ReasonCode" {
			what = k.name
			break
		}
	}
	reason := n.get("ReasonCode")
	switch {
	case what == "":
		what = reason
	case reason != "":
		what += ": " + reason
	}
	if what == "" {
		return "control transaction"
	}
	return shorten(what)
}

func (t *ticket) find(code, format string, args ...any) {
	if len(t.doc.Findings) < maxFindings {
		t.doc.Findings = append(t.doc.Findings, intake.Finding{Code: code, Row: t.doc.FirstRow, Message: fmt.Sprintf(format, args...)})
	}
}

// maxFindings is how many oddities one transaction may carry.
const maxFindings = 20

// fail keeps the first fault.
func (t *ticket) fail(err error) {
	if t.err == nil {
		t.err = err
	}
}

// sale turns a RetailTransaction into a receipt.
func (r *Reader) sale(t *ticket, n, sale *node) {
	switch status := sale.attr("TransactionStatus"); {
	case strings.Contains(status, "Suspend"):
		t.doc.Control = "suspended sale"
		return
	case strings.Contains(status, "Cancel"), strings.Contains(status, "Fail"):
		t.doc.Control = "cancelled sale"
		return
	case strings.Contains(status, "Void"):
		t.fail(errPostVoid)
		return
	}
	at := r.clock(t, n, sale)
	t.rc = &receipt.Receipt{
		Kind: receipt.Sale, Store: shorten(orElse(n.get("RetailStoreID"), r.terms.Store)), Register: shorten(orElse(n.get("WorkstationID"), r.terms.Register)),
		BusinessDay: r.businessDay(t, n, at), DeviceTime: at, Currency: r.currency(t, n), Employee: shorten(n.get("OperatorID")),
		Channel: "store", TaxRounding: receipt.RoundAsGiven, Source: r.terms.Source, External: t.doc.External,
	}
	t.rc.ID = id.Derive(at, t.rc.Source, t.rc.External)
	t.at = map[string]int{}
	for _, item := range sale.kids {
		if item.name == "LineItem" && t.err == nil {
			r.lineItem(t, item)
		}
	}
	if t.err != nil {
		return
	}
	if len(t.rc.Lines) == 0 && len(t.rc.Tenders) == 0 {
		t.doc.Control = "sale without lines"
		return
	}
	if len(t.rc.Lines) == 0 { // money without goods: it is recorded, and unexplained
		t.rc.Lines = []receipt.Line{{Kind: receipt.Service, Name: "No lines in the log", Qty: qty.One}}
		t.flags = [][]string{nil}
	}
	t.discount()
	t.tax()
	for i := range t.rc.Lines {
		t.settle(i)
	}
	for _, total := range sale.kids {
		if total.name == "Total" && total.attr("TotalType") == "TransactionGrandAmount" {
			t.grand, t.hasGrand = t.amount(strings.TrimSpace(total.text), "Total"), true
		}
	}
	r.payments(t)
	t.doc.Receipt = t.rc
}

// settle numbers a line and sets what is left of it.
func (t *ticket) settle(i int) {
	l := &t.rc.Lines[i]
	l.No = i + 1
	l.NetDiscount = l.Reduced()
	l.Net = l.Extended - l.NetDiscount
	for j := range l.Taxes {
		l.Taxes[j].Base = l.Net
	}
}

// payments completes the tenders and compares them with the lines.
func (r *Reader) payments(t *ticket) {
	due := t.rc.Total()
	if len(t.rc.Tenders) == 0 && due != 0 {
		t.rc.Tenders = []receipt.Tender{{Type: r.terms.DefaultTender, Amount: due}}
		if t.hasGrand {
			t.rc.Tenders[0].Amount = t.grand
		}
	}
	c := t.rc.Currency
	if t.hasGrand && t.grand != due {
		t.find("total_differs", "the lines and taxes make %s, the transaction says %s", c.Format(due), c.Format(t.grand))
	}
	if t.doc.Unexplained = t.rc.Tendered() - due; t.doc.Unexplained != 0 {
		t.find("total_unexplained", "%s was collected, the lines explain %s", c.Format(t.rc.Tendered()), c.Format(due))
	}
}

func (r *Reader) clock(t *ticket, n, sale *node) time.Time {
	text := sale.get("ReceiptDateTime")
	for _, other := range []string{n.get("EndDateTime"), n.get("BeginDateTime")} {
		if text == "" {
			text = other
		}
	}
	for _, layout := range []string{"2006-01-02T15:04:05", time.RFC3339, "2006-01-02T15:04"} {
		if at, err := time.ParseInLocation(layout, text, r.zone); err == nil && at.Year() >= 1970 && at.Year() < 9998 {
			return at
		}
	}
	t.fail(fmt.Errorf("the time %q %w", shorten(text), intake.ErrNotTime))
	return time.Time{}
}

func (r *Reader) businessDay(t *ticket, n *node, at time.Time) day.Day {
	if d, err := day.Parse(n.get("BusinessDayDate")); err == nil {
		return d
	}
	if n.get("BusinessDayDate") != "" {
		t.find("business_day_unreadable", "the business day %q is not a date; it was worked out from the time", shorten(n.get("BusinessDayDate")))
	}
	return day.Rule{Zone: r.zone, CutOver: r.terms.CutOver}.Of(at)
}

func (r *Reader) currency(t *ticket, n *node) money.Currency {
	code := n.get("CurrencyCode")
	if code == "" {
		code = string(r.terms.Currency)
	}
	c, err := money.ParseCurrency(strings.ToUpper(code))
	if err != nil {
		t.fail(err)
	}
	return c
}

// amount reads major units of the receipt's currency. More decimals than it has are rounded half up.
func (t *ticket) amount(text, what string) money.Minor {
	a, err := t.rc.Currency.Parse(text)
	if errors.Is(err, fixed.ErrInexact) {
		var n int64
		if n, err = fixed.Parse(text, 9); err == nil {
			n, err = fixed.MulDiv(n, 1, fixed.Pow10(9-t.rc.Currency.Digits()), fixed.HalfUp)
			a = money.Minor(n)
		}
	}
	if err == nil {
		err = a.CheckRange()
	}
	if err != nil {
		t.fail(fmt.Errorf("%s %q %w", what, shorten(text), intake.ErrNotNumber))
		return 0
	}
	return a
}

// optional reads an amount that may be missing.
func (t *ticket) optional(n *node, name string) money.Minor {
	if text := n.get(name); text != "" {
		return t.amount(text, name)
	}
	return 0
}

func (t *ticket) quantity(text string) qty.Qty {
	if text == "" {
		return qty.One
	}
	q, err := qty.Parse(text)
	if err != nil {
		t.fail(fmt.Errorf("quantity %q %w", shorten(text), intake.ErrNotNumber))
	}
	return q
}

func (t *ticket) price(text string) money.Price {
	if text == "" {
		return 0
	}
	p, err := money.ParsePrice(text)
	if err != nil {
		t.fail(fmt.Errorf("the unit price %q %w", shorten(text), intake.ErrNotNumber))
	}
	return p
}

// shorten makes a text of the log fit for a receipt.
func shorten(s string) string { return receipt.Clean(s, receipt.MaxCode) }

func orElse(s, other string) string {
	if s == "" {
		return other
	}
	return s
}
