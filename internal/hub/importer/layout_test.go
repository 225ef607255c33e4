package importer_test

import (
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/tillpost/tillpost/internal/hub/formats/tabular"
	"github.com/tillpost/tillpost/internal/hub/importer"
	"github.com/tillpost/tillpost/internal/platform/db"
	"github.com/tillpost/tillpost/internal/platform/dbtest"
)

// A file that was imported with a wrong layout can be imported again with the corrected one: it is
// another run, and what it reads otherwise is told.
func TestCorrectedLayoutRunsAgain(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		dir := t.TempDir()
		file, layout := filepath.Join(dir, "sales.csv"), filepath.Join(dir, "layout.json")
		write := func(name, text string) {
			t.Helper()
			if err := os.WriteFile(name, []byte(text), 0o600); err != nil {
				t.Fatal(err)
			}
		}
		write(file, "No,When,Code,Amount,Pieces\n1,2026-03-01 10:00:00,A,2,3.50\n2,2026-03-01 11:00:00,B,1,4.00\n")
		text := `{"layout":1,"name":"mine","columns":{"no":{"header":["No"]},"when":{"header":["When"]},"code":{"header":["Code"]},
			"pieces":{"header":["Amount"]},"price":{"header":["Pieces"]}},"currency":{"is":"GBP"},"zone":"UTC",
			"document":{"group":["no"],"time":{"columns":["when"],"formats":["YYYY-MM-DD HH:mm:ss"]}},
			"line":{"item":"code","name":"code","qty":"price","price":"pieces"},"rows":[{"is":"item"}]}`
		write(layout, text)
		if _, err := tabular.ParseLayout([]byte(text)); err != nil {
			t.Fatal(err)
		}
		o := newShop(t, d, "GBP").options()
		o.Formats.Layout = layout
		first, err := importer.Run(context.Background(), d, file, o)
		if err != nil || first.Counts.Receipts+first.Counts.Repeated == 0 {
			t.Fatalf("%+v, %v", first.Counts, err)
		}
		again, err := importer.Run(context.Background(), d, file, o)
		if err != nil || !again.Already {
			t.Fatalf("the same file and layout ran again: %+v, %v", again.Counts, err)
		}
		write(layout, strings.Replace(strings.Replace(text, `"qty":"price"`, `"qty":"pieces"`, 1), `"price":"pieces"}`, `"price":"price"}`, 1))
		fixed, err := importer.Run(context.Background(), d, file, o)
		if err != nil || fixed.Already || fixed.Counts.Documents != 2 {
			t.Fatalf("the corrected layout was ignored: %+v, %v", fixed.Counts, err)
		}
	})
}
