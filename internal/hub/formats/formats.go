// Package formats opens an outside file whatever it is: it finds out whether it is a POSLog or a
// delimited export, which layout the export has, and gives a reader of business documents.
package formats

import (
	"bytes"
	"io"
	"os"
	"time"

	"github.com/tillpost/tillpost/internal/base/money"
	"github.com/tillpost/tillpost/internal/hub/formats/poslog"
	"github.com/tillpost/tillpost/internal/hub/formats/source"
	"github.com/tillpost/tillpost/internal/hub/formats/tabular"
	"github.com/tillpost/tillpost/internal/hub/intake"
)

// Options say what is known about the file beforehand. The zero value finds everything out.
type Options struct {
	// Layout is the name of a built-in layout, a layout file, or "poslog". Empty: detected.
	Layout string
	// Source names whose numbers the documents carry. Empty: the layout's. Two shops that export from
	// the same system need a source each, or their numbers clash.
	Source        string
	Store         string         // for documents that name none
	Register      string         // the same
	Currency      money.Currency // for files that state none
	DefaultTender string         // tender type when the file has none; default "unspecified"
	Zone          *time.Location // the store's; nil: the file's or the layout's
	CutOver       time.Duration  // see day.Rule
}

func (o Options) terms() intake.Terms {
	return intake.Terms{
		Source: o.Source, Store: o.Store, Register: o.Register, Currency: o.Currency, DefaultTender: o.DefaultTender,
		Zone: o.Zone, CutOver: o.CutOver,
	}
}

// Info is what was found out about the file before its first document.
type Info struct {
	Layout    string   `json:"layout"`
	Title     string   `json:"title"`
	Source    string   `json:"source"`
	Files     []string `json:"files"` // the main one first
	Columns   []string `json:"columns,omitempty"`
	SizeBytes int64    `json:"size_bytes"` // of the main file as it lies on the disk; Offset runs up to it
	// Currency is that of the file; empty when its first rows state several.
	Currency money.Currency `json:"currency,omitempty"`
	// Zone is that of times without one. When the file states it (ZoneStated), it is the one of its
	// first rows, empty when there are several.
	Zone       string `json:"zone,omitempty"`
	ZoneStated bool   `json:"zone_stated,omitempty"`
	Delimiter  string `json:"delimiter,omitempty"`
	Decimal    string `json:"decimal,omitempty"`
	// Reading identifies how the file is read: another layout under the same name, or another version of
	// a reader, gives another one.
	Reading string `json:"-"`
	// Notes are what was guessed and may be wrong, and what is missing, in sentences.
	Notes []string `json:"notes,omitempty"`
}

// Reader is an intake.Reader that holds a file open.
type Reader interface {
	intake.Reader
	io.Closer
}

// POSLog is the layout name of POSLog files.
const POSLog = "poslog"

// Open opens a file, or the folder of an export that consists of several files. The caller closes the
// reader.
func Open(path string, opts Options) (Reader, Info, error) {
	xml := opts.Layout == POSLog
	if opts.Layout == "" {
		var err error
		if xml, err = looksLikeXML(path); err != nil {
			return nil, Info{}, err
		}
	}
	if xml {
		r, info, err := poslog.Open(path, opts.terms())
		if err != nil {
			return nil, Info{}, err
		}
		return r, Info{
			Reading: "poslog-1", Layout: POSLog, Title: "POSLog (ARTS/NRF)", Source: info.Source, Files: []string{path}, SizeBytes: info.SizeBytes,
			Currency: info.Currency, Zone: info.Zone,
		}, nil
	}
	r, info, err := tabular.Open(path, opts.Layout, opts.terms())
	if err != nil {
		return nil, Info{}, err
	}
	return r, Info{
		Reading: info.Layout.Fingerprint(), Layout: info.Layout.Name, Title: info.Layout.Title, Source: info.Source, Files: info.Files, Columns: info.Columns,
		SizeBytes: info.SizeBytes, Currency: info.Currency, Zone: info.Zone, ZoneStated: info.Stated, Delimiter: info.Delimiter, Decimal: info.Decimal,
		Notes: info.Notes,
	}, nil
}

// Names lists the layouts that need no file, for help texts.
func Names() []string {
	var names []string
	for _, l := range tabular.Builtin() {
		names = append(names, l.Name)
	}
	return append(names, POSLog)
}

// looksLikeXML tells whether the first character of the text is "<". A folder is not.
func looksLikeXML(path string) (bool, error) {
	if st, err := os.Stat(path); err == nil && st.IsDir() {
		return false, nil
	}
	f, err := source.Open(path)
	if err != nil {
		return false, err
	}
	defer f.Close()
	head, _ := f.Peek(1024)
	return bytes.HasPrefix(bytes.TrimSpace(head), []byte("<")), nil
}
