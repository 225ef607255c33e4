package source

import (
	"bytes"
	"compress/gzip"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/iotest"
	stdutf16 "unicode/utf16"

	"pgregory.net/rapid"

	"github.com/tillpost/tillpost/internal/base/fault"
)

func TestOpen(t *testing.T) {
	t.Parallel()
	text := "a,b\nGrüße €,2\n"
	var zipped bytes.Buffer
	w := gzip.NewWriter(&zipped)
	w.Write([]byte("\ufeff" + text))
	w.Close()
	dir := t.TempDir()
	for name, content := range map[string][]byte{
		"plain":        []byte(text),
		"mark":         []byte("\ufeff" + text),
		"zipped.csv":   zipped.Bytes(),
		"utf16 little": encode("\ufeff"+text, false),
		"utf16 big":    encode("\ufeff"+text, true),
	} {
		path := filepath.Join(dir, name)
		if err := os.WriteFile(path, content, 0o600); err != nil {
			t.Fatal(err)
		}
		f, err := Open(path)
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		got, err := io.ReadAll(f)
		if err != nil || string(got) != text {
			t.Errorf("%s: %q, %v", name, got, err)
		}
		if f.Offset() != int64(len(content)) || f.Size() != int64(len(content)) {
			t.Errorf("%s: read %d of %d bytes, want %d", name, f.Offset(), f.Size(), len(content))
		}
		f.Close()
	}
}

func TestOpenFails(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	bad := filepath.Join(dir, "bad.gz")
	if err := os.WriteFile(bad, []byte{0x1f, 0x8b, 1, 2, 3}, 0o600); err != nil {
		t.Fatal(err)
	}
	for path, code := range map[string]string{filepath.Join(dir, "none"): "source_unreadable", dir: "is_a_folder", bad: "file_compressed"} {
		if _, err := Open(path); fault.CodeOf(err) != code {
			t.Errorf("%s: %v", path, err)
		}
	}
}

// A damaged archive is an error, never a shorter file.
func TestDamagedArchive(t *testing.T) {
	t.Parallel()
	var zipped bytes.Buffer
	w := gzip.NewWriter(&zipped)
	w.Write([]byte(strings.Repeat("1,2,3\n", 10_000)))
	w.Close()
	f, err := FromReader(bytes.NewReader(zipped.Bytes()[:zipped.Len()-6]))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := io.ReadAll(f); err == nil {
		t.Error("the end is missing and nobody noticed")
	}
}

func encode(s string, big bool) []byte {
	var b []byte
	for _, u := range stdutf16.Encode([]rune(s)) {
		if big {
			b = append(b, byte(u>>8), byte(u))
		} else {
			b = append(b, byte(u), byte(u>>8))
		}
	}
	return b
}

func TestUTF16ReadsWhatIsWritten(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		s := rapid.String().Draw(t, "text")
		f, err := FromReader(iotest.OneByteReader(bytes.NewReader(encode("\ufeff"+s, rapid.Bool().Draw(t, "big")))))
		if err != nil {
			t.Fatal(err)
		}
		got, err := io.ReadAll(iotest.OneByteReader(f))
		if want := string([]rune(s)); err != nil || string(got) != want {
			t.Fatalf("%q, want %q (%v)", got, want, err)
		}
	})
}

func FuzzFromReader(f *testing.F) {
	f.Add([]byte("\xff\xfea\x00"))
	f.Add([]byte("\xfe\xff\xd8\x00\x00a\x00"))
	f.Add([]byte("\x1f\x8b\x08\x00\x00\x00\x00\x00\x00\x03"))
	f.Fuzz(func(t *testing.T, in []byte) {
		if src, err := FromReader(bytes.NewReader(in)); err == nil {
			io.Copy(io.Discard, io.LimitReader(src, 1<<20))
		}
	})
}
