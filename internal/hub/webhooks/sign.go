package webhooks

import (
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"errors"
	"strconv"
	"strings"
	"time"

	"github.com/tillpost/tillpost/internal/platform/outbox"
)

// The headers of a message, after the Standard Webhooks specification (standardwebhooks.com), with
// which receivers have libraries.
const (
	headerID        = "webhook-id"
	headerTimestamp = "webhook-timestamp"
	headerSignature = "webhook-signature"
)

const (
	secretPrefix = "whsec_"
	secretBytes  = 32 // the specification has 24 to 64
)

// newSecret makes a secret for signing.
func newSecret() string {
	var raw [secretBytes]byte
	_, _ = rand.Read(raw[:]) // it never fails
	return secretPrefix + base64.StdEncoding.EncodeToString(raw[:])
}

// sign is the signature of a message by one secret: HMAC-SHA256 over its id, the time of sending in
// seconds, and its body.
func sign(secret, id string, sent int64, body []byte) (string, error) {
	key, err := base64.StdEncoding.DecodeString(strings.TrimPrefix(secret, secretPrefix))
	if err != nil {
		return "", errors.New("the secret is not base64") // err would repeat a part of it
	}
	mac := hmac.New(sha256.New, key)
	mac.Write([]byte(id + "." + strconv.FormatInt(sent, 10) + "."))
	mac.Write(body)
	return "v1," + base64.StdEncoding.EncodeToString(mac.Sum(nil)), nil
}

// message is the body of a message. It points at what happened; what the thing is now is asked of the
// API.
type message struct {
	Type      string    `json:"type"`
	Timestamp time.Time `json:"timestamp"`
	Data      pointer   `json:"data"`
}

type pointer struct {
	Seq     int64     `json:"seq"`
	Topic   string    `json:"topic"`
	Subject string    `json:"subject"`
	Store   string    `json:"store"`
	Actor   string    `json:"actor"`
	At      time.Time `json:"at"`
}

// bodyOf is the body of the message about a change, the same every time.
func bodyOf(c outbox.Change) ([]byte, error) {
	return json.Marshal(message{string(c.Topic), c.At, pointer{c.Seq, string(c.Topic), c.Subject, c.Store, c.Actor, c.At}})
}
