package httpapi

import (
	"net/http"
	"net/url"

	"github.com/danielgtaylor/huma/v2"

	"github.com/tillpost/tillpost/internal/platform/auth"
)

// ownStore has a question that may be of one store, and names none, mean the store of a key that has only one: the
// whole business is not this key's to see, so that it can mean nothing else. It stands here, and not in each
// operation, so that all lists do the same. Who writes "store=" with nothing behind it asks for all, and is refused.
func ownStore(r *http.Request, o *huma.Operation, who *auth.Principal) {
	if r.Method != http.MethodGet || len(who.Stores) != 1 {
		return
	}
	said := r.URL.Query()
	for _, p := range o.Parameters {
		if p.In != "query" || p.Name != "store" && p.Name != "location" || said.Has(p.Name) {
			continue
		}
		query := url.Values{p.Name: who.OwnStores()}.Encode()
		if r.URL.RawQuery != "" {
			query += "&" + r.URL.RawQuery
		}
		r.URL.RawQuery = query
		return
	}
}
