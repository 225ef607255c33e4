package main

import (
	"context"
	"os"
	"strings"
	"testing"

	"github.com/tillpost/tillpost/internal/edge/cli"
	"github.com/tillpost/tillpost/simulate/past"
)

// TestMain lets the tests' program be the product and the floors as well, when a measurement starts them.
func TestMain(m *testing.M) {
	if len(os.Args) < 2 || strings.HasPrefix(os.Args[1], "-test.") {
		os.Exit(m.Run())
	}
	if floors[os.Args[1]] == nil {
		os.Exit(cli.Main(os.Args[1:], os.Stdin, os.Stdout, os.Stderr))
	}
	if err := command(context.Background(), os.Args[1:]); err != nil {
		panic(err)
	}
}

// The measurements work and their answers agree; what they measure here says nothing.
func TestMeasurements(t *testing.T) {
	t.Parallel()
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	for name, measure := range map[string]func(context.Context, *settings) error{
		"reports": reports, "check": check, "close-day": func(ctx context.Context, s *settings) error { return s.closeDays(ctx, nil) },
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := &settings{rounds: 2, binary: self, self: self, dir: t.TempDir(), chain: past.Shop{Stores: 2, Items: 30, Days: 40}, lines: 600, floors: true, sold: 100, receipts: 20}
			if err := measure(t.Context(), s); err != nil {
				t.Error(err)
			}
		})
	}
}
