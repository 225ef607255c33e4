package catalog

import (
	"errors"
	"unicode/utf8"

	"github.com/tillpost/tillpost/internal/platform/db"
	"github.com/tillpost/tillpost/internal/platform/outbox"
)

// Promotion is a price rule as the pricing engine reads it. What is in the body is the engine's
// business: whoever puts one has it checked there.
type Promotion struct {
	Code    string `json:"code"`
	Body    string `json:"body"` // JSON
	Retired bool   `json:"retired,omitempty"`
}

// PutPromotion adds a promotion or replaces it; the same again changes nothing.
func PutPromotion(tx *db.Tx, p Promotion) error {
	if !isCode(p.Code) {
		return ErrCode.At("code")
	}
	if p.Body == "" || len(p.Body) > bodyMost || !utf8.ValidString(p.Body) {
		return ErrBody.At("body")
	}
	g, err := open(tx)
	if err != nil {
		return err
	}
	old := g.offered[p.Code]
	if old == nil {
		stored, err := GetPromotion(tx, p.Code)
		if err != nil && !errors.Is(err, ErrNoPromotion) {
			return err
		}
		old = &stored
	}
	if *old == p {
		return nil
	}
	g.offered[p.Code] = &p
	return outbox.Add(tx, outbox.PromotionChanged, p.Code, "")
}
