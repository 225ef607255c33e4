package main

import (
	"context"
	"database/sql"
	"fmt"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"github.com/tillpost/tillpost/internal/base/id"
	"github.com/tillpost/tillpost/internal/domain/receipt"
	"github.com/tillpost/tillpost/internal/flow/checkout"
	"github.com/tillpost/tillpost/internal/platform/db"
	"github.com/tillpost/tillpost/internal/platform/dbtest"
	"github.com/tillpost/tillpost/simulate/tills"
)

// The benchmarks of a sale without HTTP: 32 tills in 10 stores, each sends its next sale when the last
// one is on disk. CPU is that of this process, and of all processes of the PostgreSQL server.

const benchTills, benchStores = 32, 10

func BenchmarkComplete(b *testing.B) {
	b.Run("sqlite", func(b *testing.B) {
		benchComplete(b, filepath.Join(b.TempDir(), "sales.db"), func() time.Duration { return 0 })
	})
	if server := os.Getenv(dbtest.PostgresEnv); server != "" {
		b.Run("postgres", func(b *testing.B) { benchPostgres(b, server) })
	}
}

func benchPostgres(b *testing.B, server string) {
	admin, err := sql.Open("pgx", server)
	if err != nil {
		b.Fatal(err)
	}
	defer admin.Close()
	name := "bench_" + strings.ReplaceAll(id.New(time.Now()).String(), "-", "")
	if _, err := admin.Exec("CREATE DATABASE " + name); err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() { _, _ = admin.Exec("DROP DATABASE " + name + " WITH (FORCE)") })
	var backend int
	if err := admin.QueryRow("SELECT pg_backend_pid()").Scan(&backend); err != nil {
		b.Fatal(err)
	}
	u, err := url.Parse(server)
	if err != nil {
		b.Fatal(err)
	}
	u.Path = "/" + name
	c := &cluster{pid: parentOf(backend)}
	benchComplete(b, u.String(), c.cpu)
}

func parentOf(pid int) (parent int) {
	raw, _ := os.ReadFile(fmt.Sprintf("/proc/%d/stat", pid))
	_, _ = fmt.Sscanf(string(raw[strings.LastIndexByte(string(raw), ')')+1:]), " %c %d", new(rune), &parent)
	return parent
}

func benchComplete(b *testing.B, dsn string, server func() time.Duration) {
	ctx := context.Background()
	var groups atomic.Int64
	d, err := db.Open(ctx, dsn, db.WithObserver(func(db.Group) { groups.Add(1) }))
	if err != nil {
		b.Fatal(err)
	}
	defer d.Close()
	if err := tills.Setup(ctx, d, benchStores, benchTills/benchStores+1); err != nil {
		b.Fatal(err)
	}
	sales := make([][]receipt.Receipt, benchTills)
	row := make([]*tills.Till, benchTills)
	for n := range row {
		row[n] = tills.New(n, benchStores, 1)
	}
	for i := range b.N {
		n := i % benchTills
		sales[n] = append(sales[n], row[n].Next(time.Now()))
	}
	groups.Store(0)
	var work sync.WaitGroup
	b.ResetTimer()
	before, beforeServer := ownCPU(), server()
	for n := range row {
		work.Add(1)
		go func() {
			defer work.Done()
			for i := range sales[n] {
				if _, _, err := checkout.Complete(ctx, d, sales[n][i]); err != nil {
					b.Error(err)
					return
				}
			}
		}()
	}
	work.Wait()
	b.StopTimer()
	each := func(d time.Duration) float64 { return float64(d.Microseconds()) / float64(b.N) }
	b.ReportMetric(each(ownCPU()-before), "µs-app/sale")
	if s := server() - beforeServer; s > 0 {
		b.ReportMetric(each(s), "µs-server/sale")
	}
	b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "sales/s")
	if g := groups.Load(); g > 0 {
		b.ReportMetric(float64(b.N)/float64(g), "sales/group")
	}
}

func ownCPU() time.Duration {
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		return 0
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}
