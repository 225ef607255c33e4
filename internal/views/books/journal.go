package books

import (
	"github.com/tillpost/tillpost/internal/domain/ledger"
	"github.com/tillpost/tillpost/internal/platform/db"
)

const selectReceipts db.SQL = `SELECT e.seq, r.store, r.register, r.number, r.external FROM entries e JOIN receipts r ON r.id = e.doc
	WHERE e.seq >= $1 AND e.seq <= $2 ORDER BY e.seq`

// Journal calls fn for every entry that counts in the scope, in the order in which they were posted,
// with the receipt that it books (the zero Receipt when it books something else). A scope's store is
// that of the entry, so that entries stay whole. The entry is valid until fn returns; fn may read
// from q. Memory stays bounded, whatever the number of entries.
func Journal(q db.Q, s Scope, fn func(e *ledger.Entry, r Receipt) error) error {
	first, last, err := ledger.Span(q, s.From, s.To)
	if err != nil {
		return err
	}
	var receipts []Receipt
	return ledger.EachBatch(q, first, last, func(batch []ledger.Entry) (err error) {
		if receipts, err = receiptsOf(q, batch, receipts[:0]); err != nil {
			return err
		}
		for i := range batch {
			e := &batch[i]
			if e.EffectiveDay < s.From || string(e.EffectiveDay) > s.Until() || s.Store != "" && e.Store != s.Store {
				continue
			}
			if err := fn(e, receipts[i]); err != nil {
				return err
			}
		}
		return nil
	})
}

// receiptsOf reads the receipts that the entries book, in the order of the entries.
func receiptsOf(q db.Q, batch []ledger.Entry, into []Receipt) ([]Receipt, error) {
	for range batch {
		into = append(into, Receipt{})
	}
	rows, err := q.Query(selectReceipts, batch[0].Seq, batch[len(batch)-1].Seq)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	at := 0
	for rows.Next() {
		var seq int64
		var r Receipt
		if err := rows.Scan(&seq, &r.Store, &r.Register, &r.Number, &r.External); err != nil {
			return nil, err
		}
		for at < len(batch)-1 && batch[at].Seq < seq {
			at++
		}
		into[at] = r
	}
	return into, rows.Err()
}
