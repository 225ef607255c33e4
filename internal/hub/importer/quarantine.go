package importer

import (
	"github.com/tillpost/tillpost/internal/base/id"
	"github.com/tillpost/tillpost/internal/base/pan"
	"github.com/tillpost/tillpost/internal/domain/receipt"
	"github.com/tillpost/tillpost/internal/hub/intake"
	"github.com/tillpost/tillpost/internal/platform/db"
)

var quarantineTable = db.Table{Name: "import_quarantine", Columns: []string{"run", "row_no", "external", "code", "reason", "raw", "state"},
	Conflict: "ON CONFLICT (run, row_no, external) DO NOTHING"}

// quarantine keeps what could not be understood or recorded, for a person.
func (s *settling) quarantine(doc *intake.Document, r intake.Rejected) {
	s.counts.Quarantined++
	row := r.Row
	if row == 0 {
		row = doc.FirstRow
	}
	s.tx.Insert(&quarantineTable, s.id[:], int64(row), clean(doc.External), clean(r.Code), clean(r.Reason), clean(r.Raw), "open")
}

// clean makes a text from outside fit to be kept: no card numbers, no bytes that an engine refuses.
func clean(text string) string { return pan.Mask(receipt.Clean(text, intake.MaxRaw)) }

// waitingMost bounds how many outside numbers in quarantine are looked for in a later file.
const waitingMost = 100_000

const (
	selectWaiting db.SQL = `SELECT DISTINCT q.external FROM import_quarantine q JOIN import_runs r ON r.id = q.run
		WHERE q.state = 'open' AND q.external <> '' AND r.source = $1 AND r.store = $2 ORDER BY q.external LIMIT $3`
	cureRows db.SQL = `UPDATE import_quarantine SET state = 'done' WHERE state = 'open' AND external = $1
		AND run IN (SELECT id FROM import_runs WHERE source = $2 AND store = $3)`
	cureRepeated = cureRows + ` AND code NOT IN ($4, $5, $6, $7)`
)

// waiting are the outside numbers of a source that wait in quarantine.
func waiting(q db.Q, source, store string) (map[string]bool, error) {
	rows, err := q.Query(selectWaiting, source, store, int64(waitingMost))
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	out := map[string]bool{}
	for rows.Next() {
		var external string
		if err := rows.Scan(&external); err != nil {
			return nil, err
		}
		out[external] = true
	}
	return out, rows.Err()
}

// cure takes a document that is in the books now out of the quarantine of an earlier file. When it was
// there before, what was read with other content goes on waiting: a person has to say which is right.
func (s *settling) cure(doc *intake.Document, fresh bool) error {
	if len(s.waits) == 0 {
		return nil
	}
	for _, name := range [...]string{doc.External, doc.Waited} {
		if external := clean(name); s.waits[external] {
			if err := s.heal(external, fresh); err != nil {
				return err
			}
		}
	}
	return nil
}

// heal takes what waits under a name out of the quarantine.
func (s *settling) heal(external string, fresh bool) error {
	query, args := cureRows, []any{external, s.source, s.o.Store}
	if !fresh {
		query = cureRepeated
		for _, other := range otherContent {
			args = append(args, other.Code)
		}
	}
	n, err := s.tx.Exec(query, args...)
	if n > 0 {
		s.counts.Cured++
		s.cured = append(s.cured, external)
	}
	return err
}

// QuarantineRow is a row that waits for a person.
type QuarantineRow struct {
	Run      id.ID  `json:"run"`
	File     string `json:"file"`
	Row      int64  `json:"row"` // the line in the file; of a POSLog the number of the transaction
	External string `json:"external,omitempty"`
	Code     string `json:"code"`
	Reason   string `json:"reason"`
	Raw      string `json:"raw,omitempty"`
}

const selectQuarantine db.SQL = `SELECT q.run, r.file_name, q.row_no, q.external, q.code, q.reason, q.raw FROM import_quarantine q
	JOIN import_runs r ON r.id = q.run WHERE q.state = 'open' ORDER BY r.started_ms, q.run, q.row_no, q.external LIMIT $1`

// Quarantine lists open rows, the oldest run first.
func Quarantine(q db.Q, most int) ([]QuarantineRow, error) {
	rows, err := q.Query(selectQuarantine, most)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	var out []QuarantineRow
	for rows.Next() {
		var x QuarantineRow
		if err := rows.Scan(&x.Run, &x.File, &x.Row, &x.External, &x.Code, &x.Reason, &x.Raw); err != nil {
			return nil, err
		}
		out = append(out, x)
	}
	return out, rows.Err()
}
