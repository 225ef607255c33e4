// Package tasks keeps what a person must decide: an unknown tender, a missing receipt number, a
// document that does not foot. The business that met it went on without waiting; a task has one row
// however often the same thing is met.
package tasks
