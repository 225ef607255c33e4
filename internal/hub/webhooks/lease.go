package webhooks

import (
	"database/sql"
	"errors"
	"time"

	"github.com/tillpost/tillpost/internal/base/id"
	"github.com/tillpost/tillpost/internal/platform/db"
)

// A lease is kept for much longer than a request takes, and renewed long before it ends, so that a
// process that stands still for a while does not send beside its successor. The clocks of two machines
// may differ by what is left of it.
const (
	leaseFor   = time.Minute
	leaseRenew = 20 * time.Second
)

// lease is this process's right to deliver.
type lease struct {
	owner id.ID
	taken time.Time
	until time.Time
}

const (
	readLease db.SQL = `SELECT owner, until_ms FROM webhook_lease WHERE name = 'deliver'`
	takeLease db.SQL = `INSERT INTO webhook_lease (name, owner, until_ms) VALUES ('deliver', $1, $2) ON CONFLICT (name) DO UPDATE
		SET owner = excluded.owner, until_ms = excluded.until_ms WHERE webhook_lease.owner = excluded.owner OR webhook_lease.until_ms <= $3`
	freeLease db.SQL = `UPDATE webhook_lease SET until_ms = 0 WHERE name = 'deliver' AND owner = $1`
)

// holds takes the lease, or renews it in time, and tells whether it is ours. Without endpoints nobody
// needs it.
func (p *dispatcher) holds(now time.Time, needed bool) (bool, error) {
	l := &p.lease
	if now.Before(l.taken.Add(leaseRenew)) && now.Before(l.until) || !needed {
		return needed, nil
	}
	mine, until := false, now.Add(leaseFor)
	err := p.d.Write(p.ctx, func(tx *db.Tx) error {
		n, err := tx.Exec(takeLease, l.owner[:], until.UnixMilli(), now.UnixMilli())
		mine = n > 0
		return err
	})
	if err != nil {
		return false, err
	}
	if !mine {
		p.lose()
		return false, nil
	}
	l.taken, l.until = now, until
	return true, nil
}

// lose notes that another process delivers.
func (p *dispatcher) lose() {
	p.lease = lease{owner: p.lease.owner}
	clear(p.places) // the other one moves the cursors
}

// taken tells whether another process has the lease. Asking costs no write, so that those who wait for it
// can look often.
func (p *dispatcher) taken(q db.Q, now time.Time) (bool, error) {
	var owner id.ID
	var until int64
	err := q.QueryRow(readLease).Scan(&owner, &until)
	if errors.Is(err, sql.ErrNoRows) {
		return false, nil
	}
	return owner != p.lease.owner && until > now.UnixMilli(), err
}

// lasts tells whether the lease outlives a request that begins now.
func (p *dispatcher) lasts(now time.Time) bool {
	return now.Add(2 * requestTimeout).Before(p.lease.until)
}

// release gives the lease back, so that the next process need not wait.
func (p *dispatcher) release() {
	if p.lease.until.IsZero() {
		return
	}
	err := p.d.Write(p.ctx, func(tx *db.Tx) error {
		_, err := tx.Exec(freeLease, p.lease.owner[:])
		return err
	})
	if err != nil {
		p.o.Log.Warn("webhooks: the lease was not given back and runs out by itself", "error", err)
	}
}
