package receipt

import (
	"fmt"
	"time"

	"github.com/tillpost/tillpost/internal/base/day"
	"github.com/tillpost/tillpost/internal/base/fault"
	"github.com/tillpost/tillpost/internal/base/fixed"
	"github.com/tillpost/tillpost/internal/base/money"
)

// Validate tells the first thing that is wrong with a receipt by itself: texts, limits, signs and
// sums. The fault's path says where ("lines[3].qty"). It knows nothing of the shop: an unknown store,
// item, tax or tender is not its business. It does not check the hash either; see Verify.
//
// That quantity x unit price is Extended is not asked for: a scale's label may have rounded
// otherwise, and the label is what the customer saw.
func Validate(r Receipt, now time.Time) error { return ValidateImport(r, 0, now) }

// ValidateImport is Validate for another system's document, whose tenders may differ from its total
// by what nobody explained.
func ValidateImport(r Receipt, unexplained money.Minor, now time.Time) error {
	if f := r.checkHead(now); f != nil {
		return f
	}
	if f := r.checkTexts(); f != nil {
		return f
	}
	var total int64
	given := r.TaxRounding == RoundAsGiven
	for i := range r.Lines {
		l := &r.Lines[i]
		f := l.check(i, &r, given)
		if f == nil {
			var err error
			if total, err = fixed.Add(total, int64(l.Total())); err != nil {
				f = ErrAmountRange
			}
		}
		if f != nil {
			return f.At(join(fmt.Sprintf("lines[%d]", i), f.Path))
		}
	}
	if money.Minor(total).CheckRange() != nil {
		return ErrAmountRange.At("lines")
	}
	for i := range r.Tenders {
		if f := r.checkTender(i); f != nil {
			return f.At(join(fmt.Sprintf("tenders[%d]", i), f.Path))
		}
	}
	if f := r.checkSum(money.Minor(total), unexplained); f != nil {
		return f
	}
	return nil
}

func join(path, field string) string {
	if field == "" {
		return path
	}
	return path + "." + field
}

func (r *Receipt) checkHead(now time.Time) *fault.Error {
	if len(r.Lines) > MaxLines {
		return ErrTooManyLines.At("lines")
	}
	if len(r.Tenders) > MaxTenders {
		return ErrTooMany.At("tenders")
	}
	if r.ID.IsZero() {
		return ErrIDMissing.At("id")
	}
	if r.Number < 0 || r.Number > MaxNumber || r.Number == 0 && !(r.PrevHash.IsZero() && r.Hash.IsZero()) || r.Number == 1 && !r.PrevHash.IsZero() {
		return ErrNumber.At("number")
	}
	if y := r.DeviceTime.Year(); y < firstYear || r.DeviceTime.IsZero() {
		return ErrTimePast.At("device_time")
	}
	if r.DeviceTime.After(now.Add(MaxAhead)) {
		return ErrTimeFuture.At("device_time")
	}
	// The business day follows the shop's wall clock and may lie a day away from UTC's.
	if _, err := day.Parse(string(r.BusinessDay)); err != nil || r.BusinessDay > day.Of(now.UTC().Add(MaxAhead)) {
		return ErrDay.At("business_day")
	}
	if _, err := money.ParseCurrency(string(r.Currency)); err != nil {
		return money.ErrCurrency.At("currency")
	}
	switch r.TaxRounding {
	case RoundPerLine, RoundPerRate, RoundPerReceipt, RoundAsGiven:
	default:
		return ErrTaxRounding.At("tax_rounding")
	}
	switch r.TaxMode {
	case "", fixed.HalfUp, fixed.HalfEven, fixed.HalfDown, fixed.Up, fixed.Down:
	default:
		return ErrTaxRounding.At("tax_mode")
	}
	return r.checkKind()
}

func (r *Receipt) checkKind() *fault.Error {
	switch r.Kind {
	case Sale, Void:
		if len(r.Lines) == 0 {
			return ErrEmpty.At("lines")
		}
	case Training:
	case Aborted:
		if len(r.Lines) > 0 || len(r.Tenders) > 0 || r.Rounding != 0 {
			return ErrNotEmpty.At("kind")
		}
	default:
		return ErrKind.At("kind")
	}
	if (r.Kind == Void) == r.Voids.IsZero() || r.Kind == Void && r.Voids == r.ID {
		return ErrVoids.At("voids")
	}
	return nil
}

func (r *Receipt) checkTexts() *fault.Error {
	if r.Store == "" {
		return ErrTextMissing.At("store")
	}
	if r.Register == "" {
		return ErrTextMissing.At("register")
	}
	if f := code(r.Store); f != nil {
		return f.At("store")
	}
	if f := code(r.Register); f != nil {
		return f.At("register")
	}
	if f := free(r.Employee, MaxCode); f != nil {
		return f.At("employee")
	}
	if f := free(r.Customer, MaxCode); f != nil {
		return f.At("customer")
	}
	if f := free(r.Channel, MaxCode); f != nil {
		return f.At("channel")
	}
	if f := free(r.Note, MaxNote); f != nil {
		return f.At("note")
	}
	if f := code(r.Source); f != nil {
		return f.At("source")
	}
	if f := code(r.External); f != nil {
		return f.At("external")
	}
	return nil
}

// checkSum tells whether the tenders settle the total and its cash rounding.
func (r *Receipt) checkSum(total, unexplained money.Minor) *fault.Error {
	limit := maxRounding(r.Currency)
	if r.Rounding > limit || r.Rounding < -limit || r.Rounding != 0 && len(r.Tenders) == 0 {
		return ErrRoundingSize.At("rounding")
	}
	if unexplained.CheckRange() != nil {
		return ErrAmountRange.At("tenders")
	}
	if r.Tendered() != total+r.Rounding+unexplained { // each of these is checked to be small
		return ErrTendersFoot.At("tenders")
	}
	return nil
}
