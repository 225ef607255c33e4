package main

import (
	"context"
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"time"

	"github.com/tillpost/tillpost/internal/flow/checkout"
	"github.com/tillpost/tillpost/internal/platform/auth"
	"github.com/tillpost/tillpost/internal/platform/db"
	"github.com/tillpost/tillpost/simulate/tills"
)

// registersOf is how many registers each of so many stores has: enough for 128 tills, and one for the model.
func registersOf(stores int) int { return 128/stores + 2 }

// prepare makes the tills' shop with an API key in an empty database.
func prepare(ctx context.Context, dsn string, stores int) (key string, err error) {
	d, err := db.Open(ctx, dsn)
	if err != nil {
		return "", err
	}
	defer d.Close()
	if err := tills.Setup(ctx, d, stores, registersOf(stores)); err != nil {
		return "", err
	}
	secret := auth.NewSecret()
	err = d.Write(ctx, func(tx *db.Tx) error {
		_, err := auth.Create(tx, auth.Order{Name: "tills", Scopes: []auth.Scope{auth.SalesWrite}, By: "load"}, secret)
		return err
	})
	return secret.Text(), err
}

// modelSale records the sale whose rows the floors write.
func modelSale(ctx context.Context, dsn string, stores int) error {
	d, err := db.Open(ctx, dsn)
	if err != nil {
		return err
	}
	defer d.Close()
	for {
		r := tills.New(stores*(registersOf(stores)-1), stores, uint64(time.Now().UnixNano())).Next(time.Now())
		if len(r.Tenders) == 1 { // as seven of ten
			_, _, err = checkout.Complete(ctx, d, r)
			return err
		}
	}
}

// free is an address that nobody listens at.
func free() string {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return "127.0.0.1:18080"
	}
	defer l.Close()
	return l.Addr().String()
}

// most is more sales than any program here completes in the span.
func (s *settings) most() int { return int(s.span.Seconds()*12_000) + 2_000 }

// server is a program that sells: the product or a floor.
type server struct {
	name string
	args func(addr string) []string
	bin  string
}

// sales runs a server, has tills sell through it, and says what it took.
func (s *settings) sales(ctx context.Context, sv server, key string, clients, stores int, pg *cluster) (result, error) {
	addr := free()
	p, err := start(ctx, filepath.Join(s.dir, "server.log"), addr, sv.bin, sv.args(addr)...)
	if err != nil {
		return result{}, err
	}
	defer p.stop()
	before, beforePG := p.cpu(), time.Duration(0)
	if pg != nil {
		beforePG = pg.cpu()
	}
	r, err := sell(ctx, addr, key, clients, stores, uint64(time.Now().UnixNano()), s.span, s.most())
	if err != nil {
		said, _ := os.ReadFile(filepath.Join(s.dir, "server.log"))
		return r, fmt.Errorf("%s: %w; %s", sv.name, err, said)
	}
	n := time.Duration(max(r.sales, 1))
	r.cpu = (p.cpu() - before) / n
	if pg != nil {
		r.database = (pg.cpu() - beforePG) / n
	}
	return r, nil
}

// product is the server under measurement.
func (s *settings) product(dsn string) server {
	return server{name: "tillpost", bin: s.binary, args: func(addr string) []string {
		return []string{"serve", "--db", dsn, "--addr", addr, "--rate", "1000000", "--log-level", "error"}
	}}
}

// row prints a line of the table.
func row(name string, rs []result) result {
	m := medianBy(rs, result.rate)
	database := ""
	if m.database > 0 {
		database = " + " + m.database.Round(time.Microsecond).String()
	}
	fmt.Printf("| %s | %.0f | %s / %s | %s%s |\n", name, m.rate(), m.p50.Round(10*time.Microsecond), m.p99.Round(10*time.Microsecond),
		m.cpu.Round(time.Microsecond), database)
	return m
}

const heading = "| program | per second | latency, median / 99 % | CPU each, program + database |\n| --- | --- | --- | --- |"

// saleSQLite: a sale over HTTP on SQLite against a bare program that writes the same rows.
func saleSQLite(ctx context.Context, s *settings) error {
	const clients, stores = 32, 10
	template := filepath.Join(s.dir, "template.db")
	key, err := prepare(ctx, template, stores)
	if err != nil {
		return err
	}
	withModel := filepath.Join(s.dir, "model.db")
	if err := firstOf(copyFile(withModel, template), modelSale(ctx, withModel, stores)); err != nil {
		return err
	}
	file := filepath.Join(s.dir, "sales.db")
	fresh := func(from string) error {
		_ = os.Remove(file + "-wal")
		_ = os.Remove(file + "-shm")
		return copyFile(file, from)
	}
	floor := server{name: "floor", bin: s.self, args: func(addr string) []string { return []string{"floor-sqlite", file, addr} }}
	var ours, bare []result
	for range s.rounds {
		if err := fresh(template); err != nil {
			return err
		}
		r, err := s.sales(ctx, s.product(file), key, clients, stores, nil)
		if err != nil {
			return err
		}
		ours = append(ours, r)
		if err := fresh(withModel); err != nil {
			return err
		}
		if r, err = s.sales(ctx, floor, key, clients, stores, nil); err != nil {
			return err
		}
		bare = append(bare, r)
	}
	fmt.Println(heading)
	m := row("tillpost, SQLite, 32 clients", ours)
	f := row("bare program, the same rows in group commits, 32 clients", bare)
	fmt.Printf("\nsale over HTTP / floor: %.2f of its rate, %.2f times its CPU (to reach: at least 0.5 of the rate)\n",
		m.rate()/f.rate(), float64(m.cpu)/float64(f.cpu))
	return nil
}

// tpcb is one run of pgbench's TPC-B.
type tpcb struct {
	tps    float64
	client time.Duration
	server time.Duration
}

var tpsLine = regexp.MustCompile(`tps = ([0-9.]+)`)

func (s *settings) pgbench(pg *cluster, clients int) (tpcb, error) {
	before := pg.cpu()
	c := exec.Command("pgbench", "-h", pg.dir, "-U", "postgres", "-n", "-M", "prepared", "-b", "tpcb-like", "-c", strconv.Itoa(clients), "-j", "2",
		"-T", strconv.Itoa(max(1, int(s.span.Seconds()))), "bench")
	out, err := c.CombinedOutput()
	m := tpsLine.FindSubmatch(out)
	if err != nil || m == nil {
		return tpcb{}, fmt.Errorf("pgbench: %w: %s", err, out)
	}
	r := tpcb{}
	if r.tps, err = strconv.ParseFloat(string(m[1]), 64); err != nil {
		return r, err
	}
	n := r.tps * float64(max(1, int(s.span.Seconds())))
	r.client = time.Duration(float64(c.ProcessState.UserTime()+c.ProcessState.SystemTime()) / n)
	r.server = time.Duration(float64(pg.cpu()-before) / n)
	return r, nil
}

// bench makes a database for pgbench.
func (c *cluster) bench(scale int) error {
	if err := c.sql("postgres", "CREATE DATABASE bench"); err != nil {
		return err
	}
	return run("pgbench", "-h", c.dir, "-U", "postgres", "-i", "-q", "-s", strconv.Itoa(scale), "bench")
}

// salePostgres: a sale over HTTP on PostgreSQL against a TPC-B transaction on the same server.
func salePostgres(ctx context.Context, s *settings) error {
	const stores = 10
	dir := filepath.Join(s.dir, "pg")
	if err := os.Mkdir(dir, 0o755); err != nil {
		return err
	}
	pg, err := newCluster(dir, "")
	if err != nil {
		return err
	}
	defer pg.stop()
	if err := firstOf(pg.bench(50), pg.sql("postgres", "CREATE DATABASE template_shop")); err != nil {
		return err
	}
	key, err := prepare(ctx, pg.dsn("template_shop"), stores)
	if err != nil {
		return err
	}
	few, many, floors := []result{}, []result{}, []tpcb{}
	for i := range s.rounds {
		for _, clients := range []int{32, 128} {
			name := fmt.Sprintf("shop_%d_%d", i, clients)
			if err := pg.sql("postgres", "CREATE DATABASE "+name+" TEMPLATE template_shop"); err != nil {
				return err
			}
			r, err := s.sales(ctx, s.product(pg.dsn(name)), key, clients, stores, pg)
			if err != nil {
				return err
			}
			if clients == 32 {
				few = append(few, r)
			} else {
				many = append(many, r)
			}
			if err := pg.sql("postgres", "DROP DATABASE "+name); err != nil {
				return err
			}
		}
		f, err := s.pgbench(pg, 32)
		if err != nil {
			return err
		}
		floors = append(floors, f)
	}
	fmt.Println(heading)
	a, b := row("tillpost, PostgreSQL, 32 clients", few), row("tillpost, PostgreSQL, 128 clients", many)
	f := medianBy(floors, func(t tpcb) float64 { return t.tps })
	fmt.Printf("| pgbench TPC-B, 32 clients | %.0f | | %s + %s |\n", f.tps, f.client.Round(time.Microsecond), f.server.Round(time.Microsecond))
	whole := float64(f.client + f.server)
	fmt.Printf("\nsales / TPC-B transactions: %.2f with 32 clients, %.2f with 128 (to reach: 0.5, 0.75)\n", a.rate()/f.tps, b.rate()/f.tps)
	fmt.Printf("CPU of a sale / of a TPC-B transaction: %.2f with 32 clients, %.2f with 128 (to reach: at most 1.5)\n",
		float64(a.cpu+a.database)/whole, float64(b.cpu+b.database)/whole)
	return nil
}

// hotStore: 128 clients in one store and every fsync 2 ms slower, against one transaction a sale.
func hotStore(ctx context.Context, s *settings) error {
	shim := filepath.Join(s.dir, "slow_fsync.so")
	if err := run("gcc", "-O2", "-shared", "-fPIC", "-o", shim, mustAbs("simulate/load/shim/slow_fsync.c"), "-ldl"); err != nil {
		return err
	}
	dir := filepath.Join(s.dir, "pg")
	if err := os.Mkdir(dir, 0o755); err != nil {
		return err
	}
	pg, err := newCluster(dir, shim)
	if err != nil {
		return err
	}
	defer pg.stop()
	if err := pg.sql("postgres", "CREATE DATABASE template_shop"); err != nil {
		return err
	}
	key, err := prepare(ctx, pg.dsn("template_shop"), 1)
	if err != nil {
		return err
	}
	if err := firstOf(pg.sql("postgres", "CREATE DATABASE template_model TEMPLATE template_shop"), modelSale(ctx, pg.dsn("template_model"), 1)); err != nil {
		return err
	}
	var ours, bare []result
	for i := range s.rounds {
		for _, template := range []string{"shop", "model"} {
			name := fmt.Sprintf("%s_%d", template, i)
			if err := pg.sql("postgres", "CREATE DATABASE "+name+" TEMPLATE template_"+template); err != nil {
				return err
			}
			dsn := pg.dsn(name)
			if template == "shop" {
				r, err := s.sales(ctx, s.product(dsn), key, 128, 1, pg)
				if err != nil {
					return err
				}
				ours = append(ours, r)
				continue
			}
			floor := server{name: "floor", bin: s.self, args: func(addr string) []string { return []string{"floor-postgres", dsn, addr, "32"} }}
			r, err := s.sales(ctx, floor, key, 128, 1, pg)
			if err != nil {
				return err
			}
			bare = append(bare, r)
		}
	}
	fmt.Println(heading)
	m := row("tillpost, 128 clients in one store, fsync + 2 ms", ours)
	f := row("the same rows, one transaction a sale, 32 connections, fsync + 2 ms", bare)
	fmt.Printf("\nsales / floor: %.1f times (to reach: at least 10)\n", m.rate()/f.rate())
	return nil
}

func mustAbs(name string) string {
	abs, err := filepath.Abs(name)
	if err != nil {
		return name
	}
	return abs
}

// latency: one client on SQLite against one fsync of the same disk.
func latency(ctx context.Context, s *settings) error {
	template := filepath.Join(s.dir, "template.db")
	key, err := prepare(ctx, template, 1)
	if err != nil {
		return err
	}
	file := filepath.Join(s.dir, "sales.db")
	var ours []result
	var syncs []time.Duration
	for range s.rounds {
		_ = os.Remove(file + "-wal")
		_ = os.Remove(file + "-shm")
		if err := copyFile(file, template); err != nil {
			return err
		}
		r, err := s.sales(ctx, s.product(file), key, 1, 1, nil)
		if err != nil {
			return err
		}
		ours = append(ours, r)
		one, err := fsync(filepath.Join(s.dir, "fsync"))
		if err != nil {
			return err
		}
		syncs = append(syncs, one)
	}
	fmt.Println(heading)
	m := medianBy(ours, func(r result) float64 { return float64(r.p50) })
	row("tillpost, SQLite, 1 client", ours)
	f := medianBy(syncs, func(d time.Duration) float64 { return float64(d) })
	fmt.Printf("| append of 4 KiB and fsync | | %s | |\n", f.Round(time.Microsecond))
	fmt.Printf("\nmedian of a sale over the disk's fsync: %s (to reach: under 2 ms)\n", (m.p50 - f).Round(10*time.Microsecond))
	return nil
}

// fsync is the median time of appending a page and bringing it to the disk.
func fsync(name string) (time.Duration, error) {
	f, err := os.Create(name)
	if err != nil {
		return 0, err
	}
	defer f.Close()
	page := make([]byte, 4096)
	var all []time.Duration
	for range 500 {
		began := time.Now()
		if _, err := f.Write(page); err != nil {
			return 0, err
		}
		if err := f.Sync(); err != nil {
			return 0, err
		}
		all = append(all, time.Since(began))
	}
	return medianBy(all, func(d time.Duration) float64 { return float64(d) }), nil
}
