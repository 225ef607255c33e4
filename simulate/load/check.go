package main

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"time"
)

// check: `tillpost check` against a bare program that hashes the same sales again and folds them.
func check(ctx context.Context, s *settings) error {
	p := s.chain
	p.Days, p.Receipts = max(1, s.sold/receiptsADay), s.sold
	file, err := s.shop(ctx, p)
	if err != nil {
		return err
	}
	var ours, bare []finished
	for n := range s.rounds {
		f, err := finish(ctx, s.binary, "--db", file, "check", "--format", "json")
		if err != nil {
			return err
		}
		var said struct{ Receipts int }
		if err := json.Unmarshal(f.said, &said); err != nil || said.Receipts != p.Receipts {
			return fmt.Errorf("check has seen %d receipts: %w", said.Receipts, err)
		}
		ours = append(ours, f)
		if f, err = finish(ctx, s.self, "floor-check", file); err != nil {
			return err
		}
		var folded bareCheck
		if err := json.Unmarshal(f.said, &folded); err != nil || folded.Wrong != 0 || folded.Receipts != p.Receipts {
			return fmt.Errorf("the floor says %s: %w", f.said, err)
		}
		bare = append(bare, f)
		fmt.Fprintf(os.Stderr, "round %d: check %s, floor %s\n", n+1, ours[n], f)
	}
	fmt.Printf("%d sales with %d lines\n\n| program | sales a second | time | CPU | peak memory |\n| --- | --- | --- | --- | --- |\n", p.Receipts, p.Lines())
	m, f := checkRow("tillpost check", ours, p.Receipts), checkRow("bare program: hashes and sums", bare, p.Receipts)
	var peak int64
	for _, one := range ours {
		peak = max(peak, one.peak)
	}
	fmt.Printf("\ncheck / floor: %.2f of its rate, %.2f times its CPU (to reach: at least 0.4 of the rate); %.0f MB at the most (under 300)\n",
		f.wall.Seconds()/m.wall.Seconds(), float64(m.cpu)/float64(f.cpu), float64(peak)/1e6)
	return nil
}

func checkRow(name string, all []finished, sales int) finished {
	m := medianBy(all, func(f finished) float64 { return float64(f.wall) })
	fmt.Printf("| %s | %.0f | %s | %s | %.0f MB |\n", name, float64(sales)/m.wall.Seconds(), m.wall.Round(10*time.Millisecond), m.cpu.Round(10*time.Millisecond),
		float64(m.peak)/1e6)
	return m
}
