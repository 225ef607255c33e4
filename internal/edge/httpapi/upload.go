package httpapi

import (
	"errors"
	"io"
	"net/http"
	"os"
	"path"
	"path/filepath"
	"strings"
	"time"
	"unicode"

	"github.com/tillpost/tillpost/internal/base/fault"
	"github.com/tillpost/tillpost/internal/base/pan"
)

// ImportMost bounds a file that is sent: it lies in the system's temporary folder while it is read. A year
// of a large shop, compressed, is far smaller.
const ImportMost = 1 << 30

// upload is a file that was sent, in a folder of its own: readers look beside a file for others that belong
// to it, and must find none.
type upload struct {
	folder, path string
}

// upload keeps the request's body as a file, up to ImportMost bytes.
func (c *Call) upload(name string) (u *upload, err error) {
	if c.request.ContentLength > ImportMost {
		return nil, ErrTooLarge
	}
	u = &upload{}
	if u.folder, err = os.MkdirTemp("", "tillpost-upload-"); err != nil {
		return nil, ErrUpload.Because(err)
	}
	defer func() {
		if err != nil {
			u.remove()
		}
	}()
	u.path = filepath.Join(u.folder, fileName(name))
	f, err := os.OpenFile(u.path, os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o600) // its owner's alone: it holds sales
	if err != nil {
		return nil, ErrUpload.Because(err)
	}
	in := &patientReader{r: http.MaxBytesReader(c.writer, c.request.Body, ImportMost), control: http.NewResponseController(c.writer)}
	_, err = io.Copy(f, in)
	closed := f.Close()
	var large *http.MaxBytesError
	switch {
	case errors.As(in.err, &large):
		return nil, ErrTooLarge
	case in.err != nil:
		return nil, ErrBodyBroken.Because(in.err)
	case err != nil || closed != nil:
		return nil, ErrUpload.Because(errors.Join(err, closed))
	}
	c.patience()
	return u, nil
}

func (u *upload) remove() { _ = os.RemoveAll(u.folder) } // the system empties its temporary folder some day

// plain takes the server's own folder out of an error about the file.
func (u *upload) plain(err error) error {
	var f *fault.Error
	if !errors.As(err, &f) {
		return err
	}
	folder := strings.NewReplacer(u.folder+string(filepath.Separator), "", u.folder, "")
	cut := folder.Replace
	f = f.At(cut(f.Path))
	if f.Err != nil {
		f = f.Because(errors.New(cut(f.Err.Error())))
	}
	return f
}

// base is the names of files without their folder.
func base(files []string) []string {
	out := make([]string, len(files))
	for i, f := range files {
		out[i] = filepath.Base(f)
	}
	return out
}

// fileNameMost bounds a file's name, in characters.
const fileNameMost = 100

// fileName is a name that any disk takes, as close to the caller's as that allows.
func fileName(name string) string {
	name = path.Base(strings.ReplaceAll(pan.Mask(name), `\`, "/"))
	name = strings.Map(func(r rune) rune {
		if unicode.IsLetter(r) || unicode.IsDigit(r) || strings.ContainsRune("-_. ()", r) {
			return r
		}
		return '_'
	}, name)
	if r := []rune(name); len(r) > fileNameMost {
		name = string(r[len(r)-fileNameMost:]) // its ending says most
	}
	if name = strings.Trim(name, ". "); name == "" || name == "_" {
		return "upload"
	}
	return name
}

// patientReader reads a body for as long as something comes: the server's patience is for small requests.
type patientReader struct {
	r       io.Reader
	control *http.ResponseController
	err     error // of the sender, not of the disk
}

func (p *patientReader) Read(b []byte) (int, error) {
	_ = p.control.SetReadDeadline(time.Now().Add(readPatience)) // not every reader has one
	n, err := p.r.Read(b)
	if err != nil && err != io.EOF {
		p.err = err
	}
	return n, err
}

// patience gives a request that takes long another while to answer.
func (c *Call) patience() {
	_ = http.NewResponseController(c.writer).SetWriteDeadline(time.Now().Add(writePatience)) // not every writer has one
}
