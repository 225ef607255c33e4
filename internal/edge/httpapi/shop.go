package httpapi

// shop registers the operations on stores, registers, drawers and ways to pay.
func (a *API) shop() {
}
