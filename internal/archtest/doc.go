// Package archtest keeps the architecture: who may import whom, one writer for each table, SQL that
// both engines accept, money that is never a float, and the house habits. It has tests only. Each rule
// that has exceptions lists them with a reason, and fails when an exception is no longer used, so that
// the lists only shrink.
package archtest
