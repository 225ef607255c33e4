package httpapi

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"io"
	"mime"
	"net/http"
	"strings"

	"github.com/tillpost/tillpost/internal/base/strictjson"
	"github.com/tillpost/tillpost/internal/domain/receipt"
	"github.com/tillpost/tillpost/internal/platform/auth"
	"github.com/tillpost/tillpost/internal/platform/db"
)

// Call is one request on its way through an operation.
type Call struct {
	context.Context
	Who auth.Principal

	api     *API
	request *http.Request
	writer  http.ResponseWriter
	raw     []byte // the document that was sent
}

type callKey struct{}

type requestKey struct{}

// requestID is the id that the caller or the server has given the request, "" outside of one.
func requestID(ctx context.Context) string {
	s, _ := ctx.Value(requestKey{}).(string)
	return s
}

// DB is the shop's database.
func (c *Call) DB() *db.DB { return c.api.db }

// Read runs fn on a snapshot.
func (c *Call) Read(fn func(v *db.View) error) error { return c.api.db.Read(c, fn) }

// Write runs body in a transaction, in the name of who called.
func (c *Call) Write(body func(tx *db.Tx) error) error { return c.api.db.Write(c, body) }

// BodyMost bounds a JSON document in bytes: the largest receipts are far smaller. A batch has its own.
const BodyMost = receipt.MaxBytes

// identity is the one Content-Encoding of a document: as it stands.
const identity = "identity"

// body reads the request's body, up to most bytes.
func (c *Call) body(most int64) ([]byte, error) {
	if kind := c.request.Header.Get("Content-Type"); kind != "" {
		if media, _, err := mime.ParseMediaType(kind); err != nil || media != "application/json" {
			return nil, ErrMediaType
		}
	}
	for _, coding := range c.request.Header.Values("Content-Encoding") {
		if coding != "" && !strings.EqualFold(coding, identity) {
			return nil, ErrEncoding
		}
	}
	if c.request.ContentLength > most {
		return nil, ErrTooLarge
	}
	size := max(c.request.ContentLength+1, 512)
	raw, err := readAll(http.MaxBytesReader(c.writer, c.request.Body, most), size)
	var large *http.MaxBytesError
	switch {
	case errors.As(err, &large):
		return nil, ErrTooLarge
	case err != nil:
		return nil, ErrBodyBroken.Because(err)
	case len(raw) == 0, string(bytes.TrimSpace(raw)) == "null":
		return nil, ErrBody
	}
	return raw, nil
}

// readAll is io.ReadAll into a buffer of the size that is expected.
func readAll(r io.Reader, size int64) ([]byte, error) {
	buf := make([]byte, 0, size)
	for {
		if len(buf) == cap(buf) {
			buf = append(buf, 0)[:len(buf)]
		}
		n, err := r.Read(buf[len(buf):cap(buf)])
		buf = buf[:len(buf)+n]
		if err == io.EOF {
			return buf, nil
		}
		if err != nil {
			return nil, err
		}
	}
}

// decode reads the request's JSON document strictly.
func decode[T any](c *Call) (doc T, err error) {
	raw, err := c.body(BodyMost)
	if err != nil {
		return doc, err
	}
	c.raw = raw
	return doc, strictjson.Decode(raw, BodyMost, &doc)
}

// asText refuses a decimal that was sent as a number, where the document of the API says text: a client that writes
// numbers has had it in a float. What reads decimals takes both, for catalogues that people write by hand.
func (c *Call) asText(field string) error {
	var sent map[string]json.RawMessage
	if json.Unmarshal(c.raw, &sent) == nil && len(sent[field]) > 0 && sent[field][0] != '"' {
		return strictjson.ErrType.At(field)
	}
	return nil
}
