package source

import (
	"bufio"
	"io"
	"unicode/utf8"
)

// utf16 turns UTF-16 into UTF-8. A half character or a lone surrogate becomes U+FFFD, as everywhere
// in Go, and not an error: the row around it is still worth reading.
type utf16 struct {
	r    *bufio.Reader
	big  bool
	rest []byte // of a character that did not fit into the last Read
	buf  [utf8.UTFMax]byte
}

func (u *utf16) Read(p []byte) (int, error) {
	n := copy(p, u.rest)
	u.rest = u.rest[n:]
	for len(p)-n >= utf8.UTFMax || n == 0 && len(p) > 0 {
		c, err := u.next()
		if err != nil {
			if n > 0 {
				return n, nil
			}
			return 0, err
		}
		size := utf8.EncodeRune(u.buf[:], c)
		k := copy(p[n:], u.buf[:size])
		n += k
		if k < size {
			u.rest = u.buf[k:size]
			break
		}
	}
	return n, nil
}

func (u *utf16) next() (rune, error) {
	a, err := u.unit()
	if err != nil {
		return 0, err
	}
	if a < 0xD800 || a > 0xDFFF {
		return rune(a), nil
	}
	if a > 0xDBFF {
		return utf8.RuneError, nil
	}
	two, err := u.r.Peek(2)
	if err != nil {
		return utf8.RuneError, nil
	}
	b := u.join(two)
	if b < 0xDC00 || b > 0xDFFF {
		return utf8.RuneError, nil
	}
	u.r.Discard(2)
	return 0x10000 + (rune(a)-0xD800)<<10 + (rune(b) - 0xDC00), nil
}

func (u *utf16) unit() (uint16, error) {
	var two [2]byte
	if _, err := io.ReadFull(u.r, two[:]); err == io.ErrUnexpectedEOF {
		return 0xFFFD, nil
	} else if err != nil {
		return 0, err
	}
	return u.join(two[:]), nil
}

func (u *utf16) join(b []byte) uint16 {
	if u.big {
		return uint16(b[0])<<8 | uint16(b[1])
	}
	return uint16(b[1])<<8 | uint16(b[0])
}
