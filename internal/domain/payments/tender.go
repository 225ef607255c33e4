package payments

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/tillpost/tillpost/internal/base/pan"
	"github.com/tillpost/tillpost/internal/platform/db"
	"github.com/tillpost/tillpost/internal/platform/outbox"
)

// The kinds of tender type: what becomes of the money, and so which account role it goes to.
const (
	Cash        = "cash"         // into a drawer
	Card        = "card"         // owed by a processor until it pays out
	GiftCard    = "gift_card"    // redeems a liability
	StoreCredit = "store_credit" // redeems or, when negative, issues a liability
	OnAccount   = "on_account"   // the customer owes it
	Coupon      = "coupon"       // a manufacturer owes it
	Loyalty     = "loyalty"      // redeems points
	Marketplace = "marketplace"  // owed by a marketplace until it pays out
	Transfer    = "transfer"     // on its way to the bank
	Check       = "check"        // the same, on paper
	Unspecified = "unspecified"  // the source does not say: takings that wait for their match
	Other       = "other"        // anything else that is settled later
)

// Kinds lists the kinds of tender type in the order in which a person should see them.
func Kinds() []string {
	return []string{Cash, Card, GiftCard, StoreCredit, OnAccount, Coupon, Loyalty, Marketplace, Transfer, Check, Other, Unspecified}
}

// TenderType is one way to pay that the shop knows.
type TenderType struct {
	Code string `json:"code"` // as receipts carry it, letter for letter
	Name string `json:"name"`
	Kind string `json:"kind"`
}

// Limits on texts from outside, in bytes. A code is as long as receipts allow it, so that whatever a
// receipt was paid with can become known.
const (
	codeMost = 100
	textMost = 200
	noteMost = 2000
)

const (
	insertTender  db.SQL = `INSERT INTO tender_types (code, name, kind, created_ms) VALUES ($1, $2, $3, $4) ON CONFLICT (code) DO NOTHING`
	selectTender  db.SQL = `SELECT code, name, kind FROM tender_types WHERE code = $1`
	selectTenders db.SQL = `SELECT code, name, kind FROM tender_types ORDER BY code`
)

// AddTender adds a tender type. The same code and kind again changes nothing (also not the name); the
// same code with another kind is ErrTenderDiffers.
func AddTender(tx *db.Tx, t TenderType) error {
	if err := t.check(); err != nil {
		return err
	}
	kinds, err := TendersIn(tx)
	if err != nil {
		return err
	}
	n, err := tx.Exec(insertTender, t.Code, t.Name, t.Kind, tx.Now.UnixMilli())
	if err != nil {
		return err
	}
	if n > 0 {
		kinds[t.Code] = t.Kind
		return outbox.Add(tx, outbox.TenderTypeChanged, t.Code, "")
	}
	var old TenderType
	if err := tx.QueryRow(selectTender, t.Code).Scan(&old.Code, &old.Name, &old.Kind); err != nil {
		return err
	}
	if old.Kind != t.Kind {
		return ErrTenderDiffers.At(t.Code)
	}
	return nil
}

func (t *TenderType) check() error {
	if t.Code == "" || len(t.Code) > codeMost || !printable(t.Code) || pan.Found(t.Code) {
		return ErrTenderCode
	}
	if len(t.Name) > textMost || !printable(t.Name) || pan.Found(t.Name) {
		return ErrTenderName
	}
	for _, k := range Kinds() {
		if k == t.Kind {
			return nil
		}
	}
	return ErrTenderKind
}

// ListTenders returns the tender types by code.
func ListTenders(q db.Q) ([]TenderType, error) {
	rows, err := q.Query(selectTenders)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	var out []TenderType
	for rows.Next() {
		var t TenderType
		if err := rows.Scan(&t.Code, &t.Name, &t.Kind); err != nil {
			return nil, err
		}
		out = append(out, t)
	}
	return out, rows.Err()
}

// LoadTenders returns the kind of each tender type, as the posting rules read it.
func LoadTenders(q db.Q) (map[string]string, error) {
	list, err := ListTenders(q)
	if err != nil {
		return nil, err
	}
	kinds := make(map[string]string, len(list))
	for _, t := range list {
		kinds[t.Code] = t.Kind
	}
	return kinds, nil
}

// printable tells whether a text is valid UTF-8 without control characters.
type tendersKey struct{}

// TendersIn is LoadTenders for a transaction: read once and kept; AddTender changes it. Callers only
// read the map.
func TendersIn(tx *db.Tx) (map[string]string, error) {
	return db.Kept(tx, tendersKey{}, func() (map[string]string, error) { return LoadTenders(tx) })
}

func printable(s string) bool {
	if !utf8.ValidString(s) {
		return false
	}
	return strings.IndexFunc(s, unicode.IsControl) < 0
}
