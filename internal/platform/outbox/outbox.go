// Package outbox holds the log of changes: what happened, to what, where, when and by whom. A row is
// written in the transaction that it tells about, so that nothing is told that did not happen and
// nothing that happened is forgotten. It is at once what webhooks announce, what the API answers when
// it is asked what happened since, and the record of who changed what.
package outbox

import (
	"github.com/tillpost/tillpost/internal/platform/db"
)

var table = db.Table{Name: "outbox", Columns: []string{"seq", "topic", "subject", "store", "actor", "at_ms"}}

// Add notes that topic happened to subject: a UUID's text, or the code of a thing as "S01", a SKU,
// "01/R1". store is the store that it happened in, "" for the whole business. Who did it is tx.Actor.
func Add(tx *db.Tx, topic Topic, subject, store string) error {
	return AddBy(tx, tx.Actor, topic, subject, store)
}

// AddBy is Add for what a body did and only a function given to tx.OnFlush knows for certain.
func AddBy(tx *db.Tx, actor string, topic Topic, subject, store string) error {
	seq, err := tx.Next("outbox", 1)
	if err != nil {
		return err
	}
	tx.Insert(&table, seq, string(topic), subject, store, actor, tx.Now.UnixMilli())
	return nil
}
