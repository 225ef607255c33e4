package shop

import (
	"bytes"
	"regexp"
	"slices"
)

var place = regexp.MustCompile(`(?m)^([0-9-]+) \([0-9]+\) `)

// SameJournal tells whether two runs of a seed exported the same journal, byte for byte.
func SameJournal(a, b Result) bool {
	if a.Concurrent || bytes.Equal(a.Journal, b.Journal) {
		return true
	}
	return avoid("late_cash_order") && slices.Equal(sorted(a.Journal), sorted(b.Journal))
}

// sorted are the lines of a journal without their place in it, in order.
func sorted(journal []byte) []string {
	var out []string
	for _, line := range bytes.Split(place.ReplaceAll(journal, []byte("$1 ")), []byte("\n")) {
		out = append(out, string(line))
	}
	slices.Sort(out)
	return out
}
