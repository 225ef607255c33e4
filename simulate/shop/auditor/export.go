package auditor

import (
	"bytes"
	"encoding/csv"
	"fmt"
	"slices"
	"strconv"
	"strings"
)

// CompareExport reads an exported journal (CSV) as an accountant would, and sets every account, day and
// store against the auditor's books.
func (b *Books) CompareExport(export []byte) error {
	rows, err := csv.NewReader(bytes.NewReader(export)).ReadAll()
	if err != nil {
		return err
	}
	var d Differences
	at := func(row []string, column string) string { return row[slices.Index(rows[0], column)] }
	got := figures{}
	for _, row := range rows[1:] {
		debit, err := minor(at(row, "debit"))
		if err != nil {
			return err
		}
		credit, err := minor(at(row, "credit"))
		if err != nil {
			return err
		}
		name := at(row, "account") + " on " + at(row, "effective_day") + " at " + at(row, "line_store")
		got[name] = [6]int64{got[name][0] + debit - credit}
	}
	differ(&d, "exported account", b.ledger(&d), got)
	if len(d) > 0 {
		return fmt.Errorf("%s", strings.Join(d, "\n  "))
	}
	return nil
}

// minor reads an amount with two decimals, "" for none.
func minor(s string) (int64, error) {
	if s == "" {
		return 0, nil
	}
	whole, cents, ok := strings.Cut(s, ".")
	if !ok || len(cents) != 2 {
		return 0, fmt.Errorf("amount %q", s)
	}
	return strconv.ParseInt(whole+cents, 10, 64)
}
