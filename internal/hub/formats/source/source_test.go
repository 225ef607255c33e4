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
	zipped := zip([]byte("\ufeff" + text))
	dir := t.TempDir()
	for name, content := range map[string][]byte{
		"plain":        []byte(text),
		"mark":         []byte("\ufeff" + text),
		"zipped.csv":   zipped,
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

// A damaged archive is an error that says so, never a shorter file.
func TestDamagedArchive(t *testing.T) {
	t.Parallel()
	text := strings.Repeat("1,2,3\n", 10_000)
	good := zip([]byte(text))
	wide := zip(encode("\ufeff"+text, true))
	flip := func(at int) []byte {
		b := bytes.Clone(good)
		b[at] ^= 0x55
		return b
	}
	for name, content := range map[string][]byte{
		"no end": good[:len(good)-6], "no sum": good[:len(good)-8], "half": good[:len(good)/2], "another sum": flip(len(good) - 8),
		"another length": flip(len(good) - 1), "a bad byte": flip(12), "something behind": append(bytes.Clone(good), "behind"...),
		"half of UTF-16": wide[:len(wide)/2], "nothing behind the head": good[:10],
	} {
		f, err := FromReader(bytes.NewReader(content))
		if err == nil {
			_, err = io.ReadAll(f)
		}
		if fault.CodeOf(err) != "file_cut_off" {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func zip(content []byte) []byte {
	var b bytes.Buffer
	w := gzip.NewWriter(&b)
	w.Write(content)
	w.Close()
	return b.Bytes()
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
