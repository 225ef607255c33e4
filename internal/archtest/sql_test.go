package archtest

import (
	"context"
	"database/sql"
	"go/ast"
	"go/constant"
	"go/token"
	"regexp"
	"sort"
	"strconv"
	"strings"
	"testing"

	"github.com/tillpost/tillpost/internal/platform/db"
	"github.com/tillpost/tillpost/internal/platform/dbtest"
)

const dbPath = module + "/internal/platform/db"

// statement is a constant of type db.SQL, or what a db.Table or a db.Lookup stands for.
type statement struct {
	dir   string
	place string
	text  string
}

// statements collects every SQL text of the tree, sorted by place.
func statements(t *testing.T) []statement {
	t.Helper()
	tr := theTree(t)
	var out []statement
	for _, p := range theTypes(t) {
		seen := map[string]bool{}
		add := func(pos token.Pos, text string) {
			if text != "" && !seen[text] {
				seen[text] = true
				out = append(out, statement{p.dir, tr.place(pos), text})
			}
		}
		for _, f := range p.files {
			ast.Inspect(f, func(n ast.Node) bool {
				e, ok := n.(ast.Expr)
				if !ok {
					return true
				}
				tv := p.info.Types[e]
				if tv.Value == nil || tv.Value.Kind() != constant.String || !isNamed(tv.Type, dbPath, "SQL") {
					return true
				}
				add(e.Pos(), constant.StringVal(tv.Value))
				return false // the parts of a constant are not statements
			})
		}
		for _, table := range tables(t, tr, p) {
			add(table.pos, table.insert())
		}
		for _, l := range literals(t, tr, p, "Lookup") {
			add(l.pos, l.selects())
		}
	}
	sort.Slice(out, func(i, j int) bool { return out[i].place+out[i].text < out[j].place+out[j].text })
	return out
}

// literal is a db.Table or db.Lookup of the tree.
type literal struct {
	texts map[string]string
	lists map[string][]string
	pos   token.Pos
}

// selects is a lookup's statement for one key.
func (l *literal) selects() string {
	text := "SELECT t." + strings.Join(l.lists["Columns"], ", t.") + " FROM " + l.texts["Table"] + " t WHERE "
	for i, k := range l.lists["Keys"] {
		text += "t." + k + " = $" + strconv.Itoa(i+1) + " AND "
	}
	if where := l.texts["Where"]; where != "" {
		return text + where
	}
	return strings.TrimSuffix(text, " AND ")
}

// table is a db.Table literal of the tree.
type table struct {
	name     string
	columns  []string
	conflict string
	pos      token.Pos
}

// insert is the statement for one row.
func (t *table) insert() string {
	marks := make([]string, len(t.columns))
	for i := range marks {
		marks[i] = "$" + strconv.Itoa(i+1)
	}
	return "INSERT INTO " + t.name + " (" + strings.Join(t.columns, ", ") + ") VALUES (" + strings.Join(marks, ", ") + ") " + t.conflict
}

// tables finds the db.Table literals of a package.
func tables(t *testing.T, tr *tree, p *typed) []table {
	t.Helper()
	var out []table
	for _, l := range literals(t, tr, p, "Table") {
		out = append(out, table{name: l.texts["Name"], columns: l.lists["Columns"], conflict: l.texts["Conflict"], pos: l.pos})
	}
	return out
}

// literals finds the literals of a type of the package db in a package. Their fields must be constants.
func literals(t *testing.T, tr *tree, p *typed, typ string) []literal {
	t.Helper()
	var out []literal
	for _, f := range p.files {
		ast.Inspect(f, func(n ast.Node) bool {
			lit, ok := n.(*ast.CompositeLit)
			if !ok || p.info.Types[lit].Type == nil || !isNamed(p.info.Types[lit].Type, dbPath, typ) {
				return true
			}
			one := literal{map[string]string{}, map[string][]string{}, lit.Pos()}
			for _, field := range lit.Elts {
				kv, ok := field.(*ast.KeyValueExpr)
				if !ok {
					t.Errorf("%s: name the fields of a db.%s", tr.place(lit.Pos()), typ)
					return false
				}
				switch name := kv.Key.(*ast.Ident).Name; name {
				case "Name", "Table", "Conflict", "Where":
					one.texts[name] = text(t, tr, p, kv.Value)
				case "Columns", "Keys":
					columns, ok := kv.Value.(*ast.CompositeLit)
					if !ok {
						t.Errorf("%s: the columns of a db.%s are a literal", tr.place(kv.Pos()), typ)
						return false
					}
					for _, c := range columns.Elts {
						one.lists[name] = append(one.lists[name], text(t, tr, p, c))
					}
				}
			}
			out = append(out, one)
			return false
		})
	}
	return out
}

// text is the value of a constant expression.
func text(t *testing.T, tr *tree, p *typed, e ast.Expr) string {
	t.Helper()
	v := p.info.Types[e].Value
	if v == nil || v.Kind() != constant.String {
		t.Errorf("%s: not a constant text", tr.place(e.Pos()))
		return ""
	}
	return constant.StringVal(v)
}

// Every statement of the program is accepted by both engines, against the schema as it is.
func TestStatementsPrepare(t *testing.T) {
	t.Parallel()
	all := statements(t)
	if len(all) < 20 {
		t.Fatalf("only %d statements found: the search is broken", len(all))
	}
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		c := connect(t, d)
		for _, s := range all {
			if err := prepare(c, d.Engine(), s.text); err != nil {
				t.Errorf("%s: %v\n\t%s\n\t(a part of a statement is a plain string constant, not a db.SQL)", s.place, err, s.text)
			}
		}
	})
}

// The test above notices what is wrong.
func TestPrepareRefuses(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		c := connect(t, d)
		for _, bad := range []string{"SELECT nothing FROM settings", "SELECT name FROM no_such_table", "SELEC 1", "INSERT INTO settings (name) VALUES ($1, $2)"} {
			if prepare(c, d.Engine(), bad) == nil {
				t.Errorf("accepted %q", bad)
			}
		}
		if err := prepare(c, d.Engine(), "SELECT value FROM settings WHERE name = $1"); err != nil {
			t.Error(err)
		}
	})
}

// connect opens one raw connection to a test database.
func connect(t *testing.T, d *db.DB) *sql.Conn {
	t.Helper()
	driver := map[db.Engine]string{db.SQLite: "sqlite", db.Postgres: "pgx"}[d.Engine()]
	pool, err := sql.Open(driver, d.DSN())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = pool.Close() })
	c, err := pool.Conn(context.Background())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = c.Close() })
	return c
}

// prepare has the engine compile a statement without running it. The SQLite driver compiles only when
// it runs, so there the statement is explained.
func prepare(c *sql.Conn, engine db.Engine, text string) error {
	ctx := context.Background()
	if engine == db.Postgres {
		s, err := c.PrepareContext(ctx, text)
		if err != nil {
			return err
		}
		defer s.Close()
		return nil
	}
	rows, err := c.QueryContext(ctx, "EXPLAIN "+text, make([]any, parameters(text))...)
	if err != nil {
		return err
	}
	defer rows.Close()
	for rows.Next() { // the compiled program; only errors matter
	}
	return rows.Err()
}

var parameter = regexp.MustCompile(`\$([0-9]+)`)

// parameters is the highest $n of a statement.
func parameters(text string) int {
	most := 0
	for _, m := range parameter.FindAllStringSubmatch(text, -1) {
		if n, err := strconv.Atoi(m[1]); err == nil && n > most {
			most = n
		}
	}
	return most
}

// dynamic are the places where a statement is put together while the program runs. Each needs a test
// of its own on both engines.
var dynamic = map[string]string{}

// Statements are constants: what is put together at run time cannot be checked before it runs.
func TestStatementsAreConstants(t *testing.T) {
	t.Parallel()
	tr := theTree(t)
	known := newExceptions(dynamic)
	for _, p := range theTypes(t) {
		if p.dir == "internal/platform/db" {
			continue
		}
		for _, f := range p.files {
			ast.Inspect(f, func(n ast.Node) bool {
				e, ok := n.(ast.Expr)
				if !ok {
					return true
				}
				tv := p.info.Types[e]
				if tv.IsType() || tv.Value != nil || tv.Type == nil || !isNamed(tv.Type, dbPath, "SQL") {
					return true
				}
				switch e.(type) {
				case *ast.CallExpr, *ast.BinaryExpr:
					if !known.allow(tr.fset.Position(e.Pos()).Filename) {
						t.Errorf("%s: a statement is put together at run time; make it constants", tr.place(e.Pos()))
					}
				}
				return true
			})
		}
	}
	known.check(t)
}

// differs are the constructs that both engines accept and answer differently, or that only one knows.
var differs = []struct {
	pattern *regexp.Regexp
	why     string
}{
	{regexp.MustCompile(`(?i)\bI?LIKE\b`), "LIKE ignores case in SQLite only"},
	{regexp.MustCompile(`(?i)\b(lower|upper)\s*\(`), "SQLite folds ASCII only: fold in Go"},
	{regexp.MustCompile(`(?i)\bAS\s+(numeric|decimal|real|float|double)\b`), "money is never a float: CAST AS BIGINT"},
	{regexp.MustCompile(`(?i)\b((random|now|date|datetime|strftime|julianday)\s*\(|current_timestamp\b|current_date\b)`), "time and chance come from Go (tx.Now)"},
	{regexp.MustCompile(`->`), "no JSON in SQL"},
	{regexp.MustCompile(`(?i)\b(group_concat|ifnull|total|avg)\s*\(`), "not in both engines, or not exact"},
	{regexp.MustCompile(`(?i)\bOR\s+(REPLACE|IGNORE)\b`), "use ON CONFLICT"},
}

// Statements stay in the common subset of the engines.
func TestStatementsAreCommon(t *testing.T) {
	t.Parallel()
	for _, s := range statements(t) {
		for _, d := range differs {
			if m := d.pattern.FindString(s.text); m != "" {
				t.Errorf("%s: %q: %s", s.place, m, d.why)
			}
		}
	}
}
