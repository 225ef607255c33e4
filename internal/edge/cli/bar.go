package cli

import (
	"fmt"
	"io"
	"os"
	"strings"
	"time"
)

// bar shows progress on a terminal as one line that is written over; elsewhere it writes a line now
// and then, so that a log shows life without being flooded.
type bar struct {
	w        io.Writer
	terminal bool
	last     time.Time
	began    time.Time // when the first step was told
	first    float64   // its share: what an earlier run had done says nothing about the pace
	width    int
}

// The pauses between two signs of life.
const (
	barEvery = 100 * time.Millisecond
	logEvery = 5 * time.Second
)

// barWide is how many columns the line may have: a longer one would wrap and could not be written over.
const barWide = 79

func newBar(w io.Writer) *bar { return &bar{w: w, terminal: isTerminal(w), last: time.Now()} }

// isTerminal tells whether somebody is looking.
func isTerminal(w io.Writer) bool {
	if o, ok := w.(*output); ok {
		w = o.Writer
	}
	f, ok := w.(*os.File)
	if !ok {
		return false
	}
	info, err := f.Stat()
	return err == nil && info.Mode()&os.ModeCharDevice != 0
}

// show writes done of total and what is left, when it is time to.
func (b *bar) show(done, total int64, text string) {
	share := 0.0
	if total > 0 {
		share = min(1, float64(done)/float64(total))
	}
	if b.began.IsZero() {
		b.began, b.first = time.Now(), share
	}
	every := logEvery
	if b.terminal {
		every = barEvery
	}
	if time.Since(b.last) < every {
		return
	}
	b.last = time.Now()
	line := fmt.Sprintf("%3.0f %%  %s%s", share*100, text, b.left(share))
	if !b.terminal {
		fmt.Fprintln(b.w, line)
		return
	}
	if r := []rune(line); len(r) > barWide {
		line = string(r[:barWide])
	}
	pad := max(0, b.width-len([]rune(line)))
	b.width = len([]rune(line))
	fmt.Fprint(b.w, "\r"+line+strings.Repeat(" ", pad))
}

// left is how long the rest takes at the pace so far, "" while that would be a guess.
func (b *bar) left(share float64) string {
	gone := time.Since(b.began)
	if share-b.first < 0.01 || gone < time.Second {
		return ""
	}
	rest := time.Duration(float64(gone) * (1 - share) / (share - b.first))
	return ", " + rest.Round(time.Second).String() + " left"
}

// clear takes the line away.
func (b *bar) clear() {
	if b.terminal && b.width > 0 {
		fmt.Fprint(b.w, "\r"+strings.Repeat(" ", b.width)+"\r")
		b.width = 0
	}
}
