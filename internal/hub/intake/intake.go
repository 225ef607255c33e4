// Package intake is what every reader of outside data delivers: business documents in our own
// terms, or rows that could not be understood. Readers (tabular layouts, POSLog) know their format
// and nothing of the books; the importer knows the books and nothing of formats.
package intake

import (
	"time"

	"github.com/tillpost/tillpost/internal/base/money"
	"github.com/tillpost/tillpost/internal/base/qty"
	"github.com/tillpost/tillpost/internal/domain/receipt"
)

// Reader delivers the documents of one source in order and with bounded memory, whatever the
// source's length.
type Reader interface {
	// Next returns the next document, or io.EOF. A row that cannot be understood is not an error: it is
	// a Document with Rejected set. Any other error ends the reading (unreadable file, wrong layout).
	Next() (Document, error)
	// Offset is how many bytes of the source (compressed as it lies on disk) have been read, for
	// progress.
	Offset() int64
}

// Document is one thing that happened. Exactly one of the pointers is set.
type Document struct {
	// External identifies the document in its source, unique together with the source's name and the
	// document's kind.
	External string
	// Waited is what the document is called in quarantine when its rows cannot be read, where that is not
	// External: a payout has the processor's id, its row another one. It heals what waits under both.
	Waited   string
	FirstRow int // 1-based line in the file (after the header is line 2), or element number
	LastRow  int
	Rows     int // source rows in it; the rows of all documents add up to the rows of the file

	Receipt    *receipt.Receipt // Number 0, unsealed; Store and Register may be empty: the importer fills its own
	Adjustment *Adjustment
	Movement   *Movement
	Control    string // a row that happened and posts nothing (sign-on, no-sale, pending memo), with its reason
	Rejected   *Rejected

	// Unexplained is what the document collected beyond what its parts say: sum of tenders minus
	// (Receipt.Total + Receipt.Rounding). A sale that happened is never refused, so the importer posts
	// the difference to suspense. Zero for everything but receipts.
	Unexplained money.Minor
	// Findings are the oddities that the reader met in this document, for the review of the file.
	Findings []Finding
	// Series and Sequence are the document's place in the source's own numbering, for the search for
	// gaps. Sequence 0 means that the source does not number it (a fee, a refund, a continuation).
	Series   string
	Sequence int64
}

// Finding is one oddity that did not keep the document from being understood.
type Finding struct {
	Code    string `json:"code"` // stable, lower_snake_case; listed in docs/layouts.md
	Row     int    `json:"row"`
	Message string `json:"message"`
}

// Adjustment is a change of stock that is not a sale.
type Adjustment struct {
	At     time.Time
	Item   string
	Name   string
	Qty    qty.Qty // what was added; negative was lost
	Reason string  // "damaged", "shrink", "found", as posting needs it
	Note   string  // the source's own words
}

// MovementKind says what a line of a processor's or bank's activity is.
type MovementKind string

// The kinds of movement in a processor's account. Charge and Refund belong to receipts that are
// recorded elsewhere; their gross only explains the clearing account, their fee is an expense.
const (
	Charge     MovementKind = "charge"
	Refund     MovementKind = "refund"
	FeeOnly    MovementKind = "fee"
	Payout     MovementKind = "payout"  // the processor pays the bank; Gross is negative as in its statement
	Hold       MovementKind = "hold"    // withheld; Gross negative
	Release    MovementKind = "release" // released; Gross positive
	Dispute    MovementKind = "dispute"
	Adjust     MovementKind = "adjustment"
	BadDebt    MovementKind = "bad_debt" // a receivable written off (negative) or recovered (positive)
	ServiceFee MovementKind = "bank_fee" // bank or marketplace charge that stands alone
)

// Movement is one line of a processor's or bank's account.
type Movement struct {
	At        time.Time
	Kind      MovementKind
	Processor string // "stripe", "paypal", "square"
	Currency  money.Currency
	Gross     money.Minor // signed as in the processor's account: incoming positive
	Fee       money.Minor // positive: what the processor kept
	Net       money.Minor // Gross - Fee
	Reference string      // the processor's id of what it belongs to (charge, order)
	Payout    string      // id of the payout that it is part of, when known
	Note      string
}

// Rejected is a part of the source that could not be understood. It goes to quarantine. When one row
// of an invoice is bad, the whole invoice waits: half an invoice in the books would be wrong, and the
// corrected file could then not bring the other half.
type Rejected struct {
	Code   string // stable
	Reason string // for a person: what is wrong and what to do
	Row    int    // the offending row; Document.FirstRow is where the document begins
	Raw    string // the row as it stood, shortened to MaxRaw bytes, card numbers masked
}

// MaxRaw is how many bytes of a rejected row are kept: enough to recognise it, too few to fill a disk.
const MaxRaw = 2000

// Terms are what a file does not say about itself. The zero value is usable.
type Terms struct {
	Source        string         // name that External numbers belong to; default the layout's
	Store         string         // code given to documents that name none
	Register      string         // the same
	Currency      money.Currency // when the file has no currency of its own
	DefaultTender string         // tender type when the file has none; default DefaultTender
	// Zone is the store's; times without a zone are its wall time. A zone that the file itself states
	// comes first, then this one, then the layout's default, then UTC.
	Zone    *time.Location
	CutOver time.Duration // see day.Rule
}

// DefaultTender is the tender type of receipts whose source does not say how they were paid. Its
// account is a clearing account of takings that wait for their match.
const DefaultTender = "unspecified"
