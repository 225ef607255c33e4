package zreport

// Columns is for tests of the roll's width.
var Columns = columns
