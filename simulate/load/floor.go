package main

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"sync/atomic"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"
	_ "modernc.org/sqlite" // the "sqlite" driver
)

// serveFloor answers POST /v1/receipts as the product does, with submit behind it.
func serveFloor(ctx context.Context, addr string, submit func(p posted) error) error {
	mux := http.NewServeMux()
	mux.HandleFunc("POST /v1/receipts", func(w http.ResponseWriter, r *http.Request) {
		raw, err := io.ReadAll(r.Body)
		if err != nil {
			http.Error(w, err.Error(), http.StatusBadRequest)
			return
		}
		p, err := parse(raw)
		if err == nil {
			err = submit(p)
		}
		if err != nil {
			http.Error(w, err.Error(), http.StatusInternalServerError)
			return
		}
		w.Header().Set("Content-Type", "application/json")
		w.WriteHeader(http.StatusCreated)
		fmt.Fprintf(w, `{"id":"%s","number":%d}`, p.ID, p.Number)
	})
	mux.HandleFunc("GET /readyz", func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusOK) })
	l, err := net.Listen("tcp", addr)
	if err != nil {
		return err
	}
	s := &http.Server{Handler: mux, ReadHeaderTimeout: time.Minute}
	go func() {
		<-ctx.Done()
		_ = s.Close()
	}()
	if err := s.Serve(l); !errors.Is(err, http.ErrServerClosed) {
		return err
	}
	return nil
}

// waiting is a sale that waits for its group.
type waiting struct {
	posted
	done chan error
}

// sqliteFloor is a bare program: sales queue for one writer, which writes what waits in one transaction
// with multi-row statements, synchronous=FULL, and then answers.
func sqliteFloor(ctx context.Context, file, addr string) error {
	d, err := sql.Open("sqlite", "file:"+file+"?_pragma=journal_mode(wal)&_pragma=synchronous(full)&_pragma=busy_timeout(10000)"+
		"&_pragma=cache_size(-65536)&_pragma=temp_store(memory)&_pragma=wal_autocheckpoint(4000)")
	if err != nil {
		return err
	}
	defer d.Close()
	d.SetMaxOpenConns(1)
	ms, err := models(ctx, d)
	if err != nil {
		return err
	}
	conn, err := d.Conn(ctx)
	if err != nil {
		return err
	}
	w := &floorWriter{ctx: ctx, conn: conn, models: ms, statements: map[string]*sql.Stmt{}, seq: firstSeq}
	queue := make(chan waiting, 4096)
	go w.run(queue)
	return serveFloor(ctx, addr, func(p posted) error {
		one := waiting{p, make(chan error, 1)}
		queue <- one
		return <-one.done
	})
}

// firstSeq is far behind what the product has numbered.
const firstSeq = 1_000_000_000

type floorWriter struct {
	ctx        context.Context
	conn       *sql.Conn
	models     []model
	statements map[string]*sql.Stmt
	seq        int64
}

// groupMost is how many sales one transaction takes, as in the product.
const groupMost = 200

func (w *floorWriter) run(queue chan waiting) {
	for first := range queue {
		group := []waiting{first}
	fill:
		for len(group) < groupMost {
			select {
			case one := <-queue:
				group = append(group, one)
			default:
				break fill
			}
		}
		err := w.commit(group)
		for _, one := range group {
			one.done <- err
		}
	}
}

func (w *floorWriter) commit(group []waiting) error {
	if err := w.exec("BEGIN IMMEDIATE"); err != nil {
		return err
	}
	first := w.seq
	w.seq += int64(len(group))
	for i := range w.models {
		m := &w.models[i]
		var rows [][]any
		for n := range group {
			rows = append(rows, m.of(&group[n].posted, first+int64(n))...)
		}
		if m.keys != nil {
			rows = m.fold(rows)
		}
		if err := w.insert(m, rows); err != nil {
			return err
		}
	}
	return w.exec("COMMIT")
}

func (w *floorWriter) exec(text string, args ...any) error {
	s := w.statements[text]
	if s == nil {
		var err error
		if s, err = w.conn.PrepareContext(w.ctx, text); err != nil {
			return err
		}
		w.statements[text] = s
	}
	_, err := s.ExecContext(w.ctx, args...)
	return err
}

// insert writes rows with few different statements.
func (w *floorWriter) insert(m *model, rows [][]any) error {
	for len(rows) > 0 {
		n := 1
		for _, size := range []int{64, 16, 4} {
			if size <= len(rows) {
				n = size
				break
			}
		}
		args := make([]any, 0, n*len(m.columns))
		for _, row := range rows[:n] {
			args = append(args, row...)
		}
		if err := w.exec(m.insert(n, func(int) string { return "?" }), args...); err != nil {
			return err
		}
		rows = rows[n:]
	}
	return nil
}

// postgresFloor writes each sale in a transaction of its own, over so many connections; all statements of
// a sale travel together.
func postgresFloor(ctx context.Context, dsn, addr string, connections int) error {
	d, err := sql.Open("pgx", dsn)
	if err != nil {
		return err
	}
	ms, err := models(ctx, d)
	_ = d.Close()
	if err != nil {
		return err
	}
	config, err := pgxpool.ParseConfig(dsn)
	if err != nil {
		return err
	}
	config.MaxConns, config.MinConns = int32(connections), int32(connections)
	pool, err := pgxpool.NewWithConfig(ctx, config)
	if err != nil {
		return err
	}
	defer pool.Close()
	for i := range ms { // from here on they are only read
		m := &ms[i]
		m.kind = m.kinds()
		for n := range len(m.rows) {
			m.insert(n+1, numbered)
		}
	}
	var seq atomic.Int64
	seq.Store(firstSeq)
	return serveFloor(ctx, addr, func(p posted) error {
		n := seq.Add(1)
		b := &pgx.Batch{}
		for i := range ms {
			m := &ms[i]
			rows := m.of(&p, n)
			if m.keys != nil {
				rows = m.fold(rows)
			}
			var args []any
			for _, row := range rows {
				args = append(args, row...)
			}
			b.Queue(m.insert(len(rows), numbered), args...)
		}
		return pgx.BeginFunc(ctx, pool, func(tx pgx.Tx) error { return tx.SendBatch(ctx, b).Close() })
	})
}

// numbered is how PostgreSQL writes the i-th parameter.
func numbered(i int) string { return fmt.Sprintf("$%d", i) }
