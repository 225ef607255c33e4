package httpapi

import (
	"encoding/json"
	"io"
	"net/http"
	"strings"

	"github.com/danielgtaylor/huma/v2"
)

// The groups of the operations.
const (
	tagSales     = "Sales"
	tagCatalogue = "Catalogue"
	tagShop      = "Shop"
	tagStock     = "Stock"
	tagBooks     = "Books"
	tagReports   = "Reports"
	tagData      = "Data in and out"
	tagCare      = "Care"
)

// tags explain the groups, in the order of the docs.
var tags = []*huma.Tag{
	{Name: tagSales, Description: "Receipts, returns, voids, quotes."},
	{Name: tagCatalogue, Description: "What the shop sells, for how much, and how it is taxed."},
	{Name: tagShop, Description: "Stores, registers, drawers, ways to pay, shifts and business days."},
	{Name: tagStock, Description: "What is on the shelves, and the documents that move it."},
	{Name: tagBooks, Description: "Accounts, entries, periods."},
	{Name: tagReports, Description: "Figures, each up to the second."},
	{Name: tagData, Description: "Changes, webhooks and files."},
	{Name: tagCare, Description: "Tasks for people, checks, keys."},
}

const description = `Everything that Tillpost does, for programs.

**Keys.** Send "Authorization: Bearer KEY"; "tillpost key create" makes one. A key has scopes, and may be for some stores only.

**Ids.** Documents have ids that you make (UUIDs, version 7 is best). The same document again is answered as before and changes nothing, so send again whatever got no answer. The same id with other content is a conflict (409).

**Values.** Amounts are whole minor units: 900 is 9.00 in dollars, 900 yen. Quantities, unit prices and rates are decimal texts. Business days are the shop's days. Instants are RFC 3339, or Unix milliseconds where the name ends in _ms.

**Problems.** Errors are RFC 9457 problems with a stable code and the place of the fault. A field that is not in this document is refused. Retry-After says when to come back.

**Lists** have pages: send "next" of a page as "cursor" of the following. **Edits** know If-Match with the ETag that was read.`

// operations registers everything under /v1.
func (a *API) operations() {
	a.receipts()
	a.catalogue()
	a.shop()
	a.shifts()
	a.stock()
	a.books()
	a.reports()
	a.imports()
	a.tasks()
	a.checks()
	a.changes()
	a.webhooks()
	a.keyring()
}

// pages registers what is not an operation: the document, the docs, the probes.
func (a *API) pages() {
	a.probes()
	a.docPages()
	a.frontPage()
	a.mux.HandleFunc("GET /openapi.json", func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "application/json")
		_, _ = w.Write(a.document())
	})
	a.mux.HandleFunc("/", a.nowhere)
}

// document is the OpenAPI document.
func (a *API) document() []byte {
	raw, err := json.MarshalIndent(a.huma.OpenAPI(), "", "  ")
	if err != nil {
		panic(err) // made of our own types
	}
	return append(raw, '\n')
}

// plainJSON answers outside the operations.
func (a *API) plainJSON(w http.ResponseWriter, status int, v any) {
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	_ = writeJSON(w, v) // the caller may be gone
}

func writeJSON(w io.Writer, v any) error {
	enc := json.NewEncoder(w)
	enc.SetEscapeHTML(false)
	return enc.Encode(v)
}

// nowhere answers what nothing is registered for: another method may be.
func (a *API) nowhere(w http.ResponseWriter, r *http.Request) {
	var allowed []string
	for _, method := range []string{http.MethodGet, http.MethodPost, http.MethodPut, http.MethodPatch, http.MethodDelete} {
		other := r.Clone(r.Context())
		other.Method = method
		if _, pattern := a.mux.Handler(other); pattern != "/" {
			allowed = append(allowed, method)
		}
	}
	if len(allowed) == 0 {
		a.refuse(w, r, ErrNoRoute)
		return
	}
	w.Header().Set("Allow", strings.Join(allowed, ", "))
	a.refuse(w, r, ErrMethod)
}

// Document is the OpenAPI document, as /openapi.json gives it out, without the program's version: what is
// committed must not change with every commit.
func Document() []byte { return New(Options{Version: "1"}).document() }
