// Package sales owns receipts as they are stored: recorded once, never changed, numbered and chained
// per register.
package sales

import (
	"cmp"
	"database/sql"
	"errors"
	"slices"
	"strings"

	"github.com/tillpost/tillpost/internal/base/day"
	"github.com/tillpost/tillpost/internal/base/id"
	"github.com/tillpost/tillpost/internal/base/money"
	"github.com/tillpost/tillpost/internal/domain/receipt"
	"github.com/tillpost/tillpost/internal/platform/db"
)

// Sale is a recorded receipt.
type Sale struct {
	Seq      int64           `json:"seq"` // place among all receipts
	Receipt  receipt.Receipt `json:"receipt"`
	ServerMs int64           `json:"server_ms"`
	// Hour is 0 to 23 by the store's wall clock.
	Hour int `json:"hour"`
	// Unexplained is what the tenders of an imported document differ by from its total: it is in suspense.
	Unexplained money.Minor `json:"unexplained,omitempty"`
	// Gap is the run of numbers that the register left out before this one, when it was new and the
	// highest. Filled is the run of missing numbers that one that came late stood in.
	Gap    Run `json:"-"`
	Filled Run `json:"-"`
}

// Arrival is a receipt on its way in.
type Arrival struct {
	Receipt     *receipt.Receipt
	Rule        day.Rule // the store's clock
	Unexplained money.Minor
}

// Record stores a receipt. A receipt with Number 0 is numbered and sealed here; one that a till has
// sealed is checked and kept as it is. The second result is false when the same receipt was recorded
// before: the stored answer is given and nothing is written.
//
// Errors: ErrOtherContent, ErrNumberTaken, ErrBrokenSeal. Nothing else is refused.
func Record(tx *db.Tx, a Arrival) (Sale, bool, error) {
	own := *a.Receipt // numbered and sealed below, and this body may run twice
	r := &own
	g, err := open(tx)
	if err != nil {
		return Sale{}, false, err
	}
	var content receipt.Hash
	content, g.scratch = contentOf(r, g.scratch)
	old, ok, err := g.find(tx, r.ID)
	if err != nil {
		return Sale{}, false, err
	}
	if ok {
		if old.content != content {
			return Sale{}, false, ErrOtherContent.At("id")
		}
		r.Number, r.PrevHash, r.Hash = old.number, old.prev, old.hash
		return Sale{Seq: old.seq, Receipt: *r, ServerMs: old.serverMs, Hour: old.hour, Unexplained: old.unexplained}, false, nil
	}
	head, err := g.head(tx, r.Store, r.Register)
	if err != nil {
		return Sale{}, false, err
	}
	gap, filled, err := head.take(tx, r)
	if err != nil {
		return Sale{}, false, err
	}
	seq, err := tx.Next("receipts", 1)
	if err != nil {
		return Sale{}, false, err
	}
	s := Sale{Seq: seq, Receipt: *r, ServerMs: tx.Now.UnixMilli(), Hour: hour(r, a.Rule), Unexplained: a.Unexplained,
		Gap: gap, Filled: filled}
	g.known[r.ID] = known{seq: seq, content: content, place: place{number: r.Number, prev: r.PrevHash, hash: r.Hash},
		serverMs: s.ServerMs, hour: s.Hour, unexplained: s.Unexplained, from: a.Receipt}
	insert(tx, &s, content)
	return s, true, nil
}

// contentOf hashes the receipt without its place in the chain. A receipt that a till has numbered has
// its place as part of its content.
func contentOf(r *receipt.Receipt, scratch []byte) (receipt.Hash, []byte) {
	c := *r
	c.PrevHash, c.Hash = receipt.Hash{}, receipt.Hash{}
	scratch = c.Canonical(scratch[:0])
	return receipt.HashOf(scratch), scratch
}

func hour(r *receipt.Receipt, rule day.Rule) int {
	if rule.Zone == nil {
		return r.DeviceTime.UTC().Hour()
	}
	return r.DeviceTime.In(rule.Zone).Hour()
}

// group is what the receipts of one group commit share.
type group struct {
	known   map[id.ID]known
	absent  map[id.ID]bool   // looked up and not there, or wanted
	wanted  []any            // ids to be looked up
	planned [][2]string      // stores and registers whose heads are wanted
	heads   map[string]*head // by "STORE/REGISTER"; kept from group to group
	used    []*head          // that this group has asked for
	scratch []byte
}

// known is what identifies a recorded receipt, and what was decided when it was recorded.
type known struct {
	seq     int64
	content receipt.Hash
	place
	serverMs    int64
	hour        int
	unexplained money.Minor
	from        *receipt.Receipt // as it came, when this group recorded it: the tables do not have it yet
}

// place is a receipt's place in its register's chain.
type place struct {
	number     int64
	prev, hash receipt.Hash
}

func scanKnown(row interface{ Scan(into ...any) error }) (u id.ID, k known, err error) {
	var content, prev, hash []byte
	err = row.Scan(&u, &k.seq, &content, &k.number, &prev, &hash, &k.serverMs, &k.hour, &k.unexplained)
	copy(k.content[:], content)
	copy(k.prev[:], prev)
	copy(k.hash[:], hash)
	return u, k, err
}

type (
	groupKey struct{}
	headsKey struct{}
)

func open(tx *db.Tx) (*group, error) {
	return db.Shared(tx, groupKey{}, func() (*group, error) {
		heads, err := db.Kept(tx, headsKey{}, func() (map[string]*head, error) { return map[string]*head{}, nil })
		if err != nil {
			return nil, err
		}
		if len(heads) > headsMost {
			clear(heads)
		}
		g := &group{known: map[id.ID]known{}, absent: map[id.ID]bool{}, heads: heads}
		tx.OnFlush(func() error { g.saveHeads(tx); return nil })
		return g, nil
	})
}

var knownLookup = db.Lookup{Table: "receipts", Keys: []string{"id"},
	Columns: []string{"id", "seq", "content", "number", "prev_hash", "hash", "server_ms", "hour", "unexplained"}}

func (g *group) find(tx *db.Tx, u id.ID) (known, bool, error) {
	if _, ok := g.known[u]; !ok && !g.absent[u] {
		g.want(u)
	}
	if err := g.load(tx); err != nil {
		return known{}, false, err
	}
	k, ok := g.known[u]
	return k, ok, nil
}

// want notes a receipt for load.
func (g *group) want(u id.ID) {
	if _, ok := g.known[u]; !ok && !g.absent[u] {
		g.absent[u] = true // until it is found
		g.wanted = append(g.wanted, u[:])
	}
}

// load looks up the receipts that were wanted.
func (g *group) load(tx *db.Tx) error {
	wanted := g.wanted
	g.wanted = nil
	return tx.Lookup(&knownLookup, wanted, func(rows *sql.Rows) error {
		u, k, err := scanKnown(rows)
		g.known[u] = k
		delete(g.absent, u)
		return err
	})
}

// Want has a receipt, and the end of a register's chain, looked up together with those that others want.
func Want(tx *db.Tx, u id.ID, store, register string) error {
	g, err := open(tx)
	if err == nil {
		g.want(u)
		g.planned = append(g.planned, [2]string{store, register})
	}
	return err
}

// Preload looks up many receipts at once, so that the Record calls that follow need not.
func Preload(tx *db.Tx, ids []id.ID) error {
	g, err := open(tx)
	if err != nil {
		return err
	}
	for _, u := range ids {
		g.want(u)
	}
	return g.load(tx)
}

// head is the end of a register's chain.
type head struct {
	store, register string
	number          int64
	hash            receipt.Hash
	// Of the group that uses it: whose it is, the number before it, and what it has taken, which the
	// table does not have yet.
	in    *group
	was   int64
	fresh map[int64]place
}

var headsTable = db.Table{Name: "register_heads", Columns: []string{"store", "register", "number", "hash"},
	Conflict: "ON CONFLICT (store, register) DO UPDATE SET number = excluded.number, hash = excluded.hash"}

var headsLookup = db.Lookup{Table: "register_heads", Keys: []string{"store", "register"}, Columns: []string{"store", "register", "number", "hash"}}

const selectNumber db.SQL = `SELECT prev_hash, hash FROM receipts WHERE store = $1 AND register = $2 AND number = $3`

// headsMost bounds the heads that stay in memory.
const headsMost = 10_000

func (g *group) head(tx *db.Tx, store, register string) (*head, error) {
	name := headName(store, register)
	if g.heads[name] == nil {
		g.planned = append(g.planned, [2]string{store, register})
		if err := g.loadHeads(tx); err != nil {
			return nil, err
		}
	}
	h := g.heads[name]
	if h.in != g {
		h.in, h.was, h.fresh = g, h.number, map[int64]place{}
		g.used = append(g.used, h)
	}
	return h, nil
}

// loadHeads looks up the heads that are wanted and not in memory yet.
func (g *group) loadHeads(tx *db.Tx) error {
	var keys []any
	for _, p := range g.planned {
		if name := headName(p[0], p[1]); g.heads[name] == nil {
			g.heads[name] = &head{store: p[0], register: p[1]}
			keys = append(keys, p[0], p[1])
		}
	}
	g.planned = nil
	return tx.Lookup(&headsLookup, keys, func(rows *sql.Rows) error {
		var read head
		var hash []byte
		if err := rows.Scan(&read.store, &read.register, &read.number, &hash); err != nil {
			return err
		}
		h := g.heads[headName(read.store, read.register)]
		h.number = read.number
		copy(h.hash[:], hash)
		return nil
	})
}

func headName(store, register string) string { return store + "/" + register }

// take puts the receipt at the end of the chain, or checks the place that the till has given it. It
// returns the numbers that are missing before it, or, when it comes late, those among which it was.
func (h *head) take(tx *db.Tx, r *receipt.Receipt) (gap, filled Run, err error) {
	switch {
	case r.Number == 0:
		r.Number = h.number + 1
		r.Seal(h.hash)
	case r.Hash != r.Sum(nil):
		return gap, filled, ErrBrokenSeal.At("hash")
	case r.Number <= h.number:
		if err := h.fits(tx, r); err != nil {
			return gap, filled, err
		}
		if filled, err = h.around(tx, r.Number); err != nil {
			return gap, filled, err
		}
	case r.Number == h.number+1 && r.PrevHash != h.hash:
		return gap, filled, ErrBrokenSeal.At("prev_hash")
	}
	h.fresh[r.Number] = place{number: r.Number, prev: r.PrevHash, hash: r.Hash}
	if r.Number > h.number {
		if r.Number > h.number+1 {
			gap = Run{h.number + 1, r.Number - 1}
		}
		h.number, h.hash = r.Number, r.Hash
	}
	return gap, filled, nil
}

// fits checks that a late receipt's number is still free, and the receipt against the neighbours that
// are already there.
func (h *head) fits(tx *db.Tx, r *receipt.Receipt) error {
	_, taken, err := h.find(tx, r, r.Number)
	if err != nil {
		return err
	}
	if taken {
		return ErrNumberTaken.At("number")
	}
	before, ok, err := h.find(tx, r, r.Number-1)
	if err != nil {
		return err
	}
	if (ok || r.Number == 1) && before.hash != r.PrevHash { // the first one has nothing before it: the zero hash
		return ErrBrokenSeal.At("prev_hash")
	}
	after, ok, err := h.find(tx, r, r.Number+1)
	if err != nil {
		return err
	}
	if ok && after.prev != r.Hash {
		return ErrBrokenSeal.At("hash")
	}
	return nil
}

// find looks a number of the register up.
func (h *head) find(tx *db.Tx, r *receipt.Receipt, number int64) (p place, ok bool, err error) {
	if p, ok = h.fresh[number]; ok {
		return p, true, nil
	}
	var prev, hash []byte
	err = tx.QueryRow(selectNumber, r.Store, r.Register, number).Scan(&prev, &hash)
	if errors.Is(err, sql.ErrNoRows) {
		return place{}, false, nil
	}
	p.number = number
	copy(p.prev[:], prev)
	copy(p.hash[:], hash)
	return p, err == nil, err
}

// saveHeads writes the heads that have moved, in key order.
func (g *group) saveHeads(tx *db.Tx) {
	slices.SortFunc(g.used, func(a, b *head) int {
		return cmp.Or(cmp.Compare(a.store, b.store), cmp.Compare(a.register, b.register))
	})
	for _, h := range g.used {
		if h.number != h.was {
			hash := h.hash // the next group moves it on
			tx.Insert(&headsTable, h.store, h.register, h.number, hash[:])
		}
		h.in, h.fresh = nil, nil
	}
	g.used = nil
}

// ShortName is how people name a receipt: its outside number, or "S01/R1 #42".
func ShortName(r *receipt.Receipt) string {
	if r.External != "" {
		return strings.TrimSpace(r.Source + " " + r.External)
	}
	return r.Store + "/" + r.Register + " #" + itoa(r.Number)
}
