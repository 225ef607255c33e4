package tabular

import (
	"strings"
	"time"
)

// value is a Value with its columns resolved. A nil value is the empty text.
type value struct {
	refs    []ref
	is      *string
	join    *string
	cut     []string
	mapping map[string]string
	find    []Find
	other   *string
	fold    string
}

type amount struct {
	refs   []ref
	negate bool
}

type clock struct {
	refs    []ref
	layouts []string
	use     int // the format that the sample chose
	zone    *value

	lastText string // rows of a document repeat its time
	lastZone *time.Location
	last     time.Time
}

type test struct {
	ref      ref
	lens     uint64 // bit n: a text of n bytes (63: of 63 or more) can be equal
	equals   map[string]bool
	prefix   []string
	contains []string
	blank    *bool
	number   string
	not      bool
}

func (c *compiler) value(v *Value) *value {
	if v == nil {
		return nil
	}
	out := &value{is: v.Is, join: v.Join, other: v.Else, fold: v.Case}
	n := 0
	if v.Column != "" {
		out.refs = []ref{c.ref(v.Column)}
		n++
	}
	if len(v.Columns) > 0 {
		for _, name := range v.Columns {
			out.refs = append(out.refs, c.ref(name))
		}
		n++
	}
	if v.Is != nil {
		n++
	}
	if n != 1 {
		c.fail("a value has one of \"column\", \"columns\" or \"is\"")
	}
	if v.Case != "" && v.Case != "lower" && v.Case != "upper" {
		c.fail("\"case\" is \"lower\" or \"upper\"")
	}
	for _, p := range v.Cut {
		out.cut = append(out.cut, strings.ToLower(p))
	}
	if v.Map != nil {
		out.mapping = make(map[string]string, len(v.Map))
		for k, to := range v.Map {
			out.mapping[strings.ToLower(k)] = to
		}
	}
	for _, f := range v.Find {
		lower := Find{Is: f.Is}
		for _, w := range f.Words {
			lower.Words = append(lower.Words, strings.ToLower(w))
		}
		out.find = append(out.find, lower)
	}
	return out
}

func (c *compiler) amount(a *Amount) *amount {
	if a == nil {
		return nil
	}
	if (a.Column == "") == (len(a.Sum) == 0) {
		c.fail("an amount has one of \"column\" or \"sum\"")
		return nil
	}
	out := &amount{negate: a.Negate}
	for _, name := range append([]string(nil), a.Sum...) {
		out.refs = append(out.refs, c.ref(name))
	}
	if a.Column != "" {
		out.refs = append(out.refs, c.ref(a.Column))
	}
	for _, r := range out.refs {
		c.numbers[r] = true
	}
	return out
}

func (c *compiler) clock(t *Time, at string) *clock {
	if t == nil {
		return nil
	}
	out := &clock{zone: c.value(t.Zone)}
	if len(t.Columns) == 0 || len(t.Formats) == 0 {
		c.fail("%s: a time needs \"columns\" and \"formats\"", at)
	}
	for _, name := range t.Columns {
		out.refs = append(out.refs, c.ref(name))
	}
	for _, f := range t.Formats {
		layout, err := goLayout(f)
		if err != nil {
			c.fail("%s: %v", at, err)
		}
		out.layouts = append(out.layouts, layout)
	}
	c.clocks = append(c.clocks, out)
	return out
}

func (c *compiler) tests(in []Test) []test {
	var out []test
	for _, t := range in {
		n := test{ref: c.ref(t.Column), blank: t.Blank, number: t.Number, not: t.Not}
		for _, p := range t.Prefix {
			n.prefix = append(n.prefix, strings.ToLower(p))
		}
		for _, p := range t.Contains {
			n.contains = append(n.contains, strings.ToLower(p))
		}
		if t.Equals != nil {
			n.equals = map[string]bool{}
			for _, p := range t.Equals {
				n.equals[strings.ToLower(p)] = true
				n.lens |= 1 << min(len(p), 63)
			}
		}
		switch t.Number {
		case "", "negative", "zero", "positive", "not_zero":
		default:
			c.fail("a test's \"number\" is negative, zero, positive or not_zero")
		}
		if t.Equals == nil && t.Prefix == nil && t.Contains == nil && t.Blank == nil && t.Number == "" {
			c.fail("the test on %q tests nothing", t.Column)
		}
		if t.Number != "" {
			c.numbers[n.ref] = true
		}
		out = append(out, n)
	}
	return out
}
