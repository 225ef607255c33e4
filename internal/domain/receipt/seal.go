package receipt

import (
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"

	"github.com/tillpost/tillpost/internal/base/id"
)

// Hash is the SHA-256 of a receipt's canonical form. The zero Hash means "none".
type Hash [32]byte

// IsZero tells whether the hash is unset.
func (h Hash) IsZero() bool { return h == Hash{} }

// String writes 64 hexadecimal digits, "" for none.
func (h Hash) String() string {
	if h.IsZero() {
		return ""
	}
	return hex.EncodeToString(h[:])
}

// MarshalText writes 64 hexadecimal digits.
func (h Hash) MarshalText() ([]byte, error) { return []byte(h.String()), nil }

// UnmarshalText reads 64 hexadecimal digits; empty is none.
func (h *Hash) UnmarshalText(b []byte) error {
	*h = Hash{}
	if len(b) == 0 {
		return nil
	}
	if len(b) != 64 {
		return ErrHashSyntax
	}
	if _, err := hex.Decode(h[:], b); err != nil {
		return ErrHashSyntax
	}
	return nil
}

// Seal links the receipt to its predecessor in the register and sets its hash.
func (r *Receipt) Seal(prev Hash) {
	r.PrevHash = prev
	r.Hash = r.Sum(nil)
}

// Sum computes the hash from the content; scratch is reused when it is large enough.
func (r *Receipt) Sum(scratch []byte) Hash { return sha256.Sum256(r.Canonical(scratch[:0])) }

// Content is the hash of everything but the place in the register's chain (number, previous hash).
// Two deliveries of the same id with the same Content are the same receipt; imports are compared by it.
func (r *Receipt) Content(scratch []byte) Hash {
	c := *r
	c.Number, c.PrevHash = 0, Hash{}
	return c.Sum(scratch)
}

// Canonical appends the bytes that are hashed: the fields in the order of the type, numbers as
// zig-zag varints, texts and ids with their length in front. It is version 1 of the form; a field
// that is added later is written only when it is set, behind the others, with a tag.
func (r *Receipt) Canonical(b []byte) []byte {
	b = append(b, "tillpost-receipt-1\n"...)
	b = putID(b, r.ID)
	b = putText(b, string(r.Kind), r.Store, r.Register)
	b = putInt(b, r.Number)
	b = putText(b, string(r.BusinessDay))
	b = putInt(b, r.DeviceTime.UnixMilli())
	b = putText(b, string(r.Currency))
	b = putID(b, r.Shift)
	b = putText(b, r.Employee, r.Customer, r.Channel)
	b = putBool(b, r.PricesInclude)
	b = putText(b, string(r.TaxRounding), string(r.TaxMode))
	b = putInt(b, int64(len(r.Lines)))
	for i := range r.Lines {
		b = r.Lines[i].canonical(b)
	}
	b = putInt(b, int64(len(r.Tenders)))
	for i := range r.Tenders {
		b = r.Tenders[i].canonical(b)
	}
	b = putInt(b, int64(r.Rounding))
	b = putID(b, r.Voids)
	b = putText(b, r.Note, r.Source, r.External)
	return append(b, r.PrevHash[:]...)
}

func (l *Line) canonical(b []byte) []byte {
	b = putInt(b, int64(l.No))
	b = putText(b, string(l.Kind), l.Item, l.Name, l.Department, l.Party)
	b = putInt(b, int64(l.Qty), int64(l.UnitPrice), int64(l.Extended))
	b = putInt(b, int64(len(l.Reductions)))
	for _, d := range l.Reductions {
		b = putText(b, d.Kind, d.Reason, d.Promotion)
		b = putInt(b, int64(d.Amount))
	}
	b = putInt(b, int64(l.Net), int64(l.NetDiscount))
	b = putInt(b, int64(len(l.Taxes)))
	for _, t := range l.Taxes {
		b = putText(b, t.Code)
		b = putInt(b, int64(t.Rate), int64(t.Base), int64(t.Amount))
	}
	b = putBool(b, l.Return != nil)
	if l.Return != nil {
		b = putID(b, l.Return.Receipt)
		b = putInt(b, int64(l.Return.Line))
		b = putText(b, l.Return.Reason, l.Return.Disposition)
	}
	return putInt(b, int64(l.Commission))
}

func (t *Tender) canonical(b []byte) []byte {
	b = putID(b, t.ID)
	b = putText(b, t.Type)
	b = putInt(b, int64(t.Amount))
	b = putText(b, t.Drawer, string(t.Foreign.Currency))
	b = putInt(b, int64(t.Foreign.Minor), int64(t.FX))
	return putText(b, t.Reference, t.Party)
}

func putInt(b []byte, ns ...int64) []byte {
	for _, n := range ns {
		b = binary.AppendVarint(b, n)
	}
	return b
}

func putText(b []byte, ss ...string) []byte {
	for _, s := range ss {
		b = binary.AppendUvarint(b, uint64(len(s)))
		b = append(b, s...)
	}
	return b
}

func putID(b []byte, u id.ID) []byte {
	if u.IsZero() {
		return append(b, 0)
	}
	b = append(b, byte(len(u)))
	return append(b, u[:]...)
}

func putBool(b []byte, v bool) []byte {
	if v {
		return append(b, 1)
	}
	return append(b, 0)
}

// HashOf is the hash of canonical bytes.
func HashOf(canonical []byte) Hash { return sha256.Sum256(canonical) }
