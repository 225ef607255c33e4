// Package receive books what suppliers deliver and what they ask for it: the goods come in at their
// cost and are owed as received and not billed; the bill settles that, and what it differs by is
// price variance.
package receive
