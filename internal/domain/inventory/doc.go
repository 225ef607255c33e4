// Package inventory knows how much of what lies where and what it is worth: levels, moves, and the
// documents that move goods apart from sales (deliveries, counts, transfers, adjustments).
//
// Goods are valued at the moving average per location and item. Stock may go below zero, because a
// sale that happened is never refused; what was sold too early is valued provisionally and trued up
// when the goods arrive. Every move names the ledger entry that books its value, so that the value of
// the stock and the inventory accounts cannot part.
package inventory
