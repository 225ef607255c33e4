package auditor

import "strings"

// announced are the topics of documents: every document is announced once, and they in the order in
// which they were booked.
var announced = []string{"sale.completed", "delivery.recorded", "bill.recorded", "adjustment.recorded", "count.recorded", "shipment.recorded",
	"arrival.recorded", "shift.opened", "shift.counted", "shift.closed", "day.closed", "bank_deposit.sent", "bank_deposit.matched"}

// Tell notes that the outside must hear of a document.
func (b *Books) Tell(topic, subject string) { b.told = append(b.told, topic+" "+subject) }

// compareOutbox reads the log of changes and asks that it tells what the auditor booked, in this order.
func (b *Books) compareOutbox(r *reader, d *Differences) error {
	var topic, subject string
	var got []string
	err := r.rows(`SELECT topic, subject FROM outbox WHERE topic IN ('`+strings.Join(announced, "', '")+`') ORDER BY seq`,
		[]any{&topic, &subject}, func() { got = append(got, topic+" "+subject) })
	for i := range max(len(got), len(b.told)) {
		want, is := "nothing", "nothing"
		if i < len(b.told) {
			want = b.told[i]
		}
		if i < len(got) {
			is = got[i]
		}
		if want != is {
			d.add("announcement %d: the auditor has %s, the outbox %s", i+1, want, is)
			break
		}
	}
	return err
}
