package tax

import (
	"bytes"
	"encoding/json"
	"io"
)

// Limits on a table from outside. Minnesota's whole rate file has 147 rows; all US places that levy a
// sales tax are about thirteen thousand.
const (
	MaxTableBytes = 16 << 20
	MaxEntries    = 20_000
	MaxSource     = 500 // characters
)

// ParseTable reads a table from JSON and validates it. Fields that it does not know are faults: a
// misspelt "untill" must not make a rate eternal.
func ParseTable(data []byte) (Table, error) {
	if len(data) > MaxTableBytes {
		return Table{}, ErrTableTooLarge
	}
	d := json.NewDecoder(bytes.NewReader(data))
	d.DisallowUnknownFields()
	var t Table
	if err := d.Decode(&t); err != nil {
		return Table{}, ErrTableSyntax.Because(err)
	}
	if _, err := d.Token(); err != io.EOF {
		return Table{}, ErrTableSyntax.At("after the table")
	}
	return t, t.Validate()
}
