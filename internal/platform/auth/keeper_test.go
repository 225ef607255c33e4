package auth

import (
	"context"
	"errors"
	"fmt"
	"os"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/tillpost/tillpost/internal/base/fault"
	"github.com/tillpost/tillpost/internal/platform/db"
	"github.com/tillpost/tillpost/internal/platform/dbtest"
)

// holdsNot tells whether a file has one of the texts.
func holdsNot(file string, texts ...string) error {
	b, err := os.ReadFile(file)
	if err != nil {
		return err
	}
	for _, s := range texts {
		if strings.Contains(string(b), s) {
			return errors.New("the file holds a secret")
		}
	}
	return nil
}

func keep(t testing.TB, d *db.DB) *Keeper {
	t.Helper()
	k, err := Keep(context.Background(), d, func(err error) { t.Error(err) })
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = k.Close() })
	return k
}

// until tries again, until it works or a minute has passed.
func until(t *testing.T, what string, ok func() bool) {
	t.Helper()
	end := time.NewTimer(time.Minute)
	defer end.Stop()
	tick := time.NewTicker(time.Millisecond)
	defer tick.Stop()
	for !ok() {
		select {
		case <-tick.C:
		case <-end.C:
			t.Fatal("never: " + what)
		}
	}
}

// A keeper knows a key that was made a moment ago, and nothing that is not one.
func TestKeeper(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		ctx := context.Background()
		k := keep(t, d)
		if k.Any() {
			t.Error("a key where none is")
		}
		for range 3 { // made one right after the other, each is known at once
			key, text := create(t, d, order(t.Name()+fmt.Sprint(len(read(t, d, List)))))
			p, err := k.Find(ctx, text, nil)
			if err != nil || p.KeyID != key.ID || !p.Can(SalesWrite) {
				t.Fatalf("%+v, %v", p, err)
			}
		}
		if !k.Any() {
			t.Error("no key where three are")
		}
		wrong := NewSecret().Text()
		for text, code := range map[string]string{"": "auth_missing", "x": "auth_malformed", wrong: "auth_unknown"} {
			if _, err := k.Find(ctx, text, nil); fault.CodeOf(err) != code {
				t.Errorf("%q: %v", text, err)
			}
		}
		if _, err := k.Find(ctx, wrong, nil); fault.CodeOf(err) != "auth_unknown" {
			t.Error(err)
		}
	})
}

// A key that this process revokes is refused when Refresh returns; one that another process revokes, soon.
func TestKeeperRevoked(t *testing.T) {
	t.Parallel()
	dbtest.EachDSN(t, func(t *testing.T, dsn string) {
		ctx := context.Background()
		d, other := dbtest.Open(t, dsn), dbtest.Open(t, dsn)
		k := keep(t, d)
		a, textA := create(t, d, order("a"))
		b, textB := create(t, other, order("b"))
		for _, text := range []string{textA, textB} {
			if _, err := k.Find(ctx, text, nil); err != nil {
				t.Fatal(err)
			}
		}
		revoke(t, d, a)
		if err := k.Refresh(ctx); err != nil {
			t.Fatal(err)
		}
		if _, err := k.Find(ctx, textA, nil); fault.CodeOf(err) != ErrUnknown.Code {
			t.Errorf("revoked here: %v", err)
		}
		revoke(t, other, b)
		until(t, "a key that was revoked elsewhere is refused", func() bool {
			_, err := k.Find(ctx, textB, nil)
			return fault.CodeOf(err) == ErrUnknown.Code
		})
	})
}

// A key ends by the clock, without a reading.
func TestKeeperExpires(t *testing.T) {
	t.Parallel()
	dbtest.EachDSN(t, func(t *testing.T, dsn string) {
		var later atomic.Int64
		d, err := db.Open(context.Background(), dsn, db.WithClock(func() time.Time { return dbtest.Now.Add(time.Duration(later.Load())) }))
		if err != nil {
			t.Fatal(err)
		}
		defer d.Close()
		k := keep(t, d)
		defer k.Close() //nolint:errcheck // closed before the database; closing twice is harmless
		o := order("a")
		o.Expires = dbtest.Now.Add(time.Hour)
		_, text := create(t, d, o)
		if _, err := k.Find(context.Background(), text, nil); err != nil {
			t.Error(err)
		}
		later.Store(int64(time.Hour))
		if _, err := k.Find(context.Background(), text, nil); fault.CodeOf(err) != ErrUnknown.Code {
			t.Error(err)
		}
	})
}

// Last uses are kept in memory, written by flush and by Close, and never set back.
func TestLastUse(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		ctx := context.Background()
		k := keep(t, d)
		key, text := create(t, d, order("a"))
		create(t, d, order("b"))
		lastUse := func() int64 {
			return read(t, d, func(q db.Q) (Key, error) { return Named(q, "a") }).LastUsedMs
		}
		if _, err := k.Find(ctx, text, nil); err != nil {
			t.Fatal(err)
		}
		if lastUse() != 0 {
			t.Error("a use was written at once")
		}
		for range 2 { // the second has nothing to write
			if err := k.flush(ctx); err != nil || lastUse() != dbtest.Now.UnixMilli() {
				t.Error(lastUse(), err)
			}
		}
		k.useOf(key.ID).touch(dbtest.Now.UnixMilli() - 5) // never back
		k.useOf(key.ID).touch(dbtest.Now.UnixMilli() + 5)
		older := keep(t, d) // another server, which saw the key earlier
		older.useOf(key.ID).touch(dbtest.Now.UnixMilli() + 3)
		if err := errors.Join(k.Close(), older.Close()); err != nil || lastUse() != dbtest.Now.UnixMilli()+5 {
			t.Error(lastUse(), err)
		}
		if list := byName(t, d); list[1].LastUsedMs != 0 {
			t.Errorf("%+v", list)
		}
	})
}

// What is gone is forgotten, after its last use was written.
func TestUsesAreBounded(t *testing.T) {
	t.Parallel()
	d := dbtest.Open(t, dbtest.SQLite(t))
	ctx := context.Background()
	k := keep(t, d)
	key, text := create(t, d, order("a"))
	if _, err := k.Find(ctx, text, nil); err != nil {
		t.Fatal(err)
	}
	revoke(t, d, key)
	if err := errors.Join(k.Refresh(ctx), k.flush(ctx)); err != nil {
		t.Fatal(err)
	}
	if gone := read(t, d, ListRevoked); len(gone) != 1 || gone[0].LastUsedMs != dbtest.Now.UnixMilli() {
		t.Errorf("%+v", gone)
	}
	next, _ := create(t, d, order("b"))
	if err := k.Refresh(ctx); err != nil {
		t.Fatal(err)
	}
	k.mu.Lock()
	defer k.mu.Unlock()
	if len(k.uses) != 1 || k.uses[next.ID] == nil {
		t.Errorf("%d uses", len(k.uses))
	}
}

// Whoever tries keys has few readings made, and fills no memory.
func TestMisses(t *testing.T) {
	t.Parallel()
	d := dbtest.Open(t, dbtest.SQLite(t))
	k := keep(t, d)
	began := time.Now()
	var readings atomic.Int64
	var last atomic.Pointer[shelf]
	var all sync.WaitGroup
	for range 50 {
		all.Go(func() {
			for range 4 {
				if _, err := k.Find(context.Background(), NewSecret().Text(), nil); fault.CodeOf(err) != ErrUnknown.Code {
					t.Error(err)
				}
				if s := k.shelf.Load(); last.Swap(s) != s {
					readings.Add(1)
				}
			}
		})
	}
	all.Wait()
	took := time.Since(began)
	if most := int64(took/missEvery+took/pollEvery) + 3; readings.Load() > 2*most { // two that swap by turns count double
		t.Errorf("%d readings in %s", readings.Load(), took)
	}
	k.mu.Lock()
	for i := range missedMost + 10 {
		k.missed[digest{byte(i), byte(i >> 8), 1}] = struct{}{}
	}
	full := len(k.missed)
	k.mu.Unlock()
	if _, err := k.Find(context.Background(), NewSecret().Text(), nil); fault.CodeOf(err) != ErrUnknown.Code {
		t.Error(err)
	}
	k.mu.Lock()
	if len(k.missed) > full {
		t.Errorf("%d missed keys", len(k.missed))
	}
	k.mu.Unlock()
}

// Who may not guess any more costs nothing and learns nothing; a key that is known is let in all the same.
func TestKeeperRefusesGuesses(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		ctx := context.Background()
		k := keep(t, d)
		key, revoked := create(t, d, order("a"))
		_, text := create(t, d, order("b"))
		revoke(t, d, key)
		if err := k.Refresh(ctx); err != nil {
			t.Fatal(err)
		}
		enough := errors.New("enough")
		asked := 0
		may := func() error { asked++; return enough }
		for range 3 {
			for _, wrong := range []string{revoked, NewSecret().Text()} {
				if _, err := k.Find(ctx, wrong, may); !errors.Is(err, enough) {
					t.Error(err)
				}
			}
			if p, err := k.Find(ctx, text, may); err != nil || p.Name != "b" {
				t.Errorf("%+v, %v", p, err)
			}
		}
		k.mu.Lock()
		defer k.mu.Unlock()
		if asked != 6 || len(k.missed) > 0 || k.next != nil {
			t.Errorf("asked %d times; %d keys were looked for, and somebody waits: %t", asked, len(k.missed), k.next != nil)
		}
	})
}

// While the database does not answer, keys that are known work for a while, and then none.
func TestKeeperWithoutDatabase(t *testing.T) {
	t.Parallel()
	dbtest.EachDSN(t, func(t *testing.T, dsn string) {
		ctx := context.Background()
		d, err := db.Open(ctx, dsn, db.WithClock(func() time.Time { return dbtest.Now }))
		if err != nil {
			t.Fatal(err)
		}
		_, text := create(t, d, order("a"))
		var troubles atomic.Int64
		k, err := Keep(ctx, d, func(error) { troubles.Add(1) })
		if err != nil {
			t.Fatal(err)
		}
		if err := d.Close(); err != nil {
			t.Fatal(err)
		}
		if _, err := k.Find(ctx, text, nil); err != nil {
			t.Error(err)
		}
		if _, err := k.Find(ctx, NewSecret().Text(), nil); fault.KindOf(err) != fault.Unavailable {
			t.Errorf("an unknown key while nothing can be asked: %v", err)
		}
		if err := k.Refresh(ctx); fault.KindOf(err) != fault.Unavailable {
			t.Error(err)
		}
		s := *k.shelf.Load()
		s.began = s.began.Add(-2 * staleMost)
		k.shelf.Store(&s)
		if _, err := k.Find(ctx, text, nil); fault.KindOf(err) != fault.Unavailable {
			t.Errorf("a key that may be revoked: %v", err)
		}
		until(t, "somebody is told", func() bool { return troubles.Load() > 0 })
		if err := k.Close(); fault.KindOf(err) != fault.Unavailable { // the last use could not be written
			t.Error(err)
		}
		if err := k.Refresh(ctx); fault.KindOf(err) != fault.Unavailable {
			t.Error(err)
		}
		if _, err := Keep(ctx, d, nil); fault.KindOf(err) != fault.Unavailable {
			t.Error(err)
		}
	})
}

// A caller that goes away does not wait.
func TestKeeperCanceled(t *testing.T) {
	t.Parallel()
	d := dbtest.Open(t, dbtest.SQLite(t))
	k := keep(t, d)
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	if _, err := k.Find(ctx, NewSecret().Text(), nil); err != nil && !errors.Is(err, context.Canceled) && fault.CodeOf(err) != ErrUnknown.Code {
		t.Error(err)
	}
}

// Many at once: keys come and go while they are used. Run with the race detector.
func TestKeeperRace(t *testing.T) {
	t.Parallel()
	dbtest.EachDSN(t, func(t *testing.T, dsn string) {
		ctx := context.Background()
		d, other := dbtest.Open(t, dsn), dbtest.Open(t, dsn)
		k := keep(t, d)
		_, steady := create(t, d, order("steady"))
		var all sync.WaitGroup
		for n := range 4 {
			all.Go(func() {
				for i := range 10 {
					by, name := d, fmt.Sprint("key ", n, i)
					if i%2 == 0 {
						by = other
					}
					key, text := create(t, by, order(name))
					if p, err := k.Find(ctx, text, nil); err != nil || p.Name != name {
						t.Errorf("%s: %v", name, err)
					}
					revoke(t, by, key)
					if err := k.Refresh(ctx); err != nil {
						t.Error(err)
					}
					if _, err := k.Find(ctx, text, nil); fault.CodeOf(err) != ErrUnknown.Code {
						t.Errorf("%s is revoked: %v", name, err)
					}
				}
			})
			all.Go(func() {
				for i := range 2000 {
					if p, err := k.Find(ctx, steady, nil); err != nil || !p.Can(SalesWrite) || !p.InStore("S01") {
						t.Error(err)
					}
					if i%500 == 0 {
						if err := k.flush(ctx); err != nil {
							t.Error(err)
						}
					}
				}
			})
		}
		all.Wait()
	})
}

// BenchmarkKeeper is what a request costs, with as many keys as there can be.
func BenchmarkKeeper(b *testing.B) {
	d := dbtest.Open(b, dbtest.SQLite(b))
	ctx := context.Background()
	text := ""
	if err := write(b, d, func(tx *db.Tx) error {
		for i := range KeysMost {
			secret := NewSecret()
			text = secret.Text()
			if _, err := Create(tx, order(fmt.Sprint(i)), secret); err != nil {
				return err
			}
		}
		return nil
	}); err != nil {
		b.Fatal(err)
	}
	k := keep(b, d)
	b.Run("find", func(b *testing.B) {
		b.RunParallel(func(pb *testing.PB) {
			for pb.Next() {
				if _, err := k.Find(ctx, text, nil); err != nil {
					b.Fatal(err)
				}
			}
		})
	})
	for name, same := range map[string]bool{"poll": true, "load": false} {
		b.Run(name, func(b *testing.B) {
			for b.Loop() {
				if !same {
					k.shelf.Store(&shelf{keys: k.shelf.Load().keys})
				}
				if err := k.load(ctx); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
