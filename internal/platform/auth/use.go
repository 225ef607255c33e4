package auth

import (
	"bytes"
	"context"
	"maps"
	"slices"
	"sync/atomic"
	"time"

	"github.com/tillpost/tillpost/internal/base/id"
	"github.com/tillpost/tillpost/internal/platform/db"
)

// recordEvery is how often last uses are written: a list is at most so far behind.
const recordEvery = time.Minute

// usesTable is written by servers beside each other: the later use stays.
var usesTable = db.Table{Name: "api_key_uses", Columns: []string{"key", "last_used_ms"},
	Conflict: "ON CONFLICT (key) DO UPDATE SET last_used_ms = excluded.last_used_ms WHERE excluded.last_used_ms > api_key_uses.last_used_ms"}

// use is when a key was used last, in this process.
type use struct {
	lastMs  atomic.Int64
	savedMs atomic.Int64 // what of it is written
}

func (u *use) touch(nowMs int64) {
	for {
		last := u.lastMs.Load()
		if nowMs <= last || u.lastMs.CompareAndSwap(last, nowMs) {
			return
		}
	}
}

func (k *Keeper) useOf(key id.ID) *use {
	k.mu.Lock()
	defer k.mu.Unlock()
	if k.uses[key] == nil {
		k.uses[key] = &use{}
	}
	return k.uses[key]
}

// record writes the last uses once a minute.
func (k *Keeper) record() {
	tick := time.NewTicker(recordEvery)
	defer tick.Stop()
	for {
		select {
		case <-k.ctx.Done():
			return
		case <-tick.C:
			if err := k.flush(k.ctx); err != nil && k.ctx.Err() == nil {
				k.trouble(err)
			}
		}
	}
}

// used is one last use on its way to the database.
type used struct {
	key id.ID
	ms  int64
	use *use
}

// forget drops the uses of keys that are gone, once they are written. Only readings call it, which also
// are the only ones to add any.
func (k *Keeper) forget(s *shelf) {
	there := map[id.ID]bool{}
	for _, key := range s.keys {
		there[key.principal.KeyID] = true
	}
	k.mu.Lock()
	defer k.mu.Unlock()
	maps.DeleteFunc(k.uses, func(key id.ID, u *use) bool { return !there[key] && u.lastMs.Load() == u.savedMs.Load() })
}

// flush writes the last uses that are not written yet, in one statement.
func (k *Keeper) flush(ctx context.Context) error {
	var news []used
	k.mu.Lock()
	for key, u := range k.uses {
		if last := u.lastMs.Load(); last > u.savedMs.Load() {
			news = append(news, used{key, last, u})
		}
	}
	k.mu.Unlock()
	if len(news) == 0 {
		return nil
	}
	slices.SortFunc(news, func(a, b used) int { return bytes.Compare(a.key[:], b.key[:]) })
	err := k.d.Write(ctx, func(tx *db.Tx) error {
		for i := range news {
			tx.Insert(&usesTable, news[i].key[:], news[i].ms)
		}
		return nil
	})
	if err == nil {
		for _, n := range news {
			n.use.savedMs.Store(n.ms)
		}
	}
	return err
}
