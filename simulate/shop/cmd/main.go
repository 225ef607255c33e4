// Command cmd runs the shop simulator over many seeds and stops at the first that fails:
//
//	go run ./simulate/shop/cmd -seeds 1000
//
// With -db it uses an existing PostgreSQL server, a database for each seed, and compares the journals
// of both engines; without it, SQLite files.
package main

import (
	"context"
	"database/sql"
	"flag"
	"fmt"
	"net/url"
	"os"
	"path/filepath"
	"sync"
	"sync/atomic"
	"time"

	"github.com/tillpost/tillpost/simulate/shop"
)

func main() {
	seeds := flag.Uint64("seeds", 100, "how many seeds")
	from := flag.Uint64("from", 0, "the first seed")
	days := flag.Int("days", 0, "simulated days; 0 is the default")
	ops := flag.Int("ops", 0, "operations a day; 0 is the default")
	workers := flag.Int("workers", 2, "seeds at the same time")
	server := flag.String("db", "", "PostgreSQL server to compare with, as a role that may create databases")
	keep := flag.Bool("keep", false, "go on after a failure")
	flag.Parse()

	var done, failed, receipts, entries atomic.Int64
	next := atomic.Uint64{}
	next.Store(*from)
	began := time.Now()
	var wg sync.WaitGroup
	var out sync.Mutex
	for range *workers {
		wg.Add(1)
		go func() {
			defer wg.Done()
			for {
				seed := next.Add(1) - 1
				if seed >= *from+*seeds || failed.Load() > 0 && !*keep {
					return
				}
				res, err := one(shop.Options{Seed: seed, Days: *days, Ops: *ops}, *server)
				out.Lock()
				if err != nil {
					failed.Add(1)
					fmt.Println(err)
				}
				receipts.Add(int64(res.Receipts))
				entries.Add(int64(res.Entries))
				if n := done.Add(1); n%20 == 0 {
					fmt.Fprintf(os.Stderr, "%d of %d seeds, %d failed, %d receipts, %d entries, %s\n", n, *seeds, failed.Load(), receipts.Load(),
						entries.Load(), time.Since(began).Round(time.Second))
				}
				out.Unlock()
			}
		}()
	}
	wg.Wait()
	fmt.Printf("%d seeds, %d failed, %d receipts, %d entries, %s\n", done.Load(), failed.Load(), receipts.Load(), entries.Load(), time.Since(began).Round(time.Second))
	if failed.Load() > 0 {
		os.Exit(1)
	}
}

// one runs a seed on SQLite, and on PostgreSQL when there is a server.
func one(o shop.Options, server string) (shop.Result, error) {
	ctx := context.Background()
	dir, err := os.MkdirTemp("", "simulate-")
	if err != nil {
		return shop.Result{}, err
	}
	defer os.RemoveAll(dir)
	res, err := shop.Run(ctx, filepath.Join(dir, "shop.db"), o)
	if err != nil || server == "" {
		return res, err
	}
	other, err := onServer(ctx, server, o)
	if err == nil && !shop.SameJournal(res, other) {
		err = fmt.Errorf("seed %d: the engines export different journals", o.Seed)
	}
	return res, err
}

// onServer runs a seed in a database of its own.
func onServer(ctx context.Context, server string, o shop.Options) (shop.Result, error) {
	admin, err := sql.Open("pgx", server)
	if err != nil {
		return shop.Result{}, err
	}
	defer admin.Close()
	name := fmt.Sprintf("simulate_%d_%d", os.Getpid(), o.Seed)
	if _, err := admin.ExecContext(ctx, "CREATE DATABASE "+name); err != nil {
		return shop.Result{}, err
	}
	defer admin.ExecContext(ctx, "DROP DATABASE IF EXISTS "+name+" WITH (FORCE)") //nolint:errcheck // a scratch database
	u, err := url.Parse(server)
	if err != nil {
		return shop.Result{}, err
	}
	u.Path = "/" + name
	return shop.Run(ctx, u.String(), o)
}
