package cli_test

import (
	"bytes"
	"context"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/tillpost/tillpost/internal/platform/db"
	"github.com/tillpost/tillpost/internal/platform/dbtest"
)

// interruptLines is enough of the year that an import is not done before somebody can stop it.
const interruptLines = 48_000

// A backup that is made while another process imports holds exactly what was recorded at one moment, and
// the restored books prove themselves and take the rest of the file.
func TestBackupWhileImporting(t *testing.T) {
	t.Parallel()
	file := partOfTheYear(t, interruptLines)
	dbtest.EachDSN(t, func(t *testing.T, dsn string) {
		backup := filepath.Join(t.TempDir(), "books.bak")
		watch := dbtest.Open(t, dsn)
		importing := tillpost(dsn, "import", file)
		ended := start(t, importing)
		recorded(t, watch, ended)
		must(t, dsn, "backup", backup)
		if err := <-ended; err != nil {
			t.Fatal(err)
		}
		all, want := documents(t, watch), export(t, dsn)
		if err := watch.Close(); err != nil { // a SQLite file is only replaced when nobody has it open
			t.Fatal(err)
		}
		out := must(t, dsn, "restore", backup, "--replace")
		if !strings.Contains(out, "Everything agrees") {
			t.Fatal(out)
		}
		if some := documentsOf(t, dsn); some == 0 || some >= all {
			t.Fatalf("the backup has %d of %d documents: it was not made in the middle", some, all)
		}
		must(t, dsn, "import", file)
		if got := export(t, dsn); !bytes.Equal(got, want) {
			t.Fatal("the books differ after the rest was imported into the restored ones")
		}
	})
}

// Ctrl-C in the middle of an import says how far it came, in one sentence, and the same command goes on.
func TestInterruptedImportGoesOn(t *testing.T) {
	t.Parallel()
	file := partOfTheYear(t, interruptLines)
	dsn := dbtest.SQLite(t)
	watch := dbtest.Open(t, dsn)
	importing := tillpost(dsn, "import", file)
	var said bytes.Buffer
	importing.Stderr = &said
	ended := start(t, importing)
	recorded(t, watch, ended)
	if err := importing.Process.Signal(os.Interrupt); err != nil {
		t.Fatal(err)
	}
	<-ended
	if code := importing.ProcessState.ExitCode(); code != 2 {
		t.Errorf("it ended with %d", code)
	}
	sentence := regexp.MustCompile(`(?m)^tillpost: stopped: [0-9,]+ documents are recorded; run the same command again to go on from there \[stopped\]$`)
	if !sentence.MatchString(said.String()) {
		t.Errorf("it said %q", said.String())
	}
	sound(t, dsn)
	out := must(t, dsn, "import", file)
	if !strings.Contains(out, "It went on after") {
		t.Error(out)
	}
	if got := export(t, dsn); !bytes.Equal(got, uninterrupted(t, file)) {
		t.Error("the books differ from those of an import that was not stopped")
	}
}

// demoLines is enough for a demo: the first days of the year.
const demoLines = 5_000

// The demo proves itself, says what to try next, and each of these commands works as it is printed, from
// the project's folder. A database that holds another shop is left alone.
func TestDemoAndWhatItSuggests(t *testing.T) {
	t.Parallel()
	year := partOfTheYear(t, demoLines)
	dir, err := os.MkdirTemp("", "demo-") // the ten digits and the /002 of t.TempDir now and then are a card number, and masked
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = os.RemoveAll(dir) })
	into := filepath.Join(dir, "a demo.db")
	out := inProject(t, "tillpost", "demo", "--file", year, "--into", into)
	for _, want := range []string{"Proof of 2011-12-05", "Proof of 2010-12-01 to 2011-12-09", "Trial balance", "Done in",
		"The file's own control figure", "4,999 rows of the file"} {
		if !strings.Contains(out, want) {
			t.Errorf("%q is missing in\n%s", want, out)
		}
	}
	if strings.Contains(out, "OFF BY") || !regexp.MustCompile(`(?m)^  together +[0-9,.]+ +ok$`).MatchString(out) {
		t.Error(out)
	}
	_, next, _ := strings.Cut(out, "To try next:\n")
	tried := 0
	for line := range strings.Lines(next) {
		command, _, found := strings.Cut(strings.TrimSpace(line), "   ")
		if found {
			command, _, _ = strings.Cut(command, "  ")
			command = strings.ReplaceAll(command, "demo.journal", filepath.Join(t.TempDir(), "demo.journal"))
			inProject(t, "sh", "-c", command)
			tried++
		}
	}
	if tried < 8 {
		t.Errorf("only %d commands were suggested:\n%s", tried, next)
	}
	if again := inProject(t, "tillpost", "demo", "--file", year, "--into", into); !strings.Contains(again, "imported before") {
		t.Error(again)
	}
	inProject(t, "tillpost", "demo", "--file", year, "--into", into, "--fresh")

	other := filepath.Join(t.TempDir(), "shop.db")
	must(t, other, "setup", "--currency", "GBP", "--chart", "uk")
	for _, args := range [][]string{{"demo", "--file", year}, {"demo", "--file", year, "--fresh"}} {
		c := tillpost(other, args...)
		c.Dir = "../../.."
		if out, err := c.CombinedOutput(); err == nil || !strings.Contains(string(out), "[not_the_demo]") {
			t.Errorf("%v %s", err, out)
		}
	}
	if _, err := os.Stat(other); err != nil {
		t.Error(err)
	}
}

// start starts a command; the channel tells how it ended.
func start(t *testing.T, c *exec.Cmd) <-chan error {
	t.Helper()
	if err := c.Start(); err != nil {
		t.Fatal(err)
	}
	ended := make(chan error, 1)
	go func() { ended <- c.Wait() }()
	return ended
}

// recorded waits until something is recorded.
func recorded(t *testing.T, watch *db.DB, ended <-chan error) {
	t.Helper()
	tick := time.NewTicker(5 * time.Millisecond)
	defer tick.Stop()
	for documents(t, watch) == 0 {
		select {
		case err := <-ended:
			t.Fatalf("the import ended too early: %v", err)
		case <-tick.C:
		}
	}
}

func documentsOf(t *testing.T, dsn string) int64 {
	t.Helper()
	d, err := db.Open(context.Background(), dsn)
	if err != nil {
		t.Fatal(err)
	}
	defer d.Close()
	return documents(t, d)
}

// must runs tillpost, which must end with 0, and returns its output.
func must(t *testing.T, dsn string, args ...string) string {
	t.Helper()
	out, err := tillpost(dsn, args...).CombinedOutput()
	if err != nil {
		t.Fatalf("tillpost %s: %v\n%s", strings.Join(args, " "), err, out)
	}
	return string(out)
}

// inProject runs a command in the project's folder.
func inProject(t *testing.T, name string, args ...string) string {
	t.Helper()
	c := exec.Command(name, args...)
	c.Dir = "../../.."
	out, err := c.CombinedOutput()
	if err != nil {
		t.Fatalf("%s %s: %v\n%s", name, strings.Join(args, " "), err, out)
	}
	return string(out)
}
