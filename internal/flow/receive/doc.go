// Package receive books what suppliers deliver, what goes back to them and what they ask for it: the
// goods come in at their cost and are owed as received and not billed; what goes back leaves at its
// average and is owed less; the bill settles both, and what it differs by is price variance.
package receive
