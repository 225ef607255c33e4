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
	began    time.Time
	width    int
}

// The pauses between two signs of life.
const (
	barEvery = 100 * time.Millisecond
	logEvery = 5 * time.Second
)

func newBar(w io.Writer) *bar {
	b := &bar{w: w, began: time.Now(), last: time.Now()}
	if f, ok := w.(*os.File); ok {
		if info, err := f.Stat(); err == nil {
			b.terminal = info.Mode()&os.ModeCharDevice != 0
		}
	}
	return b
}

// show writes done of total and what is left, when it is time to.
func (b *bar) show(done, total int64, text string) {
	every := logEvery
	if b.terminal {
		every = barEvery
	}
	if time.Since(b.last) < every {
		return
	}
	b.last = time.Now()
	share := 0.0
	if total > 0 {
		share = min(1, float64(done)/float64(total))
	}
	left := ""
	if share > 0.01 {
		rest := time.Duration(float64(time.Since(b.began)) * (1 - share) / share)
		left = ", " + rest.Round(time.Second).String() + " left"
	}
	line := fmt.Sprintf("%3.0f %%  %s%s", share*100, text, left)
	if !b.terminal {
		fmt.Fprintln(b.w, line)
		return
	}
	pad := max(0, b.width-len(line))
	b.width = len(line)
	fmt.Fprint(b.w, "\r"+line+strings.Repeat(" ", pad))
}

// clear takes the line away.
func (b *bar) clear() {
	if b.terminal && b.width > 0 {
		fmt.Fprint(b.w, "\r"+strings.Repeat(" ", b.width)+"\r")
		b.width = 0
	}
}
