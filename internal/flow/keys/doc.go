// Package keys makes and revokes the keys of the HTTP API.
package keys
