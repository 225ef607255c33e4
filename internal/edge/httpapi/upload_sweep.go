package httpapi

import (
	"os"
	"path/filepath"
	"strings"
	"time"
)

// Folders of uploads lie in the system's temporary folder. A server that is killed leaves its own there, and
// sales in them: another one takes them away. Whose server still works shows the folder's time, which it
// renews; so several servers may share the temporary folder, and no process has to be asked for.
const (
	uploadPrefix = "tillpost-upload-"
	touchEvery   = time.Minute
	leftAfter    = 15 * time.Minute
)

// touch renews the folder's time for as long as it is needed.
func (u *upload) touch() {
	tick := time.NewTicker(touchEvery)
	defer tick.Stop()
	for {
		select {
		case <-u.gone:
			return
		case <-tick.C:
			now := time.Now()
			_ = os.Chtimes(u.folder, now, now) // the next tick tries again
		}
	}
}

// remove takes the folder away.
func (u *upload) remove() {
	u.once.Do(func() { close(u.gone) })
	_ = os.RemoveAll(u.folder) // what cannot be removed now is swept later
}

// sweep removes the uploads that nobody needs any more.
func sweep(folder string, now time.Time) {
	entries, err := os.ReadDir(folder)
	if err != nil {
		return // then nothing can be uploaded either, and that is said
	}
	for _, e := range entries {
		if !e.IsDir() || !strings.HasPrefix(e.Name(), uploadPrefix) {
			continue
		}
		if info, err := e.Info(); err == nil && now.Sub(info.ModTime()) > leftAfter {
			_ = os.RemoveAll(filepath.Join(folder, e.Name())) // somebody else's stays
		}
	}
}

// sweepLater sweeps now, and again when what a server left that was killed a moment ago is old enough.
func sweepLater() (stop func() bool) {
	sweep(os.TempDir(), time.Now())
	return time.AfterFunc(leftAfter+touchEvery, func() { sweep(os.TempDir(), time.Now()) }).Stop
}
