package receive

import "github.com/tillpost/tillpost/internal/base/fault"

// Faults of this package; the codes are part of the API.
var (
	ErrNoDelivery = fault.New(fault.Invalid, "bill_without_delivery", "the bill names no delivery that it asks money for")
	ErrDelivery   = fault.New(fault.NotFound, "delivery_unknown", "there is no delivery or return with this id")
	ErrSupplier   = fault.New(fault.Conflict, "bill_other_supplier", "the delivery came from another supplier, or the return went to another")
	ErrBilled     = fault.New(fault.Conflict, "delivery_billed", "the delivery or return is settled already, or less of it is open than this bill settles")
	ErrAmount     = fault.New(fault.Invalid, "bill_amount", "the amounts of a bill must not be beyond what can be kept, nor negative unless it takes a return into account")
)
