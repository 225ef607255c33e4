package cli_test

import (
	"encoding/json"
	"errors"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"github.com/rogpeppe/go-internal/testscript"

	"github.com/tillpost/tillpost/internal/domain/receipt"
	"github.com/tillpost/tillpost/internal/edge/cli"
	"github.com/tillpost/tillpost/internal/platform/dbtest"
)

// The test binary is also the program, so that tests run it as a process of its own.
func TestMain(m *testing.M) {
	testscript.Main(m, map[string]func(){
		"tillpost": func() { os.Exit(cli.Main(os.Args[1:], os.Stdin, os.Stdout, os.Stderr)) },
	})
}

// Scripts are commands and what they must answer, as a user would type them, each in an empty folder.
func TestScripts(t *testing.T) {
	t.Parallel()
	testscript.Run(t, params(t, testscript.Params{Dir: "testdata"}, "tillpost.db"))
}

// The scripts in the folder both are about what the database must hold to: they run on both engines,
// each with an empty database.
func TestScriptsOnBothEngines(t *testing.T) {
	t.Parallel()
	files, err := filepath.Glob("testdata/both/*.txtar")
	if err != nil || len(files) == 0 {
		t.Fatalf("no scripts: %v", err)
	}
	for _, f := range files {
		t.Run(strings.TrimSuffix(filepath.Base(f), ".txtar"), func(t *testing.T) {
			t.Parallel()
			dbtest.EachDSN(t, func(t *testing.T, dsn string) {
				testscript.Run(t, params(t, testscript.Params{Files: []string{f}}, dsn))
			})
		})
	}
}

// params are what all scripts have in common.
func params(t *testing.T, p testscript.Params, dsn string) testscript.Params {
	t.Helper()
	root, err := filepath.Abs("../../..")
	if err != nil {
		t.Fatal(err)
	}
	p.UpdateScripts = os.Getenv("UPDATE_SCRIPTS") != ""
	p.RequireUniqueNames = true
	p.Setup = func(e *testscript.Env) error {
		e.Setenv("PROJECT", root)
		e.Setenv("EXAMPLES", filepath.Join(root, "examples"))
		e.Setenv("SAMPLES", filepath.Join(root, "examples", "sample-exports"))
		e.Setenv("TILLPOST_DB", dsn)
		e.Setenv("TZ", "Asia/Tokyo") // the shop's zone counts, never the machine's
		e.Setenv("HOME", e.WorkDir)
		return nil
	}
	p.Cmds = map[string]func(*testscript.TestScript, bool, []string){"code": exitCode, "shows": shows, "oneline": oneLine,
		"manylines": manyLines, "rawbytes": rawBytes, "seal": seal, "beginning": beginning}
	return p
}

// exitCode is "code N COMMAND…": the command must end with exactly N.
func exitCode(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) < 2 {
		ts.Fatalf("usage: code N COMMAND…")
	}
	want, err := strconv.Atoi(args[0])
	ts.Check(err)
	got := 0
	if err := ts.Exec(args[1], args[2:]...); err != nil {
		var exit *exec.ExitError
		if !errors.As(err, &exit) {
			ts.Fatalf("%v", err)
		}
		got = exit.ExitCode()
	}
	if got != want {
		ts.Fatalf("it ended with %d, not %d", got, want)
	}
}

// shows is "shows FILE KEY [TEXT]": the last output has the figure that stands under the key in a JSON
// file, as people read it; on the line that has the text, when one is given.
func shows(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) < 2 || len(args) > 3 {
		ts.Fatalf("usage: shows FILE KEY [TEXT]")
	}
	var figures map[string]any
	ts.Check(json.Unmarshal([]byte(ts.ReadFile(args[0])), &figures))
	value, ok := figures[args[1]]
	if !ok {
		ts.Fatalf("%s has no %s", args[0], args[1])
	}
	figure, ok := value.(string)
	if n, number := value.(float64); number {
		figure, ok = strconv.FormatInt(int64(n), 10), true
	}
	if !ok {
		ts.Fatalf("%s is no figure", args[1])
	}
	exactly := regexp.MustCompile(`(^|[^0-9.,])` + regexp.QuoteMeta(grouped(figure)) + `($|[^0-9.,])`)
	for line := range strings.Lines(ts.ReadFile("stdout")) {
		if (len(args) < 3 || strings.Contains(line, args[2])) && exactly.MatchString(line) {
			return
		}
	}
	ts.Fatalf("%s = %s is not shown", args[1], grouped(figure))
}

var thousand = regexp.MustCompile(`^(-?[0-9]+)([0-9]{3})`)

// grouped puts commas between the thousands.
func grouped(s string) string {
	for thousand.MatchString(s) {
		s = thousand.ReplaceAllString(s, "$1,$2")
	}
	return s
}

// oneLine is "oneline CODE": the last command said on one line of its errors what is wrong, with its code,
// and nothing that only a programmer understands.
func oneLine(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 1 {
		ts.Fatalf("usage: oneline CODE")
	}
	text := ts.ReadFile("stderr")
	if strings.Count(text, "\n") != 1 || !strings.HasPrefix(text, "tillpost: ") || !strings.HasSuffix(text, " ["+args[0]+"]\n") {
		ts.Fatalf("not one line with the code %s: %q", args[0], text)
	}
	for _, noise := range []string{"goroutine", "panic", ".go:", "nil pointer", "json: cannot", "json: unknown", "sql: ", "strconv", "unmarshal", "pgx", "kong", "SQLSTATE"} {
		if strings.Contains(text, noise) {
			ts.Fatalf("%q is no word for a shopkeeper: %q", noise, text)
		}
	}
}

// manyLines is "manylines N RECEIPT FILE": writes the receipt with its first line N times to a file.
func manyLines(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 3 {
		ts.Fatalf("usage: manylines N RECEIPT FILE")
	}
	n, err := strconv.Atoi(args[0])
	ts.Check(err)
	var r map[string]any
	dec := json.NewDecoder(strings.NewReader(ts.ReadFile(args[1])))
	dec.UseNumber()
	ts.Check(dec.Decode(&r))
	one := r["lines"].([]any)[0].(map[string]any)
	lines := make([]any, n)
	for i := range lines {
		line := maps.Clone(one)
		line["no"] = i + 1
		lines[i] = line
	}
	r["lines"] = lines
	text, err := json.Marshal(r)
	ts.Check(err)
	ts.Check(os.WriteFile(ts.MkAbs(args[2]), text, 0o600))
}

// rawBytes is "rawbytes FILE TEXT": puts bytes that are no UTF-8 into a file, in the place of the text.
func rawBytes(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 2 {
		ts.Fatalf("usage: rawbytes FILE TEXT")
	}
	text := strings.Replace(ts.ReadFile(args[0]), args[1], "\xff\xfe", 1)
	ts.Check(os.WriteFile(ts.MkAbs(args[0]), []byte(text), 0o600))
}

// beginning is "beginning N FILE COPY": copies the first N bytes, as a download that broke off does.
func beginning(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 3 {
		ts.Fatalf("usage: beginning N FILE COPY")
	}
	n, err := strconv.Atoi(args[0])
	ts.Check(err)
	whole := ts.ReadFile(args[1])
	ts.Check(os.WriteFile(ts.MkAbs(args[2]), []byte(whole[:min(n, len(whole))]), 0o600))
}

// seal is "seal FILE": gives a receipt the hash that its till would, as the first of the till's chain.
func seal(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 1 {
		ts.Fatalf("usage: seal FILE")
	}
	r, err := receipt.Decode([]byte(ts.ReadFile(args[0])))
	ts.Check(err)
	r.Seal(receipt.Hash{})
	text, err := json.Marshal(r)
	ts.Check(err)
	ts.Check(os.WriteFile(ts.MkAbs(args[0]), text, 0o600))
}
