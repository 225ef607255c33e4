package posting

import (
	"fmt"
	"slices"
	"strings"

	"github.com/tillpost/tillpost/internal/base/money"
	"github.com/tillpost/tillpost/internal/domain/ledger"
)

// dims are the dimensions of a line beside its account and store.
type dims struct {
	department, taxCode, tender, party string
	foreign                            money.Amount
}

// part is a sum of amounts that differ in nothing else.
type part struct {
	role, key string
	account   string // set when somebody has named the account
	unknown   string // set when the line goes to suspense whatever the chart says
	kind      string // of the unknown
	exact     bool   // the role's default account must not take it
	back      bool   // of something brought back: shown beside what was sold, not netted with it (J16)
	amount    money.Minor
	dims
}

func (p *part) same(q *part) bool {
	return p.role == q.role && p.key == q.key && p.account == q.account && p.department == q.department && p.taxCode == q.taxCode &&
		p.tender == q.tender && p.party == q.party && p.unknown == q.unknown && p.foreign.Currency == q.foreign.Currency && p.back == q.back
}

// searchMost is how many parts are searched one by one; a document with more of them (thousands of
// consignors) is indexed, so that its cost stays proportional to its length.
const searchMost = 48

// builder collects the parts of one entry, folded, and turns them into lines when all are in. Roles
// become accounts only then, once per part and not once per line of the document.
type builder struct {
	books *Books
	store string
	parts []part
	index map[part]int
	last  int
	err   error

	drawer, key string // the drawer met last and its key
	currency    money.Currency
}

// roomParts is how many parts the usual receipt has, with some to spare.
const roomParts = 16

// newBuilder starts an entry. room is where the parts go while they fit: an array of the caller's
// stack for hot rules, nil for the others.
func newBuilder(books *Books, store string, room []part) builder {
	return builder{books: books, store: store, parts: room}
}

// entry completes e with the folded lines. An entry that does not balance is ErrFooting.
func (b *builder) entry(e ledger.Entry) (ledger.Entry, []Unknown, error) {
	lines, unknown, err := b.lines()
	if err != nil {
		return ledger.Entry{}, nil, err
	}
	e.Lines = lines
	sum, err := e.Sum()
	if err != nil {
		return ledger.Entry{}, nil, err
	}
	if sum != 0 {
		return ledger.Entry{}, nil, ErrFooting.Because(fmt.Errorf("%s %s is off by %d", e.Kind, e.Memo, sum))
	}
	return e, unknown, nil
}

// add puts amount (positive is debit) on the account of role and key, or else on the role's default.
// When the chart has neither, it goes to suspense as "account:ROLE/KEY".
func (b *builder) add(role, key string, amount money.Minor, d dims) {
	b.put(&part{role: role, key: key, amount: amount, dims: d})
}

// addExact is add for roles whose default account must not take what has no account of its own: a
// tax code, a drawer of a foreign currency.
func (b *builder) addExact(role, key string, amount money.Minor, d dims) {
	b.put(&part{role: role, key: key, exact: true, amount: amount, dims: d})
}

// suspend puts amount on suspense under an unknown key such as "tender:PayLater-X". An amount of
// zero leaves no line, but what is unknown is still told.
func (b *builder) suspend(kind, key string, amount money.Minor, d dims) {
	b.put(&part{kind: kind, unknown: key, amount: amount, dims: d})
}

// post puts amount on an account that somebody has named.
func (b *builder) post(account string, amount money.Minor, d dims) {
	b.put(&part{account: account, amount: amount, dims: d})
}

func (b *builder) put(p *part) {
	if p.amount == 0 && p.foreign.Minor == 0 && p.unknown == "" {
		return
	}
	if b.last < len(b.parts) && b.parts[b.last].same(p) { // most lines are like the one before
		b.sum(b.last, p)
		return
	}
	if b.index != nil {
		k := p.identity()
		if i, ok := b.index[k]; ok {
			b.sum(i, p)
			return
		}
		b.index[k] = len(b.parts)
		b.append(p)
		return
	}
	for i := range b.parts {
		if b.parts[i].same(p) {
			b.sum(i, p)
			return
		}
	}
	b.append(p)
	if len(b.parts) > searchMost {
		b.index = make(map[part]int, 4*searchMost)
		for i := range b.parts {
			b.index[b.parts[i].identity()] = i
		}
	}
}

func (b *builder) append(p *part) {
	b.last = len(b.parts)
	b.parts = append(b.parts, *p)
}

func (b *builder) sum(i int, p *part) {
	b.last = i
	q := &b.parts[i]
	var err error
	if q.amount, err = q.amount.Add(p.amount); err != nil {
		b.err = err
	}
	if q.foreign.Minor, err = q.foreign.Minor.Add(p.foreign.Minor); err != nil {
		b.err = err
	}
}

// identity is the part without what differs between parts that are folded.
func (p *part) identity() part {
	k := *p
	k.amount, k.foreign.Minor, k.exact, k.kind = 0, 0, false, ""
	return k
}

// lines resolves the roles and returns the lines sorted by account, and what was unknown.
func (b *builder) lines() ([]ledger.Line, []Unknown, error) {
	if b.err != nil {
		return nil, nil, b.err
	}
	out := make([]ledger.Line, 0, len(b.parts))
	var unknown []Unknown
	var err error
	for i := range b.parts {
		p := &b.parts[i]
		if p.amount == 0 {
			if p.unknown != "" { // given away, but still to be named
				unknown = note(unknown, p.kind, p.unknown, 0)
			}
			continue
		}
		l := ledger.Line{Amount: p.amount, Store: b.store, Department: p.department, TaxCode: p.taxCode,
			Tender: p.tender, Party: p.party, Foreign: p.foreign}
		if !b.resolve(p, &l) {
			account, ok := b.books.Roles.Find(RoleSuspense, "")
			if !ok {
				return nil, nil, ErrNoSuspense
			}
			l.Account = account
			unknown = note(unknown, p.kind, l.Unknown, l.Amount)
		}
		if b.index != nil { // too many to compare each with each, and no reader who would mind two lines
			out = append(out, l)
		} else if out, err = merge(out, &l); err != nil {
			return nil, nil, err
		}
	}
	slices.SortStableFunc(out, func(x, y ledger.Line) int { return strings.Compare(x.Account, y.Account) })
	return out, unknown, nil
}

// resolve finds the account, or the key under which the line waits in suspense.
func (b *builder) resolve(p *part, l *ledger.Line) bool {
	if p.unknown != "" {
		l.Unknown = p.unknown
		return false
	}
	if p.account != "" {
		l.Account = p.account
		return true
	}
	var ok bool
	if l.Account, ok = b.books.Roles.Find(p.role, p.key); ok {
		return true
	}
	if !p.exact && p.key != "" {
		if l.Account, ok = b.books.Roles.Find(p.role, ""); ok {
			return true
		}
	}
	if p.role == RoleTax {
		p.kind, l.Unknown = UnknownTax, "tax:"+p.key
	} else {
		p.kind, l.Unknown = UnknownAccount, accountKey(p)
	}
	return false
}

// accountKey names a role without an account. A role whose default would do is named alone: one
// answer settles all its keys.
func accountKey(p *part) string {
	if p.exact && p.key != "" {
		return "account:" + p.role + "/" + p.key
	}
	return "account:" + p.role
}

// merge adds l to the line of the same side that differs in nothing but the amount: two roles may
// share an account.
func merge(out []ledger.Line, l *ledger.Line) ([]ledger.Line, error) {
	for i := range out {
		o := &out[i]
		if o.Account != l.Account || (o.Amount > 0) != (l.Amount > 0) || o.Department != l.Department || o.TaxCode != l.TaxCode ||
			o.Tender != l.Tender || o.Party != l.Party || o.Unknown != l.Unknown || o.Foreign.Currency != l.Foreign.Currency {
			continue
		}
		var err error
		if o.Amount, err = o.Amount.Add(l.Amount); err != nil {
			return nil, err
		}
		o.Foreign.Minor, err = o.Foreign.Minor.Add(l.Foreign.Minor)
		return out, err
	}
	return append(out, *l), nil
}

// note records an unknown once per key.
func note(list []Unknown, kind, key string, amount money.Minor) []Unknown {
	for i := range list {
		if list[i].Key == key {
			list[i].Amount += amount
			return list
		}
	}
	return append(list, Unknown{Kind: kind, Key: key, Message: message(kind, key), Amount: amount})
}

// message tells a person what is open and how it is settled.
func message(kind, key string) string {
	switch kind {
	case UnknownTender:
		return key + ": this tender type is not known; say what kind of tender it is"
	case UnknownTax:
		return key + ": this tax code has no account; give it one"
	case UnknownItem:
		return key + ": this item is not in the catalogue; add it or name the department of its sales"
	case UnknownAccount:
		return key + ": the chart has no account for this; give the role one"
	case UnknownLine:
		return key + ": this kind of receipt line is not known to this version; name the account"
	}
	return key + ": what was paid differs from what the document says; look at the documents and name the account"
}
