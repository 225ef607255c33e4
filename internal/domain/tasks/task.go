package tasks

import (
	"github.com/tillpost/tillpost/internal/base/id"
)

// The states of a task.
const (
	StateOpen = "open"
	StateDone = "done"
)

// Task is one thing to decide. While it is open its Key is unique.
type Task struct {
	ID         id.ID  `json:"id"`
	Kind       string `json:"kind"` // "unknown_tender", "number_gap", …
	Key        string `json:"key"`  // what it is about: "tender:PayLater-X"
	Store      string `json:"store,omitempty"`
	Doc        id.ID  `json:"doc,omitzero"` // the first document that met it
	Message    string `json:"message"`
	Count      int64  `json:"count"` // how often it was met
	State      string `json:"state"`
	OpenedMs   int64  `json:"opened_ms"`
	ResolvedMs int64  `json:"resolved_ms,omitempty"`
	Resolution string `json:"resolution,omitempty"`
}

// Limits: what is longer is cut, because a task is only a pointer to documents that hold it all.
const (
	keyMost     = 400 // longer than any code and its prefix
	messageMost = 500
)

// cut shortens s to n bytes without breaking a character.
func cut(s string, n int) string {
	if len(s) <= n {
		return s
	}
	for n > 0 && s[n]&0xc0 == 0x80 {
		n--
	}
	return s[:n]
}
