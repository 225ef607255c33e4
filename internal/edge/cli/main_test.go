package cli_test

import (
	"os"
	"testing"

	"github.com/rogpeppe/go-internal/testscript"

	"github.com/tillpost/tillpost/internal/edge/cli"
)

// The test binary is also the program, so that tests run it as a process of its own.
func TestMain(m *testing.M) {
	testscript.Main(m, map[string]func(){
		"tillpost": func() { os.Exit(cli.Main(os.Args[1:], os.Stdin, os.Stdout, os.Stderr)) },
	})
}

// Scripts are commands and what they must answer, as a user would type them.
func TestScripts(t *testing.T) {
	t.Parallel()
	root, err := os.Getwd()
	if err != nil {
		t.Fatal(err)
	}
	testscript.Run(t, testscript.Params{
		Dir:           "testdata",
		UpdateScripts: os.Getenv("UPDATE_SCRIPTS") != "",
		Setup: func(e *testscript.Env) error {
			e.Setenv("EXAMPLES", root+"/../../../examples")
			e.Setenv("TILLPOST_DB", "tillpost.db")
			e.Setenv("TZ", "Asia/Tokyo") // the shop's zone counts, never the machine's
			return nil
		},
	})
}
