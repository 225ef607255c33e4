package main

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/tillpost/tillpost/simulate/past"
)

// closeDay: closing a business day over HTTP, a day in each round, on both engines in turn.
func closeDay(ctx context.Context, s *settings) error {
	dir := filepath.Join(s.dir, "pg")
	if err := os.Mkdir(dir, 0o755); err != nil {
		return err
	}
	pg, err := newCluster(dir, "")
	if err != nil {
		return err
	}
	defer pg.stop()
	if err := pg.sql("postgres", "CREATE DATABASE closing"); err != nil {
		return err
	}
	return s.closeDays(ctx, pg)
}

// closeDays closes the days on SQLite, and on PostgreSQL where there is a cluster.
func (s *settings) closeDays(ctx context.Context, pg *cluster) error {
	p := past.Shop{Stores: 1, Items: 500, Days: s.rounds, Receipts: s.receipts * s.rounds}
	names, addresses := []string{"SQLite"}, []string{filepath.Join(s.dir, "closing.db")}
	if pg != nil {
		names, addresses = append(names, "PostgreSQL"), append(addresses, pg.dsn("closing"))
	}
	servers, closes := make([]*served, len(names)), make([][]closing, len(names))
	for i, dsn := range addresses {
		err := p.Make(ctx, s.binary, dsn, s.dir)
		if err != nil {
			return err
		}
		if servers[i], err = s.serve(ctx, dsn); err != nil {
			return err
		}
		defer servers[i].stop()
	}
	for n := range s.rounds {
		for i := range servers {
			var database *cluster
			if i == 1 {
				database = pg
			}
			c, err := servers[i].close(string(p.Day(n)), s.receipts, database)
			if err != nil {
				return err
			}
			closes[i] = append(closes[i], c)
		}
	}
	fmt.Printf("a day of %d receipts with %d lines in one store\n\n| close of the day over HTTP | time, median / longest | CPU, program + database |\n| --- | --- | --- |\n",
		s.receipts, s.receipts*3)
	for i := range names {
		m, longest := medianBy(closes[i], func(c closing) float64 { return float64(c.wall) }), time.Duration(0)
		for _, c := range closes[i] {
			longest = max(longest, c.wall)
		}
		fmt.Printf("| %s | %s / %s | %s + %s |\n", names[i], m.wall.Round(100*time.Microsecond), longest.Round(100*time.Microsecond), m.cpu, m.database)
	}
	fmt.Println("\nto reach: under 0.2 s")
	return nil
}

// closing is what the close of a day took.
type closing struct{ wall, cpu, database time.Duration }

// close closes a day, and fails unless all of its receipts are sealed.
func (v *served) close(day string, receipts int, pg *cluster) (closing, error) {
	before, beforePG := v.cpu(), pg.cpu()
	took, said, err := v.send(http.MethodPost, "/v1/day-closes", strings.NewReader(fmt.Sprintf(`{"store":%q,"business_day":%q}`, past.Store(0), day)))
	if err != nil {
		return closing{}, err
	}
	c := closing{took, v.cpu() - before, pg.cpu() - beforePG}
	var closed struct{ Store struct{ Receipts int } }
	if err := json.Unmarshal(said, &closed); err != nil {
		return c, err
	}
	if closed.Store.Receipts != receipts {
		return c, fmt.Errorf("the seal of %s has %d receipts: %s", day, closed.Store.Receipts, said)
	}
	return c, nil
}
