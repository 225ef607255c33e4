package db_test

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"sync"
	"testing"

	"github.com/tillpost/tillpost/internal/platform/db"
	"github.com/tillpost/tillpost/internal/platform/dbtest"
)

const (
	getHead  db.SQL = `SELECT hash FROM chain_heads WHERE name = 'test'`
	saveHead db.SQL = `INSERT INTO chain_heads (name, number, hash) VALUES ('test', $1, $2) ON CONFLICT (name) DO UPDATE SET number = excluded.number, hash = excluded.hash`
	readOut  db.SQL = `SELECT seq, topic, subject FROM outbox ORDER BY seq`
)

var links = db.Table{Name: "outbox", Columns: []string{"seq", "topic", "subject", "at_ms"}}

type chainKey struct{}

type chain struct {
	head   [32]byte
	number int64
}

// link appends a link to a hash chain, as the ledger does: the head is read once in a group and saved
// when it commits.
func link(tx *db.Tx, name string) error {
	c, err := db.Shared(tx, chainKey{}, func() (*chain, error) {
		c := &chain{}
		rows, err := tx.Query(getHead)
		if err != nil {
			return nil, err
		}
		defer rows.Close()
		for rows.Next() {
			var hash []byte
			if err := rows.Scan(&hash); err != nil {
				return nil, err
			}
			copy(c.head[:], hash)
		}
		tx.OnFlush(func() error { _, err := tx.Exec(saveHead, c.number, c.head[:]); return err })
		return c, rows.Err()
	})
	if err != nil {
		return err
	}
	if c.number, err = tx.Next("links", 1); err != nil {
		return err
	}
	c.head = sha256.Sum256(append(c.head[:], name...))
	tx.Insert(&links, c.number, name, hex.EncodeToString(c.head[:]), int64(0))
	return nil
}

// checkChain recomputes the chain and returns how many links it has.
func checkChain(t *testing.T, d *db.DB) (n int64) {
	t.Helper()
	err := d.Read(context.Background(), func(v *db.View) error {
		rows, err := v.Query(readOut)
		if err != nil {
			return err
		}
		defer rows.Close()
		var head [32]byte
		for rows.Next() {
			var seq int64
			var name, hash string
			if err := rows.Scan(&seq, &name, &hash); err != nil {
				return err
			}
			n++
			head = sha256.Sum256(append(head[:], name...))
			if seq != n || hash != hex.EncodeToString(head[:]) {
				return fmt.Errorf("link %d (%s) stands at %d or does not follow its predecessor", seq, name, n)
			}
		}
		return rows.Err()
	})
	if err != nil {
		t.Fatal(err)
	}
	return n
}

// Two processes that write to one database at the same time, as many nodes of a server or a register
// beside an import, neither lose nor tear anything.
func TestTwoWriters(t *testing.T) {
	t.Parallel()
	dbtest.EachDSN(t, func(t *testing.T, dsn string) {
		nodes := []*db.DB{dbtest.Open(t, dsn), dbtest.Open(t, dsn)}
		const writers, each = 6, 15
		var wg sync.WaitGroup
		for n, d := range nodes {
			for w := range writers {
				wg.Go(func() {
					for i := range each {
						err := d.Write(context.Background(), func(tx *db.Tx) error { return link(tx, fmt.Sprintf("%d/%d/%d", n, w, i)) })
						if err != nil {
							t.Error(err)
							return
						}
					}
				})
			}
		}
		wg.Wait()
		for _, d := range nodes {
			if n := checkChain(t, d); n != 2*writers*each {
				t.Errorf("%d links, want %d", n, 2*writers*each)
			}
		}
	})
}
