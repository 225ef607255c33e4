package tabular

import (
	"bytes"
	"errors"
	"io"
)

// Limits on one row. An export's widest row has some hundred short columns and one long note; what is
// longer is a quote that never closes, and must not pull the rest of the file into memory.
const (
	maxRowBytes  = 1 << 20
	maxRowFields = 1024
	maxRawKept   = 2000 // of a row that is too long
)

// scanner splits delimited text into rows of fields without copying, as RFC 4180 with what real
// exports do: a quote inside an unquoted field is a character, lines end with LF or CRLF, empty lines
// are not rows. A row that is broken is reported and the next line goes on.
type scanner struct {
	r        io.Reader
	comma    byte
	buf      []byte
	pos, end int
	err      error // of r, given out when the buffer is empty
	line     int   // physical line at pos, from 1
	start    int   // physical line where the last row began
	open     bool  // the last row ended with the file, without a line end
	raw      []byte
	fields   [][]byte
	scratch  []byte
}

// badRow is a row that cannot be split; reading may go on behind it.
type badRow struct {
	code, reason string
}

func (b *badRow) Error() string { return b.reason }

var (
	errQuoteOpen  = &badRow{"quote_open", "a quoted field begins here and does not end: close the quote or double it"}
	errQuoteText  = &badRow{"quote_text", "there is text behind a closing quote: double the quotes inside a quoted field"}
	errLongRow    = &badRow{"row_too_long", "the row is longer than 1 MiB"}
	errManyFields = &badRow{"too_many_fields", "the row has more than 1,024 fields"}
)

func newScanner(r io.Reader, comma byte) *scanner {
	return &scanner{r: r, comma: comma, buf: make([]byte, 64<<10), line: 1}
}

// next returns the fields of the next row; they are valid until the next call. s.start is its line
// number and s.raw the row as it stood, without its line end.
func (s *scanner) next() ([][]byte, error) {
	for {
		nl := bytes.IndexByte(s.buf[s.pos:s.end], '\n')
		if nl < 0 {
			if s.end-s.pos <= maxRowBytes && s.fill() {
				continue
			}
			if s.pos == s.end || s.err != nil && s.err != io.EOF {
				return nil, s.err
			}
			if s.end-s.pos > maxRowBytes {
				return nil, s.dropLine()
			}
			nl = s.end - s.pos
		}
		s.start = s.line
		s.open = s.pos+nl == s.end
		row := s.buf[s.pos : s.pos+nl]
		if bytes.IndexByte(row, '"') >= 0 {
			if f, err, more := s.quoted(); !more {
				return f, err
			}
			continue
		}
		s.advance(nl)
		s.raw = trimCR(row)
		if len(s.raw) == 0 {
			continue
		}
		return s.split(s.raw)
	}
}

// advance moves behind n bytes and the line end that follows them.
func (s *scanner) advance(n int) {
	s.line += bytes.Count(s.buf[s.pos:s.pos+n], newline)
	if s.pos += n; s.pos < s.end {
		s.pos++
		s.line++
	}
}

var newline = []byte{'\n'}

// split is the fast way for a row without quotes.
func (s *scanner) split(row []byte) ([][]byte, error) {
	f := s.fields[:0]
	for {
		i := bytes.IndexByte(row, s.comma)
		if i < 0 {
			f = append(f, row)
			break
		}
		f = append(f, row[:i])
		row = row[i+1:]
	}
	s.fields = f
	if len(f) > maxRowFields {
		return nil, errManyFields
	}
	return f, nil
}

// quoted splits a row that has quotes, perhaps over several lines. more says that the buffer ended
// inside the row and has been filled up: try again.
func (s *scanner) quoted() (fields [][]byte, err error, more bool) {
	f := s.fields[:0]
	s.scratch = s.scratch[:0]
	b := s.buf[s.pos:s.end]
	i := 0
	for {
		var field []byte
		if i < len(b) && b[i] == '"' {
			var closed bool
			field, i, closed = s.quotedField(b, i+1)
			if !closed {
				if len(b) <= maxRowBytes && s.err == nil {
					s.fill()
					return nil, nil, true // also at the end of the input: that may close the quote
				}
				return s.skip(f, errQuoteOpen)
			}
			if i < len(b) && b[i] == '\r' && (i+1 == len(b) || b[i+1] == '\n') {
				i++
			}
			if i < len(b) && b[i] != s.comma && b[i] != '\n' {
				return s.skip(f, errQuoteText)
			}
		} else {
			j := i
			for j < len(b) && b[j] != s.comma && b[j] != '\n' {
				j++
			}
			field = b[i:j]
			i = j
		}
		if i == len(b) && s.err == nil && len(b) <= maxRowBytes {
			s.fill()
			return nil, nil, true // the row may go on behind the buffer; what was read of it has moved
		}
		f = append(f, field)
		if i == len(b) || b[i] == '\n' {
			break
		}
		i++
	}
	f[len(f)-1] = trimCR(f[len(f)-1])
	s.fields = f
	s.raw = trimCR(b[:i])
	s.open = i == len(b)
	s.advance(i)
	if len(f) > maxRowFields {
		return nil, errManyFields, false
	}
	return f, nil, false
}

// quotedField reads from behind the opening quote; it returns the text and the place behind the
// closing one.
func (s *scanner) quotedField(b []byte, i int) (field []byte, end int, closed bool) {
	from, at := i, len(s.scratch)
	doubled := false
	for {
		j := bytes.IndexByte(b[i:], '"')
		if j < 0 {
			return nil, 0, false
		}
		i += j
		if i+1 < len(b) && b[i+1] == '"' {
			s.scratch = append(s.scratch, b[from:i+1]...)
			i += 2
			from = i
			doubled = true
			continue
		}
		if i+1 == len(b) && s.err == nil {
			return nil, 0, false // the next byte decides whether this quote closes
		}
		if !doubled {
			return b[from:i], i + 1, true
		}
		s.scratch = append(s.scratch, b[from:i]...)
		return s.scratch[at:len(s.scratch):len(s.scratch)], i + 1, true
	}
}

// skip gives up the row's first line and goes on behind it. A quote that never closes, or closes in
// the middle of another row, must not take the lines between with it.
// The fields before the one that is broken stay in s.fields.
func (s *scanner) skip(f [][]byte, why *badRow) ([][]byte, error, bool) {
	s.fields = f
	b := s.buf[s.pos:s.end]
	n := bytes.IndexByte(b, '\n')
	if n < 0 {
		n = len(b)
	}
	s.raw = trimCR(b[:n])
	s.advance(n)
	return nil, why, false
}

// dropLine passes over a line that is too long to be one.
func (s *scanner) dropLine() error {
	s.start = s.line
	s.raw = append([]byte(nil), s.buf[s.pos:s.pos+2*maxRawKept]...)
	s.fields = s.fields[:0]
	for {
		if n := bytes.IndexByte(s.buf[s.pos:s.end], '\n'); n >= 0 {
			s.advance(n)
			return errLongRow
		}
		s.pos = s.end
		if !s.fill() {
			return errLongRow
		}
	}
}

// fill reads more behind the buffer's end. It moves what is left to the front, so slices into the
// buffer are invalid afterwards. False at the end of the input.
func (s *scanner) fill() bool {
	if s.err != nil {
		return false
	}
	if s.pos > 0 {
		copy(s.buf, s.buf[s.pos:s.end])
		s.end -= s.pos
		s.pos = 0
	}
	if s.end == len(s.buf) {
		s.buf = append(s.buf, make([]byte, len(s.buf))...)
	}
	for tries := 0; tries < 100; tries++ {
		n, err := s.r.Read(s.buf[s.end:])
		s.end += n
		if err != nil {
			s.err = err
			return n > 0
		}
		if n > 0 {
			return true
		}
	}
	s.err = io.ErrNoProgress
	return false
}

func trimCR(b []byte) []byte {
	if n := len(b); n > 0 && b[n-1] == '\r' {
		return b[:n-1]
	}
	return b
}

// isBadRow tells whether the row is lost but the file is not.
func isBadRow(err error) (*badRow, bool) {
	var b *badRow
	return b, errors.As(err, &b)
}
