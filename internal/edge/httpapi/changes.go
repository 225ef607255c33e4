package httpapi

// changes registers the operations on what happened since.
func (a *API) changes() {
}
