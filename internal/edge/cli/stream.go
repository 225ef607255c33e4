package cli

import (
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"io"

	"github.com/tillpost/tillpost/internal/base/fault"
	"github.com/tillpost/tillpost/internal/base/strictjson"
)

// eachDocument calls fn for every JSON value of a stream; the elements of a list count as documents. It
// returns how many fn took. Memory is bounded by the largest document.
func eachDocument(r io.Reader, fn func(raw []byte) error) (int64, error) {
	m := &meter{r: r}
	in := bufio.NewReader(m)
	list, err := begins(in)
	if err != nil {
		return 0, err
	}
	dec := json.NewDecoder(in)
	if list {
		if _, err := dec.Token(); err != nil {
			return 0, strictjson.ErrSyntax
		}
	}
	for n := int64(0); ; n++ {
		if m.read = 0; list && !dec.More() {
			_, err := dec.Token()
			return n, ended(dec, err)
		}
		var raw json.RawMessage
		if err := dec.Decode(&raw); errors.Is(err, io.EOF) && !list {
			if n == 0 {
				err = ErrNoJSON
			} else {
				err = nil
			}
			return n, err
		} else if err != nil {
			return n, notJSON(err)
		}
		if err := fn(raw); err != nil {
			return n, err
		}
	}
}

// begins tells whether a list begins, and takes the mark away that some editors put before a text.
func begins(in *bufio.Reader) (list bool, err error) {
	if mark, err := in.Peek(3); err == nil && string(mark) == "\ufeff" {
		_, _ = in.Discard(3)
	}
	for {
		c, err := in.Peek(1)
		if errors.Is(err, io.EOF) {
			return false, nil
		}
		if err != nil {
			return false, err
		}
		if !bytes.ContainsAny(c, " \t\r\n") {
			return c[0] == '[', nil
		}
		_, _ = in.Discard(1)
	}
}

// ended refuses what stands behind a list.
func ended(dec *json.Decoder, err error) error {
	if err != nil {
		return notJSON(err)
	}
	if _, err := dec.Token(); !errors.Is(err, io.EOF) {
		return strictjson.ErrTrailing
	}
	return nil
}

// notJSON keeps the faults of reading and replaces the decoder's own words, which repeat the text.
func notJSON(err error) error {
	if fault.CodeOf(err) != "" {
		return err
	}
	var syntax *json.SyntaxError
	if errors.As(err, &syntax) || errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) {
		return strictjson.ErrSyntax
	}
	return err
}

// meter refuses to read on when one document is too large to be one.
type meter struct {
	r    io.Reader
	read int
}

func (m *meter) Read(p []byte) (int, error) {
	if m.read > 2*documentMost { // the decoder reads ahead
		return 0, ErrTooBig
	}
	n, err := m.r.Read(p)
	m.read += n
	return n, err
}
