package outbox

import "slices"

// Topic says what happened: a noun and a verb in the past. Programs outside act on it: a topic is never
// renamed, and never used for something else.
type Topic string

// The topics. Behind each: what happened, and what its subject is when that is not the thing's own id
// or code. Reading the thing again tells how it is now; what is not there any more was removed.
const (
	SaleCompleted Topic = "sale.completed" // a receipt was recorded, of any kind: sale, refund, void, training …
	EntryPosted   Topic = "entry.posted"   // an entry that no other topic implies: by hand, reversal, correction, reclass

	ItemChanged          Topic = "item.changed"
	BarcodeChanged       Topic = "barcode.changed"        // given to an item, or taken from it
	BarcodeFormatChanged Topic = "barcode_format.changed" //
	PriceListChanged     Topic = "price_list.changed"     // its head; its prices have their own topic
	PriceChanged         Topic = "price.changed"          // one price of a list: LIST/SKU
	PromotionChanged     Topic = "promotion.changed"      //
	TaxChanged           Topic = "tax.changed"            // a tax entry of the shop's own: JURISDICTION/CATEGORY/SINCE

	StoreChanged      Topic = "store.changed"
	RegisterChanged   Topic = "register.changed" // STORE/CODE
	DrawerChanged     Topic = "drawer.changed"   // STORE/CODE
	SettingChanged    Topic = "setting.changed"
	TenderTypeChanged Topic = "tender_type.changed"

	AccountChanged Topic = "account.changed"
	RoleMapped     Topic = "role.mapped"     // an account role got another account: ROLE, or ROLE/KEY
	YearOpened     Topic = "year.opened"     // the periods of a fiscal year were made: 2026 or 2025/26
	PeriodLocked   Topic = "period.locked"   // a period's first day
	PeriodUnlocked Topic = "period.unlocked" // a period's first day

	TaskOpened   Topic = "task.opened"   // something waits for a person: the task's key, as "tender:PayLater-X"
	TaskResolved Topic = "task.resolved" // the task's key

	ShiftOpened  Topic = "shift.opened"
	ShiftMoved   Topic = "shift.moved"   // cash went into or out of the drawer without a receipt: the shift
	ShiftCounted Topic = "shift.counted" // counted, or counted again
	ShiftClosed  Topic = "shift.closed"
	DayClosed    Topic = "day.closed" // STORE/DAY

	BankDepositSent    Topic = "bank_deposit.sent"
	BankDepositMatched Topic = "bank_deposit.matched" // the deposit, not the statement's line

	DeliveryRecorded       Topic = "delivery.recorded"
	SupplierReturnRecorded Topic = "supplier_return.recorded"
	BillRecorded           Topic = "bill.recorded"
	AdjustmentRecorded     Topic = "adjustment.recorded"
	CountRecorded          Topic = "count.recorded"
	ShipmentRecorded       Topic = "shipment.recorded"
	ArrivalRecorded        Topic = "arrival.recorded"

	MovementRecorded Topic = "movement.recorded" // a line of a processor's or bank's account: charge, fee, payout, hold …

	ImportStarted  Topic = "import.started"
	ImportFinished Topic = "import.finished"

	QuarantineRowDismissed Topic = "quarantine_row.dismissed" // taken out of the quarantine, never to be booked: IMPORT/LINE

	KeyCreated     Topic = "key.created" // an API key, by name
	KeyRevoked     Topic = "key.revoked"
	WebhookChanged Topic = "webhook.changed" // an endpoint was added, changed, paused, disabled or removed
)

var topics = []Topic{SaleCompleted, EntryPosted, ItemChanged, BarcodeChanged, BarcodeFormatChanged, PriceListChanged, PriceChanged,
	PromotionChanged, TaxChanged, StoreChanged, RegisterChanged, DrawerChanged, SettingChanged, TenderTypeChanged, AccountChanged, RoleMapped,
	YearOpened, PeriodLocked, PeriodUnlocked, TaskOpened, TaskResolved, ShiftOpened, ShiftMoved, ShiftCounted, ShiftClosed, DayClosed,
	BankDepositSent, BankDepositMatched, DeliveryRecorded, SupplierReturnRecorded, BillRecorded, AdjustmentRecorded, CountRecorded,
	ShipmentRecorded, ArrivalRecorded, MovementRecorded, ImportStarted, ImportFinished, QuarantineRowDismissed,
	KeyCreated, KeyRevoked, WebhookChanged}

// Topics lists all topics in the order in which a person should see them.
func Topics() []Topic { return slices.Clone(topics) }

// ParseTopic reads the name of a topic; an unknown one is ErrTopic.
func ParseTopic(name string) (Topic, error) {
	if t := Topic(name); slices.Contains(topics, t) {
		return t, nil
	}
	return "", ErrTopic.Named("topic", name)
}
