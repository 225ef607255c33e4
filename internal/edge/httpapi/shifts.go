package httpapi

// shifts registers the operations on shifts, bags for the bank and business days.
func (a *API) shifts() {
}
