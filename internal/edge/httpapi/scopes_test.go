package httpapi_test

// public are the pages that ask for no key. Everything else is an operation of the document.
var public = []string{"/healthz", "/readyz", "/openapi.json", "/docs", "/docs/problems"}
