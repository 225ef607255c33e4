package httpapi

// checks registers the operations on recomputing everything.
func (a *API) checks() {
}
