package db

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
)

// sumSuffix is behind the name of the file that holds a backup's SHA-256.
const sumSuffix = ".sha256"

// sumMost bounds what is read of it: a digest and a file name.
const sumMost = 4096

// placeSum writes the digest beside the backup that is about to appear.
func placeSum(file, sum string) error {
	temp, err := partFile(file)
	if err != nil {
		return err
	}
	defer os.Remove(temp) // gone after the renaming
	if err := os.WriteFile(temp, []byte(sum+"  "+filepath.Base(file)+"\n"), 0o600); err != nil {
		return err
	}
	return place(temp, file+sumSuffix)
}

// checkSum holds a backup against the digest that was written with it. It returns false when there is
// none to compare with.
func checkSum(file string) (bool, error) {
	f, err := os.Open(file + sumSuffix)
	if errors.Is(err, fs.ErrNotExist) {
		return false, nil
	}
	if err != nil {
		return false, ErrBackupBad.Because(err)
	}
	defer f.Close()
	head := make([]byte, sumMost)
	n, _ := f.Read(head)
	want, _, _ := strings.Cut(string(head[:n]), " ")
	_, got, err := digest(file)
	if err != nil {
		return false, ErrBackupBad.Because(err)
	}
	if got != strings.TrimSpace(want) {
		return false, ErrBackupSum.At(file)
	}
	return true, nil
}
