// Package poslog reads POSLog, the journal that point-of-sale systems write for back offices (ARTS,
// now OMG Retail; version 2.1 as NCR writes it is what it was built against). It reads one transaction
// at a time and keeps what the file says: amounts and taxes are never computed again.
package poslog

import (
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"strings"
	"time"

	"github.com/tillpost/tillpost/internal/base/money"
	"github.com/tillpost/tillpost/internal/hub/formats/source"
	"github.com/tillpost/tillpost/internal/hub/intake"
)

// Info is what is known before the first transaction.
type Info struct {
	Source    string
	SizeBytes int64
	Currency  money.Currency
	Zone      string
}

// Reader delivers the transactions of a POSLog. It implements intake.Reader.
type Reader struct {
	file  *source.File
	fuse  *fuse
	dec   *xml.Decoder
	terms intake.Terms
	zone  *time.Location
	count int
	err   error

	first []intake.Document // read ahead, for what the file says of itself
	coin  money.Currency
}

// Open opens a POSLog file.
func Open(path string, terms intake.Terms) (*Reader, Info, error) {
	f, err := source.Open(path)
	if err != nil {
		return nil, Info{}, err
	}
	r, err := newReader(f, terms)
	if err != nil {
		f.Close()
		return nil, Info{}, fmt.Errorf("%s: %w", path, err)
	}
	if d, err := r.Next(); err == nil {
		r.first = append(r.first, d)
	}
	return r, Info{Source: r.terms.Source, SizeBytes: f.Size(), Currency: r.coin, Zone: r.zone.String()}, nil
}

func newReader(f *source.File, terms intake.Terms) (*Reader, error) {
	if terms.Source == "" {
		terms.Source = "poslog"
	}
	if terms.DefaultTender == "" {
		terms.DefaultTender = intake.DefaultTender
	}
	r := &Reader{file: f, fuse: &fuse{r: f, left: maxBytes}, terms: terms, zone: terms.Zone}
	if r.zone == nil {
		r.zone = time.UTC
	}
	r.dec = xml.NewDecoder(r.fuse)
	r.dec.CharsetReader = charset
	return r, r.root()
}

// root reads up to the POSLog element.
func (r *Reader) root() error {
	for {
		tok, err := r.dec.Token()
		if err != nil {
			return r.broken(err)
		}
		switch t := tok.(type) {
		case xml.StartElement:
			if t.Name.Local != "POSLog" {
				return ErrNoPOSLog.Because(fmt.Errorf("its outermost element is %s", t.Name.Local))
			}
			return nil
		case xml.Directive:
			return ErrDoctype
		}
	}
}

// Next returns the next transaction, or io.EOF. Broken XML ends the reading with ErrSyntax: what
// comes behind cannot be told apart.
func (r *Reader) Next() (intake.Document, error) {
	if len(r.first) > 0 {
		d := r.first[0]
		r.first = nil
		return d, nil
	}
	for r.err == nil {
		r.fuse.left = maxBytes
		tok, err := r.dec.Token()
		if err != nil {
			r.err = r.broken(err)
			break
		}
		switch t := tok.(type) {
		case xml.StartElement:
			n, err := r.element(t)
			if err != nil {
				r.err = r.broken(err)
				break
			}
			if n.name != "Transaction" {
				continue // a header or trailer of the batch
			}
			r.count++
			if c, err := money.ParseCurrency(n.get("CurrencyCode")); err == nil && r.coin == "" {
				r.coin = c
			}
			return r.transaction(n), nil
		case xml.EndElement:
			r.err = r.root() // files that were put one behind the other go on with another root
		case xml.Directive:
			r.err = ErrDoctype
		}
	}
	return intake.Document{}, r.err
}

// broken gives an error of the decoder its place. A file that ends inside a transaction is broken.
func (r *Reader) broken(err error) error {
	var syntax *xml.SyntaxError
	line, _ := r.dec.InputPos()
	at := fmt.Sprintf("line %d", line)
	switch {
	case err == io.EOF:
		return io.EOF
	case errors.As(err, &syntax), err == io.ErrUnexpectedEOF:
		return ErrSyntax.At(at).Because(err)
	case errors.Is(err, ErrTooBig):
		return ErrTooBig.At(at)
	}
	return err
}

// Offset is how many bytes have been read from the disk.
func (r *Reader) Offset() int64 { return r.file.Offset() }

// Close closes the file.
func (r *Reader) Close() error { return r.file.Close() }

// charset reads what old tills write; UTF-16 was turned into UTF-8 before.
func charset(name string, in io.Reader) (io.Reader, error) {
	switch strings.ToLower(name) {
	case "utf-8", "utf8", "us-ascii", "utf-16", "utf-16le", "utf-16be":
		return in, nil
	case "iso-8859-1", "latin1", "windows-1252", "iso-8859-15":
		return &latin1{r: in}, nil
	}
	return nil, ErrCharset.Because(errors.New(name))
}

// latin1 turns one-byte characters into UTF-8.
type latin1 struct {
	r    io.Reader
	rest []byte
}

func (l *latin1) Read(p []byte) (int, error) {
	if len(l.rest) == 0 {
		var buf [512]byte
		n, err := l.r.Read(buf[:])
		if n == 0 {
			return 0, err
		}
		for _, c := range buf[:n] {
			l.rest = append(l.rest, string(rune(c))...)
		}
	}
	n := copy(p, l.rest)
	l.rest = l.rest[n:]
	return n, nil
}
