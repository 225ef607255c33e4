package importer

import (
	"context"
	"database/sql"
	"errors"
	"time"

	"github.com/tillpost/tillpost/internal/base/fault"
	"github.com/tillpost/tillpost/internal/base/id"
	"github.com/tillpost/tillpost/internal/base/money"
	"github.com/tillpost/tillpost/internal/base/pan"
	"github.com/tillpost/tillpost/internal/domain/sales"
	"github.com/tillpost/tillpost/internal/flow/checkout"
	"github.com/tillpost/tillpost/internal/hub/intake"
	"github.com/tillpost/tillpost/internal/platform/db"
)

// settle records a batch in one transaction: its documents, its quarantine and the place to go on
// from. A document that cannot be recorded is put in quarantine and the batch is tried again without
// it, so that nothing of it stays behind.
func (r *run) settle(ctx context.Context, b *batch) error {
	for {
		var counts Counts
		var total money.Minor
		var items, taxes []string
		body := func(tx *db.Tx) error {
			s := settling{run: r, tx: tx, counts: r.counts, total: r.total}
			if err := s.all(b.docs); err != nil {
				return err
			}
			counts, total, items, taxes = s.counts, s.total, s.items, s.codes
			return s.mark("running")
		}
		var err error
		if r.o.DryRun {
			err = r.d.Try(ctx, body)
		} else {
			err = r.d.Write(ctx, body)
		}
		var bad *badDocument
		if errors.As(err, &bad) {
			reject(&b.docs[bad.index], bad.err)
			continue
		}
		if err != nil {
			return err
		}
		r.counts, r.total = counts, total
		if !r.o.DryRun {
			remember(r.introduced, items)
			remember(r.taxes, taxes)
		}
		return nil
	}
}

// badDocument says that one document of a batch cannot be recorded.
type badDocument struct {
	index int
	err   error
}

func (b *badDocument) Error() string { return b.err.Error() }

// reject turns a document into one for quarantine.
func reject(doc *intake.Document, err error) {
	code := fault.CodeOf(err)
	if code == "" {
		code = "cannot_be_recorded"
	}
	raw := ""
	if doc.Receipt != nil {
		raw = sales.ShortName(doc.Receipt)
	}
	doc.Receipt, doc.Adjustment, doc.Movement, doc.Control = nil, nil, nil, ""
	doc.Rejected = &intake.Rejected{Code: code, Reason: err.Error(), Raw: raw}
}

// settling is one attempt at a batch.
type settling struct {
	*run
	tx     *db.Tx
	counts Counts
	total  money.Minor
	items  []string // introduced by this attempt
	codes  []string // tax codes, the same
}

func (s *settling) all(docs []intake.Document) error {
	if err := s.introduce(docs); err != nil {
		return err
	}
	ids := make([]id.ID, 0, len(docs))
	for i := range docs {
		if docs[i].Receipt != nil {
			ids = append(ids, docs[i].Receipt.ID)
		}
	}
	if err := sales.Preload(s.tx, ids); err != nil {
		return err
	}
	for i := range docs {
		if err := s.one(&docs[i]); err != nil {
			if k := fault.KindOf(err); k == fault.Invalid || k == fault.Conflict || k == fault.NotFound {
				return &badDocument{i, err}
			}
			return err
		}
		s.counts.Documents++
		s.counts.Rows += int64(docs[i].Rows)
	}
	return nil
}

func (s *settling) one(doc *intake.Document) error {
	switch {
	case doc.Rejected != nil:
		s.counts.Quarantined++
		s.quarantine(doc, *doc.Rejected)
	case doc.Receipt != nil:
		return s.receipt(doc)
	case doc.Adjustment != nil:
		fresh, err := s.adjust(doc)
		count(&s.counts.Adjustments, &s.counts.Repeated, fresh)
		return err
	case doc.Movement != nil:
		fresh, err := s.movement(doc)
		count(&s.counts.Movements, &s.counts.Repeated, fresh)
		return err
	default:
		s.counts.Controls++
	}
	return nil
}

func count(now, before *int64, fresh bool) {
	if fresh {
		*now++
	} else {
		*before++
	}
}

func (s *settling) receipt(doc *intake.Document) error {
	sale, fresh, err := checkout.Record(s.tx, checkout.Arrival{Receipt: doc.Receipt, Unexplained: doc.Unexplained})
	if errors.Is(err, sales.ErrOtherContent) {
		// The file was changed at its source. Nothing was written for it, so it need not be tried again.
		s.counts.Quarantined++
		s.quarantine(doc, intake.Rejected{Code: fault.CodeOf(err), Reason: err.Error(), Raw: sales.ShortName(doc.Receipt)})
		return nil
	}
	if err != nil {
		return err
	}
	count(&s.counts.Receipts, &s.counts.Repeated, fresh)
	if !fresh {
		return nil
	}
	s.counts.Lines += int64(len(sale.Receipt.Lines))
	s.total += sale.Receipt.Total()
	if doc.Unexplained != 0 {
		s.counts.Unexplained++
	}
	return nil
}

var quarantineTable = db.Table{Name: "import_quarantine", Columns: []string{"run", "row_no", "external", "code", "reason", "raw", "state"},
	Conflict: "ON CONFLICT (run, row_no, external) DO NOTHING"}

func (s *settling) quarantine(doc *intake.Document, r intake.Rejected) {
	s.tx.Insert(&quarantineTable, s.id[:], int64(doc.FirstRow), pan.Mask(doc.External), r.Code, pan.Mask(r.Reason), pan.Mask(r.Raw), "open")
}

const (
	selectRun db.SQL = `SELECT state, documents, rows_done, receipts, repeated, quarantined FROM import_runs WHERE id = $1`
	insertRun db.SQL = `INSERT INTO import_runs (id, source, file_name, file_hash, store, state, started_ms, changed_ms) VALUES ($1, $2, $3, $4, $5, 'running', $6, $6)`
	markRun   db.SQL = `UPDATE import_runs SET state = $2, documents = $3, rows_done = $4, receipts = $5, repeated = $6, quarantined = $7, changed_ms = $8 WHERE id = $1`
	finishRun db.SQL = `UPDATE import_runs SET state = 'done', changed_ms = $2 WHERE id = $1`
)

// start finds the run of an earlier attempt, or begins one. It returns the run's state and how many
// documents are settled.
func (r *run) start(ctx context.Context, name string, hash []byte) (string, int64, error) {
	var state string
	err := r.d.Write(ctx, func(tx *db.Tx) error {
		c := Counts{}
		err := tx.QueryRow(selectRun, r.id[:]).Scan(&state, &c.Documents, &c.Rows, &c.Receipts, &c.Repeated, &c.Quarantined)
		if errors.Is(err, sql.ErrNoRows) {
			state = "running"
			_, err = tx.Exec(insertRun, r.id[:], r.source, name, hash, r.o.Store, tx.Now.UnixMilli())
		}
		r.counts = c
		return err
	})
	return state, r.counts.Documents, err
}

// mark notes how far the run is, in the transaction of the documents that brought it there.
func (s *settling) mark(state string) error {
	if s.o.DryRun {
		return nil
	}
	c := s.counts
	_, err := s.tx.Exec(markRun, s.id[:], state, c.Documents, c.Rows, c.Receipts, c.Repeated, c.Quarantined, s.tx.Now.UnixMilli())
	return err
}

func (r *run) finish(ctx context.Context) error {
	return r.d.Write(ctx, func(tx *db.Tx) error {
		_, err := tx.Exec(finishRun, r.id[:], tx.Now.UnixMilli())
		return err
	})
}

// QuarantineRow is a row that waits for a person.
type QuarantineRow struct {
	Run      id.ID  `json:"run"`
	File     string `json:"file"`
	Row      int64  `json:"row"`
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

// RunRow is one import as it stands in the books.
type RunRow struct {
	ID          id.ID     `json:"id"`
	Source      string    `json:"source"`
	File        string    `json:"file"`
	Store       string    `json:"store"`
	State       string    `json:"state"`
	Documents   int64     `json:"documents"`
	Rows        int64     `json:"rows"`
	Receipts    int64     `json:"receipts"`
	Repeated    int64     `json:"repeated"`
	Quarantined int64     `json:"quarantined"`
	Started     time.Time `json:"started"`
}

const selectRuns db.SQL = `SELECT id, source, file_name, store, state, documents, rows_done, receipts, repeated, quarantined, started_ms
	FROM import_runs ORDER BY started_ms, id`

// Runs lists the imports.
func Runs(q db.Q) ([]RunRow, error) {
	rows, err := q.Query(selectRuns)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	var out []RunRow
	for rows.Next() {
		var x RunRow
		var ms int64
		if err := rows.Scan(&x.ID, &x.Source, &x.File, &x.Store, &x.State, &x.Documents, &x.Rows, &x.Receipts, &x.Repeated,
			&x.Quarantined, &ms); err != nil {
			return nil, err
		}
		x.Started = time.UnixMilli(ms).UTC()
		out = append(out, x)
	}
	return out, rows.Err()
}
