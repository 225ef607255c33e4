package shop

// Event is something that must happen often enough for a run to prove anything.
type Event int

// What is counted, in the order in which the table of the command lists it.
const (
	Stores Event = iota
	Registers
	Sales
	Returns
	ReturnsOtherDay
	ReturnsOtherStore
	ReturnsUnproven
	Exchanges
	Voids
	Offline
	OfflineReceipts
	LateReceipts
	AfterClose
	Repeated
	Reordered
	Refused
	Groups
	Grouped
	Crowd
	Deliveries
	Bills
	Adjustments
	Shipments
	Counts
	SheetCounts
	Prices
	OldPrices
	NewTaxes
	WrongClocks
	Locks
	Reopenings
	Pushed
	Shifts
	Differences
	CashMoves
	Bank
	Manual
	Mapped
	Restarts
	events
)

var eventNames = [events]string{
	Stores: "stores", Registers: "registers", Sales: "sales", Returns: "returns", ReturnsOtherDay: "  on another day",
	ReturnsOtherStore: "  in another store", ReturnsUnproven: "goods back without a receipt", Exchanges: "exchanges", Voids: "voids",
	Offline: "stretches offline", OfflineReceipts: "receipts made offline", LateReceipts: "receipts that came on a later day",
	AfterClose: "  after the close of their day", Repeated: "receipts sent again", Reordered: "receipts that came before an earlier number",
	Refused: "documents refused: broken, or another under a known id", Groups: "moments in which many write at once",
	Grouped: "  documents in them", Crowd: "documents sent at once in no order", Deliveries: "deliveries", Bills: "bills",
	Adjustments: "adjustments", Shipments: "shipments to other stores", Counts: "counts", SheetCounts: "  of sheets, while sales went on",
	Prices: "price changes", OldPrices: "receipts at prices that had changed meanwhile", NewTaxes: "receipts with the changed taxes",
	WrongClocks: "receipts of a till with a wrong clock", Locks: "months locked", Reopenings: "months opened again",
	Pushed: "documents pushed out of a locked month", Shifts: "shifts", Differences: "shifts with a difference",
	CashMoves: "cash moved without a receipt", Bank: "bags and statements of the bank", Manual: "entries by hand",
	Mapped: "unknown things mapped", Restarts: "restarts of the program",
}

func (e Event) String() string { return eventNames[e] }

// Tally is how often each event happened.
type Tally [events]int

func (s *Sim) note(e Event) { s.tally[e]++ }
