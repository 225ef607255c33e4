package db

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
)

// dumpPostgres has pg_dump write our tables, as one snapshot, and pg_restore read them all back.
func dumpPostgres(ctx context.Context, dsn, temp string) error {
	address, env, err := libpqAddress(dsn)
	if err != nil {
		return err
	}
	tables, err := ourTables()
	if err != nil {
		return err
	}
	args := []string{"--format=custom", "--no-owner", "--no-privileges", "--no-password", "--file=" + temp, "--dbname=" + address}
	for _, t := range tables {
		args = append(args, "--table="+t)
	}
	if err := runTool(ctx, "pg_dump", env, nil, io.Discard, args...); err != nil {
		return err
	}
	return runTool(ctx, "pg_restore", nil, nil, io.Discard, "--file=-", temp)
}

// restorePostgres replaces our tables by those of the backup in one transaction. It takes the writers'
// lock, so that no commit falls into the middle.
func restorePostgres(ctx context.Context, file, dsn string, replace bool) error {
	if err := mayReplacePostgres(ctx, dsn, replace); err != nil {
		return err
	}
	if err := inspectPostgres(ctx, file); err != nil {
		return err
	}
	tables, err := ourTables()
	if err != nil {
		return err
	}
	address, env, err := libpqAddress(dsn)
	if err != nil {
		return err
	}
	r, w := io.Pipe()
	go func() {
		// psql rolls back when its input ends before the COMMIT.
		_, err := fmt.Fprintf(w, "BEGIN;\nSELECT pg_advisory_xact_lock(%d);\nDROP TABLE IF EXISTS %s CASCADE;\n", writersLock, strings.Join(tables, ", "))
		if err == nil {
			err = runTool(ctx, "pg_restore", nil, nil, w, "--no-owner", "--no-privileges", "--file=-", file)
		}
		if err == nil {
			_, err = io.WriteString(w, "\nCOMMIT;\n")
		}
		w.CloseWithError(err)
	}()
	err = runTool(ctx, "psql", env, r, io.Discard, "--no-psqlrc", "--quiet", "--no-password", "--set=ON_ERROR_STOP=1", "--dbname="+address, "--file=-")
	r.CloseWithError(io.ErrClosedPipe) // when psql ended first, the other end must not wait
	if err != nil {
		return err
	}
	d, err := Open(ctx, dsn)
	if err != nil {
		return err
	}
	_, err = d.write.ExecContext(ctx, "ANALYZE "+strings.Join(tables, ", ")) // the new tables have no statistics
	return errors.Join(err, d.Close())
}

// writersLock is the advisory lock that every group of writes holds on PostgreSQL; see write.go.
const writersLock = 7177002651

// inspectPostgres reads a whole archive and refuses one that is damaged, not ours, or of a newer version.
func inspectPostgres(ctx context.Context, file string) error {
	if err := runTool(ctx, "pg_restore", nil, nil, io.Discard, "--file=-", file); err != nil {
		return asFault(err, ErrBackupBad)
	}
	var rows bytes.Buffer
	if err := runTool(ctx, "pg_restore", nil, nil, &rows, "--data-only", "--table="+versionTable, "--file=-", file); err != nil {
		return asFault(err, ErrBackupBad)
	}
	version, err := copiedVersion(&rows)
	if err != nil {
		return ErrBackupBad.Because(err)
	}
	newest, err := newestVersion()
	if err == nil && version > newest {
		return ErrNewer
	}
	return err
}

// copiedVersion is the highest version in the rows of the version table, as pg_restore writes them:
// COPY name (id, version_id, …) FROM stdin; then rows with tabs; then \.
func copiedVersion(script io.Reader) (int64, error) {
	column, most := -1, int64(-1)
	for lines := bufio.NewScanner(script); lines.Scan(); {
		line := lines.Text()
		if head, ok := strings.CutPrefix(line, "COPY "); ok {
			_, head, _ = strings.Cut(head, "(")
			head, _, _ = strings.Cut(head, ")")
			column = slices.Index(strings.Split(head, ", "), "version_id")
			continue
		}
		if line == `\.` {
			break
		}
		if fields := strings.Split(line, "\t"); column >= 0 && column < len(fields) {
			n, err := strconv.ParseInt(fields[column], 10, 64)
			if err != nil {
				return 0, err
			}
			most = max(most, n)
		}
	}
	if most < 0 {
		return 0, errors.New("it has no version")
	}
	return most, nil
}

func newestVersion() (int64, error) {
	steps, err := (&DB{engine: Postgres}).steps()
	if err != nil || len(steps) == 0 {
		return 0, err
	}
	return steps[len(steps)-1].Version, nil
}

var createdTable = regexp.MustCompile(`(?m)^CREATE TABLE (\w+)`)

// ourTables are the tables that the migrations make, and the table of migrations: a database may also
// hold tables of other programs.
func ourTables() ([]string, error) {
	files, err := migrations.ReadDir("migrations")
	if err != nil {
		return nil, err
	}
	tables := []string{versionTable}
	for _, f := range files {
		text, err := migrations.ReadFile("migrations/" + f.Name())
		if err != nil {
			return nil, err
		}
		for _, m := range createdTable.FindAllSubmatch(text, -1) {
			tables = append(tables, string(m[1]))
		}
	}
	return tables, nil
}

// onlyPgx are parameters of an address that pgx knows and PostgreSQL's own programs refuse.
var onlyPgx = []string{"default_query_exec_mode", "statement_cache_capacity", "description_cache_capacity", "min_read_buffer_size"}

// libpqAddress is the address for PostgreSQL's own programs. The password goes into the environment:
// everybody on the machine can read the arguments of a program.
func libpqAddress(dsn string) (string, []string, error) {
	u, err := url.Parse(dsn)
	if err != nil {
		return "", nil, errors.New("the database address is not a URL") // err would show the password
	}
	var env []string
	query := u.Query()
	if password := query.Get("password"); password != "" {
		env = []string{"PGPASSWORD=" + password}
	}
	query.Del("password")
	if password, ok := u.User.Password(); ok {
		env = []string{"PGPASSWORD=" + password}
		u.User = url.User(u.User.Username())
	}
	for name := range query {
		if slices.Contains(onlyPgx, name) || strings.HasPrefix(name, "pool_") {
			query.Del(name)
		}
	}
	u.RawQuery = strings.ReplaceAll(query.Encode(), "+", "%20") // libpq does not read + as a space
	return u.String(), env, nil
}

// complaintMost bounds what is kept of a program's complaints.
const complaintMost = 4096

// runTool runs one of PostgreSQL's programs; its error carries what the program complained about.
func runTool(ctx context.Context, name string, env []string, in io.Reader, out io.Writer, args ...string) error {
	program, err := findTool(name)
	if err != nil {
		return err
	}
	cmd := exec.CommandContext(ctx, program, args...)
	cmd.Env = append(os.Environ(), env...)
	var complaints bytes.Buffer
	cmd.Stdin, cmd.Stdout, cmd.Stderr = in, out, &complaints
	if err := cmd.Run(); err != nil {
		text := strings.TrimSpace(string(complaints.Next(complaintMost)))
		return fmt.Errorf("%s: %w: %s", name, err, text)
	}
	return nil
}

// findTool looks where programs are looked for, and where Debian keeps those of each version.
func findTool(name string) (string, error) {
	if p, err := exec.LookPath(name); err == nil {
		return p, nil
	}
	found, err := filepath.Glob("/usr/lib/postgresql/*/bin/" + name)
	if err != nil || len(found) == 0 {
		return "", ErrNoPgTools.At(name)
	}
	slices.Sort(found)
	return found[len(found)-1], nil
}
