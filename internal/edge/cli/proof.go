package cli

import (
	"fmt"
	"io"
	"strings"

	"github.com/tillpost/tillpost/internal/base/day"
	"github.com/tillpost/tillpost/internal/base/money"
	"github.com/tillpost/tillpost/internal/base/qty"
	"github.com/tillpost/tillpost/internal/domain/org"
	"github.com/tillpost/tillpost/internal/platform/db"
	"github.com/tillpost/tillpost/internal/views/books"
	"github.com/tillpost/tillpost/internal/views/tieout"
)

// span is a choice of business days.
type span struct {
	Day   string `help:"One business day (YYYY-MM-DD)." placeholder:"DAY" xor:"span"`
	Month string `help:"One month (YYYY-MM)." placeholder:"MONTH" xor:"span"`
	Year  string `help:"One year (YYYY)." placeholder:"YEAR" xor:"span"`
	From  string `help:"First business day." placeholder:"DAY" xor:"span"`
	To    string `help:"Last business day." placeholder:"DAY"`
}

// The bounds that stand for all days.
const (
	firstDay day.Day = "1970-01-01"
	lastDay  day.Day = "9998-12-31"
)

// days returns the first and last day that are meant; all days when nothing was said.
func (s span) days() (first, last day.Day, err error) {
	if s.To != "" && s.Day+s.Month+s.Year != "" {
		return "", "", &usageError{"--to goes with --from; a day, month or year stands alone"}
	}
	first, last = firstDay, lastDay
	switch {
	case s.Day != "":
		first, err = parseDay("--day", s.Day)
		return first, first, err
	case s.Month != "":
		return monthDays(s.Month)
	case s.Year != "":
		if first, err = day.Parse(s.Year + "-01-01"); err != nil {
			return "", "", ErrYear.At("--year")
		}
		return first, day.Day(s.Year + "-12-31"), nil
	}
	if s.From != "" {
		if first, err = parseDay("--from", s.From); err != nil {
			return "", "", err
		}
	}
	if s.To != "" {
		if last, err = parseDay("--to", s.To); err != nil {
			return "", "", err
		}
	}
	if last < first {
		return "", "", ErrSpanBack.At("--to")
	}
	return first, last, nil
}

// parseDay reads a date and names the flag when it is none.
func parseDay(flag, text string) (day.Day, error) {
	d, err := day.Parse(text)
	if err != nil {
		return "", day.ErrSyntax.At(flag)
	}
	return d, nil
}

// monthDays is a month's first and last day.
func monthDays(month string) (first, last day.Day, err error) {
	if first, err = day.Parse(month + "-01"); err != nil {
		return "", "", ErrMonth.At(month)
	}
	return first, day.Of(first.Time().AddDate(0, 1, -1)), nil
}

// spread is a span of days in one store or all.
type spread struct {
	span  `embed:""`
	Store string `help:"One store; all stores when left out." placeholder:"CODE"`
}

// scope is the span without the bounds that mean "all days".
func (r spread) scope() (books.Scope, error) {
	from, to, err := r.days()
	s := books.Scope{From: from, To: to, Store: r.Store}
	if s.From <= firstDay {
		s.From = ""
	}
	if s.To >= lastDay {
		s.To = ""
	}
	return s, err
}

type proofCmd struct {
	spread `embed:""`
	Format string `help:"text or json." enum:"text,json" default:"text"`
}

// Help is the text below the flags.
func (proofCmd) Help() string {
	return `Each figure is summed from its own rows and from no other. It ends with 1 when two of them differ.`
}

// Run prints the proof; it exits with 1 when an equation does not hold.
func (c proofCmd) Run(e *env) error {
	from, to, err := c.days()
	if err != nil {
		return err
	}
	return e.read(func(v *db.View, shop org.Shop) error {
		if err := known(shop, c.Store); err != nil {
			return err
		}
		p, err := tieout.Prove(v, shop.Book, tieout.Scope{Store: c.Store, From: from, To: to})
		if err != nil {
			return err
		}
		if c.Format == "json" {
			err = e.json(p)
		} else {
			writeProof(e.stdout, &p)
		}
		if err == nil && !p.Holds() {
			return errFound
		}
		return err
	})
}

// writeProof prints the equations side by side.
func writeProof(w io.Writer, p *tieout.Proof) {
	fmt.Fprintf(w, "Proof of %s, %s (%s)\n", spanWords(p.Scope.From, p.Scope.To), storeWords(p.Scope.Store), p.Currency)
	fmt.Fprintf(w, "%s, %s, %s of them returns, %s items net, %s, %s\n\n", plural(p.Receipts, "receipt", "receipts"), plural(p.Lines, "line", "lines"),
		count(p.Returns), group(p.Items.String()), plural(p.Entries, "journal entry", "journal entries"), plural(p.Moves, "stock move", "stock moves"))
	for _, q := range p.Equations {
		sign, mark := "=", "ok"
		if !q.Holds() {
			sign, mark = "≠", "OFF BY "+figure(p.Currency, q, q.Left.Value-q.Right.Value)
		}
		fmt.Fprintf(w, "  %-24s %16s  %s %16s   %s\n", q.Left.From, figure(p.Currency, q, q.Left.Value), sign,
			figure(p.Currency, q, q.Right.Value), q.Right.From+strings.Repeat(" ", max(1, 26-len(q.Right.From)))+mark)
	}
	if p.Suspense != 0 && p.OpenTasks > 0 {
		fmt.Fprintf(w, "\n  %s of it was booked to suspense; \"tillpost task list\" says what still waits for a decision\n", amount(p.Currency, p.Suspense.Abs()))
	}
	if p.Later > 0 {
		fmt.Fprintf(w, "\n  %s after these days: the books of the day were locked when it came\n", plural(p.Later, "entry counts", "entries count"))
	}
	fmt.Fprintln(w)
}

func figure(c money.Currency, q tieout.Equation, v int64) string {
	if q.Qty {
		return group(qty.Qty(v).String())
	}
	return amount(c, money.Minor(v))
}

// spanWords describes a span of days.
func spanWords(from, to day.Day) string {
	switch {
	case from == to:
		return string(from)
	case from <= firstDay && to >= lastDay:
		return "all days"
	case from <= firstDay:
		return "up to " + string(to)
	case to >= lastDay:
		return "from " + string(from)
	default:
		return string(from) + " to " + string(to)
	}
}

func storeWords(store string) string {
	if store == "" {
		return "all stores"
	}
	return "store " + store
}
