package httpapi

// imports registers the operations on files from other systems.
func (a *API) imports() {
}
