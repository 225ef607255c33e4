// Command cmd runs the shop simulator over many seeds and stops at the first that fails:
//
//	go run ./simulate/shop/cmd -seeds 1000
//
// With -db it uses an existing PostgreSQL server, too, and compares the exports of both engines byte for
// byte; without it, SQLite files alone. Ctrl-C ends it with what it has found so far.
package main

import (
	"context"
	"flag"
	"fmt"
	"os"
	"os/signal"
	"path/filepath"
	"runtime"
	"runtime/debug"
	"sync"
	"syscall"
	"time"

	"github.com/tillpost/tillpost/simulate/shop"
)

// settings are the command's.
type settings struct {
	seeds, from uint64
	o           shop.Options // of every seed
	workers     int
	dir         string
	address     string // of a PostgreSQL server, "" for SQLite alone
	keep        bool
}

func main() {
	var s settings
	flag.Uint64Var(&s.seeds, "seeds", 100, "how many seeds")
	flag.Uint64Var(&s.from, "from", 0, "the first seed")
	flag.IntVar(&s.o.Days, "days", 0, "simulated days; 0 is the default")
	flag.IntVar(&s.o.Ops, "ops", 0, "operations a day; 0 is the default")
	flag.IntVar(&s.workers, "workers", runtime.NumCPU(), "seeds at the same time")
	flag.StringVar(&s.dir, "dir", memory(), "folder for the SQLite files, which are removed")
	flag.BoolVar(&s.keep, "keep", false, "go on after a failure")
	flag.StringVar(&s.address, "db", "", "PostgreSQL server to compare with, as a role that may create databases")
	verbose := flag.Bool("verbose", false, "say at the end what happened how often")
	flag.Parse()
	debug.SetGCPercent(400) // what lives is little
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()

	p := &progress{began: time.Now(), all: s.seeds, both: s.address != ""}
	if err := s.run(ctx, p); err != nil && ctx.Err() == nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	p.finish(ctx.Err() != nil, *verbose)
	if p.failed > 0 {
		os.Exit(1)
	}
}

// memory is a folder in memory, where there is one: the simulator asks whether the books are right, not
// whether they survive a power failure.
func memory() string {
	const shm = "/dev/shm"
	if i, err := os.Stat(shm); err == nil && i.IsDir() {
		return shm
	}
	return os.TempDir()
}

// run has the workers take seed after seed until all are done, one fails, or somebody stops it.
func (s *settings) run(ctx context.Context, p *progress) error {
	others := make([]*scratch, s.workers)
	for i := range others {
		if s.address == "" {
			break
		}
		var err error
		if others[i], err = newScratch(ctx, s.address, i); err != nil {
			return err
		}
		defer others[i].drop()
	}
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	seeds := make(chan uint64)
	go func() {
		defer close(seeds)
		for n := range s.seeds {
			select {
			case seeds <- s.from + n:
			case <-ctx.Done():
				return
			}
		}
	}()
	end := p.report(ctx)
	var wg sync.WaitGroup
	for _, other := range others {
		wg.Go(func() {
			for seed := range seeds {
				o := s.o
				o.Seed = seed
				res, err := s.one(ctx, o, other)
				if err != nil && ctx.Err() != nil {
					return // it was stopped; whatever failed then failed because of it
				}
				p.add(res, err)
				if err != nil && !s.keep {
					cancel()
				}
			}
		})
	}
	wg.Wait()
	cancel()
	<-end
	return nil
}

// one runs a seed on SQLite, and on PostgreSQL when there is a server.
func (s *settings) one(ctx context.Context, o shop.Options, other *scratch) (shop.Result, error) {
	dir, err := os.MkdirTemp(s.dir, "simulate-")
	if err != nil {
		return shop.Result{}, err
	}
	defer os.RemoveAll(dir)
	res, err := shop.Run(ctx, filepath.Join(dir, "shop.db"), o)
	if err != nil || other == nil {
		return res, err
	}
	again, err := other.run(ctx, o)
	if err != nil {
		return res, err
	}
	if d := shop.Differ(res, again); d != "" {
		return res, shop.Apart(o, d)
	}
	return res, nil
}
