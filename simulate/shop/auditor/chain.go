package auditor

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"strings"
)

// compareRegisters follows each register's chain: every receipt that is there names the hash of the one
// before it, and the chain ends at the highest number that arrived.
func (b *Books) compareRegisters(r *reader, d *Differences) error {
	want, got := map[string]string{}, map[string]string{}
	last := map[string]int64{}
	for _, u := range b.order {
		x := b.receipts[u]
		name := x.Store + "/" + x.Register
		if x.Number > last[name] {
			last[name] = x.Number
			want[name] = fmt.Sprintf("%d %s", x.Number, x.Hash)
		}
	}
	var name string
	var number int64
	var prev, hash []byte
	links := map[string]string{}
	if err := r.rows(`SELECT store || '/' || register, number, prev_hash, hash FROM receipts ORDER BY store, register, number`,
		[]any{&name, &number, &prev, &hash}, func() {
			before, here := links[fmt.Sprint(name, number-1)], hex.EncodeToString(prev)
			if number == 1 {
				before = strings.Repeat("00", sha256.Size)
			}
			if before != "" && before != here {
				d.add("receipt %s #%d follows %s, not %s", name, number, here, before)
			}
			links[fmt.Sprint(name, number)] = hex.EncodeToString(hash)
		}); err != nil {
		return err
	}
	err := r.rows(`SELECT store || '/' || register, number, hash FROM register_heads`, []any{&name, &number, &hash},
		func() { got[name] = fmt.Sprintf("%d %s", number, hex.EncodeToString(hash)) })
	for k := range want {
		if want[k] != got[k] {
			d.add("the chain of %s ends at %s, in the database at %s", k, want[k], got[k])
		}
		delete(got, k)
	}
	for k, v := range got {
		d.add("the chain of %s at %s is nobody's", k, v)
	}
	return err
}

// compareSeals looks at the sealed days, and follows their chains.
func (b *Books) compareSeals(r *reader, d *Differences) error {
	want, got := figures{}, figures{}
	for k, s := range b.closed {
		want[k.store+" "+k.day+" "+k.register] = [6]int64{s.First, s.Last, s.Receipts, s.Missing, s.Total, 1}
	}
	type end struct {
		z    int64
		hash string
	}
	ends := map[string]end{}
	var store, day, register string
	var n [6]int64
	var z int64
	var prev, hash []byte
	err := r.rows(`SELECT store, business_day, register, first_number, last_number, receipts, missing, total, 1, z_number, prev_hash, hash FROM day_closes
		ORDER BY store, register, z_number`, []any{&store, &day, &register, &n[0], &n[1], &n[2], &n[3], &n[4], &n[5], &z, &prev, &hash}, func() {
		got[store+" "+day+" "+register] = n
		name := store + "/" + register
		was, ok := ends[name]
		if !ok {
			was.hash = string(make([]byte, sha256.Size))
		}
		if z != was.z+1 || string(prev) != was.hash {
			d.add("seal %d of %s on %s does not follow seal %d", z, name, day, was.z)
		}
		ends[name] = end{z, string(hash)}
	})
	differ(d, "seal (first, last, receipts, missing, total)", want, got)
	return err
}
