package cli

import (
	"fmt"
	"io"
	"strings"
	"unicode/utf8"

	"github.com/tillpost/tillpost/internal/base/money"
	"github.com/tillpost/tillpost/internal/base/qty"
)

// slip writes lines as a till does: words to the left, amounts to the right.
type slip struct {
	w        io.Writer
	currency money.Currency
}

// slipWide is how many columns a slip takes: a till roll with room for long names.
const slipWide = 64

// pair writes a text and a figure at the ends of a line. A text that is too long is cut.
func (p slip) pair(text, figure string) {
	room := slipWide - utf8.RuneCountInString(figure) - 1
	if r := []rune(text); len(r) > room {
		text = string(r[:max(0, room-1)]) + "…"
	}
	pad := slipWide - utf8.RuneCountInString(text) - utf8.RuneCountInString(figure)
	fmt.Fprintln(p.w, strings.TrimRight(text+strings.Repeat(" ", pad)+figure, " "))
}

func (p slip) rule() { fmt.Fprintln(p.w, strings.Repeat("-", slipWide)) }

func (p slip) sum(text string, a money.Minor) { p.pair(text, amount(p.currency, a)) }

// line writes a position: what it is, and below how many at which price when that is not one piece.
func (p slip) line(item, name string, n qty.Qty, price money.Price, extended money.Minor) {
	text := strings.TrimSpace(item + "  " + name)
	if n == qty.One || n == 0 {
		p.sum(text, extended)
		return
	}
	p.pair(text, "")
	p.sum(fmt.Sprintf("    %s x %s", group(n.String()), group(price.String())), extended)
}

// reduction writes a discount with its reason.
func (p slip) reduction(kind, promotion, reason string, a money.Minor) {
	text := kind
	for _, s := range []string{promotion, reason} {
		if s != "" && s != text {
			text += " " + s
		}
	}
	p.sum("    less "+text, -a)
}

// tax writes one rate of the whole document.
func (p slip) tax(code string, rate money.Rate, base, a money.Minor, included bool) {
	how := "on"
	if included {
		how = "in"
	}
	p.sum(fmt.Sprintf("%s %s %% %s %s", code, rate.Percent(), how, amount(p.currency, base)), a)
}
