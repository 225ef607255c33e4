package tabular

import (
	"fmt"
	"strings"
	"time"
	_ "time/tzdata" // a shop's PC may have no time zone files; a sale would fall on the wrong day

	"github.com/tillpost/tillpost/internal/hub/intake"
)

// tokens of a time format as a layout writes it, longest first, and Go's words for them.
var tokens = [][2]string{
	{"YYYY", "2006"}, {"MMMM", "January"}, {"MMM", "Jan"}, {"YY", "06"}, {"MM", "01"}, {"DD", "02"}, {"HH", "15"}, {"hh", "03"},
	{"mm", "04"}, {"ss", "05"}, {"ZZ", "-0700"}, {"M", "1"}, {"D", "2"}, {"H", "15"}, {"h", "3"}, {"A", "PM"}, {"a", "pm"}, {"Z", "Z07:00"},
}

// goLayout translates "DD/MM/YYYY HH:mm" into the reference time of package time. Letters that are
// not a token are refused, T apart: a misspelt format should not wait for the first row to fail.
func goLayout(format string) (string, error) {
	var b strings.Builder
next:
	for i := 0; i < len(format); {
		for _, t := range tokens {
			if strings.HasPrefix(format[i:], t[0]) {
				b.WriteString(t[1])
				i += len(t[0])
				continue next
			}
		}
		if c := format[i]; isLetter(c) && c != 'T' || isDigit(c) {
			return "", ErrLayout.Because(fmt.Errorf("%q is not made of YYYY YY MMMM MMM MM M DD D HH H hh h mm ss A Z ZZ", format))
		}
		b.WriteByte(format[i])
		i++
	}
	return b.String(), nil
}

// parseClock reads a cell by a translated format. Years outside what a business day can hold are
// refused: they are typing errors.
func parseClock(s, layout string, zone *time.Location) (time.Time, error) {
	t, err := time.ParseInLocation(layout, s, zone)
	if err != nil || t.Year() < 1970 || t.Year() > 9998 {
		return time.Time{}, intake.ErrNotTime
	}
	return t, nil
}

// chooseFormat returns the first format that reads all samples, else the one that reads the most.
// ambiguous says that another format reads them all too, with other results: 03/04 may be either.
func chooseFormat(formats []string, samples []string) (best int, ambiguous bool) {
	most := -1
	for i, f := range formats {
		n := 0
		for _, s := range samples {
			if _, err := parseClock(s, f, time.UTC); err == nil {
				n++
			}
		}
		if n > most {
			best, most = i, n
		} else if n == most && n == len(samples) && n > 0 {
			ambiguous = ambiguous || differ(formats[best], f, samples)
		}
	}
	return best, ambiguous
}

func differ(a, b string, samples []string) bool {
	for _, s := range samples {
		x, _ := parseClock(s, a, time.UTC)
		y, _ := parseClock(s, b, time.UTC)
		if !x.Equal(y) {
			return true
		}
	}
	return false
}

// zoneName names the zone of a time as a store can have it: Etc/GMT+4 for the offset -04:00 (the sign
// is turned in those names), "" for an offset that has no name.
func zoneName(t time.Time) string {
	if l := t.Location().String(); strings.Contains(l, "/") || l == "UTC" {
		return l
	}
	_, offset := t.Zone()
	switch {
	case offset == 0:
		return "UTC"
	case offset%3600 != 0:
		return ""
	}
	return fmt.Sprintf("Etc/GMT%+d", -offset/3600)
}

// zones finds time zones by name and remembers them.
type zones map[string]*time.Location

// maxZones is how many different zones one file may name: the world has about 600.
const maxZones = 1000

func (z zones) load(name string) (*time.Location, error) {
	if l, ok := z[name]; ok {
		if l == nil {
			return nil, ErrZone.At(name)
		}
		return l, nil
	}
	l, err := loadZone(name)
	if len(z) < maxZones {
		z[name] = l
	}
	return l, err
}

// loadZone reads "Europe/London", "UTC" or an offset like "-07:00". "Local" and paths are refused:
// the books must not depend on the machine.
func loadZone(name string) (*time.Location, error) {
	if t, err := time.Parse("-07:00", name); err == nil {
		_, offset := t.Zone()
		return time.FixedZone(name, offset), nil
	}
	if name == "" || name == "Local" {
		return nil, ErrZone.At(name)
	}
	l, err := time.LoadLocation(name)
	if err != nil {
		return nil, ErrZone.At(name)
	}
	return l, nil
}
