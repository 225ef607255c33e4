package httpapi_test

import (
	"net/http"
	"strconv"
	"strings"
	"sync"
	"testing"
)

// Of many edits of what all have read, one wins, also when they share a commit.
func TestOneEditWins(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, s *server) {
		for path, body := range map[string]string{
			"/v1/items/A":                       `{"name": "NAME"}`,
			"/v1/stores/01/drawers/D1":          `{"name": "NAME"}`,
			"/v1/tender-types/card":             `{"name": "NAME", "kind": "card"}`,
			"/v1/price-lists/standard":          `{"name": "NAME"}`,
			"/v1/price-lists/standard/prices/A": `{"price": "NAME"}`,
			"/v1/barcodes/9520000000011":        `{"sku": "A", "qty": "NAME"}`,
			"/v1/promotions/P":                  `{"name": "NAME", "scheme": "discount", "benefit": {"rate": "0.1"}}`,
			"/v1/barcode-formats/F":             `{"pattern": "21IIIIIWWWWWC", "decimals": NAME}`,
			"/v1/taxes/GB/standard/2031-01-01":  `{"source": "law NAME", "components": []}`,
			"/v1/stores/01/registers/WEB":       `{"name": "NAME", "kind": "import"}`,
		} {
			if strings.Contains(path, "/prices/") {
				s.put("/v1/price-lists/standard", `{}`)
			}
			s.put(path, strings.ReplaceAll(body, "NAME", "1"))
			read := http.Header{"If-Match": {s.get(path).want(http.StatusOK).Header.Get("ETag")}}
			answers := make([]answer, 8)
			var group sync.WaitGroup
			for i := range answers {
				group.Go(func() {
					answers[i] = s.do(call{Method: "PUT", Path: path, Body: strings.ReplaceAll(body, "NAME", strconv.Itoa(2+i%3)), Header: read})
				})
			}
			group.Wait()
			won := 0
			for _, a := range answers {
				switch a.Status {
				case http.StatusOK:
					won++
				default:
					a.problem(http.StatusPreconditionFailed, "precondition")
				}
			}
			if won != 1 {
				t.Errorf("%s: %d edits won", path, won)
			}
		}
	})
}
