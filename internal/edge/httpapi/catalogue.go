package httpapi

// catalogue registers the operations on what the shop sells.
func (a *API) catalogue() {
}
