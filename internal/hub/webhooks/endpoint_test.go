package webhooks

import (
	"errors"
	"fmt"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/tillpost/tillpost/internal/base/fault"
	"github.com/tillpost/tillpost/internal/base/id"
	"github.com/tillpost/tillpost/internal/platform/db"
	"github.com/tillpost/tillpost/internal/platform/outbox"
)

func ptr[T any](v T) *T { return &v }

func wants(t testing.TB, err error, want *fault.Error) {
	t.Helper()
	if !errors.Is(err, want) {
		t.Errorf("%v, want %s", err, want.Code)
	}
}

// changesOf counts what the log tells of an endpoint.
func (s *scene) changesOf(u id.ID) (n int) {
	s.t.Helper()
	list := read(s, func(q db.Q) ([]outbox.Change, error) {
		list, _, err := outbox.Since(q, 0, 0, outbox.Filter{Topics: []outbox.Topic{outbox.WebhookChanged}})
		return list, err
	})
	for _, c := range list {
		if c.Subject == u.String() {
			n++
		}
	}
	return n
}

const allText db.SQL = `SELECT secret || ' ' || old_secret FROM webhook_endpoints`

// An endpoint is added, looked at, changed by who has seen it last, and removed; each change is told once.
func TestEndpoint(t *testing.T) {
	t.Parallel()
	each(t, func(s *scene) {
		s.store("S01")
		s.happen("A", "B")
		e, secret := s.add(New{Topics: []outbox.Topic{outbox.SaleCompleted, outbox.ItemChanged, outbox.SaleCompleted}, Stores: []string{"S01", ""}})
		if !strings.HasPrefix(secret, "whsec_") || e.State != Active || e.Version != 1 || e.Cursor != 3 ||
			!reflect.DeepEqual(e.Topics, []outbox.Topic{outbox.ItemChanged, outbox.SaleCompleted}) || !reflect.DeepEqual(e.Stores, []string{"", "S01"}) {
			t.Errorf("%+v %q", e, secret)
		}
		stored := read(s, func(q db.Q) (text string, err error) { return text, q.QueryRow(allText).Scan(&text) })
		if strings.Contains(stored, secret) || strings.Contains(stored, secret[10:]) {
			t.Errorf("the secret is stored as it is: %q", stored)
		}
		paused, err := Update(ctx, s.d, s.o, e.ID, 1, Change{State: ptr(Paused), Topics: &[]outbox.Topic{}})
		if err != nil || paused.State != Paused || paused.Version != 2 || len(paused.Topics) != 0 {
			t.Fatalf("%+v, %v", paused, err)
		}
		same, err := Update(ctx, s.d, s.o, e.ID, 2, Change{State: ptr(Paused), URL: ptr(e.URL)})
		if err != nil || same.Version != 2 {
			t.Errorf("%+v, %v", same, err)
		}
		_, err = Update(ctx, s.d, s.o, e.ID, 1, Change{State: ptr(Active)})
		wants(t, err, ErrVersion)
		if got := s.get(e.ID); !reflect.DeepEqual(got, paused) {
			t.Errorf("%+v, want %+v", got, paused)
		}
		if n := s.changesOf(e.ID); n != 2 {
			t.Errorf("the log tells of %d changes", n)
		}
		wants(t, Remove(ctx, s.d, e.ID, 1), ErrVersion)
		if err := Remove(ctx, s.d, e.ID, 2); err != nil {
			t.Fatal(err)
		}
		wants(t, Remove(ctx, s.d, e.ID, 0), ErrNotFound)
		_, _, err = Rotate(ctx, s.d, s.o, e.ID, 0)
		wants(t, err, ErrNotFound)
		if list := read(s, List); len(list) != 0 || s.changesOf(e.ID) != 3 {
			t.Errorf("%+v", list)
		}
	})
}

func TestRefused(t *testing.T) {
	t.Parallel()
	each(t, func(s *scene) {
		e, _ := s.add(New{})
		create := func(n New) error { _, _, err := Create(ctx, s.d, s.o, n); return err }
		update := func(c Change) error { _, err := Update(ctx, s.d, s.o, e.ID, 0, c); return err }
		wants(t, create(New{URL: "https://10.0.0.1/"}), ErrInside)
		wants(t, create(New{URL: "http://example.com/"}), ErrPlain)
		wants(t, create(New{URL: s.peer.URL, Topics: []outbox.Topic{"sale.invented"}}), outbox.ErrTopic)
		if code := fault.CodeOf(create(New{URL: s.peer.URL, Stores: []string{"S99"}})); code == "" {
			t.Error("a store that is not there")
		}
		wants(t, create(New{URL: s.peer.URL, Since: ptr(int64(99))}), ErrSince)
		wants(t, create(New{URL: s.peer.URL, Since: ptr(int64(-1))}), ErrSince)
		wants(t, update(Change{URL: ptr("https://[::1]/")}), ErrInside)
		wants(t, update(Change{State: ptr(Disabled)}), ErrState)
		wants(t, update(Change{State: ptr(removed)}), ErrState)
		wants(t, update(Change{Topics: &[]outbox.Topic{"x"}}), outbox.ErrTopic)
		_, _, err := Rotate(ctx, s.d, s.o, e.ID, GraceMost+1)
		wants(t, err, ErrGrace)
		for _, a := range []Again{{}, {Dead: true, Since: ptr(int64(0))}} {
			_, err := Replay(ctx, s.d, e.ID, a)
			wants(t, err, ErrReplay)
		}
		_, err = Replay(ctx, s.d, e.ID, Again{Delivery: e.ID})
		wants(t, err, ErrNoDelivery)
		_, err = Replay(ctx, s.d, s.p.lease.owner, Again{Dead: true})
		wants(t, err, ErrNotFound)
		_, err = Replay(ctx, s.d, e.ID, Again{Since: ptr(int64(77))})
		wants(t, err, ErrSince)
		if n := s.changesOf(e.ID); n != 1 {
			t.Errorf("the log tells of %d changes", n)
		}
		for i := 1; i < endpointsMost; i++ {
			s.add(New{URL: fmt.Sprint(s.peer.URL, "/", i)})
		}
		wants(t, create(New{URL: s.peer.URL}), ErrMany)
	})
}

// While an old secret has its grace, both sign; then the new one alone.
func TestRotate(t *testing.T) {
	t.Parallel()
	each(t, func(s *scene) {
		e, first := s.add(items())
		last := func() receipt {
			s.happen("A")
			s.settle()
			all := s.peer.all()
			return all[len(all)-1]
		}
		if m := last(); !m.signedBy(first) || strings.Contains(m.signature, " ") {
			t.Errorf("signed %q", m.signature)
		}
		_, second, err := Rotate(ctx, s.d, s.o, e.ID, time.Hour)
		if err != nil {
			t.Fatal(err)
		}
		if m := last(); !m.signedBy(first) || !m.signedBy(second) {
			t.Errorf("signed %q", m.signature)
		}
		s.clock.add(time.Hour)
		if m := last(); m.signedBy(first) || !m.signedBy(second) {
			t.Errorf("signed %q", m.signature)
		}
		_, third, err := Rotate(ctx, s.d, s.o, e.ID, 0)
		if err != nil {
			t.Fatal(err)
		}
		if m := last(); m.signedBy(second) || !m.signedBy(third) || strings.Contains(m.signature, " ") {
			t.Errorf("signed %q", m.signature)
		}
		s.clock.add(pruneEvery)
		s.step()
		if got := s.get(e.ID); got.oldSecret != "" || got.OldSecretUntilMs != 0 {
			t.Errorf("%+v", got)
		}
	})
}
