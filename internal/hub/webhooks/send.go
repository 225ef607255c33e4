package webhooks

import (
	"bytes"
	"context"
	"errors"
	"io"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"
	"unicode"

	"github.com/tillpost/tillpost/internal/base/pan"
)

// attempted is what became of one attempt.
type attempted struct {
	at         time.Time
	duration   time.Duration
	status     int    // 0 when there was no answer
	problem    string // why there was none
	excerpt    string // of an answer that was not fine
	retryAfter time.Duration
}

// fine tells whether the receiver has taken the message.
func (a *attempted) fine() bool { return a.status >= 200 && a.status < 300 }

// gone tells whether the receiver wants no more messages.
func (a *attempted) gone() bool { return a.status == http.StatusGone }

// signed is a message with the secrets that sign it.
type signed struct {
	id      string
	body    []byte
	secrets []string
}

// send posts a message and waits for the answer.
func send(ctx context.Context, c *http.Client, now func() time.Time, to string, m signed) attempted {
	out := attempted{at: now()}
	began := time.Now()
	answer, err := post(ctx, c, to, m, out.at)
	out.duration = time.Since(began)
	if err != nil {
		out.problem = reason(err)
		return out
	}
	defer answer.Body.Close()
	out.status = answer.StatusCode
	text, _ := io.ReadAll(io.LimitReader(answer.Body, answerMost)) // the status has said it all
	if !out.fine() {
		out.excerpt = excerpt(text)
		out.retryAfter = retryAfter(answer.Header, out.at)
	}
	return out
}

func post(ctx context.Context, c *http.Client, to string, m signed, at time.Time) (*http.Response, error) {
	r, err := http.NewRequestWithContext(ctx, http.MethodPost, to, bytes.NewReader(m.body))
	if err != nil {
		return nil, err
	}
	signatures := make([]string, len(m.secrets))
	for i, s := range m.secrets {
		if signatures[i], err = sign(s, m.id, at.Unix(), m.body); err != nil {
			return nil, err
		}
	}
	r.Header.Set("Content-Type", "application/json")
	r.Header.Set("User-Agent", "Tillpost-Webhooks")
	r.Header.Set(headerID, m.id)
	r.Header.Set(headerTimestamp, strconv.FormatInt(at.Unix(), 10))
	r.Header.Set(headerSignature, strings.Join(signatures, " "))
	return c.Do(r)
}

// Limits of what is kept of an attempt, in characters.
const (
	problemMost = 200
	excerptMost = 200
)

// reason is an error in words, without the address, which may hold a secret of the receiver.
func reason(err error) string {
	var u *url.Error
	if errors.As(err, &u) {
		if u.Timeout() {
			return "no answer in time"
		}
		err = u.Err
	}
	return short(err.Error(), problemMost)
}

// excerpt is the beginning of an answer, as a person may see it.
func excerpt(text []byte) string { return short(string(text), excerptMost) }

// short is a text on one line, without what acts on a terminal and without card numbers.
func short(text string, most int) string {
	text = strings.Join(strings.Fields(strings.Map(func(r rune) rune {
		switch {
		case unicode.IsSpace(r):
			return ' '
		case !unicode.IsPrint(r) || r == unicode.ReplacementChar:
			return -1
		}
		return r
	}, text)), " ")
	if r := []rune(text); len(r) > most {
		text = string(r[:most]) + "…"
	}
	return pan.Mask(text)
}
