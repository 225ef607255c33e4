package db

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"errors"
	"fmt"
	"io"
	"net"
	"strconv"
	"strings"
	"time"

	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/stdlib"
)

// begin begins the group's transaction. On PostgreSQL it returns its number there, and makes the group
// wait for its turn: one group at a time writes to a database, also with several nodes. The ledger is
// one hash chain, so its writers would wait for each other anyway, only later and in a worse order.
func (w *conn) begin(ctx context.Context) (number int64, err error) {
	if w.db.engine == SQLite {
		_, err := w.c.ExecContext(ctx, "BEGIN IMMEDIATE")
		if err == nil {
			err = w.recall(ctx)
		}
		if err != nil && !errors.Is(classify(err), ErrBusy) {
			w.discard()
		}
		return 0, err
	}
	w.kept = map[any]any{} // another node may have written
	if _, err = w.c.ExecContext(ctx, "BEGIN"); err == nil {
		var void sql.NullString
		err = w.c.QueryRowContext(ctx, "SELECT pg_advisory_xact_lock("+strconv.Itoa(writersLock)+"), txid_current()").Scan(&void, &number)
	}
	if err == nil {
		return number, nil
	}
	if broken(err) {
		return 0, fmt.Errorf("%w: %w", errLost, err)
	}
	w.discard() // it may be in the middle of a transaction
	return 0, err
}

// recall forgets what was kept when another connection has written since. SQLite counts that.
func (w *conn) recall(ctx context.Context) error {
	was := w.version
	if err := w.c.QueryRowContext(ctx, "PRAGMA data_version").Scan(&w.version); err != nil {
		return err
	}
	if w.version != was {
		w.kept = map[any]any{}
	}
	return nil
}

// end commits. When it answers nil the changes are on disk; when it answers an error other than
// ErrUnknown they are not.
func (w *conn) end(ctx context.Context, number int64) error {
	if w.db.engine == Postgres && w.status() == 'E' {
		return errDoomed // COMMIT would undo everything and call it a success
	}
	_, err := w.c.ExecContext(ctx, "COMMIT")
	if err == nil {
		return nil
	}
	err = fmt.Errorf("commit: %w", err)
	if w.db.engine == Postgres && (broken(err) || w.status() == 0) {
		return w.settle(ctx, number, fmt.Errorf("%w: %w", errLost, err))
	}
	return err
}

var errDoomed = errors.New("a statement failed, and the body that ran it went on as if it had not")

// status is PostgreSQL's word for the state of the transaction: 'T' in one, 'E' in a failed one, 'I' in
// none, and 0 when the connection is closed.
func (w *conn) status() (status byte) {
	if w.c == nil {
		return 0
	}
	_ = w.c.Raw(func(c any) error {
		if pg, ok := c.(*stdlib.Conn); ok && !pg.Conn().IsClosed() {
			status = pg.Conn().PgConn().TxStatus()
		}
		return nil
	})
	return status
}

// asLost marks a body's error when it comes, or may come, from a connection that broke.
func (w *conn) asLost(err error) error {
	if w.db.engine == Postgres && w.status() == 0 {
		return fmt.Errorf("%w: %w", errLost, err)
	}
	return err
}

// settle finds out what became of a transaction whose connection broke during its commit.
func (w *conn) settle(ctx context.Context, number int64, cause error) error {
	w.discard()
	deadline := time.Now().Add(w.db.patience)
	for pause := 2 * time.Millisecond; time.Now().Before(deadline); pause *= 2 {
		var status sql.NullString
		err := w.open()
		if err == nil {
			err = w.c.QueryRowContext(ctx, "SELECT txid_status($1)", number).Scan(&status)
		}
		switch {
		case err != nil:
			w.discard()
		case status.String == "committed":
			return nil
		case status.String == "aborted":
			return cause
		}
		wait(pause)
	}
	return ErrUnknown.Because(cause)
}

// broken tells whether an error of the driver means that the connection is gone.
func broken(err error) bool {
	var pg *pgconn.PgError
	if errors.As(err, &pg) {
		// Class 08 is the connection itself; 57P0x is the server shutting down, crashing or starting.
		return strings.HasPrefix(pg.Code, "08") || strings.HasPrefix(pg.Code, "57P0")
	}
	var network net.Error
	var connect *pgconn.ConnectError
	return errors.Is(err, sql.ErrConnDone) || errors.Is(err, driver.ErrBadConn) || errors.Is(err, io.EOF) ||
		errors.Is(err, io.ErrUnexpectedEOF) || errors.Is(err, net.ErrClosed) || errors.As(err, &network) || errors.As(err, &connect)
}
