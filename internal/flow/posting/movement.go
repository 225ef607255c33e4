package posting

import (
	"strings"
	"unicode/utf8"

	"github.com/tillpost/tillpost/internal/base/id"
	"github.com/tillpost/tillpost/internal/base/money"
	"github.com/tillpost/tillpost/internal/domain/ledger"
	"github.com/tillpost/tillpost/internal/domain/payments"
)

// ChargePolicy says what a processor's charges and refunds are to the books.
type ChargePolicy string

const (
	// ChargesExplain is for shops whose receipts name the tender: the receipt has debited clearing, the
	// charge only explains it, and its fee is all there is to post.
	ChargesExplain ChargePolicy = "explain"
	// ChargesSettle is for shops whose receipts come without their tenders, or not at all: the charge
	// moves its amount from the takings that wait for their match to clearing. What is left on that
	// account is the takings that no processor has reported.
	ChargesSettle ChargePolicy = "settle"
)

// Movement books one line of a processor's account (J5, J6). Whatever its kind, its net reaches the
// processor's clearing account, so that the balance there is what the processor still owes. A movement
// that posts nothing gives an entry without lines.
func Movement(m *payments.Movement, policy ChargePolicy, books Books) (ledger.Entry, []Unknown, error) {
	if books.Book != "" && m.Currency != books.Book {
		return ledger.Entry{}, nil, ErrCurrency.At("currency")
	}
	b := newBuilder(&books, "", nil)
	d := dims{tender: m.Processor}
	feeRole := RoleCardFees
	switch m.Kind {
	case payments.Charge, payments.Refund:
		if policy == ChargesSettle {
			b.clear(m, m.Gross, RoleUnspecified, m.Processor, d)
		}
	case payments.FeeOnly, payments.ServiceFee:
		b.clear(m, m.Gross, RoleCardFees, m.Processor, d)
	case payments.Payout:
		b.clear(m, m.Gross, RoleBank, m.Processor, d)
	case payments.Hold, payments.Release:
		b.clear(m, m.Gross, RoleHolds, m.Processor, d)
	case payments.Dispute:
		feeRole = RoleChargebackFees
		b.clear(m, m.Gross, RoleChargebacks, m.Processor, dims{tender: m.Processor, party: m.Reference})
	case payments.BadDebt:
		b.claim(m)
		b.add(RoleBadDebt, "", -m.Gross, dims{})
	case payments.Adjust:
		b.account(m, m.Gross, d)
		b.suspend(UnknownKind, "movement:"+string(m.Kind)+"/"+m.Processor, -m.Gross, d)
	default:
		return ledger.Entry{}, nil, ErrMovement.At("kind")
	}
	b.clear(m, -m.Fee, feeRole, m.Processor, d)
	return b.entry(ledger.Entry{ID: id.Derive(m.At, "movement", string(m.ID[:])), Kind: "movement", Doc: m.ID,
		BusinessDay: m.BusinessDay, Memo: movementMemo(m)})
}

// clear moves amount into the processor's account (negative: out of it) from the role's.
func (b *builder) clear(m *payments.Movement, amount money.Minor, role, key string, d dims) {
	b.account(m, amount, dims{tender: m.Processor})
	b.add(role, key, -amount, d)
}

// account debits the account that the movement happened in: the processor's clearing, or, when the
// shop's own records report it and name no processor, the takings that wait for their match.
func (b *builder) account(m *payments.Movement, amount money.Minor, d dims) {
	if m.Processor == "" {
		b.add(RoleUnspecified, "", amount, d)
		return
	}
	b.add(RoleClearing, m.Processor, amount, d)
}

// claim is what a debt is written off from. The shop's own records, which name no processor, do not
// say either how their sales were paid: what a customer did not pay stands with the takings that wait
// for their match, and written off elsewhere it would stay open there for ever.
func (b *builder) claim(m *payments.Movement) {
	d := dims{party: m.Reference}
	if m.Processor == "" {
		b.add(RoleUnspecified, "", m.Gross, d)
		return
	}
	b.add(RoleReceivable, m.Processor, m.Gross, d)
}

// memoMost bounds a movement's memo, in bytes: notes of processors can be pages.
const memoMost = 300

// movementMemo names the movement as its processor does.
func movementMemo(m *payments.Movement) string {
	memo := strings.Join(strings.Fields(string(m.Kind)+" "+m.Processor+" "+m.External+" "+m.Note), " ")
	for n := memoMost; len(memo) > memoMost; n-- {
		if utf8.RuneStart(memo[n]) {
			memo = memo[:n]
		}
	}
	return memo
}
