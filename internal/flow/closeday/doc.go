// Package closeday closes a store's business day. Every receipt is already in the books, so closing
// only seals: which receipt numbers each register's day holds, how many, what they come to and the
// hash of the last. What belongs to a day is decided by the day that stands on the receipt and by the
// sequence in which receipts were recorded, never by a clock.
//
// A day is closed once and never opened again. A receipt that comes later is taken like any other, is
// listed as late and leaves the seal as it is.
package closeday
