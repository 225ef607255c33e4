// Package source opens the files that readers read: plain or gzip-compressed (told by the first
// bytes, not by the name), UTF-8 with or without byte order mark, or UTF-16 with one. It counts the
// bytes taken from the disk, so that progress is true for compressed files too.
package source

import (
	"bufio"
	"compress/flate"
	"compress/gzip"
	"errors"
	"io"
	"os"
	"sync/atomic"

	"github.com/tillpost/tillpost/internal/base/fault"
)

// MaxUnpacked is how many bytes one file may unpack to. A gzip file can promise a thousand times its
// size; a year of a large chain's lines is a few gigabytes.
const MaxUnpacked = 64 << 30

// PeekSize is how many bytes the start of a file can be looked at before it is read.
const PeekSize = 256 << 10

// File is an open source. Read delivers UTF-8 without a byte order mark.
type File struct {
	*bufio.Reader
	file *os.File
	gz   *gzip.Reader
	read atomic.Int64
	size int64
}

// Open opens the file at path. The caller closes it.
func Open(path string) (*File, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, ErrOpen.At(path).Because(err)
	}
	st, err := f.Stat()
	if err != nil {
		f.Close()
		return nil, ErrOpen.At(path).Because(err)
	}
	if st.IsDir() {
		f.Close()
		return nil, ErrFolder.At(path)
	}
	s := &File{file: f, size: st.Size()}
	if fault := s.wrap(f); fault != nil {
		f.Close()
		return nil, fault.At(path)
	}
	return s, nil
}

// FromReader reads an already open stream by the same rules; there is nothing to close.
func FromReader(r io.Reader) (*File, error) {
	s := &File{}
	if fault := s.wrap(r); fault != nil {
		return nil, fault
	}
	return s, nil
}

func (s *File) wrap(r io.Reader) *fault.Error {
	raw := bufio.NewReaderSize(&counter{r: r, n: &s.read}, 64<<10)
	var plain io.Reader = raw
	if head, _ := raw.Peek(2); len(head) == 2 && head[0] == 0x1f && head[1] == 0x8b {
		gz, err := gzip.NewReader(raw)
		if err != nil {
			return ErrCompressed.Because(err)
		}
		s.gz = gz
		plain = &capped{r: whole{gz}, left: MaxUnpacked}
	}
	text := bufio.NewReaderSize(plain, PeekSize)
	head, err := text.Peek(3)
	if len(head) == 0 && errors.Is(err, ErrCutOff) {
		return ErrCutOff // nothing of it is left to be recognised
	}
	switch {
	case len(head) >= 3 && head[0] == 0xEF && head[1] == 0xBB && head[2] == 0xBF:
		text.Discard(3)
	case len(head) >= 2 && head[0] == 0xFF && head[1] == 0xFE:
		text.Discard(2)
		text = bufio.NewReaderSize(&utf16{r: text}, PeekSize)
	case len(head) >= 2 && head[0] == 0xFE && head[1] == 0xFF:
		text.Discard(2)
		text = bufio.NewReaderSize(&utf16{r: text, big: true}, PeekSize)
	}
	s.Reader = text
	return nil
}

// Offset is how many bytes have been taken from the disk. It may be asked from another goroutine.
func (s *File) Offset() int64 { return s.read.Load() }

// Size is the file's length on the disk, 0 for a stream.
func (s *File) Size() int64 { return s.size }

// Close closes the file.
func (s *File) Close() error {
	if s.file == nil {
		return nil
	}
	return s.file.Close()
}

type counter struct {
	r io.Reader
	n *atomic.Int64
}

func (c *counter) Read(p []byte) (int, error) {
	n, err := c.r.Read(p)
	c.n.Add(int64(n))
	return n, err
}

type capped struct {
	r    io.Reader
	left int64
}

func (c *capped) Read(p []byte) (int, error) {
	n, err := c.r.Read(p)
	if c.left -= int64(n); c.left < 0 {
		return 0, ErrTooLong
	}
	return n, err
}

// whole says in our words that a compressed file is not whole. What the disk says stays as it is.
type whole struct{ r io.Reader }

func (w whole) Read(p []byte) (int, error) {
	n, err := w.r.Read(p)
	var corrupt flate.CorruptInputError
	if errors.Is(err, io.ErrUnexpectedEOF) || errors.Is(err, gzip.ErrChecksum) || errors.Is(err, gzip.ErrHeader) || errors.As(err, &corrupt) {
		err = ErrCutOff
	}
	return n, err
}
