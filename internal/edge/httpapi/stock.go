package httpapi

// stock registers the operations on levels and stock documents.
func (a *API) stock() {
}
