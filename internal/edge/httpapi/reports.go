package httpapi

// reports registers the operations on figures.
func (a *API) reports() {
}
