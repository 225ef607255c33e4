// Package shifts is the shop's day at the till: who had which drawer when, what moved in it apart
// from receipts, what was counted, the seal of each business day and the bags on their way to the
// bank. It knows what was said and when; what it means in the books is flow/shift's business.
package shifts
