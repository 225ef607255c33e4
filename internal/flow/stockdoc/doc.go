// Package stockdoc is what the flows of stock documents (deliveries, bills, counts, transfers,
// adjustments, returns to a supplier) have in common: a document is checked, compared with what was
// recorded under its id, moves its goods, is booked and is kept, all of it in one transaction.
package stockdoc
