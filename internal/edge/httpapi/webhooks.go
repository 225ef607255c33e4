package httpapi

// webhooks registers the operations on who is told.
func (a *API) webhooks() {
}
