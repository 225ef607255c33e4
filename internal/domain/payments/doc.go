// Package payments knows the shop's tender types and keeps what processors say about their accounts:
// the movements. How a tender or a movement is booked is flow/posting's business.
package payments
