package db

import (
	"context"
	"database/sql"
	"embed"
	"fmt"
	"io/fs"
	"path"
	"strconv"
	"strings"

	"github.com/pressly/goose/v3"
)

//go:embed migrations/*.sql
var migrations embed.FS

// words are the two places where the engines' table definitions differ.
var words = map[Engine]*strings.Replacer{
	SQLite:   strings.NewReplacer("SEQKEY", "INTEGER PRIMARY KEY", "CLUSTERED", "WITHOUT ROWID"),
	Postgres: strings.NewReplacer("SEQKEY", "BIGINT PRIMARY KEY", " CLUSTERED", ""),
}

// migrate brings the schema up to date. Migrations are numbered and only go forward.
func (d *DB) migrate(ctx context.Context) error {
	dialect := goose.DialectSQLite3
	if d.engine == Postgres {
		dialect = goose.DialectPostgres
	}
	steps, err := d.steps()
	if err != nil {
		return err
	}
	p, err := goose.NewProvider(dialect, d.write, nil, goose.WithGoMigrations(steps...), goose.WithDisableGlobalRegistry(true))
	if err != nil {
		return ErrOpen.Because(err)
	}
	current, target, err := p.GetVersions(ctx)
	if err == nil && current > target {
		return ErrNewer
	}
	if err == nil && current < target {
		_, err = p.Up(ctx)
	}
	if err != nil {
		return ErrOpen.Because(fmt.Errorf("bring the schema up to date: %w", err))
	}
	return nil
}

func (d *DB) steps() ([]*goose.Migration, error) {
	files, err := fs.Glob(migrations, "migrations/*.sql")
	if err != nil {
		return nil, err
	}
	var out []*goose.Migration
	for _, f := range files {
		number, _, _ := strings.Cut(path.Base(f), "_")
		version, err := strconv.ParseInt(number, 10, 64)
		if err != nil {
			return nil, fmt.Errorf("migration %s has no number: %w", f, err)
		}
		text, err := migrations.ReadFile(f)
		if err != nil {
			return nil, err
		}
		script := words[d.engine].Replace(string(text))
		out = append(out, goose.NewGoMigration(version, &goose.GoFunc{RunTx: func(ctx context.Context, tx *sql.Tx) error {
			_, err := tx.ExecContext(ctx, script)
			return err
		}}, nil))
	}
	return out, nil
}
