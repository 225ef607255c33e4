package keys_test

import (
	"context"
	"errors"
	"testing"
	"time"

	"github.com/tillpost/tillpost/internal/base/fault"
	"github.com/tillpost/tillpost/internal/domain/org"
	"github.com/tillpost/tillpost/internal/flow/keys"
	"github.com/tillpost/tillpost/internal/platform/auth"
	"github.com/tillpost/tillpost/internal/platform/db"
	"github.com/tillpost/tillpost/internal/platform/dbtest"
)

func stores(t *testing.T, d *db.DB, codes ...string) {
	t.Helper()
	err := d.Write(context.Background(), func(tx *db.Tx) error {
		for _, code := range codes {
			if err := org.AddStore(tx, org.Store{Code: code, Name: code, Zone: "UTC", TaxRounding: "rate", CashStep: 1}); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}

func order(name string, scopes []auth.Scope, codes ...string) keys.Order {
	return keys.Order{Order: auth.Order{Name: name, Scopes: scopes, Stores: codes, By: "owner"}, Secret: auth.NewSecret()}
}

// who is the principal of a key, as a request with it has it.
func who(t *testing.T, d *db.DB, secret auth.Secret) *auth.Principal {
	t.Helper()
	var p auth.Principal
	if err := d.Read(context.Background(), func(v *db.View) (err error) {
		p, err = auth.Find(v, secret.Text(), dbtest.Now)
		return err
	}); err != nil {
		t.Fatal(err)
	}
	return &p
}

// A key is for stores that exist; a key makes and revokes only keys that can do no more than it can.
func TestCreateAndRevoke(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		ctx := context.Background()
		stores(t, d, "S01", "S02")
		small := []auth.Scope{auth.SalesWrite}
		grown := []auth.Scope{auth.SalesWrite, auth.KeysWrite}
		manager := order("manager", grown, "S01")
		manager.Expires = dbtest.Now.AddDate(1, 0, 0)
		for _, o := range []keys.Order{manager, order("chain", small)} {
			if k, err := keys.Create(ctx, d, o); err != nil || k.Name != o.Name {
				t.Fatalf("%+v, %v", k, err)
			}
		}
		asks := who(t, d, manager.Secret)
		for _, c := range []struct {
			name    string
			scopes  []auth.Scope
			stores  []string
			expires time.Time
			asks    *auth.Principal
			code    string
		}{
			{"nowhere", small, []string{"S09"}, time.Time{}, nil, "store_unknown"},
			{"odd", small, []string{"S01,S02"}, time.Time{}, nil, "org_code"},
			{"chain", small, nil, time.Time{}, nil, "key_name_taken"},
			{"x", small, []string{"S02"}, manager.Expires, asks, "store_denied"},
			{"x", small, nil, manager.Expires, asks, "store_denied"},
			{"x", []auth.Scope{auth.BooksRead}, []string{"S01"}, manager.Expires, asks, "scope_missing"},
			{"x", small, []string{"S01"}, time.Time{}, asks, "key_outlives"},
			{"x", small, []string{"S01"}, manager.Expires.Add(time.Millisecond), asks, "key_outlives"},
			{"till", small, []string{"S01"}, manager.Expires, asks, ""},
		} {
			o := order(c.name, c.scopes, c.stores...)
			o.Expires, o.Asks = c.expires, c.asks
			if _, err := keys.Create(ctx, d, o); fault.CodeOf(err) != c.code {
				t.Errorf("%s: %v, want %q", c.name, err, c.code)
			}
		}

		if _, err := keys.Revoke(ctx, d, keys.Revocation{Key: "chain", By: "key:manager", Asks: asks}); fault.CodeOf(err) != "store_denied" {
			t.Error(err)
		}
		k, err := keys.Revoke(ctx, d, keys.Revocation{Key: "till", By: "key:manager", Asks: asks})
		if err != nil || k.RevokedMs != dbtest.Now.UnixMilli() || k.RevokedBy != "key:manager" {
			t.Errorf("%+v, %v", k, err)
		}
		again, err := keys.Revoke(ctx, d, keys.Revocation{Key: k.ID.String(), By: "owner"})
		if err != nil || again.RevokedBy != "key:manager" {
			t.Errorf("%+v, %v", again, err)
		}
		if _, err := keys.Revoke(ctx, d, keys.Revocation{Key: "till", By: "owner"}); !errors.Is(err, auth.ErrNoKey) {
			t.Error(err)
		}
		if _, err := keys.Revoke(ctx, d, keys.Revocation{Key: "chain"}); !errors.Is(err, auth.ErrBy) {
			t.Error(err)
		}
	})
}
