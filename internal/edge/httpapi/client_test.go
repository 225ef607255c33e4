package httpapi_test

import (
	"net/http/httptest"
	"os"
	"os/exec"
	"strings"
	"testing"

	"github.com/tillpost/tillpost/internal/domain/catalog"
	"github.com/tillpost/tillpost/internal/flow/catalogue"
	"github.com/tillpost/tillpost/internal/platform/db"
	"github.com/tillpost/tillpost/internal/platform/dbtest"
)

// clientEnv names the sample client as JavaScript. scripts/api-judges.sh builds it from the document and
// sets the variable; other runs have nothing to run.
const clientEnv = "TILLPOST_API_CLIENT"

// The sample client, compiled against the types that were made from the document, sells something.
func TestSampleClient(t *testing.T) {
	t.Parallel()
	program := os.Getenv(clientEnv)
	if program == "" {
		return
	}
	d, err := db.Open(ctx, dbtest.SQLite(t)) // the client has the clock of the day
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = d.Close() })
	s := newServer(t, d)
	if err := catalogue.Put(ctx, d, catalogue.Catalogue{PriceLists: []catalog.PriceList{{Code: "standard", Name: "Shelf prices"}},
		Prices: []catalog.Price{{List: "standard", SKU: "A", Price: 4_500_000}}}); err != nil {
		t.Fatal(err)
	}
	web := httptest.NewServer(s.api)
	defer web.Close()
	cmd := exec.Command("node", program, "01", "R1")
	cmd.Env = append(os.Environ(), "TILLPOST_URL="+web.URL, "TILLPOST_KEY="+s.key)
	out, err := cmd.CombinedOutput()
	want := `2 A cost 900 (minor units of EUR)
recorded with 201, and again with 200
the same id with other content: 409 receipt_other_content
it is number 1 of R1, and 1 entry in the books
`
	if err != nil || string(out) != want {
		t.Errorf("%v\n%s\nwant\n%s", err, out, strings.TrimSpace(want))
	}
	s.sound()
}
