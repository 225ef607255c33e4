// Package httpapi is the HTTP interface: it reads requests, calls one flow or view, and writes JSON. It
// holds no rule of the shop.
//
// Every operation is registered through the functions of operation.go, which ask for the scope that a
// key needs: an operation without one cannot be written by accident. What is sent is decoded as strictly
// as on the command line; what is answered is described in the OpenAPI document that the same
// registration makes (/openapi.json). Errors are RFC 9457 problems with the codes of the faults.
package httpapi
