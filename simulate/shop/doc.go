// Package shop simulates a retailer, seed by seed: stores with tills that go offline and send late,
// twice or in another order, at prices that have changed meanwhile and by clocks that are wrong; sales
// with everything that stands on receipts; returns, exchanges and voids across days and stores;
// deliveries, bills, counts, transfers; shifts, day closes, locked months; changed taxes; things that
// are unknown at first and mapped later; restarts. After every simulated day an auditor of its own, who
// shares no code with the books, compares what must be with what the database says (package auditor).
//
// A seed decides everything, also in which order the writes of a moment reach the database when many
// write at once (together). So the same seed exports the same bytes on SQLite and on PostgreSQL, today
// and tomorrow: the journal in all formats with its numbers, and the hashes of all chains (Differ). After
// the export comes a last day on which all write at once in no order at all (crowd): there the auditor
// follows the log of changes.
package shop
