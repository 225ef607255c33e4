package httpapi

import (
	"io/fs"
	"net/http"

	"github.com/tillpost/tillpost/web"
)

// frontPage answers a browser that was sent to the server's address: with the pages in the binary, or the
// note that stands in for them. It keeps to the policy of the docs, whose style the note wears.
func (a *API) frontPage() {
	a.mux.HandleFunc("GET /{$}", func(w http.ResponseWriter, r *http.Request) {
		page, err := fs.ReadFile(web.Pages(), "index.html")
		if err != nil {
			a.refuse(w, r, ErrOurs.Because(err))
			return
		}
		a.showPage(w, r, "text/html; charset=utf-8", page)
	})
}
