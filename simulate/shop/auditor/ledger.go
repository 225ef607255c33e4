package auditor

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"strings"
)

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
		b.compareEntry(d, seq, kind, doc, l)
		copy(end.hash[:], hash)
	})
	if err != nil {
		return err
	}
	b.noted = end
	for u := range b.awaited {
		d.add("receipt %s has no entry", u)
		delete(b.awaited, u)
	}
	var n, number int64
	err = r.rows(`SELECT COUNT(*), COALESCE((SELECT number FROM chain_heads WHERE name = 'ledger'), 0), (SELECT hash FROM chain_heads WHERE name = 'ledger') FROM entries`,
		[]any{&n, &number, &hash}, func() {})
	if n != end.seq || number != end.seq || string(hash) != string(end.hash[:]) {
		d.add("the ledger has %d entries, the last is %d, %x, and its chain ends at %d, %x", n, end.seq, end.hash, number, hash)
	}
	return err
}

// compareEntry asks that an entry balances, and that a receipt's has its amounts on the right accounts.
func (b *Books) compareEntry(d *Differences, seq int64, kind string, doc []byte, l *entryLines) {
	sum := int64(0)
	for _, n := range l.sums {
		sum += n[0]
	}
	if sum != 0 {
		d.add("entry %d does not balance: %d", seq, sum)
	}
	if seq <= b.compared {
		return
	}
	b.compared = seq
	if kind != "sale" && kind != "void" {
		return
	}
	u := dashed(doc)
	awaited, ok := b.awaited[u]
	if !ok {
		d.add("entry %d, %s, books receipt %s a second time, or one that never came", seq, kind, u)
	}
	delete(b.awaited, u)
	if b.place[u] <= b.booked {
		d.add("entry %d books receipt %s, which came before the one that is booked before it", seq, u)
	}
	b.booked = b.place[u]
	want := figures{}
	for k, v := range awaited {
		name := b.account(d, k.role, k.key) + " at " + k.store
		want[name] = [6]int64{want[name][0] + v}
	}
	differ(d, fmt.Sprintf("entry %d of receipt %s: account", seq, u), want, l.sums)
}

// dashed is the text of an id.
func dashed(u []byte) string {
	s := hex.EncodeToString(u)
	if len(s) != 32 {
		return s
	}
	return s[:8] + "-" + s[8:12] + "-" + s[12:16] + "-" + s[16:20] + "-" + s[20:]
}

// entryLines are an entry's lines as they are hashed, and what they come to by account and store.
type entryLines struct {
	count int64
	bytes form
	sums  figures
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
		if l.sums == nil {
			l.sums = figures{}
		}
		name := account + " at " + store
		l.sums[name] = [6]int64{l.sums[name][0] + amount}
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
