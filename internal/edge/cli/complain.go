package cli

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"net"
	"net/url"
	"regexp"
	"strings"
	"syscall"
	"unicode"

	"github.com/jackc/pgx/v5/pgconn"

	"github.com/tillpost/tillpost/internal/base/fault"
	"github.com/tillpost/tillpost/internal/base/pan"
	"github.com/tillpost/tillpost/internal/platform/auth"
	"github.com/tillpost/tillpost/internal/platform/db"
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
// It never shows a password, an API key or a card number, wherever the text came from.
func explain(err error, dsn string) string {
	code, text := fault.CodeOf(err), err.Error()
	switch {
	case code == "":
		f := classify(err)
		code, text = f.Code, f.Error()
	case errors.Is(err, db.ErrOpen):
		text = notOpened(err).Error()
	}
	return cut(oneLine(pan.Mask(auth.Redact(hideSecrets(text, dsn)))), complaintMost) + " [" + code + "]"
}

// complaintMost is how many characters an error may have: it may repeat what stood in a file.
const complaintMost = 600

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
	case path.Op == "write":
		return ErrOutput.Because(path.Err)
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

// notOpened puts what a driver says about an address or a file into plain words.
func notOpened(err error) error {
	var said *pgconn.PgError
	var host *net.DNSError
	var call *net.OpError
	var file *fs.PathError
	why := ""
	switch {
	case errors.As(err, &said):
		why = "the server says: " + said.Message
	case errors.As(err, &host):
		why = "there is no host " + host.Name
	case errors.As(err, &call):
		why = "no answer; check the address, and that the server runs"
		if call.Addr != nil {
			why = "no answer from " + call.Addr.String() + "; check the address, and that the server runs"
		}
	case errors.As(err, &file):
		why = "there is no folder " + file.Path
	case strings.Contains(err.Error(), "file is not a database"):
		why = "the file is not a SQLite database"
	case strings.Contains(err.Error(), "readonly database"):
		why = "the file and its folder may only be read, and Tillpost has to write there"
	case strings.Contains(err.Error(), "unable to open database file"):
		why = "the file cannot be opened; check its name and its permissions"
	default:
		return err
	}
	return db.ErrOpen.Because(errors.New(why))
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
	for _, secret := range passwords(dsn) {
		text = strings.ReplaceAll(text, secret, hidden)
	}
	text = secretUser.ReplaceAllString(text, "$1:"+hidden+"@")
	return secretParam.ReplaceAllString(text, "$1$2"+hidden)
}

// secretLeast is the shortest password that is looked for as such: a shorter one is part of any text, and
// is only hidden where an address has it.
const secretLeast = 3

// secrets are the passwords in an address, in every way in which a driver may repeat them.
func passwords(dsn string) []string {
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
			// A password may hold any sign, also an @ that ought to be encoded: whatever ends at one could be it,
			// and a driver that stops at the first takes the rest for the host.
			for at := strings.LastIndex(password, "@"); at >= 0; at = strings.LastIndex(password[:at], "@") {
				add(password[:at])
				add(password[strings.LastIndex(password[:at], "@")+1 : at])
			}
		}
	}
	for _, m := range secretParam.FindAllStringSubmatch(dsn, -1) {
		add(strings.Trim(m[3], "'"))
	}
	return out
}
