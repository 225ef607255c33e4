package httpapi

import (
	"github.com/tillpost/tillpost/internal/base/fault"
	"github.com/tillpost/tillpost/internal/platform/db"
)

// wholeDocument stands in the text of every edit that replaces.
const wholeDocument = " The document replaces what is there, whole: a field that is left out is empty, or has its default, afterwards. To change one field, read the others " +
	"and send them too, with If-Match."

// edit runs an edit in one transaction: what stands there is compared with what the caller has read, then
// it is changed, and the answer is what stands there now. find may run before and after the change, so it
// must see what the group of writes has not written yet; a fault of the kind not found says that there is
// nothing, and then change decides whether there may be.
func edit[T any](c *Call, find func(tx *db.Tx) (T, error), change func(tx *db.Tx) error) (out T, fresh bool, err error) {
	err = c.Write(func(tx *db.Tx) error {
		var before any
		was, err := find(tx)
		switch {
		case err == nil:
			before = was
		case fault.KindOf(err) != fault.NotFound:
			return err
		}
		if err := c.Unchanged(before); err != nil {
			return err
		}
		if err := change(tx); err != nil {
			return err
		}
		fresh = before == nil
		out, err = find(tx)
		return err
	})
	return out, fresh, err
}

// agree fills in a document's code from the address, or refuses another one.
func agree[T ~string](field string, code *T, address string) error {
	if *code == "" {
		*code = T(address)
	}
	if string(*code) != address {
		return ErrCodeDiffers.At(field)
	}
	return nil
}
