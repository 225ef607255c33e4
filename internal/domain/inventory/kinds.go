package inventory

// The kinds of move and of Cost: why goods came or left. Sale, Return, Void and Damaged are what a receipt
// does; the others belong to stock documents.
const (
	Sale    = "sale"
	Return  = "return"
	Void    = "void"
	Damaged = "damaged" // brought back, but not fit to be sold: in as a return and out as damage, so the level stays

	Received = "receive"   // delivered; the counter value is owed to the supplier
	SentBack = "send_back" // to the supplier
	Opening  = "opening"   // there when the books began
	Counted  = "count"     // the difference that a count found
	Found    = "found"
	Shrink   = "shrink"   // gone, nobody knows why
	Damage   = "damage"   // on the shelf and not fit to be sold
	Transfer = "transfer" // from one location to another
	TrueUp   = "true_up"  // the cost of what was sold below zero, corrected when the goods came
)

// TransitPrefix begins the locations of goods that are under way: "transit:" and the transfer's id.
const TransitPrefix = "transit:"
