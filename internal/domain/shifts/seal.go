package shifts

import (
	"cmp"
	"crypto/sha256"
	"database/sql"
	"encoding/binary"
	"encoding/json"
	"errors"
	"slices"

	"github.com/tillpost/tillpost/internal/base/day"
	"github.com/tillpost/tillpost/internal/base/id"
	"github.com/tillpost/tillpost/internal/base/money"
	"github.com/tillpost/tillpost/internal/platform/db"
	"github.com/tillpost/tillpost/internal/platform/outbox"
)

// Gap is a run of receipt numbers that no receipt has, both ends included.
type Gap struct {
	First int64 `json:"first"`
	Last  int64 `json:"last"`
}

// Seal is what is written of a register's business day when it is closed, and never again: which
// numbers it holds, how many receipts, what they come to and the hash of the last. Register "" is the
// whole store.
type Seal struct {
	Store      string      `json:"store"`
	Day        day.Day     `json:"business_day"`
	Register   string      `json:"register,omitempty"`
	First      int64       `json:"first_number,omitempty"`
	Last       int64       `json:"last_number,omitempty"`
	Receipts   int64       `json:"receipts"` // all documents with a number, also training and aborted ones
	Missing    int64       `json:"missing"`  // numbers up to Last that had not arrived
	Gaps       []Gap       `json:"gaps,omitempty"`
	Total      money.Minor `json:"total"` // of the receipts that post
	LastHash   [32]byte    `json:"-"`
	ClosedMs   int64       `json:"closed_ms"`
	Z          int64       `json:"z_number"` // counts the closed days from 1 without a gap
	LastSeq    int64       `json:"last_seq"` // receipts of the day that come after this one are late
	OpenShifts []id.ID     `json:"open_shifts,omitempty"`
	PrevHash   [32]byte    `json:"-"` // hash of the seal before, of the same register
	Hash       [32]byte    `json:"-"`
}

// Sum computes the seal's hash from its content and PrevHash.
func (s Seal) Sum() [32]byte {
	b := []byte("tillpost-seal-1\n")
	for _, t := range []string{s.Store, string(s.Day), s.Register} {
		b = binary.AppendUvarint(b, uint64(len(t)))
		b = append(b, t...)
	}
	for _, n := range []int64{s.First, s.Last, s.Receipts, s.Missing, int64(s.Total), s.ClosedMs, s.Z, s.LastSeq, int64(len(s.Gaps))} {
		b = binary.AppendVarint(b, n)
	}
	for _, g := range s.Gaps {
		b = binary.AppendVarint(binary.AppendVarint(b, g.First), g.Last)
	}
	b = binary.AppendVarint(b, int64(len(s.OpenShifts)))
	for _, u := range s.OpenShifts {
		b = append(b, u[:]...)
	}
	b = append(b, s.LastHash[:]...)
	return sha256.Sum256(append(b, s.PrevHash[:]...))
}

const sealColumns = `store, business_day, register, first_number, last_number, receipts, missing, last_hash, total, closed_ms, z_number,
	last_seq, gaps, open_shifts, prev_hash, hash`

const (
	selectSeals    db.SQL = `SELECT ` + sealColumns + ` FROM day_closes WHERE store = $1 AND business_day = $2 ORDER BY register`
	selectAllSeals db.SQL = `SELECT ` + sealColumns + ` FROM day_closes ORDER BY store, register, z_number`
	selectLastSeal db.SQL = `SELECT ` + sealColumns + ` FROM day_closes WHERE store = $1 AND register = $2 ORDER BY z_number DESC LIMIT 1`
	selectSealedTo db.SQL = `SELECT CAST(COALESCE(MAX(last_number), 0) AS BIGINT) FROM day_closes WHERE store = $1 AND register = $2 AND business_day < $3`
	insertSeal     db.SQL = `INSERT INTO day_closes (` + sealColumns + `) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16)`
)

func scanSeal(row scanner) (Seal, error) {
	var s Seal
	var last, prev, hash []byte
	var gaps, open string
	err := row.Scan(&s.Store, &s.Day, &s.Register, &s.First, &s.Last, &s.Receipts, &s.Missing, &last, &s.Total, &s.ClosedMs, &s.Z,
		&s.LastSeq, &gaps, &open, &prev, &hash)
	if err != nil {
		return s, err
	}
	copy(s.LastHash[:], last)
	copy(s.PrevHash[:], prev)
	copy(s.Hash[:], hash)
	for text, into := range map[string]any{gaps: &pairs{&s.Gaps}, open: &s.OpenShifts} {
		if text == "" {
			continue
		}
		if err := json.Unmarshal([]byte(text), into); err != nil {
			return s, err
		}
	}
	return s, nil
}

// Seals reads the seals of a store's business day: the store's own first, then one a register. None
// means that the day is open.
func Seals(q db.Q, store string, d day.Day) ([]Seal, error) {
	return seals(q, selectSeals, store, string(d))
}

// AllSeals reads every seal in the order of its chain, to prove them.
func AllSeals(q db.Q) ([]Seal, error) { return seals(q, selectAllSeals) }

func seals(q db.Q, query db.SQL, args ...any) ([]Seal, error) {
	rows, err := q.Query(query, args...)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	var out []Seal
	for rows.Next() {
		s, err := scanSeal(rows)
		if err != nil {
			return nil, err
		}
		out = append(out, s)
	}
	// Not by the database's idea of an order: hashes depend on it.
	slices.SortStableFunc(out, func(a, b Seal) int { return cmp.Or(cmp.Compare(a.Store, b.Store), cmp.Compare(a.Register, b.Register)) })
	return out, rows.Err()
}

// SealedTo is the highest receipt number of a register in the sealed days before d, 0 when there is none.
func SealedTo(q db.Q, store, register string, d day.Day) (int64, error) {
	var n int64
	err := q.QueryRow(selectSealedTo, store, register, string(d)).Scan(&n)
	return n, err
}

// PutSeal writes a seal: it gets its number, its time and its place in the chain. The store's own seal
// closes the day.
func PutSeal(tx *db.Tx, s Seal) (Seal, error) {
	before, err := scanSeal(tx.QueryRow(selectLastSeal, s.Store, s.Register))
	if err != nil && !errors.Is(err, sql.ErrNoRows) {
		return s, err
	}
	if s.Z, err = tx.Next("day:"+s.Store+"/"+s.Register, 1); err != nil {
		return s, err
	}
	s.PrevHash, s.ClosedMs = before.Hash, tx.Now.UnixMilli()
	s.Hash = s.Sum()
	gaps, err := listJSON(len(s.Gaps), pairs{&s.Gaps})
	if err != nil {
		return s, err
	}
	open, err := listJSON(len(s.OpenShifts), s.OpenShifts)
	if err != nil {
		return s, err
	}
	_, err = tx.Exec(insertSeal, s.Store, string(s.Day), s.Register, s.First, s.Last, s.Receipts, s.Missing, s.LastHash[:], int64(s.Total),
		s.ClosedMs, s.Z, s.LastSeq, gaps, open, s.PrevHash[:], s.Hash[:])
	if err != nil || s.Register != "" {
		return s, err
	}
	return s, outbox.Add(tx, outbox.DayClosed, s.Store+"/"+string(s.Day), s.Store)
}

// listJSON writes a list, "" for an empty one.
func listJSON(n int, v any) (string, error) {
	if n == 0 {
		return "", nil
	}
	b, err := json.Marshal(v)
	return string(b), err
}

// pairs is how gaps are stored: [[17,19],[23,23]].
type pairs struct{ gaps *[]Gap }

// MarshalJSON writes the pairs.
func (p pairs) MarshalJSON() ([]byte, error) {
	out := make([][2]int64, len(*p.gaps))
	for i, g := range *p.gaps {
		out[i] = [2]int64{g.First, g.Last}
	}
	return json.Marshal(out)
}

// UnmarshalJSON reads the pairs.
func (p *pairs) UnmarshalJSON(b []byte) error {
	var in [][2]int64
	if err := json.Unmarshal(b, &in); err != nil {
		return err
	}
	for _, g := range in {
		*p.gaps = append(*p.gaps, Gap{g[0], g[1]})
	}
	return nil
}
