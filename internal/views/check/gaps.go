package check

import (
	"fmt"

	"github.com/tillpost/tillpost/internal/platform/db"
)

const gapRows db.SQL = `SELECT store, register, number, prior FROM (
	SELECT store, register, number, COALESCE(LAG(number) OVER (PARTITION BY store, register ORDER BY number), 0) AS prior FROM receipts) x
	WHERE number <> prior + 1 ORDER BY store, register, number`

// gaps reports numbers that a register has left out. A till may still send them: it is a warning.
func (c *checker) gaps() error {
	if !c.wants(Gaps) {
		return nil
	}
	c.tell("numbers", 0, 1)
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
		c.report(Finding{Check: Gaps, Where: "register " + store + "/" + register, Message: missing, Warning: true})
		return nil
	})
}
