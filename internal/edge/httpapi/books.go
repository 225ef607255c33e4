package httpapi

// books registers the operations on accounts, entries and periods.
func (a *API) books() {
}
