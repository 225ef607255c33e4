package tabular

import (
	"maps"
	"strings"
	"testing"

	"github.com/tillpost/tillpost/internal/hub/intake"
)

// A receipt is never booked without one of its rows: where a row cannot be read, every document that it
// may belong to waits as a whole, under its own number, and no other does.
func TestBrokenRows(t *testing.T) {
	t.Parallel()
	const a1, a2, b1, b2 = "17,2026-03-29 12:30,A1,1,1.00", "17,2026-03-29 12:30,A2,1,2.00", "18,2026-03-29 12:31,B1,1,3.00", "18,2026-03-29 12:31,B2,1,4.00"
	for name, c := range map[string]struct {
		rows  []string
		holds map[string]string // document -> code
		books string
	}{
		"between, named":          {[]string{a1, "17,2026-03-29 12:30", a2, b1}, map[string]string{"17": "row_short"}, "18"},
		"between, not named":      {[]string{a1, "\"17,2026-03-29 12:30,A9", a2, b1}, map[string]string{"17": "quote_open"}, "18"},
		"two between, not named":  {[]string{a1, "\"17,2026", "\"17,2026", a2, b1}, map[string]string{"17": "quote_text"}, "18"}, // the second quote closes the first
		"between, without number": {[]string{a1, ",2026-03-29 12:30,A9,1,1.00", a2, b1}, map[string]string{"17": "no_number"}, "18"},
		"last of its document":    {[]string{a1, "17,2026-03-29 12:30", b1, b2}, map[string]string{"17": "row_short"}, "18"},
		"first of its document":   {[]string{a1, a2, "18,2026-03-29", b2}, map[string]string{"18": "row_short"}, "17"},
		"a document of its own":   {[]string{a1, a2, "19,2026-03-29", b1}, map[string]string{"19": "row_short"}, "17 18"},
		"first, said again later": {[]string{"18,2026-03-29", a1, a2, b1, b2}, map[string]string{"18": "row_short"}, "17"},
		"nobody's or a neighbour's": {[]string{a1, "\"1", b1, "19,2026-03-29 12:32,C,1,5.00"},
			map[string]string{"17": "row_beside", "18": "row_beside", "line 3": "quote_open"}, "19"},
		"many between":             {append(append([]string{a1}, strings.Split(strings.Repeat("\"x\n", 300)+"\"x", "\n")...), b1), nil, ""},
		"the file is cut off":      {[]string{a1, b1, "1"}, map[string]string{"18": "row_beside", "line 4": "row_short"}, "17"},
		"the name itself is cut":   {[]string{a1, b1, b2, "17"}, map[string]string{"17": "row_short"}, "18"},
		"a sum at the end":         {[]string{a1, b1, ",,Total,,4.00"}, map[string]string{"line 4": "no_number"}, "17 18"},
		"a sum between documents":  {[]string{a1, ",,Total,,1.00", b1}, map[string]string{"line 3": "no_number"}, "17 18"},
		"a later row's time":       {[]string{a1, "17,29 March,A2,1,2.00", b1}, map[string]string{"17": "not_a_time"}, "18"},
		"a later row without time": {[]string{a1, "17,,A2,1,2.00", b1}, nil, "17 18"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			path, layout := file(t, "a.csv", []byte("Receipt,When,SKU,Qty,Amount\n"+strings.Join(c.rows, "\n")+"\n"), till)
			y := read(t, path, layout, intake.Terms{})
			held, booked := map[string]string{}, []string{}
			for _, d := range y.docs {
				if d.Rejected != nil {
					held[d.External] = d.Rejected.Code
				} else {
					booked = append(booked, d.External)
				}
			}
			if name == "many between" { // 17 is older than the window, and waits all the same
				if held["17"] != "row_beside" || held["18"] != "row_beside" || len(held) != 303 {
					t.Errorf("held %d: 17 %s, 18 %s", len(held), held["17"], held["18"])
				}
			} else if !maps.Equal(held, c.holds) || strings.Join(booked, " ") != c.books {
				t.Errorf("held %v, want %v; booked %v, want %s", held, c.holds, booked, c.books)
			}
			if y.rows != len(c.rows) {
				t.Errorf("%d rows, want %d", y.rows, len(c.rows))
			}
		})
	}
}

// Rows of one document in two currencies are never added up.
func TestOtherCurrency(t *testing.T) {
	t.Parallel()
	layout := strings.Replace(till, `"currency": {"is": "EUR"}`, `"currency": {"column": "cur"}`, 1)
	layout = strings.Replace(layout, `"sku": "SKU"`, `"sku": "SKU", "cur": "Cur"`, 1)
	path, lp := file(t, "a.csv", []byte("Receipt,When,SKU,Qty,Amount,Cur\n"+
		"17,2026-03-29 12:30,A1,1,1.00,EUR\n17,2026-03-29 12:30,A2,1,2.00,GBP\n"+
		"18,2026-03-29 12:30,A1,1,1.00,EUR\n18,2026-03-29 12:30,A2,1,2.00,\n"), layout)
	y := read(t, path, lp, intake.Terms{})
	if y.rejected != 1 || y.receipts != 1 || y.docs[0].Rejected == nil || y.docs[0].Rejected.Code != "currency_differs" {
		t.Errorf("%+v", y.docs)
	}
}
