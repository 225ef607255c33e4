package cli

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"net/url"
	"regexp"
	"strings"
	"syscall"
	"unicode"

	"github.com/tillpost/tillpost/internal/base/fault"
	"github.com/tillpost/tillpost/internal/base/pan"
)

// complain tells what went wrong in one line, and returns the exit code.
func (e *env) complain(err error) int {
	if e.ctx.Err() != nil && !errors.Is(err, ErrStopped) {
		// Asked to stop: whatever broke off says so in its own words, and none of them matter.
		err = ErrStopped.Because(errors.New("nothing is half done; run the same command again"))
	}
	fmt.Fprintln(e.stderr, "tillpost: "+explain(err, e.dsn))
	return exitError
}

// explain is the error as a person reads it, on one line, with the stable code for who looks it up.
// It never shows a password or a card number, wherever the text came from.
func explain(err error, dsn string) string {
	code, text := fault.CodeOf(err), err.Error()
	if code == "" {
		f := classify(err)
		code, text = f.Code, f.Error()
	}
	return oneLine(pan.Mask(hideSecrets(text, dsn))) + " [" + code + "]"
}

// classify finds a fault for an error that has none.
func classify(err error) *fault.Error {
	var path *fs.PathError
	if !errors.As(err, &path) {
		if errors.Is(err, context.Canceled) {
			return ErrStopped
		}
		return ErrOurs.Because(err)
	}
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return ErrFileMissing.At(path.Path)
	case errors.Is(err, fs.ErrPermission):
		return ErrFileDenied.At(path.Path)
	case errors.Is(err, fs.ErrExist):
		return ErrFileThere.At(path.Path)
	case errors.Is(err, syscall.EISDIR):
		return ErrFileIsFolder.At(path.Path)
	default:
		return ErrOurs.Because(err)
	}
}

// oneLine joins the lines of a text and takes out what would act on a terminal.
func oneLine(s string) string {
	s = strings.Map(func(r rune) rune {
		switch {
		case r == '\n' || r == '\r' || r == '\t':
			return ' '
		case !unicode.IsPrint(r):
			return -1
		}
		return r
	}, s)
	return strings.Join(strings.Fields(s), " ")
}

// hidden stands in the place of a secret.
const hidden = "***"

// Where passwords stand in the addresses of databases: user:password@host and password=….
var (
	secretUser  = regexp.MustCompile(`(://[^\s:/@]*):[^\s]*@`)
	secretParam = regexp.MustCompile(`(?i)\b(password|passfile|sslpassword)(\s*=\s*|%3d)('[^']*'|[^\s&'"` + "`" + `]+)`)
)

// hideSecrets takes the passwords of the database's address out of a text, as they were written and as
// they are decoded.
func hideSecrets(text, dsn string) string {
	for _, secret := range secrets(dsn) {
		text = strings.ReplaceAll(text, secret, hidden)
	}
	text = secretUser.ReplaceAllString(text, "$1:"+hidden+"@")
	return secretParam.ReplaceAllString(text, "$1$2"+hidden)
}

// secretLeast is the shortest password that is looked for as such: a shorter one is part of any text, and
// is only hidden where an address has it.
const secretLeast = 3

// secrets are the passwords in an address, in every way in which a driver may repeat them.
func secrets(dsn string) []string {
	var out []string
	add := func(s string) {
		if len(s) >= secretLeast {
			out = append(out, s)
		}
		if plain, err := url.PathUnescape(s); err == nil && plain != s && len(plain) >= secretLeast {
			out = append(out, plain)
		}
	}
	if _, rest, ok := strings.Cut(dsn, "://"); ok {
		if _, password, ok := strings.Cut(rest, ":"); ok {
			// A password may hold any sign, written rightly or not: whatever ends at an @ could be it, the
			// longest first.
			for at := strings.LastIndex(password, "@"); at >= 0; at = strings.LastIndex(password[:at], "@") {
				add(password[:at])
			}
		}
	}
	for _, m := range secretParam.FindAllStringSubmatch(dsn, -1) {
		add(strings.Trim(m[3], "'"))
	}
	return out
}
