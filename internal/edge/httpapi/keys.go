package httpapi

// keyring registers the operations on API keys.
func (a *API) keyring() {
}
