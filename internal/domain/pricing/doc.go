// Package pricing turns a basket into a quote: what each line costs, which discounts it got and why,
// which taxes are in it. It is pure (no clock, no database, no files): the server and, as
// WebAssembly, the till compute the same cents from the same data.
//
// The order in which a price comes about:
//
//  1. The unit price: a price from a scale label, a manual override, the best price list, the item's
//     own price; in this order. See PriceList for which list is best.
//  2. Promotions, by the rule stated at Promotion.
//  3. Line discounts, in the order given, each on what the one before left.
//  4. Basket discounts, in the order given, spread over the lines by largest remainder.
//  5. Service charges and tips, on what is left of goods and services.
//  6. Taxes, by the shop's declared policy, on what is left of each line.
//
// Every reduction is frozen on its line as a whole number of minor units. Nothing ever falls below
// zero: a discount that is larger than what is left takes what is left.
package pricing
