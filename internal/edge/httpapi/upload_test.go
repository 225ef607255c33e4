package httpapi

import (
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/iotest"
	"time"
)

// What a killed server left is taken away; what another one still works on, and everything else, stays.
func TestSweep(t *testing.T) {
	t.Parallel()
	folder := t.TempDir()
	now := time.Now()
	for name, age := range map[string]time.Duration{uploadPrefix + "left": leftAfter + time.Second, uploadPrefix + "used": leftAfter - time.Minute, "other": 24 * time.Hour} {
		path := filepath.Join(folder, name)
		if err := keep(filepath.Join(path, sentFolder, "x.csv"), strings.NewReader("")); err != nil {
			t.Fatal(err)
		}
		if err := os.Chtimes(path, now.Add(-age), now.Add(-age)); err != nil {
			t.Fatal(err)
		}
	}
	sweep(folder, now)
	entries, err := os.ReadDir(folder)
	if err != nil || len(entries) != 2 || entries[0].Name() != "other" || entries[1].Name() != uploadPrefix+"used" {
		t.Errorf("%v, %v", entries, err)
	}
}

// Large catalogues are read one after the other; small ones beside each other and beside a large one.
func TestOneLargeDocument(t *testing.T) {
	t.Parallel()
	a := New(Options{})
	take := func(length int64) (func(), error) {
		return (&Call{api: a, request: &http.Request{ContentLength: length}}).large()
	}
	leave, err := take(smallMost + 1)
	if err != nil {
		t.Fatal(err)
	}
	for _, length := range []int64{smallMost + 1, -1} {
		if _, err := take(length); !errors.Is(err, ErrBusy) {
			t.Errorf("a second one of %d bytes: %v", length, err)
		}
	}
	for range 2 {
		if _, err := take(smallMost); err != nil {
			t.Error(err)
		}
	}
	leave()
	if leave, err = take(-1); err != nil {
		t.Fatal(err)
	}
	leave()
}

// A body that breaks off is the sender's mistake, and its file is gone.
func TestUploadBreaksOff(t *testing.T) {
	t.Parallel()
	r := httptest.NewRequest(http.MethodPost, "/v1/imports", io.MultiReader(strings.NewReader("a,b\n"), iotest.ErrReader(io.ErrUnexpectedEOF)))
	if _, err := (&Call{Context: t.Context(), request: r, writer: httptest.NewRecorder()}).upload("x.csv"); !errors.Is(err, ErrBodyBroken) {
		t.Error(err)
	}
}

// A file has the name that its sender gives it, as far as any disk, list and person bears it.
func TestFileName(t *testing.T) {
	t.Parallel()
	for name, want := range map[string]string{
		"": "upload", "..": "upload", "/": "upload", "orders of May.csv.gz": "orders of May.csv.gz",
		"/exports/May/Umsätze.csv": "Umsätze.csv", `C:\\Export\\sales.csv`: "sales.csv", "../../etc/passwd": "passwd",
		"caf\xe9\x00.csv": "caf__.csv", "4111111111111111.csv": "____________1111.csv",
		strings.Repeat("ä", 150) + ".csv": strings.Repeat("ä", 98) + ".csv",
	} {
		if got := fileName(name); got != want {
			t.Errorf("%q: %q, want %q", name, got, want)
		}
	}
	for _, r := range []struct {
		Reading
		want string
	}{
		{Reading{Disposition: `attachment; filename="a b.csv"`}, "a b.csv"},
		{Reading{Disposition: `attachment; filename*=UTF-8''Ums%C3%A4tze.csv`}, "Umsätze.csv"},
		{Reading{Disposition: `attachment; filename=a.csv`, Name: "b.csv"}, "b.csv"},
		{Reading{Disposition: `=`}, ""},
	} {
		if got := r.called(); got != r.want {
			t.Errorf("%q: %q, want %q", r.Disposition, got, r.want)
		}
	}
}
