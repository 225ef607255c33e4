package tabular

import (
	"testing"
	"time"

	"github.com/tillpost/tillpost/internal/base/fault"
)

func TestTimeFormats(t *testing.T) {
	t.Parallel()
	want := time.Date(2026, 9, 8, 21, 4, 5, 0, time.UTC)
	for format, in := range map[string]string{
		"YYYY-MM-DD HH:mm:ss":    "2026-09-08 21:04:05",
		"YYYY-MM-DDTHH:mm:ssZ":   "2026-09-08T14:04:05-07:00",
		"YYYY-MM-DD HH:mm:ss ZZ": "2026-09-08 17:04:05 -0400",
		"MM/DD/YYYY HH:mm:ss":    "09/08/2026 21:04:05",
		"D.M.YY H:mm:ss":         "8.9.26 21:04:05",
		"DD MMM YYYY hh:mm:ss A": "08 Sep 2026 09:04:05 PM",
	} {
		layout, err := goLayout(format)
		if err != nil {
			t.Errorf("%s: %v", format, err)
			continue
		}
		if got, err := parseClock(in, layout, time.UTC); err != nil || !got.Equal(want) {
			t.Errorf("%s: %q = %v, %v", format, in, got, err)
		}
	}
	if _, err := goLayout("yyyy-mm-dd"); fault.CodeOf(err) != "layout_invalid" {
		t.Errorf("misspelt format: %v", err)
	}
}

func TestChooseFormat(t *testing.T) {
	t.Parallel()
	us, _ := goLayout("MM/DD/YYYY")
	eu, _ := goLayout("DD/MM/YYYY")
	for _, c := range []struct {
		samples   []string
		best      int
		ambiguous bool
	}{
		{[]string{"09/13/2026", "01/02/2026"}, 0, false}, {[]string{"01/02/2026", "13/09/2026"}, 1, false},
		{[]string{"01/02/2026"}, 0, true}, {[]string{"02/02/2026"}, 0, false}, {nil, 0, false},
	} {
		if best, amb := chooseFormat([]string{us, eu}, c.samples); best != c.best || amb != c.ambiguous {
			t.Errorf("%q: %d %v", c.samples, best, amb)
		}
	}
}

func TestLoadZone(t *testing.T) {
	t.Parallel()
	for _, name := range []string{"Europe/London", "UTC", "-07:00"} {
		if _, err := loadZone(name); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
	for _, name := range []string{"", "Local", "Mars/Base", "../etc/passwd"} {
		if _, err := loadZone(name); fault.CodeOf(err) != "zone_unknown" {
			t.Errorf("%q: %v", name, err)
		}
	}
}
