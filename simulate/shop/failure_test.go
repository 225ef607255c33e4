package shop_test

import (
	"context"
	"errors"
	"strings"
	"testing"

	"github.com/tillpost/tillpost/internal/platform/dbtest"
	"github.com/tillpost/tillpost/simulate/shop"
)

// What failed says the seed, the day, what differs, and how to see it again.
func TestFailureSaysHowToRepeatIt(t *testing.T) {
	t.Parallel()
	o := shop.Options{Seed: 7, Days: 8, Ops: 25}
	both := &shop.Failure{Options: o, Day: 3, Engine: "sqlite", What: []string{"stock S01 APP-1: 3, not 4", "and more"}, Log: []string{"a count"}}
	for _, want := range []string{"seed 7, day 3, sqlite: stock S01 APP-1: 3, not 4\n", "and more", "  a count\n", "make simulate SEEDS=1 FROM=7 DAYS=8 OPS=25"} {
		if !strings.Contains(both.Error(), want) {
			t.Errorf("want %q in %q", want, both)
		}
	}
	a := shop.Result{Exports: []shop.Export{{Name: "csv", Bytes: []byte("1\n2\n3\n")}}}
	b := shop.Result{Exports: []shop.Export{{Name: "csv", Bytes: []byte("1\n2\n")}}}
	if d := shop.Differ(a, a); d != "" {
		t.Errorf("the same differs: %s", d)
	}
	if d := shop.Apart(shop.Options{Seed: 9}, shop.Differ(a, b)).Error(); !strings.Contains(d, "csv, line 3:\n  3\n  ") || !strings.Contains(d, "FROM=9 DAYS=10 OPS=40") {
		t.Errorf("apart: %s", d)
	}
}

// A run that is stopped says so, and not that it failed.
func TestStopped(t *testing.T) {
	t.Parallel()
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	if _, err := shop.Run(ctx, dbtest.SQLite(t), shop.Options{Seed: 1}); !errors.Is(err, context.Canceled) {
		t.Errorf("stopped: %v", err)
	}
}
