package httpapi

import (
	"cmp"
	"errors"
	"io"
	"mime"
	"mime/multipart"
	"net/http"
	"os"
	"path"
	"path/filepath"
	"strings"
	"sync"
	"time"
	"unicode"
	"unicode/utf8"

	"github.com/tillpost/tillpost/internal/base/fault"
	"github.com/tillpost/tillpost/internal/base/pan"
)

// ImportMost bounds a file that is sent: it lies in the system's temporary folder while it is read. A year
// of a large shop, compressed, is far smaller.
const ImportMost = 1 << 30

// upload is what was sent, in a folder of its own: readers look beside a file for others that belong to it,
// and must find none but those that came with it.
type upload struct {
	folder string
	path   string // the file, or the folder of those that came together
	layout string // the layout that came with it, "" when none did

	once sync.Once
	gone chan struct{}
}

// upload keeps the request's body, up to ImportMost bytes: a file, or the parts of a form.
func (c *Call) upload(name string) (_ *upload, err error) {
	if c.request.ContentLength > ImportMost {
		return nil, ErrTooLarge
	}
	sweep(os.TempDir(), time.Now())
	u := &upload{gone: make(chan struct{})}
	if u.folder, err = os.MkdirTemp("", uploadPrefix); err != nil {
		return nil, ErrUpload.Because(err)
	}
	go u.touch()
	defer func() {
		if err != nil {
			u.remove()
		}
	}()
	in := &patientReader{r: http.MaxBytesReader(c.writer, c.request.Body, ImportMost), control: http.NewResponseController(c.writer)}
	media, params, _ := mime.ParseMediaType(c.request.Header.Get("Content-Type")) // any other is a file
	if media == typeForm {
		err = u.parts(multipart.NewReader(in, params["boundary"]), name)
	} else {
		u.path = filepath.Join(u.folder, sentFolder, fileName(name))
		err = keep(u.path, in)
	}
	var large *http.MaxBytesError
	switch {
	case errors.As(in.err, &large):
		return nil, ErrTooLarge
	case in.err != nil:
		return nil, ErrBodyBroken.Because(in.err)
	case err != nil:
		return nil, err
	}
	c.patience()
	return u, nil
}

const (
	typeForm = "multipart/form-data"
	// sentFolder is where files lie, layoutFile where a layout does: beside files it would be taken for one.
	sentFolder, layoutFile = "sent", "layout.json"
	// partsMost bounds the files of an export, layoutMost a layout in bytes: the largest built-in one has 6 KB.
	partsMost  = 20
	layoutMost = 1 << 20
)

// parts keeps the files of an export that consists of several, and the layout that reads them.
func (u *upload) parts(form *multipart.Reader, name string) error {
	folder := "export"
	if name != "" {
		folder = fileName(name)
	}
	folder = filepath.Join(u.folder, sentFolder, folder)
	for files := 0; ; {
		part, err := form.NextPart()
		switch {
		case err == io.EOF && files == 1:
			return nil
		case err == io.EOF && files > 1:
			u.path = folder
			return nil
		case err == io.EOF:
			return ErrParts
		case err != nil:
			return ErrBodyBroken.Because(err)
		case part.FormName() == "layout" && u.layout == "":
			u.layout = filepath.Join(u.folder, layoutFile)
			err = keep(u.layout, io.LimitReader(part, layoutMost))
		case part.FormName() == "file" && part.FileName() != "" && files < partsMost:
			u.path = filepath.Join(folder, fileName(part.FileName()))
			err = keep(u.path, part)
			files++
		default:
			return ErrParts
		}
		if errors.Is(err, os.ErrExist) {
			return ErrParts
		}
		if err != nil {
			return err
		}
	}
}

// read is the layout that reads it: the one that came along, or the one that is named.
func (u *upload) read(named string) (string, error) {
	if u.layout != "" && named != "" {
		return "", ErrParts.At("query.layout")
	}
	return cmp.Or(u.layout, named), nil
}

// keep writes a file for its owner alone: it holds sales.
func keep(path string, in io.Reader) error {
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		return ErrUpload.Because(err)
	}
	f, err := os.OpenFile(path, os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o600)
	if err != nil {
		return ErrUpload.Because(err)
	}
	_, err = io.Copy(f, in)
	if err = errors.Join(err, f.Close()); err != nil {
		return ErrUpload.Because(err)
	}
	return nil
}

// plain takes the server's own folder out of an error about the file.
func (u *upload) plain(err error) error {
	var f *fault.Error
	if !errors.As(err, &f) {
		return err
	}
	slash := string(filepath.Separator)
	folder := strings.NewReplacer(filepath.Join(u.folder, sentFolder)+slash, "", u.folder+slash, "", u.folder, "")
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

// fileNameMost bounds a file's name, in bytes: disks take 255, and a reader may put an ending behind it.
const fileNameMost = 200

// fileName is a name that any disk takes, as close to the caller's as that allows.
func fileName(name string) string {
	name = path.Base(strings.ReplaceAll(pan.Mask(name), `\`, "/"))
	name = strings.Map(func(r rune) rune {
		if unicode.IsLetter(r) || unicode.IsDigit(r) || strings.ContainsRune("-_. ()", r) {
			return r
		}
		return '_'
	}, name)
	for len(name) > fileNameMost { // its ending says most
		_, size := utf8.DecodeRuneInString(name)
		name = name[size:]
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
