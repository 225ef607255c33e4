package secrets

import (
	"crypto/rand"
	"encoding/base64"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
)

// KeyEnv names the variable that holds the key: 32 bytes in base64. Several, with commas between them,
// are a key and its predecessors: the first one seals, all of them open.
const KeyEnv = "TILLPOST_SECRET_KEY"

// keyBytes is the length of a key of AES-256.
const keyBytes = 32

// KeyFile is where the key of a SQLite database lies: beside it, so that a copy of the database alone
// gives nothing away. A database on a server has none.
func KeyFile(dsn string) string {
	if strings.Contains(dsn, "://") {
		return ""
	}
	return dsn + ".key"
}

// Open finds the keys of a database: those in the environment, else those in its key file. A SQLite
// database that has neither gets a key file when something is sealed for the first time; for a database
// on a server that is ErrNoKey. getenv is os.Getenv.
func Open(dsn string, getenv func(string) string) (*Box, error) {
	b := &Box{file: KeyFile(dsn)}
	if text := getenv(KeyEnv); text != "" {
		b.file = ""
		return b, b.add(strings.Split(text, ","))
	}
	if b.file == "" {
		return b, nil
	}
	text, err := os.ReadFile(b.file)
	if errors.Is(err, fs.ErrNotExist) {
		return b, nil
	}
	if err != nil {
		return nil, ErrKeyFile.At(b.file).Because(err)
	}
	return b, b.add(strings.Fields(string(text)))
}

// add reads keys.
func (b *Box) add(texts []string) error {
	for _, text := range texts {
		raw, err := base64.StdEncoding.DecodeString(strings.TrimSpace(text))
		if err != nil || len(raw) != keyBytes {
			return ErrBadKey
		}
		k, err := newKey(raw)
		if err != nil {
			return err
		}
		b.keys = append(b.keys, k)
	}
	if len(b.keys) == 0 {
		return ErrBadKey
	}
	return nil
}

// NewKey makes a key as KeyEnv and key files have it.
func NewKey() string {
	var raw [keyBytes]byte
	_, _ = rand.Read(raw[:]) // it never fails
	return base64.StdEncoding.EncodeToString(raw[:])
}

// makeFile writes a new key file. When another process was faster, its key is taken.
func (b *Box) makeFile() error {
	if b.file == "" {
		return ErrNoKey
	}
	if err := writeNew(b.file, NewKey()+"\n"); err != nil && !errors.Is(err, fs.ErrExist) {
		return ErrKeyFile.At(b.file).Because(err)
	}
	text, err := os.ReadFile(b.file)
	if err != nil {
		return ErrKeyFile.At(b.file).Because(err)
	}
	return b.add(strings.Fields(string(text)))
}

// writeNew writes a file that is not there yet, for its owner only. It appears whole or not at all.
func writeNew(name, text string) error {
	f, err := os.CreateTemp(filepath.Dir(name), filepath.Base(name)+".*") // CreateTemp gives it to its owner only
	if err != nil {
		return err
	}
	defer os.Remove(f.Name())
	_, err = f.WriteString(text)
	if err = errors.Join(err, f.Sync(), f.Close()); err != nil {
		return err
	}
	err = os.Link(f.Name(), name) // unlike Rename it does not replace
	if err == nil || errors.Is(err, fs.ErrExist) {
		return err
	}
	if _, there := os.Lstat(name); there == nil {
		return fs.ErrExist
	}
	return os.Rename(f.Name(), name) // a file system without links
}
