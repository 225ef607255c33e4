package receipt

import "github.com/tillpost/tillpost/internal/base/strictjson"

// Decode reads a receipt from JSON strictly: an unknown or repeated field, NaN, invalid UTF-8, more
// than MaxBytes or anything behind the receipt is a fault, and none repeats what stood in the text.
// Validate checks the content.
func Decode(text []byte) (Receipt, error) {
	var r Receipt
	if err := strictjson.Decode(text, MaxBytes, &r); err != nil {
		return Receipt{}, err
	}
	return r, nil
}
