// Package auth knows who may use the HTTP API: keys with scopes, each for all stores or for some.
// A key is shown once, when it is made; kept is only the SHA-256 of its 32 random bytes. A slow hash, as
// passwords need, would add nothing: nobody guesses 256 random bits, however fast the guesses are tried.
//
// What a key may do is decided when it is made and never changes: another scope needs another key.
package auth
