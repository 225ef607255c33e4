package db

import (
	"slices"
	"strings"
	"testing"
)

// Passwords do not show among the arguments of programs, and parameters of our driver alone are left out.
func TestLibpqAddress(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		dsn, address string
		env          []string
	}{
		{"postgres://u:p%40ss@host:5433/books?sslmode=require", "postgres://u@host:5433/books?sslmode=require", []string{"PGPASSWORD=p@ss"}},
		{"postgres://u@/books?host=%2Frun%2Fpg&pool_max_conns=4&default_query_exec_mode=exec", "postgres://u@/books?host=%2Frun%2Fpg", nil},
		{"postgresql://host/books?user=u&password=secret", "postgresql://host/books?user=u", []string{"PGPASSWORD=secret"}},
		{"postgres://host/books?application_name=my+till", "postgres://host/books?application_name=my%20till", nil},
	} {
		address, env, err := libpqAddress(c.dsn)
		if address != c.address || !slices.Equal(env, c.env) || err != nil {
			t.Errorf("%s: %s %v %v", c.dsn, address, env, err)
		}
	}
	if _, _, err := libpqAddress("postgres://u:secret@host:port/"); err == nil || strings.Contains(err.Error(), "secret") {
		t.Errorf("an address that cannot be read: %v", err)
	}
}

// The version of an archive is read from the rows of its version table.
func TestCopiedVersion(t *testing.T) {
	t.Parallel()
	script := "SET x = 0;\n\nCOPY public.goose_db_version (id, version_id, is_applied, tstamp) FROM stdin;\n" +
		"1\t0\tt\t2026-01-01\n2\t7\tt\t2026-01-01\n3\t4\tt\t2026-01-01\n\\.\n\nSELECT 9;\n"
	if v, err := copiedVersion(strings.NewReader(script)); v != 7 || err != nil {
		t.Errorf("%d, %v", v, err)
	}
	for _, bad := range []string{"", "COPY t (id, version_id) FROM stdin;\n\\.\n", "COPY t (version_id) FROM stdin;\nx\n\\.\n"} {
		if _, err := copiedVersion(strings.NewReader(bad)); err == nil {
			t.Errorf("%q has a version", bad)
		}
	}
}
