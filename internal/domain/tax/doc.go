// Package tax turns prices into net amounts and taxes, and knows which taxes a category of goods has
// in a place on a day. It is pure: no database, no clock, no files. The same code runs in the server
// and, as WebAssembly, in the till.
//
// The rules in four lines. Every tax is an exact fraction until the declared policy rounds it, once.
// A price that contains its taxes stays what it is: the taxes are taken out and the net is what is
// left. The document is the sum of its lines. Turning all signs of the input turns all signs of the
// output.
package tax
