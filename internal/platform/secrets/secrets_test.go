package secrets_test

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"github.com/tillpost/tillpost/internal/platform/secrets"
)

func none(string) string { return "" }

// env is a getenv that knows the key variable.
func env(keys ...string) func(string) string {
	return func(name string) string {
		if name != secrets.KeyEnv {
			return ""
		}
		return strings.Join(keys, ",")
	}
}

func open(t *testing.T, dsn string, getenv func(string) string) *secrets.Box {
	t.Helper()
	b, err := secrets.Open(dsn, getenv)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func seal(t *testing.T, b *secrets.Box, secret, what string) string {
	t.Helper()
	sealed, err := b.Seal(secret, what)
	if err != nil || strings.Contains(sealed, secret) {
		t.Fatalf("%q, %v", sealed, err)
	}
	return sealed
}

func opens(t *testing.T, b *secrets.Box, sealed, what, want string) {
	t.Helper()
	if got, err := b.Open(sealed, what); err != nil || got != want {
		t.Errorf("opened %q, %v; want %q", got, err, want)
	}
}

// A SQLite database gets its key file with the first secret, for its owner only, and finds it again.
func TestKeyFile(t *testing.T) {
	t.Parallel()
	dsn := filepath.Join(t.TempDir(), "shop.db")
	b := open(t, dsn, none)
	if _, err := os.Stat(secrets.KeyFile(dsn)); err == nil {
		t.Error("there is a key before there is a secret")
	}
	one, two := seal(t, b, "whsec_1", "webhook 1"), seal(t, b, "whsec_1", "webhook 1")
	if one == two {
		t.Error("the same secret is sealed the same way twice")
	}
	opens(t, open(t, dsn, none), one, "webhook 1", "whsec_1")
	opens(t, b, two, "webhook 1", "whsec_1")
	info, err := os.Stat(secrets.KeyFile(dsn))
	if err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("%v, %v", info, err)
	}
	if rest, _ := filepath.Glob(dsn + ".key.*"); len(rest) != 0 {
		t.Errorf("left behind: %v", rest)
	}
}

// Several that need a key at the same time get the same one.
func TestKeyFileOnce(t *testing.T) {
	t.Parallel()
	dsn := filepath.Join(t.TempDir(), "shop.db")
	var wg sync.WaitGroup
	sealed := make([]string, 8)
	for i := range sealed {
		b := open(t, dsn, none)
		wg.Go(func() { sealed[i], _ = b.Seal("secret", "x") })
	}
	wg.Wait()
	for _, s := range sealed {
		opens(t, open(t, dsn, none), s, "x", "secret")
	}
}

// The key may be changed: the new one seals, the old one still opens.
func TestRotation(t *testing.T) {
	t.Parallel()
	first, second := secrets.NewKey(), secrets.NewKey()
	old := seal(t, open(t, "postgres://x", env(first)), "secret", "x")
	both := open(t, "postgres://x", env(second, first))
	opens(t, both, old, "x", "secret")
	again := seal(t, both, "secret", "x")
	opens(t, open(t, "postgres://x", env(second)), again, "x", "secret")
	if _, err := open(t, "postgres://x", env(second)).Open(old, "x"); !errors.Is(err, secrets.ErrOtherKey) {
		t.Error(err)
	}
	if _, err := open(t, "postgres://x", none).Open(old, "x"); !errors.Is(err, secrets.ErrOtherKey) {
		t.Error(err)
	}
	if _, err := open(t, "postgres://x", none).Seal("s", "x"); !errors.Is(err, secrets.ErrNoKey) {
		t.Error(err)
	}
}

// What was changed, or belongs to another row, does not open.
func TestDamaged(t *testing.T) {
	t.Parallel()
	b := open(t, "postgres://x", env(secrets.NewKey()))
	sealed := seal(t, b, "secret", "webhook 1")
	if _, err := b.Open(sealed, "webhook 2"); !errors.Is(err, secrets.ErrSealed) {
		t.Errorf("in another row: %v", err)
	}
	for i := range len(sealed) {
		for _, c := range []byte{'A', 'B', '.'} {
			changed := []byte(sealed)
			if changed[i] = c; string(changed) == sealed {
				continue
			}
			if got, err := b.Open(string(changed), "webhook 1"); err == nil {
				t.Errorf("byte %d: %q", i, got)
			}
		}
	}
	for _, s := range []string{"", "s1", "s1..", "s2.0.AAAA", strings.Repeat(".", 9)} {
		if _, err := b.Open(s, "x"); err == nil {
			t.Errorf("%q opens", s)
		}
	}
	for _, bad := range []string{"x", ",", "AAAA", secrets.NewKey() + ",x"} {
		if _, err := secrets.Open("shop.db", env(bad)); !errors.Is(err, secrets.ErrBadKey) {
			t.Errorf("%q: %v", bad, err)
		}
	}
}
