package tax

import (
	"fmt"

	"github.com/tillpost/tillpost/internal/base/fault"
	"github.com/tillpost/tillpost/internal/base/fixed"
	"github.com/tillpost/tillpost/internal/base/money"
)

// Limits on what comes from outside.
const (
	MaxLines      = 10_000              // no till prints a longer receipt
	MaxComponents = 16                  // the most that we have seen is five (Brazil); US places stack four
	MaxCode       = 64                  // characters of a code
	MaxRate       = 100 * money.OneRate // 10,000 %; the highest excise on value known is some hundred per cent
	MaxStep       = money.Minor(1000)   // the largest cash step in use is 1000 (rupiah)
)

// Check tells whether the policy can be computed.
func (p Policy) Check() error {
	_, err := p.filled()
	return err
}

// filled returns the policy with its defaults written out.
func (p Policy) filled() (Policy, error) {
	switch p.Rounding {
	case "":
		p.Rounding = PerRate
	case PerLine, PerRate, PerReceipt:
	default:
		return p, ErrPolicy.At("rounding")
	}
	switch p.Mode {
	case "":
		p.Mode = fixed.HalfUp
	case fixed.HalfUp, fixed.HalfEven, fixed.HalfDown, fixed.Up, fixed.Down:
	default:
		return p, ErrPolicy.At("mode")
	}
	if p.Step == 0 {
		p.Step = 1
	}
	if p.Step < 1 || p.Step > MaxStep {
		return p, ErrStep.At("step")
	}
	return p, nil
}

// CheckComponents tells whether taxes can stand together on one line. The paths of its faults begin
// with at.
func CheckComponents(cs []Component, at string) error {
	if err := checkComponents(cs, at); err != nil {
		return err
	}
	if _, err := newProfile(cs); err != nil {
		return ErrRate.At(at)
	}
	return nil
}

func checkComponents(cs []Component, at string) error {
	if len(cs) > MaxComponents {
		return ErrTooManyComponents.At(at)
	}
	for i := range cs {
		if err := cs[i].check(); err != nil {
			return err.At(fmt.Sprintf("%s[%d].%s", at, i, err.Path))
		}
		for j := range i {
			if cs[j].Code == cs[i].Code {
				return ErrCode.At(fmt.Sprintf("%s[%d].code", at, i))
			}
		}
	}
	return nil
}

// check tells whether one tax is possible by itself; the fault's path is the field.
func (c *Component) check() *fault.Error {
	if c.Code == "" || len(c.Code) > MaxCode {
		return ErrCode.At("code")
	}
	if c.Rate > MaxRate || c.Rate < -MaxRate {
		return ErrRate.At("rate")
	}
	switch c.Kind {
	case "", Percent, Division:
		if c.PerUnit != 0 {
			return ErrKind.At("per_unit")
		}
	case Fixed:
		if c.Rate != 0 {
			return ErrKind.At("rate")
		}
	default:
		return ErrKind.At("kind")
	}
	if c.Kind == Division && (c.Rate < 0 || c.Rate > money.OneRate) {
		return ErrRate.At("rate")
	}
	switch c.Treatment {
	case "", Taxed:
	case Zero, Exempt, OutOfScope, ReverseCharge:
		if c.Rate != 0 || c.PerUnit != 0 {
			return ErrTreatment.At("treatment")
		}
	default:
		return ErrTreatment.At("treatment")
	}
	return nil
}
