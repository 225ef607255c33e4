package sales

import (
	"fmt"
	"strconv"
	"strings"

	"github.com/tillpost/tillpost/internal/platform/db"
)

// NumberGap is the kind of the task about numbers that a register has not sent.
const NumberGap = "number_gap"

// What is written on a task about numbers when all of them or some have arrived. Anything else that is
// written there is what a person has decided.
const (
	GapFilled   = "all of them have arrived"
	GapNarrowed = "some of them have arrived"
)

// Run is receipt numbers of a register that follow each other, both ends included; the zero Run is none.
type Run struct{ First, Last int64 }

// Without is what is left of a run when one of its numbers has come: nothing, one run, or two.
func (r Run) Without(number int64) []Run {
	var out []Run
	if r.First < number {
		out = append(out, Run{r.First, number - 1})
	}
	if number < r.Last {
		out = append(out, Run{number + 1, r.Last})
	}
	return out
}

// GapKey is the key of the task about a run of missing numbers: "gap:S01/R1:5-7".
func GapKey(store, register string, r Run) string {
	return fmt.Sprintf("gap:%s/%s:%d-%d", store, register, r.First, r.Last)
}

// ParseGapKey reads what GapKey has written.
func ParseGapKey(key string) (store, register string, r Run, ok bool) {
	text, ok := strings.CutPrefix(key, "gap:")
	at := strings.LastIndexByte(text, ':')
	if !ok || at < 0 {
		return "", "", Run{}, false
	}
	store, register, ok = strings.Cut(text[:at], "/")
	first, last, _ := strings.Cut(text[at+1:], "-")
	var err1, err2 error
	r.First, err1 = strconv.ParseInt(first, 10, 64)
	r.Last, err2 = strconv.ParseInt(last, 10, 64)
	return store, register, r, ok && err1 == nil && err2 == nil && r.First > 0 && r.Last >= r.First
}

// GapMessage says what is missing.
func GapMessage(store, register string, r Run) string {
	if r.First == r.Last {
		return fmt.Sprintf("register %s/%s has not sent its number %d", store, register, r.First)
	}
	return fmt.Sprintf("register %s/%s has not sent its numbers %d to %d", store, register, r.First, r.Last)
}

const selectAround db.SQL = `SELECT COALESCE((SELECT MAX(number) FROM receipts WHERE store = $1 AND register = $2 AND number < $3), 0),
	COALESCE((SELECT MIN(number) FROM receipts WHERE store = $1 AND register = $2 AND number > $3), $4)`

// around is the run of missing numbers that a late one stands in: what lies between its neighbours. There
// is one above it, because it is not the last.
func (h *head) around(tx *db.Tx, number int64) (Run, error) {
	var below, above int64
	if err := tx.QueryRow(selectAround, h.store, h.register, number, h.number).Scan(&below, &above); err != nil {
		return Run{}, err
	}
	for n := range h.fresh {
		switch {
		case n < number:
			below = max(below, n)
		case n > number:
			above = min(above, n)
		}
	}
	return Run{below + 1, above - 1}, nil
}
