package main

import (
	"context"
	"fmt"
	"net/http"
	"slices"
	"sync"
	"time"

	"github.com/tillpost/tillpost/simulate/tills"
)

// result is what one run of sales came to.
type result struct {
	sales    int
	elapsed  time.Duration
	p50, p99 time.Duration
	cpu      time.Duration // of the program, per sale
	database time.Duration // of the database server, per sale
}

func (r result) rate() float64 { return float64(r.sales) / r.elapsed.Seconds() }

// sell has so many tills send sales of three lines over HTTP for a time, each as soon as its last one is
// answered. What they send is made before the clock runs.
func sell(ctx context.Context, addr, key string, clients, stores int, seed uint64, span time.Duration, most int) (result, error) {
	requests := make([][][]byte, clients)
	for i := range requests {
		t := tills.New(i, stores, seed)
		for range most / clients {
			r := t.Next(time.Now())
			requests[i] = append(requests[i], tills.Request(http.MethodPost, "/v1/receipts", key, tills.Body(&r)))
		}
	}
	lines := make([]*tills.Line, clients)
	for i := range lines {
		l, err := tills.Dial(addr)
		if err != nil {
			return result{}, err
		}
		defer l.Close()
		lines[i] = l
	}
	var (
		wait  sync.WaitGroup
		mu    sync.Mutex
		all   []time.Duration
		fault error
	)
	began := time.Now()
	end := began.Add(span)
	for i := range clients {
		wait.Go(func() {
			took, err := one(ctx, lines[i], requests[i], end)
			mu.Lock()
			defer mu.Unlock()
			all = append(all, took...)
			if err != nil && fault == nil {
				fault = fmt.Errorf("till %d: %w", i, err)
			}
		})
	}
	wait.Wait()
	if fault != nil {
		return result{}, fault
	}
	r := result{sales: len(all), elapsed: time.Since(began)}
	slices.Sort(all)
	if len(all) > 0 {
		r.p50, r.p99 = all[len(all)/2], all[len(all)*99/100]
	}
	return r, nil
}

// one is one till's sales until the end.
func one(ctx context.Context, l *tills.Line, requests [][]byte, end time.Time) (took []time.Duration, err error) {
	for _, request := range requests {
		began := time.Now()
		if began.After(end) || ctx.Err() != nil {
			return took, ctx.Err()
		}
		status, body, err := l.Send(request)
		if err != nil {
			return took, err
		}
		if status != http.StatusCreated {
			return took, fmt.Errorf("status %d: %s", status, body)
		}
		took = append(took, time.Since(began))
	}
	return took, fmt.Errorf("all %d sales were sent before the time was over: prepare more", len(requests))
}
