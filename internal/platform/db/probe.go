package db

import "context"

const probeMark SQL = `INSERT INTO counters (name, value) VALUES ('probe', $1) ON CONFLICT (name) DO UPDATE SET value = excluded.value`

// Probe writes a mark and returns when it is on disk: what a sale would need works, or the error says
// what does not. The mark is one row, however often it is written.
func (d *DB) Probe(ctx context.Context) error {
	return d.Write(ctx, func(tx *Tx) error {
		_, err := tx.Exec(probeMark, tx.Now.UnixMilli())
		return err
	})
}
