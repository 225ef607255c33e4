// Package stockreport answers what is where and what it is worth, today and on past days; what
// happened to an item; what to order; and whether the stock is worth what the books say.
//
// Departments and names are those that the catalogue has today. Values are minor units of the book
// currency.
package stockreport
