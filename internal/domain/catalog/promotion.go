package catalog

import (
	"unicode/utf8"

	"github.com/tillpost/tillpost/internal/platform/db"
)

// Promotion is a price rule as the pricing engine reads it. What is in the body is the engine's
// business: whoever puts one has it checked there.
type Promotion struct {
	Code    string `json:"code"`
	Body    string `json:"body"` // JSON
	Retired bool   `json:"retired,omitempty"`
}

// PutPromotion adds a promotion or replaces it.
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
	g.offered[p.Code] = &p
	return nil
}
