package main

import (
	"context"
	"database/sql"
	"fmt"
	"net/url"
	"os"
	"strings"

	"github.com/tillpost/tillpost/internal/platform/db"
	"github.com/tillpost/tillpost/simulate/shop"
)

// scratch is a database of a PostgreSQL server that one seed after the other uses. It is emptied in
// between: to make a new one takes a busy server longer than to run a seed.
type scratch struct {
	admin *sql.DB // the server
	q     *sql.DB // the database
	name  string
	dsn   string
	used  bool
}

func newScratch(ctx context.Context, address string, worker int) (*scratch, error) {
	admin, err := sql.Open("pgx", address)
	if err != nil {
		return nil, err
	}
	s := &scratch{admin: admin, name: fmt.Sprintf("simulate_%d_%d", os.Getpid(), worker)}
	if _, err := admin.ExecContext(ctx, "CREATE DATABASE "+s.name); err != nil {
		return nil, err
	}
	u, err := url.Parse(address)
	if err != nil {
		return nil, err
	}
	u.Path = "/" + s.name
	v := u.Query()
	v.Set("plan_cache_mode", "force_generic_plan") // each statement runs often enough, and never on much
	u.RawQuery = v.Encode()
	s.dsn = u.String()
	d, err := db.Open(ctx, s.dsn) // with all tables
	if err != nil {
		return nil, err
	}
	if err := d.Close(); err != nil {
		return nil, err
	}
	s.q, err = sql.Open("pgx", s.dsn)
	return s, err
}

// run runs a seed.
func (s *scratch) run(ctx context.Context, o shop.Options) (shop.Result, error) {
	if s.used {
		if err := s.empty(ctx); err != nil {
			return shop.Result{}, fmt.Errorf("empty %s: %w", s.name, err)
		}
	}
	s.used = true
	return shop.Run(ctx, s.dsn, o)
}

// empty removes all rows but those that say which migrations ran.
func (s *scratch) empty(ctx context.Context) error {
	rows, err := s.q.QueryContext(ctx, `SELECT tablename FROM pg_tables WHERE schemaname = current_schema() AND tablename NOT LIKE 'goose%' ORDER BY tablename`)
	if err != nil {
		return err
	}
	defer rows.Close()
	var tables []string
	for rows.Next() {
		var name string
		if err := rows.Scan(&name); err != nil {
			return err
		}
		tables = append(tables, name)
	}
	if err := rows.Err(); err != nil {
		return err
	}
	_, err = s.q.ExecContext(ctx, "TRUNCATE "+strings.Join(tables, ", "))
	return err
}

// drop removes the database, also when the run was stopped.
func (s *scratch) drop() {
	_ = s.q.Close()
	_, _ = s.admin.ExecContext(context.Background(), "DROP DATABASE IF EXISTS "+s.name+" WITH (FORCE)")
	_ = s.admin.Close()
}
