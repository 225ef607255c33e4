package cli

import (
	"fmt"
	"strings"
	"time"

	"github.com/tillpost/tillpost/internal/base/money"
	"github.com/tillpost/tillpost/internal/base/pan"
)

// say writes a sentence. What was typed may stand in it, but for a card number.
func (e *env) say(format string, args ...any) {
	fmt.Fprintln(e.stdout, pan.Mask(fmt.Sprintf(format, args...)))
}

// amount writes money with thousands grouped, as people read it: "9,747,747.93".
func amount(c money.Currency, a money.Minor) string { return group(c.Format(a)) }

// count writes a number with thousands grouped.
func count(n int64) string { return group(fmt.Sprint(n)) }

// plural writes how many there are of something.
func plural(n int64, one, many string) string {
	if n == 1 {
		return "1 " + one
	}
	return count(n) + " " + many
}

// round shortens how long something took to what a person wants to know.
func round(took time.Duration) time.Duration {
	if took < time.Second {
		return took.Round(time.Millisecond)
	}
	return took.Round(100 * time.Millisecond)
}

// group puts commas into the whole part of a decimal number.
func group(s string) string {
	sign := ""
	if strings.HasPrefix(s, "-") {
		sign, s = "-", s[1:]
	}
	whole, rest, _ := strings.Cut(s, ".")
	for i := len(whole) - 3; i > 0; i -= 3 {
		whole = whole[:i] + "," + whole[i:]
	}
	if rest != "" {
		rest = "." + rest
	}
	return sign + whole + rest
}
