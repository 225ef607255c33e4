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

// head is a place in the ledger's chain.
type head struct {
	seq  int64
	hash [sha256.Size]byte
}

// ForgetHeads has the next comparison read the ledger's chain from its beginning.
func (b *Books) ForgetHeads() { b.noted = head{} }

// compareLedger computes the chain on from the place that was noted: entries follow each other without
// a gap, balance, and hash to what is written. What was noted must still be there.
func (b *Books) compareLedger(r *reader, d *Differences) error {
	lines, err := b.newLines(r)
	if err != nil {
		return err
	}
	end := b.noted
	var seq, posted int64
	var id, doc, reverses, prev, hash []byte
	var kind, store, register, day, effective, memo, attachment string
	err = r.rows(fmt.Sprintf(`SELECT seq, id, doc, reverses, prev_hash, hash, kind, store, register, business_day, effective_day, posted_ms, memo, attachment
		FROM entries WHERE seq >= %d ORDER BY seq`, end.seq), []any{&seq, &id, &doc, &reverses, &prev, &hash, &kind, &store, &register, &day, &effective,
		&posted, &memo, &attachment}, func() {
		if seq == end.seq {
			if string(hash) != string(end.hash[:]) {
				d.add("entry %d had the hash %x when it was noted, and now %x", seq, end.hash, hash)
			}
			return
		}
		if seq != end.seq+1 || string(prev) != string(end.hash[:]) {
			d.add("entry %d follows %x, and not entry %d, %x", seq, prev, end.seq, end.hash)
		}
		l := at(lines, seq) // an entry of no lines is one too
		var f form
		f.text("tillpost-entry-1\n")
		f.number(seq)
		f.id(id)
		f.id(doc)
		f.id(reverses)
		f.sized(kind, store, register, day, effective)
		f.number(posted)
		f.sized(memo, attachment)
		f.number(l.count)
		f.text(l.bytes.String())
		f.text(string(prev))
		end = head{seq, sha256.Sum256([]byte(f.String()))}
		if string(hash) != string(end.hash[:]) {
			d.add("entry %d hashes to %x, the database says %x", seq, end.hash, hash)
		}
		if l.sum != 0 {
			d.add("entry %d does not balance: %d", seq, l.sum)
		}
		copy(end.hash[:], hash)
	})
	if err != nil {
		return err
	}
	b.noted = end
	var n, number int64
	err = r.rows(`SELECT COUNT(*), COALESCE((SELECT number FROM chain_heads WHERE name = 'ledger'), 0), (SELECT hash FROM chain_heads WHERE name = 'ledger') FROM entries`,
		[]any{&n, &number, &hash}, func() {})
	if n != end.seq || number != end.seq || string(hash) != string(end.hash[:]) {
		d.add("the ledger has %d entries, the last is %d, %x, and its chain ends at %d, %x", n, end.seq, end.hash, number, hash)
	}
	return err
}

// entryLines are an entry's lines as they are hashed.
type entryLines struct {
	count, sum int64
	bytes      form
}

// newLines reads the lines of the entries that were not noted yet.
func (b *Books) newLines(r *reader) (map[int64]*entryLines, error) {
	out := map[int64]*entryLines{}
	var seq, amount, foreign int64
	var account, store, department, tax, tender, party, unknown, currency string
	err := r.rows(fmt.Sprintf(`SELECT entry_seq, account, amount, store, department, tax_code, tender, party, unknown, foreign_currency, foreign_amount
		FROM entry_lines WHERE entry_seq > %d ORDER BY entry_seq, line_no`, b.noted.seq), []any{&seq, &account, &amount, &store, &department, &tax, &tender,
		&party, &unknown, &currency, &foreign}, func() {
		l := at(out, seq)
		l.count++
		l.sum += amount
		l.bytes.sized(account)
		l.bytes.number(amount)
		l.bytes.sized(store, department, tax, tender, party, unknown, currency)
		l.bytes.number(foreign)
	})
	return out, err
}

// form writes the canonical form: numbers in groups of seven bits, the lowest first, after their sign
// was put in the lowest bit; texts with their length in front.
type form struct{ strings.Builder }

func (f *form) text(s string) { f.WriteString(s) }

func (f *form) number(n int64) { f.length(uint64(n)<<1 ^ uint64(n>>63)) }

func (f *form) length(u uint64) {
	for ; u >= 0x80; u >>= 7 {
		f.WriteByte(byte(u) | 0x80)
	}
	f.WriteByte(byte(u))
}

func (f *form) sized(texts ...string) {
	for _, s := range texts {
		f.length(uint64(len(s)))
		f.WriteString(s)
	}
}

// id writes the 16 bytes of an id, zeros for none.
func (f *form) id(u []byte) {
	var b [16]byte
	copy(b[:], u)
	f.Write(b[:])
}

// compareOutbox asks that every receipt was announced once, in the order of arrival.
func (b *Books) compareOutbox(r *reader, d *Differences) error {
	var topic string
	var subject []byte
	var got []string
	err := r.rows(`SELECT topic, subject FROM outbox ORDER BY seq`, []any{&topic, &subject}, func() { got = append(got, topic+" "+hex.EncodeToString(subject)) })
	for i := range max(len(got), len(b.order)) {
		want, is := "nothing", "nothing"
		if i < len(b.order) {
			want = "sale.completed " + strings.ReplaceAll(b.order[i], "-", "")
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

// compareShifts looks at each shift's state and at what its count says.
func (b *Books) compareShifts(r *reader, d *Differences) error {
	want, got := figures{}, figures{}
	states := map[string]int64{"open": 1, "counted": 2, "closed": 3}
	for u, h := range b.holding {
		u = strings.ReplaceAll(u, "-", "")
		state := "closed"
		if h.drawer.holder == h {
			state = "open"
			if h.counted {
				state = "counted"
			}
		}
		want[u+" "+h.drawer.store+"/"+h.drawer.code+" of "+h.day] = [6]int64{states[state]}
		for c, n := range h.count {
			want[u+" "+c] = [6]int64{h.expected[c].own, n}
		}
	}
	var u []byte
	var drawer, day, state, currency string
	var expected, counted int64
	if err := r.rows(`SELECT id, store || '/' || drawer, business_day, state FROM shifts`, []any{&u, &drawer, &day, &state},
		func() { got[hex.EncodeToString(u)+" "+drawer+" of "+day] = [6]int64{states[state]} }); err != nil {
		return err
	}
	err := r.rows(`SELECT c.shift, c.currency, c.expected, COALESCE(again.counted, c.counted) FROM shift_counts c
		LEFT JOIN shift_counts again ON again.shift = c.shift AND again.currency = c.currency AND again.stage = 'recount' WHERE c.stage = 'close'`,
		[]any{&u, &currency, &expected, &counted}, func() { got[hex.EncodeToString(u)+" "+currency] = [6]int64{expected, counted} })
	differ(d, "shift (state; expected, counted)", want, got)
	return err
}
