package importer

import (
	"crypto/sha256"
	"encoding/binary"
	"errors"
	"io"
	"os"
)

// hashFiles is the identity of a source's content, whatever its files are called.
func hashFiles(names []string) (sum [32]byte, err error) {
	h := sha256.New()
	for _, n := range names {
		f, err := os.Open(n)
		if err != nil {
			return sum, ErrUnreadable.Because(err)
		}
		size, err := io.Copy(h, f)
		if err := errors.Join(err, f.Close()); err != nil {
			return sum, ErrUnreadable.Because(err)
		}
		h.Write(binary.BigEndian.AppendUint64(nil, uint64(size))) // where one file ends and the next begins
	}
	h.Sum(sum[:0])
	return sum, nil
}
