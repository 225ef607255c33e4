package main

import (
	"context"
	"fmt"
	"os"
	"sync"
	"time"

	"github.com/tillpost/tillpost/simulate/shop"
)

// progress counts what was done.
type progress struct {
	mu                sync.Mutex
	began             time.Time
	all               uint64
	both              bool // engines
	done, failed      uint64
	receipts, entries int
	sum, least, none  shop.Tally // of each event: in all seeds, in the seed with the fewest, seeds without
}

func (p *progress) add(res shop.Result, err error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.done++
	if err != nil {
		p.failed++
		fmt.Println(err)
		return
	}
	p.receipts += res.Receipts
	p.entries += res.Entries
	for e, n := range res.Tally {
		p.sum[e] += n
		if p.done-p.failed == 1 || n < p.least[e] {
			p.least[e] = n
		}
		if n == 0 {
			p.none[e]++
		}
	}
}

// every is how often the command says how far it is.
const every = 10 * time.Second

// report says how far it is until the context ends, and then closes what it returns.
func (p *progress) report(ctx context.Context) <-chan struct{} {
	end := make(chan struct{})
	tick := time.NewTicker(every)
	go func() {
		defer close(end)
		defer tick.Stop()
		for {
			select {
			case <-tick.C:
				p.line()
			case <-ctx.Done():
				return
			}
		}
	}()
	return end
}

func (p *progress) line() {
	p.mu.Lock()
	defer p.mu.Unlock()
	took := time.Since(p.began)
	left := "no seed is done yet"
	if p.done > 0 {
		each := took / time.Duration(p.done)
		left = fmt.Sprintf("%s a seed, %s left", each.Round(10*time.Millisecond), (each * time.Duration(p.all-p.done)).Round(time.Second))
	}
	fmt.Fprintf(os.Stderr, "%d of %d seeds after %s, %d failed; %s\n", p.done, p.all, took.Round(time.Second), p.failed, left)
}

// finish says what was done, and with verbose what happened in it.
func (p *progress) finish(stopped, verbose bool) {
	if verbose && p.done > p.failed {
		n := p.done - p.failed
		fmt.Printf("%-60s %10s %10s %8s %8s\n", "what happened", "in all", "a seed", "least", "without")
		for e, sum := range p.sum {
			tenths := uint64(sum) * 10 / n
			fmt.Printf("%-60s %10d %8d.%d %8d %8d\n", shop.Event(e), sum, tenths/10, tenths%10, p.least[e], p.none[e])
		}
	}
	engines := "on SQLite"
	if p.both {
		engines = "on SQLite and PostgreSQL, with the same exports"
	}
	note := ""
	if stopped {
		note = fmt.Sprintf(" (stopped before %d were done)", p.all)
	}
	seeds := "seeds"
	if p.done == 1 {
		seeds = "seed"
	}
	fmt.Printf("%d %s %s, %d failed, %d receipts and %d entries each, %s%s\n", p.done, seeds, engines, p.failed, p.receipts, p.entries,
		time.Since(p.began).Round(time.Second), note)
}
