// Package shift is the day at the till: a drawer is taken over, cash moves in and out of it, it is
// counted blind, and what is over or short is booked. A bag goes from the safe to the bank.
//
// Each flow is one transaction and answers the same to the same id. A drawer is one ledger account per
// currency, and after each flow that account holds what the documents say is in the drawer.
package shift
