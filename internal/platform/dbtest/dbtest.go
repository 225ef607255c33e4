// Package dbtest gives tests a real, migrated, empty database on each engine.
package dbtest

import (
	"context"
	"crypto/rand"
	"database/sql"
	"encoding/hex"
	"net/url"
	"os"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"github.com/tillpost/tillpost/internal/platform/db"
)

// Now is the instant at which every test database's clock stands.
var Now = time.Date(2026, 3, 14, 12, 0, 0, 0, time.UTC)

// PostgresEnv names the variable that holds the address of a PostgreSQL server for tests, as a role
// that may create databases. `make test` starts a server and sets it.
const PostgresEnv = "TILLPOST_TEST_POSTGRES"

// RequireEnv names the variable that makes a missing PostgreSQL server a failure.
const RequireEnv = "REQUIRE_POSTGRES"

// Each runs test once on SQLite and once on PostgreSQL, each with its own empty database. Without a
// PostgreSQL server the second run fails when REQUIRE_POSTGRES is set, and is left out otherwise.
func Each(t *testing.T, test func(t *testing.T, d *db.DB)) {
	t.Helper()
	EachDSN(t, func(t *testing.T, dsn string) {
		test(t, Open(t, dsn))
	})
}

// EachDSN is Each for tests that open the database themselves.
func EachDSN(t *testing.T, test func(t *testing.T, dsn string)) {
	t.Helper()
	t.Run("sqlite", func(t *testing.T) {
		t.Parallel()
		test(t, SQLite(t))
	})
	server := os.Getenv(PostgresEnv)
	if server == "" {
		if os.Getenv(RequireEnv) != "" {
			t.Fatalf("%s is set, but %s names no server", RequireEnv, PostgresEnv)
		}
		return
	}
	t.Run("postgres", func(t *testing.T) {
		t.Parallel()
		test(t, postgres(t, server))
	})
}

// Open opens dsn with the fixed clock and closes it when the test ends.
func Open(t testing.TB, dsn string) *db.DB {
	t.Helper()
	d, err := db.Open(context.Background(), dsn, db.WithClock(func() time.Time { return Now }))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = d.Close() })
	return d
}

var template struct {
	sync.Once
	file []byte
	err  error
}

// SQLite returns the name of a fresh database file, copied from a migrated template.
func SQLite(t testing.TB) string {
	t.Helper()
	template.Do(func() { template.file, template.err = makeTemplate() })
	if template.err != nil {
		t.Fatal(template.err)
	}
	name := filepath.Join(t.TempDir(), "tillpost.db")
	if err := os.WriteFile(name, template.file, 0o600); err != nil {
		t.Fatal(err)
	}
	return name
}

func makeTemplate() ([]byte, error) {
	dir, err := os.MkdirTemp("", "tillpost-template-")
	if err != nil {
		return nil, err
	}
	defer os.RemoveAll(dir)
	name := filepath.Join(dir, "template.db")
	d, err := db.Open(context.Background(), name)
	if err != nil {
		return nil, err
	}
	if err := d.Close(); err != nil {
		return nil, err
	}
	return os.ReadFile(name)
}

const templateDatabase = "tillpost_template"

var pgTemplate struct {
	sync.Once
	err error
}

// postgres returns the address of a fresh database, copied from a migrated template.
func postgres(t testing.TB, server string) string {
	t.Helper()
	admin, err := sql.Open("pgx", server)
	if err != nil {
		t.Fatal(err)
	}
	defer admin.Close()
	ctx := context.Background()
	pgTemplate.Do(func() { pgTemplate.err = makePostgresTemplate(ctx, admin, server) })
	if pgTemplate.err != nil {
		t.Fatal(pgTemplate.err)
	}
	name := "t_" + random()
	if _, err := admin.ExecContext(ctx, "CREATE DATABASE "+name+" TEMPLATE "+processTemplate()+" STRATEGY file_copy"); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		a, err := sql.Open("pgx", server)
		if err != nil {
			return
		}
		defer a.Close()
		_, _ = a.ExecContext(ctx, "DROP DATABASE IF EXISTS "+name+" WITH (FORCE)")
	})
	return withDatabase(server, name)
}

// processTemplate is a template of this test process: packages are tested at the same time.
var processTemplate = sync.OnceValue(func() string { return templateDatabase + "_" + random() })

func makePostgresTemplate(ctx context.Context, admin *sql.DB, server string) error {
	if _, err := admin.ExecContext(ctx, "CREATE DATABASE "+processTemplate()); err != nil {
		return err
	}
	d, err := db.Open(ctx, withDatabase(server, processTemplate()))
	if err != nil {
		return err
	}
	return d.Close()
}

func withDatabase(server, name string) string {
	u, err := url.Parse(server)
	if err != nil {
		return server
	}
	u.Path = "/" + name
	return u.String()
}

func random() string {
	var b [6]byte
	_, _ = rand.Read(b[:])
	return hex.EncodeToString(b[:])
}
