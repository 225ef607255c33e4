package db

import (
	"context"
	"fmt"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/stdlib"
)

// pipeline is statements that travel to PostgreSQL together: one round trip, and one wake-up of its server,
// for all rows of a group and their COMMIT.
type pipeline struct {
	batch pgx.Batch
	words []string // what each statement does
}

func (p *pipeline) queue(word, statement string, args ...any) {
	p.batch.Queue(statement, args...)
	p.words = append(p.words, word)
}

// send runs the statements in their order; after one that fails none runs. It returns what the last one
// says it did.
func (p *pipeline) send(ctx context.Context, c *pgx.Conn) (tag string, err error) {
	if len(p.words) == 0 {
		return "", nil
	}
	results := c.SendBatch(ctx, &p.batch)
	for _, word := range p.words {
		t, err := results.Exec()
		if err != nil {
			_ = results.Close() // says the same
			return "", fmt.Errorf("%s: %w", word, err)
		}
		tag = t.String()
	}
	return tag, results.Close()
}

// raw runs fn with the connection below database/sql.
func (w *conn) raw(fn func(c *pgx.Conn) error) error {
	return w.c.Raw(func(dc any) error {
		c, ok := dc.(*stdlib.Conn)
		if !ok {
			return fmt.Errorf("the driver %T is not pgx", dc)
		}
		return fn(c.Conn())
	})
}
