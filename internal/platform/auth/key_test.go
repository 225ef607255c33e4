package auth

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/tillpost/tillpost/internal/base/fault"
	"github.com/tillpost/tillpost/internal/platform/db"
	"github.com/tillpost/tillpost/internal/platform/dbtest"
)

func write(t testing.TB, d *db.DB, body func(tx *db.Tx) error) error {
	t.Helper()
	return d.Write(context.Background(), body)
}

func order(name string) Order {
	return Order{Name: name, Scopes: []Scope{SalesWrite, CatalogueRead}, Stores: []string{"S02", "S01", "S02"}, By: "owner"}
}

// create makes a key and returns its text.
func create(t testing.TB, d *db.DB, o Order) (Key, string) {
	t.Helper()
	secret := NewSecret()
	var k Key
	if err := write(t, d, func(tx *db.Tx) (err error) {
		k, err = Create(tx, o, secret)
		return err
	}); err != nil {
		t.Fatal(err)
	}
	return k, secret.Text()
}

func revoke(t testing.TB, d *db.DB, k Key) {
	t.Helper()
	if err := write(t, d, func(tx *db.Tx) error {
		fresh, err := Revoke(tx, k.ID, "anna")
		if !fresh {
			t.Error("it was revoked before")
		}
		return err
	}); err != nil {
		t.Fatal(err)
	}
}

func find(t testing.TB, d *db.DB, text string, now time.Time) (p Principal, err error) {
	t.Helper()
	err = d.Read(context.Background(), func(v *db.View) (err error) {
		p, err = Find(v, text, now)
		return err
	})
	return p, err
}

func read[T any](t testing.TB, d *db.DB, fn func(q db.Q) (T, error)) T {
	t.Helper()
	var out T
	if err := d.Read(context.Background(), func(v *db.View) (err error) {
		out, err = fn(v)
		return err
	}); err != nil {
		t.Fatal(err)
	}
	return out
}

// byName lists the keys that are not revoked: made in one millisecond they have no order otherwise.
func byName(t testing.TB, d *db.DB) []Key {
	t.Helper()
	list := read(t, d, List)
	slices.SortFunc(list, func(a, b Key) int { return strings.Compare(a.Name, b.Name) })
	return list
}

// A key lives from its making to its end; who has one that is over learns no more than who never had one.
func TestLife(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		o := order("Apps")
		o.Expires = dbtest.Now.Add(time.Hour)
		k, text := create(t, d, o)
		other, otherText := create(t, d, Order{Name: "Reports", Scopes: []Scope{ReportsRead}, By: "owner"})
		p, err := find(t, d, text, dbtest.Now)
		if err != nil || p.KeyID != k.ID || p.Name != "Apps" || p.Actor() != "key:Apps" || p.ExpiresMs != o.Expires.UnixMilli() {
			t.Fatalf("%+v, %v", p, err)
		}
		if !p.Can(SalesWrite) || p.Can(SalesRead) || !p.InStore("S01") || p.InStore("S03") {
			t.Errorf("%+v", p)
		}
		if p, err := find(t, d, otherText, dbtest.Now.AddDate(100, 0, 0)); err != nil || !p.InStore("S03") || p.Can(SalesWrite) {
			t.Errorf("%+v, %v", p, err)
		}
		list := byName(t, d)
		if len(list) != 2 || list[0].Name != "Apps" || list[0].Prefix != text[:9] || fmt.Sprint(list[0].Scopes, list[0].Stores) != "[catalogue:read sales:write] [S01 S02]" ||
			list[0].CreatedMs != dbtest.Now.UnixMilli() || list[0].CreatedBy != "owner" || list[1].ID != other.ID || list[1].LastUsedMs != 0 {
			t.Errorf("%+v", list)
		}
		revoke(t, d, other)
		refused := map[string]error{}
		_, refused["unknown"] = find(t, d, NewSecret().Text(), dbtest.Now)
		_, refused["expired"] = find(t, d, text, o.Expires)
		_, refused["revoked"] = find(t, d, otherText, dbtest.Now)
		for why, err := range refused {
			if fault.CodeOf(err) != ErrUnknown.Code || err.Error() != ErrUnknown.Error() {
				t.Errorf("%s: %v", why, err)
			}
		}
		if gone := read(t, d, ListRevoked); len(gone) != 1 || gone[0].ID != other.ID || gone[0].RevokedMs != dbtest.Now.UnixMilli() || gone[0].RevokedBy != "anna" {
			t.Errorf("%+v", gone)
		}
		for _, name := range []string{"Reports", "", "nobody", text} {
			err := d.Read(context.Background(), func(v *db.View) error { _, err := Named(v, name); return err })
			if fault.CodeOf(err) != ErrNoKey.Code || strings.Contains(err.Error(), text) {
				t.Errorf("%q: %v", name, err)
			}
		}
		withID := read(t, d, func(q db.Q) (Key, error) { return Named(q, other.ID.String()) })
		withName := read(t, d, func(q db.Q) (Key, error) { return Named(q, "Apps") })
		if withID.ID != other.ID || withName.ID != k.ID {
			t.Errorf("%+v %+v", withID, withName)
		}
	})
}

// A name is free again once its key is revoked, also within one group.
func TestNames(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		k, _ := create(t, d, order("Till"))
		secret := NewSecret()
		if err := write(t, d, func(tx *db.Tx) error { _, err := Create(tx, order("Till"), secret); return err }); fault.CodeOf(err) != ErrNameTaken.Code {
			t.Error(err)
		}
		if err := write(t, d, func(tx *db.Tx) error {
			if _, err := Revoke(tx, k.ID, "owner"); err != nil {
				return err
			}
			if fresh, err := Revoke(tx, k.ID, "other"); fresh || err != nil {
				t.Error(fresh, err)
			}
			_, err := Create(tx, order("Till"), secret)
			return err
		}); err != nil {
			t.Error(err)
		}
	})
}

func TestOrders(t *testing.T) {
	t.Parallel()
	d := dbtest.Open(t, dbtest.SQLite(t))
	many := make([]string, StoresMost+1)
	for i := range many {
		many[i] = fmt.Sprintf("S%04d", i)
	}
	for _, c := range []struct {
		change func(o *Order)
		code   string
	}{
		{func(o *Order) { o.Name = strings.Repeat("é", NameMost) }, ""},
		{func(o *Order) { o.Name = strings.Repeat("é", NameMost+1) }, "key_name"},
		{func(o *Order) { o.Name = " x" }, "key_name"},
		{func(o *Order) { o.Name = "a\nb" }, "key_name"},
		{func(o *Order) { o.Name = "a\u200bb" }, "key_name"},
		{func(o *Order) { o.Name = "a\xff" }, "key_name"},
		{func(o *Order) { o.Name = "4111111111111111" }, "key_name"},
		{func(o *Order) { o.Name = NewSecret().Text() }, "key_name"},
		{func(o *Order) { o.Name = "019283a0-0000-7000-8000-000000000001" }, "key_name"},
		{func(o *Order) { o.By = "" }, "key_by"},
		{func(o *Order) { o.By = strings.Repeat("x", byMost+1) }, "key_by"},
		{func(o *Order) { o.Scopes = nil }, "key_without_scopes"},
		{func(o *Order) { o.Scopes = []Scope{"all"} }, "scope_unknown"},
		{func(o *Order) { o.Stores = many }, "key_stores"},
		{func(o *Order) { o.Stores = many[:StoresMost] }, ""},
		{func(o *Order) { o.Stores = []string{""} }, "key_stores"},
		{func(o *Order) { o.Stores = []string{"S01,S02"} }, "key_stores"},
		{func(o *Order) { o.Expires = dbtest.Now }, "key_expires"},
		{func(o *Order) { o.Expires = dbtest.Now.Add(time.Millisecond) }, ""},
	} {
		o := order("Key " + t.Name())
		c.change(&o)
		err := d.Try(context.Background(), func(tx *db.Tx) error { _, err := Create(tx, o, NewSecret()); return err })
		if fault.CodeOf(err) != c.code {
			t.Errorf("%+v: %v, want %q", o, err, c.code)
		}
	}
}

// There is an end to keys, and room again when one is revoked.
func TestKeysMost(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		var first Key
		if err := write(t, d, func(tx *db.Tx) (err error) {
			for i := range KeysMost {
				k, err := Create(tx, order(fmt.Sprint("key ", i)), NewSecret())
				if err != nil {
					return err
				}
				if i == 0 {
					first = k
				}
			}
			return nil
		}); err != nil {
			t.Fatal(err)
		}
		more := func() error {
			return write(t, d, func(tx *db.Tx) error { _, err := Create(tx, order("more"), NewSecret()); return err })
		}
		if err := more(); fault.CodeOf(err) != ErrTooMany.Code {
			t.Error(err)
		}
		revoke(t, d, first)
		if err := more(); err != nil {
			t.Error(err)
		}
		if list := read(t, d, List); len(list) != KeysMost || !slices.ContainsFunc(list, func(k Key) bool { return k.Name == "more" }) {
			t.Errorf("%d keys", len(list))
		}
	})
}

// The database holds nothing that opens anything.
func TestSecretIsNotStored(t *testing.T) {
	t.Parallel()
	d := dbtest.Open(t, dbtest.SQLite(t))
	_, text := create(t, d, order("Webshop"))
	secret, err := Parse(text)
	if err != nil {
		t.Fatal(err)
	}
	file := t.TempDir() + "/copy.db"
	if _, err := db.Backup(context.Background(), d, file); err != nil {
		t.Fatal(err)
	}
	if err := holdsNot(file, text[:12], string(secret.bytes[:8])); err != nil {
		t.Error(err)
	}
}
