package cli

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/tillpost/tillpost/internal/base/pan"
	"github.com/tillpost/tillpost/internal/platform/db"
)

// Whatever the password is, and however a driver repeats the address, an error does not show it.
func TestSecretsAreHidden(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		secret := rapid.StringMatching(`[A-Za-z0-9!$%&*+@:/?#_.~-]{3,30}`).Draw(t, "password")
		dsn := rapid.SampledFrom([]string{"postgres://zz:" + secret + "@q:1/q", "postgresql://zz:" + secret + "@q/q?sslmode=q",
			"postgres://zz@q/q?password=" + secret}).Draw(t, "address")
		if strings.Contains(dsn, "password=") && strings.ContainsAny(secret, "&#") {
			return // there it ends a parameter
		}
		said := rapid.SampledFrom([]string{"cannot open " + dsn, "wrong password " + secret, "parse \"" + dsn + "\": bad", "x\n" + dsn + "\n" + dsn}).Draw(t, "text")
		if text := explain(db.ErrOpen.Because(errors.New(said)), dsn); strings.Contains(said, secret) && strings.Contains(text, secret) {
			t.Fatalf("%q of %q with %q", text, said, dsn)
		}
	})
}

func FuzzExplain(f *testing.F) {
	f.Add("open x: no such file", "postgres://bob:secret@h/x")
	f.Add("4111 1111 1111 1111\x1b[31m\nnext", "shop.db")
	f.Add("", "://@:@")
	f.Fuzz(func(t *testing.T, text, dsn string) {
		got := explain(errors.New(text), dsn)
		if strings.ContainsAny(got, "\n\r\x1b") || pan.Found(got) || !strings.HasSuffix(got, "]") || len([]rune(got)) > complaintMost+20 {
			t.Fatalf("%q", got)
		}
	})
}

// A stream of documents is taken apart like its values, whatever stands between them.
func FuzzEachDocument(f *testing.F) {
	for _, s := range []string{``, `{}`, `{"a":1}{"b":2}`, `[{"a":1},{"b":[2]}]`, `[]`, `[1,`, `[1] 2`, "\ufeff {}", `nul`, `[[1],[2]]`, `{"a":NaN}`} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, text []byte) {
		var got []string
		n, err := eachDocument(bytes.NewReader(text), func(raw []byte) error {
			if !json.Valid(raw) {
				t.Fatalf("%q is no JSON", raw)
			}
			got = append(got, string(raw))
			return nil
		})
		if int(n) != len(got) {
			t.Fatalf("%d documents, %d were taken", n, len(got))
		}
		if err == nil && n == 1 && got[0] != string(bytes.TrimSpace(bytes.TrimPrefix(text, []byte("\ufeff")))) && !bytes.Contains(text, []byte("[")) {
			t.Fatalf("%q became %q", text, got[0])
		}
	})
}

// A document without end is refused before it fills the memory.
func TestEndlessDocument(t *testing.T) {
	t.Parallel()
	_, err := eachDocument(io.MultiReader(strings.NewReader(`"`), endless{}), func([]byte) error { return nil })
	if !errors.Is(err, ErrTooBig) {
		t.Fatal(err)
	}
	small := strings.Repeat(`{"a":"`+strings.Repeat("x", 1000)+`"}`, 20_000) // 20 MB of small ones
	if n, err := eachDocument(strings.NewReader(small), func([]byte) error { return nil }); n != 20_000 || err != nil {
		t.Fatal(n, err)
	}
}

type endless struct{}

func (endless) Read(p []byte) (int, error) {
	for i := range p {
		p[i] = 'x'
	}
	return len(p), nil
}

// Neat JSON says the same.
func FuzzNeat(f *testing.F) {
	for _, s := range []string{`{}`, `[]`, `{"a":[1,2.50,{"b":null,"c":"<&>"}],"d":{}}`, `"` + strings.Repeat("long ", 60) + `"`, `[` + strings.Repeat(`{"a":"bcdefg"},`, 30) + `1]`} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, text []byte) {
		var v any
		if json.Unmarshal(text, &v) != nil {
			return
		}
		var b strings.Builder
		if err := neat(&b, json.RawMessage(text)); err != nil {
			t.Fatal(err)
		}
		var again any
		if err := json.Unmarshal([]byte(b.String()), &again); err != nil || !reflect.DeepEqual(v, again) {
			t.Fatalf("%s became %s (%v)", text, b.String(), err)
		}
	})
}

// What is read as a count says the same when it is written again.
func FuzzParseCount(f *testing.F) {
	for _, s := range []string{"20x5", "0.50x12", "0x0", "20×5", "x", "5x-1", "1e3x2", "0.005x1", "99999999999999999999x1"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, text string) {
		c, err := parseCount("USD", []string{text})
		if err != nil {
			return
		}
		for _, p := range c.Pieces {
			again, err := parseCount("USD", []string{fmt.Sprintf("%sx%d", c.Currency.Format(p.Value), p.Number)})
			if err != nil || !reflect.DeepEqual(again, c) {
				t.Fatalf("%q: %v, then %v (%v)", text, c, again, err)
			}
		}
	})
}

// On a terminal the line is written over and taken away; in a log there is a line now and then.
func TestBar(t *testing.T) {
	t.Parallel()
	var w bytes.Buffer
	long := time.Now().Add(-time.Minute)
	b := &bar{w: &w, terminal: true, last: long}
	b.show(0, 200, "a long text about the beginning")
	b.last, b.began = long, long
	b.show(100, 200, "short")
	b.show(150, 200, "too early to be shown")
	b.clear()
	if got := w.String(); !strings.HasPrefix(got, "\r  0 %  a long text about the beginning\r 50 %  short, 1m0s left ") || strings.Contains(got, "early") ||
		!strings.HasSuffix(got, "\r") || strings.Contains(got, "\n") {
		t.Errorf("%q", got)
	}
	w.Reset()
	b = &bar{w: &w, last: long}
	b.show(1, 0, "of a size that nobody knows")
	b.show(2, 0, "too early")
	b.clear()
	if w.String() != "  0 %  of a size that nobody knows\n" {
		t.Errorf("%q", w.String())
	}
	w.Reset()
	b = &bar{w: &w, terminal: true, last: long}
	b.show(5, 10, strings.Repeat("ü", 200))
	if n := len([]rune(w.String())); n != barWide+1 {
		t.Errorf("a line of %d columns", n)
	}
}

// An earlier run's part says nothing about how long the rest takes.
func TestBarAfterAnEarlierRun(t *testing.T) {
	t.Parallel()
	var w bytes.Buffer
	b := &bar{w: &w, last: time.Now()}
	b.show(80, 100, "") // where it goes on
	b.began, b.last = time.Now().Add(-10*time.Second), time.Now().Add(-time.Minute)
	b.show(90, 100, "x")
	if w.String() != " 90 %  x, 10s left\n" {
		t.Errorf("%q", w.String())
	}
}

// The control figure is that of the extract's own papers.
func TestReadControl(t *testing.T) {
	t.Parallel()
	const folder = "../../../examples/sample-exports/online-retail/"
	c, err := readControl(folder + "online_retail_extract.csv")
	if err != nil {
		t.Fatal(err)
	}
	text, err := os.ReadFile(folder + "expected.json")
	if err != nil {
		t.Fatal(err)
	}
	var want struct {
		Rows int64  `json:"rows"`
		Sum  string `json:"sum_exact"`
	}
	if err := json.Unmarshal(text, &want); err != nil {
		t.Fatal(err)
	}
	if c.rows != want.Rows || c.exact.String() != want.Sum {
		t.Errorf("%+v, want %+v", c, want)
	}
	var w strings.Builder
	if holds, err := writeControl(&w, c, 100, 0); holds || err != nil || !strings.Contains(w.String(), "OFF BY") {
		t.Errorf("a wrong figure passes: %v %v\n%s", holds, err, w.String())
	}
}

// Every kind of document has an example, and no example is of no kind.
func TestExamples(t *testing.T) {
	t.Parallel()
	files, err := os.ReadDir("../specimen")
	files = slices.DeleteFunc(files, func(f os.DirEntry) bool { return !strings.HasSuffix(f.Name(), ".json") })
	if err != nil || len(files) != len(posters) {
		t.Fatalf("%d examples of %d kinds (%v)", len(files), len(posters), err)
	}
	for _, f := range files {
		if _, ok := posters[strings.TrimSuffix(f.Name(), ".json")]; !ok {
			t.Errorf("%s is of no kind", f.Name())
		}
	}
}
