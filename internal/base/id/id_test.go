package id_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/tillpost/tillpost/internal/base/id"
)

// instants are those that a UUIDv7 can hold.
var instants = rapid.Custom(func(t *rapid.T) time.Time { return time.UnixMilli(rapid.Int64Range(0, 1<<48-1).Draw(t, "ms")) })

func wellFormed(t *rapid.T, u id.ID) {
	if u[6]>>4 != 7 || u[8]>>6 != 2 || u.IsZero() {
		t.Fatalf("%s is no UUIDv7", u)
	}
}

// Ids of later milliseconds sort behind those of earlier ones, as bytes and as text.
func TestOrder(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		a, b := instants.Draw(t, "a"), instants.Draw(t, "b")
		for _, make := range []func(time.Time) id.ID{id.New, func(at time.Time) id.ID { return id.Derive(at, "s", "k") }} {
			x, y := make(a), make(b)
			wellFormed(t, x)
			if a.Before(b) && (bytes.Compare(x[:], y[:]) >= 0 || x.String() >= y.String()) {
				t.Fatalf("%s of %s sorts behind %s of %s", x, a, y, b)
			}
		}
	})
}

// The same source, key and time give the same id, and any other another one.
func TestDerive(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		at, source, key := instants.Draw(t, "at"), rapid.String().Draw(t, "source"), rapid.String().Draw(t, "key")
		u := id.Derive(at, source, key)
		wellFormed(t, u)
		if v := id.Derive(at.In(time.FixedZone("x", 3600)).Add(time.Microsecond), source, key); v != u {
			t.Fatalf("%s and %s", u, v)
		}
		if source+"\x00"+key != key+"\x00"+source && id.Derive(at, key, source) == u || id.Derive(at, source, key+"x") == u || id.Derive(at.Add(time.Millisecond), source, key) == u {
			t.Fatal("other things have the same id")
		}
	})
	if got := id.Derive(time.UnixMilli(1_773_489_600_000), "online-retail", "536365").String(); got != id.Derive(time.UnixMilli(1_773_489_600_000), "online-retail", "536365").String() ||
		!strings.HasPrefix(got, "019cec") {
		t.Error(got)
	}
	if u := id.Derive(time.Date(1901, 1, 1, 0, 0, 0, 0, time.UTC), "s", "k"); u != id.Derive(time.UnixMilli(0), "s", "k") {
		t.Errorf("before 1970: %s", u)
	}
}

// Derived ids are a promise to everyone who has imported a file: they never change.
func TestDeriveNeverChanges(t *testing.T) {
	t.Parallel()
	for want, got := range map[string]id.ID{
		"012ca0f7-7240-754c-9099-874f52d0a6f3": id.Derive(time.UnixMilli(1_291_190_760_000), "online-retail", "536365"),
		"00000000-0000-7e34-8b9c-ffb37a989ca5": id.Derive(time.UnixMilli(0), "", ""),
	} {
		if got.String() != want {
			t.Errorf("%s, want %s", got, want)
		}
	}
}

func TestNewIsUnique(t *testing.T) {
	t.Parallel()
	seen := map[id.ID]bool{}
	now := time.UnixMilli(1_773_489_600_000)
	for range 10_000 {
		u := id.New(now)
		if seen[u] {
			t.Fatalf("%s twice", u)
		}
		seen[u] = true
	}
}

// Every form gives back what was written.
func TestForms(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		var u, text, stored, fromJSON id.ID
		copy(u[:], rapid.SliceOfN(rapid.Byte(), 16, 16).Draw(t, "id"))
		if err := text.UnmarshalText([]byte(u.String())); err != nil || text != u {
			t.Fatalf("%s is read as %s, %v", u, text, err)
		}
		if up, err := id.Parse(strings.ToUpper(u.String())); err != nil || up != u {
			t.Fatalf("in capitals: %s, %v", up, err)
		}
		v, err := u.Value()
		if err != nil {
			t.Fatal(err)
		}
		if err := stored.Scan(v); err != nil || stored != u {
			t.Fatalf("stored as %v, read as %s, %v", v, stored, err)
		}
		b, err := json.Marshal(u)
		if err != nil {
			t.Fatal(err)
		}
		if err := json.Unmarshal(b, &fromJSON); err != nil || fromJSON != u {
			t.Fatalf("%s is read as %s, %v", b, fromJSON, err)
		}
	})
}

func TestZero(t *testing.T) {
	t.Parallel()
	var zero id.ID
	if v, err := zero.Value(); v != nil || err != nil || zero.String() != "" || !zero.IsZero() {
		t.Errorf("%v, %v, %q", v, err, zero.String())
	}
	u := id.New(time.UnixMilli(1))
	if err := u.Scan(nil); err != nil || !u.IsZero() {
		t.Errorf("%s, %v", u, err)
	}
	if u, err := id.Parse(""); err != nil || !u.IsZero() {
		t.Errorf("%s, %v", u, err)
	}
}

// What is no UUID is refused, and nothing of it stays.
func TestSyntax(t *testing.T) {
	t.Parallel()
	const good = "0190b6a0-7b7e-7c3e-8d4f-1a2b3c4d5e6f"
	bad := []string{"x", good[:35], good + "0", strings.ReplaceAll(good, "-", ""), "{" + good[:34] + "}", strings.Replace(good, "7b7e", "7b7g", 1), strings.Replace(good, "5e6f", "5e6-", 1),
		strings.Replace(good, "-", "0", 1), " " + good[1:], strings.Repeat("-", 36), good[:34] + "é", "urn:uuid:" + good[:27]}
	for _, s := range bad {
		if u, err := id.Parse(s); !errors.Is(err, id.ErrSyntax) || !u.IsZero() {
			t.Errorf("%q: %s, %v", s, u, err)
		}
	}
	var u id.ID
	for _, v := range []any{good, int64(1), []byte{1}, []byte(good), slices.Repeat([]byte{1}, 17)} {
		if err := u.Scan(v); !errors.Is(err, id.ErrSyntax) || !u.IsZero() {
			t.Errorf("%T: %s, %v", v, u, err)
		}
	}
}

func FuzzParse(f *testing.F) {
	f.Add("0190b6a0-7b7e-7c3e-8d4f-1a2b3c4d5e6f")
	f.Add("")
	f.Add("------------------------------------")
	f.Fuzz(func(t *testing.T, s string) {
		u, err := id.Parse(s)
		if err != nil && !u.IsZero() || err == nil && !strings.EqualFold(u.String(), s) && !u.IsZero() {
			t.Fatalf("%q is %s, %v", s, u, err)
		}
	})
}
