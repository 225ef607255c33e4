package archtest

import (
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"sort"
	"strings"
	"testing"
)

// A migration names the package that writes a table behind its name:
//
//	CREATE TABLE entries ( -- domain/ledger
//	CREATE TABLE chain_heads ( -- domain/ledger (name 'ledger') and domain/sales (name 'register:…')
const owner = `((?:platform|domain|flow|hub|edge)/[a-z]+)(?: \([^)]*\))?`

var (
	createTable = regexp.MustCompile(`(?i)CREATE TABLE\s+(\w+)\s*\(([^\n]*)`)
	firstOwner  = regexp.MustCompile(`^ ?-- ` + owner)
	nextOwner   = regexp.MustCompile(`^ and ` + owner)
)

// owners reads from a migration who writes each table.
func owners(script string) map[string][]string {
	out := map[string][]string{}
	for _, m := range createTable.FindAllStringSubmatch(script, -1) {
		name, comment := m[1], m[2]
		out[name] = nil
		for next := firstOwner; ; next = nextOwner {
			at := next.FindStringSubmatchIndex(comment)
			if at == nil {
				break
			}
			out[name] = append(out[name], comment[at[2]:at[3]])
			comment = comment[at[1]:]
		}
	}
	return out
}

// schema is owners of all migrations.
func schema(t *testing.T) map[string][]string {
	t.Helper()
	tr := theTree(t)
	files, err := filepath.Glob(filepath.Join(tr.root, "internal/platform/db/migrations/*.sql"))
	if err != nil || len(files) == 0 {
		t.Fatalf("no migrations: %v", err)
	}
	all := map[string][]string{}
	for _, f := range files {
		b, err := os.ReadFile(f)
		if err != nil {
			t.Fatal(err)
		}
		for table, who := range owners(string(b)) {
			all[table] = who
		}
	}
	return all
}

var (
	writesTable = regexp.MustCompile(`(?i)(?:\b(?:DO|FOR)\s+)?\b(?:INSERT\s+INTO|DELETE\s+FROM|UPDATE)\s+(\w+)`)
	clause      = regexp.MustCompile(`(?i)^(?:DO|FOR)\s`)
	readsTable  = regexp.MustCompile(`(?i)\b(?:FROM|JOIN)\s+(\w+)`)
	withName    = regexp.MustCompile(`(?i)(?:\bWITH(?:\s+RECURSIVE)?|,)\s+(\w+)\s*(?:\([^)]*\))?\s+AS\s*(?:MATERIALIZED\s*)?\(`)
)

// writes lists the tables that a statement changes.
func writes(text string) []string {
	var out []string
	for _, m := range writesTable.FindAllStringSubmatch(text, -1) {
		if !clause.MatchString(m[0]) { // ON CONFLICT … DO UPDATE SET, FOR UPDATE
			out = append(out, strings.ToLower(m[1]))
		}
	}
	return out
}

// reads lists the tables that a statement reads, without those it names itself (WITH).
func reads(text string) []string {
	own := map[string]bool{"excluded": true}
	for _, m := range withName.FindAllStringSubmatch(text, -1) {
		own[strings.ToLower(m[1])] = true
	}
	var out []string
	for _, m := range readsTable.FindAllStringSubmatch(text, -1) {
		if name := strings.ToLower(m[1]); !own[name] {
			out = append(out, name)
		}
	}
	return out
}

// unwritten are tables that the schema has before the code that fills them.
var unwritten = map[string]string{}

// A table is written by the package that its migration names, by no other, and by somebody.
func TestOneWriterPerTable(t *testing.T) {
	t.Parallel()
	tr := theTree(t)
	tables := schema(t)
	written := map[string]bool{}
	for _, s := range statements(t) {
		for _, table := range writes(s.text) {
			who, known := tables[table]
			switch {
			case !known:
				t.Errorf("%s writes the table %s, which no migration makes", s.place, table)
			case !slices.Contains(who, strings.TrimPrefix(s.dir, "internal/")):
				t.Errorf("%s writes the table %s, which is written by %s", s.place, table, strings.Join(who, " and "))
			default:
				written[table] = true
			}
		}
	}
	waiting := newExceptions(unwritten)
	for _, table := range sortedKeys(tables) {
		if len(tables[table]) == 0 {
			t.Errorf("the table %s has no owner: CREATE TABLE %s ( -- domain/…", table, table)
		}
		for _, who := range tables[table] {
			if _, err := os.Stat(filepath.Join(tr.root, "internal", who)); err != nil {
				t.Errorf("the table %s is written by %s, which is no package", table, who)
			}
		}
		if !written[table] && !waiting.allow(table) {
			t.Errorf("nobody writes the table %s", table)
		}
	}
	waiting.check(t)
}

// foreignReads are the tables that a domain reads though another owns them, each with its reason.
var foreignReads = map[string]string{
	"domain/inventory reads entries": "a return takes the cost of its sale: a move names its entry, and the entry its document",
}

// A domain reads its own tables; what it needs from elsewhere comes as arguments. Views read all.
func TestDomainsReadTheirOwnTables(t *testing.T) {
	t.Parallel()
	tables := schema(t)
	known := newExceptions(foreignReads)
	for _, s := range statements(t) {
		_, unit, ok := split(s.dir)
		if !ok || !strings.HasPrefix(unit, "domain/") {
			continue
		}
		for _, table := range reads(s.text) {
			who, exists := tables[table]
			if !exists || slices.Contains(who, unit) || known.allow(unit+" reads "+table) {
				continue
			}
			t.Errorf("%s: %s reads %s, which belongs to %s: make it an argument, or ask in a view", s.place, unit, table, strings.Join(who, " and "))
		}
	}
	known.check(t)
}

// floats would lose cents and thousandths.
var floatType = regexp.MustCompile(`(?im)^\s*\w+\s+(REAL|FLOAT|DOUBLE|NUMERIC|DECIMAL)\b`)

// No column holds a float, or a number that SQLite would store as one.
func TestColumnsAreExact(t *testing.T) {
	t.Parallel()
	tr := theTree(t)
	for _, f := range tr.texts {
		if !strings.HasSuffix(f, ".sql") {
			continue
		}
		b, err := os.ReadFile(filepath.Join(tr.root, f))
		if err != nil {
			t.Fatal(err)
		}
		for _, m := range floatType.FindAllString(string(b), -1) {
			t.Errorf("%s: %s", f, strings.TrimSpace(m))
		}
	}
}

// What the searches above find, on made-up SQL.
func TestReadingSQL(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ sql, writes, reads string }{
		{"INSERT INTO a (x) VALUES ($1) ON CONFLICT (x) DO UPDATE SET x = excluded.x", "a", ""},
		{"update b SET x = 1 WHERE y IN (SELECT y FROM c JOIN d ON TRUE)", "b", "c d"},
		{"DELETE\nFROM\n e WHERE TRUE", "e", "e"},
		{"WITH w AS (SELECT 1 FROM f), v (n) AS (SELECT 2 FROM w) SELECT * FROM v", "", "f"},
		{"WITH w AS (UPDATE g SET x = 1 RETURNING x) SELECT * FROM w", "g", ""},
		{"SELECT value FROM settings ORDER BY updated_ms", "", "settings"},
	} {
		w, r := writes(c.sql), reads(c.sql)
		sort.Strings(w)
		if strings.Join(w, " ") != c.writes || strings.Join(r, " ") != c.reads {
			t.Errorf("%q: writes %v, reads %v", c.sql, w, r)
		}
	}
	got := owners("CREATE TABLE a ( -- domain/x\n);\nCREATE TABLE b ( -- domain/x (name 'y') and domain/z (q): more\n);\n" +
		"CREATE TABLE c ( -- domain/x; body\n);\nCREATE TABLE d (\n  n BIGINT -- domain/x\n);CREATE TABLE e ( -- domain/x, domain/y says")
	for table, want := range map[string]string{"a": "domain/x", "b": "domain/x domain/z", "c": "domain/x", "d": "", "e": "domain/x"} {
		if strings.Join(got[table], " ") != want {
			t.Errorf("table %s: owners %v", table, got[table])
		}
	}
}
