package check

import (
	"fmt"

	"github.com/tillpost/tillpost/internal/base/id"
	"github.com/tillpost/tillpost/internal/platform/db"
)

const (
	gapRows db.SQL = `SELECT store, register, number, prior FROM (
		SELECT store, register, number, COALESCE(LAG(number) OVER (PARTITION BY store, register ORDER BY number), 0) AS prior FROM receipts) x
		WHERE number <> prior + 1 ORDER BY store, register, number`

	unannounced db.SQL = `SELECT r.id, r.store, r.register, r.number FROM receipts r
		LEFT JOIN (SELECT DISTINCT subject FROM outbox WHERE topic = 'sale.completed') o ON o.subject = r.id
		WHERE o.subject IS NULL ORDER BY r.seq LIMIT 1001`

	deadLetters db.SQL = `SELECT count(*) FROM outbox WHERE state = 'dead'`
)

// gaps reports numbers that a register has left out. A till may still send them: it is a warning.
func (c *checker) gaps() error {
	if !c.wants("gaps") {
		return nil
	}
	return c.rows(gapRows, func(scan scanner) error {
		var store, register string
		var number, prior int64
		if err := scan(&store, &register, &number, &prior); err != nil {
			return err
		}
		missing := fmt.Sprintf("number %d is missing", prior+1)
		if number-prior > 2 {
			missing = fmt.Sprintf("numbers %d to %d are missing", prior+1, number-1)
		}
		c.report(Finding{Check: "gaps", Where: "register " + store + "/" + register, Message: missing, Warning: true})
		return nil
	})
}

// outbox checks that every receipt was announced to the outside.
func (c *checker) outbox() error {
	if !c.wants("outbox") {
		return nil
	}
	err := c.rows(unannounced, func(scan scanner) error {
		var u id.ID
		var store, register string
		var number int64
		if err := scan(&u, &store, &register, &number); err != nil {
			return err
		}
		c.report(Finding{Check: "outbox", Where: fmt.Sprintf("receipt %s/%s #%d", store, register, number), Message: "the receipt was not announced to the outside systems"})
		return nil
	})
	if err != nil {
		return err
	}
	var dead int64
	if err := c.q.QueryRow(deadLetters).Scan(&dead); err != nil {
		return err
	}
	if dead > 0 {
		c.report(Finding{Check: "outbox", Where: "outbox", Message: fmt.Sprintf("%d messages could not be delivered", dead), Warning: true})
	}
	return nil
}
