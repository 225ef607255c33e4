package httpapi

// tasks registers the operations on what waits for a decision.
func (a *API) tasks() {
}
