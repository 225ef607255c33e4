package cli_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"reflect"
	"regexp"
	"strings"
	"syscall"
	"testing"

	"github.com/tillpost/tillpost/internal/platform/dbtest"
)

// step is one block of commands of the walkthrough and what it must print.
type step struct {
	line     int
	commands string
	says     []string // "# => text": stands in the output; … is anything
	json     string   // the ```json block right behind it: the output is this, … being anything
}

var (
	block = regexp.MustCompile("(?ms)^```(sh|json)\n(.*?)^```$")
	says  = regexp.MustCompile(`(?m)^# => (.*)$`)
)

// walkthrough reads the steps of a page.
func walkthrough(t *testing.T, file string) []step {
	t.Helper()
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	var out []step
	for _, m := range block.FindAllStringSubmatchIndex(string(text), -1) {
		kind, body := string(text[m[2]:m[3]]), string(text[m[4]:m[5]])
		if kind == "json" {
			if len(out) == 0 || out[len(out)-1].json != "" {
				t.Fatalf("%s: a json block that is no output", file)
			}
			out[len(out)-1].json = body
			continue
		}
		s := step{line: 1 + bytes.Count(text[:m[0]], []byte("\n")), commands: body}
		for _, one := range says.FindAllStringSubmatch(body, -1) {
			s.says = append(s.says, one[1])
		}
		out = append(out, s)
	}
	return out
}

// endOf is printed behind the output of a step.
const endOf = "\n--- end of step %d ---\n"

// The walkthrough of the API works as it is written: its commands run in one shell, in an empty folder and
// with an empty database, and print what the page says.
func TestWalkthrough(t *testing.T) {
	t.Parallel()
	dbtest.EachDSN(t, func(t *testing.T, dsn string) {
		steps := walkthrough(t, "../../../docs/api.md")
		if len(steps) < 12 {
			t.Fatalf("only %d steps: the search is broken", len(steps))
		}
		output := runSteps(t, dsn, steps)
		for i, s := range steps {
			end := fmt.Sprintf(endOf, i)
			at := strings.Index(output, end)
			if at < 0 {
				t.Fatalf("docs/api.md:%d ended the shell:\n%s\nit printed\n%s", s.line, s.commands, output)
			}
			if err := s.printed(output[:at]); err != nil {
				t.Errorf("docs/api.md:%d: %v\n%s\nprinted\n%s", s.line, err, s.commands, output[:at])
			}
			output = output[at+len(end):]
		}
	})
}

// runSteps runs the commands in one shell and returns what they printed.
func runSteps(t *testing.T, dsn string, steps []step) string {
	t.Helper()
	var script strings.Builder
	script.WriteString("set -euo pipefail\n")
	for i, s := range steps {
		script.WriteString(s.commands)
		fmt.Fprintf(&script, "printf '"+strings.ReplaceAll(endOf, "\n", `\n`)+"'\n", i)
	}
	text := script.String()
	for _, port := range []string{"8080", "8081"} {
		text = strings.ReplaceAll(text, "127.0.0.1:"+port, "127.0.0.1:"+freePort(t))
	}
	dir := t.TempDir()
	text = strings.ReplaceAll(text, "TILLPOST_DB=shop.db", "TILLPOST_DB='"+strings.ReplaceAll(dsn, "'", `'\''`)+"'")
	file := filepath.Join(dir, "walkthrough.sh")
	if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command("bash", file)
	cmd.Dir = dir
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true} // with the server that it starts
	var out bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &out
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	defer func() { _ = syscall.Kill(-cmd.Process.Pid, syscall.SIGKILL) }()
	if err := cmd.Wait(); err != nil {
		out.WriteString("\nit ended with " + err.Error())
	}
	return out.String()
}

// freePort is a port that nobody listened on a moment ago.
func freePort(t *testing.T) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	_, port, err := net.SplitHostPort(l.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	return port
}

// anything stands for a part of the output that is not always the same.
const anything = "…"

// printed says how the output differs from what the page shows.
func (s *step) printed(output string) error {
	for _, want := range s.says {
		if !loosely(want).MatchString(output) {
			return fmt.Errorf("it does not say %q", want)
		}
	}
	if s.json == "" {
		return nil
	}
	var want, got any
	if err := json.Unmarshal([]byte(s.json), &want); err != nil {
		return fmt.Errorf("the page shows no JSON: %w", err)
	}
	if err := json.Unmarshal([]byte(output), &got); err != nil {
		return fmt.Errorf("it is no JSON: %w", err)
	}
	return same("", want, got)
}

// loosely is a pattern in which … is anything.
func loosely(text string) *regexp.Regexp {
	parts := strings.Split(text, anything)
	for i := range parts {
		parts[i] = regexp.QuoteMeta(parts[i])
	}
	return regexp.MustCompile("(?s)" + strings.Join(parts, ".*"))
}

// same compares JSON; … in a text is anything, and an object with a member … may have others.
func same(at string, want, got any) error {
	switch w := want.(type) {
	case map[string]any:
		g, ok := got.(map[string]any)
		if !ok {
			return fmt.Errorf("%s is no object", at)
		}
		_, open := w[anything]
		for name := range g {
			if _, shown := w[name]; !shown && !open {
				return fmt.Errorf("%s.%s is not shown on the page", at, name)
			}
		}
		for name, one := range w {
			if name == anything {
				continue
			}
			if err := same(at+"."+name, one, g[name]); err != nil {
				return err
			}
		}
		return nil
	case []any:
		g, ok := got.([]any)
		if !ok || len(g) != len(w) {
			return fmt.Errorf("%s has %d elements, not %d", at, len(g), len(w))
		}
		for i, one := range w {
			if err := same(fmt.Sprintf("%s[%d]", at, i), one, g[i]); err != nil {
				return err
			}
		}
		return nil
	case string:
		if strings.Contains(w, anything) && regexp.MustCompile("^"+loosely(w).String()+"$").MatchString(fmt.Sprint(got)) {
			return nil
		}
	}
	if !reflect.DeepEqual(want, got) {
		return fmt.Errorf("%s is %v, not %v", at, got, want)
	}
	return nil
}
