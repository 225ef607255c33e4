package inventory

import (
	"crypto/sha256"
	"encoding/json"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/tillpost/tillpost/internal/base/day"
	"github.com/tillpost/tillpost/internal/base/id"
	"github.com/tillpost/tillpost/internal/base/pan"
)

// Limits of what comes from outside.
const (
	// LinesMost is more than the articles of a large store, so that a whole count fits, and few enough
	// that the writer is not held for long.
	LinesMost = 50_000
	// CodeMost bounds the codes of items, locations and suppliers.
	CodeMost = 100
	// TextMost bounds references and reasons.
	TextMost = 500
)

// Head is what all stock documents begin with. Whoever makes the document makes its ID: sending the
// same again changes nothing.
type Head struct {
	ID          id.ID   `json:"id"`
	Location    string  `json:"location"` // the store's code
	BusinessDay day.Day `json:"business_day"`
	Reference   string  `json:"reference,omitempty"` // number of the delivery note, the bill, the count
	Note        string  `json:"note,omitempty"`
}

// Check refuses what cannot be kept, or has not happened yet. now is the moment of arrival; the shop's
// clock may be up to a day ahead of UTC.
func (h *Head) Check(now time.Time, lines int) error {
	if h.ID.IsZero() {
		return ErrNoID.At("id")
	}
	if err := CheckLocation(h.Location); err != nil {
		return err
	}
	if _, err := day.Parse(string(h.BusinessDay)); err != nil || h.BusinessDay > day.Of(now.UTC()).Add(1) {
		return ErrDay.At("business_day")
	}
	if lines > LinesMost {
		return ErrManyLines.At("lines")
	}
	if err := checkText("reference", h.Reference); err != nil {
		return err
	}
	return checkText("note", h.Note)
}

// Doc is the document that a head begins.
func (h *Head) Doc(kind, state string, content [32]byte) *Doc {
	return &Doc{ID: h.ID, Kind: kind, Location: h.Location, State: state, Reference: h.Reference, BusinessDay: h.BusinessDay,
		Content: content}
}

// Memo is what the journal says about the document.
func (h *Head) Memo() string {
	if h.Reference != "" && h.Note != "" {
		return h.Reference + ": " + h.Note
	}
	return h.Reference + h.Note
}

// CheckLocation refuses what cannot be a store's code.
func CheckLocation(location string) error {
	if !code(location) || strings.Contains(location, ":") {
		return ErrLocation.At("location")
	}
	return nil
}

// CheckItem refuses an item code that cannot be kept; line is the place in the document.
func CheckItem(line int, item string) error {
	if !code(item) {
		return ErrItem.At("lines[" + strconv.Itoa(line) + "].item")
	}
	return nil
}

// CheckParty refuses a supplier's code that cannot be kept, or holds a card number.
func CheckParty(path, s string) error {
	if len(s) > CodeMost {
		return ErrText.At(path)
	}
	return checkText(path, s)
}

func checkText(path, s string) error {
	switch {
	case len(s) > TextMost || !utf8.ValidString(s) || strings.ContainsRune(s, 0):
		return ErrText.At(path)
	case pan.Found(s):
		return ErrCard.At(path)
	}
	return nil
}

func code(s string) bool {
	return s != "" && len(s) <= CodeMost && utf8.ValidString(s) && !strings.ContainsFunc(s, func(r rune) bool { return r < ' ' })
}

// ContentOf is the hash of a document's content, by which a repetition is told from a contradiction.
// kind is part of it.
func ContentOf(kind string, document any) ([32]byte, error) {
	b, err := json.Marshal(document)
	if err != nil {
		return [32]byte{}, err
	}
	return sha256.Sum256(append([]byte("tillpost-"+kind+"-1\n"), b...)), nil
}
