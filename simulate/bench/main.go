// Command bench measures Tillpost against a floor in the same run: importing the demo year and printing
// its trial balance, against `hledger balance` reading the journal that we export. The programs take
// turns, so that both see the same machine; the figures are medians.
package main

import (
	"flag"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"syscall"
	"time"
)

// run is what one run of a program took.
type run struct {
	wall, cpu time.Duration
	rss       int64 // bytes at the most
}

func main() {
	rounds := flag.Int("rounds", 5, "how often each program runs")
	binary := flag.String("tillpost", "bin/tillpost", "the program")
	file := flag.String("file", "examples/online-retail/online_retail.csv.gz", "the year")
	flag.Parse()
	if err := bench(*rounds, *binary, *file); err != nil {
		fmt.Fprintln(os.Stderr, "bench:", err)
		os.Exit(1)
	}
}

func bench(rounds int, binary, file string) error {
	dir, err := os.MkdirTemp("", "tillpost-bench-")
	if err != nil {
		return err
	}
	defer os.RemoveAll(dir)
	journal := filepath.Join(dir, "year.journal")
	var imports, trials, floors []run
	for i := range rounds {
		name := filepath.Join(dir, fmt.Sprintf("%d.db", i))
		r, err := measure("", binary, "--db", name, "import", file)
		if err != nil {
			return err
		}
		imports = append(imports, r)
		if r, err = measure("", binary, "--db", name, "report", "trial-balance"); err != nil {
			return err
		}
		trials = append(trials, r)
		if i == 0 {
			if _, err := measure(journal, binary, "--db", name, "export", "hledger"); err != nil {
				return err
			}
		}
		if r, err = measure("", "hledger", "-f", journal, "balance"); err != nil {
			return err
		}
		floors = append(floors, r)
		fmt.Fprintf(os.Stderr, "round %d: import %s, trial balance %s, hledger %s\n", i+1, short(imports[i].wall), short(trials[i].wall), short(r.wall))
	}
	size, err := os.Stat(journal)
	if err != nil {
		return err
	}
	fmt.Printf("%s, %d cores, %d rounds, medians; journal of %.1f MB\n\n", machine(), runtime.NumCPU(), rounds, float64(size.Size())/1e6)
	fmt.Println("| work | time | CPU | peak memory |\n| --- | --- | --- | --- |")
	row("import of the year (541,909 lines), SQLite, synchronous=FULL", imports)
	row("trial balance", trials)
	row("hledger balance on our export", floors)
	fmt.Printf("\nimport + trial balance / hledger: %.2f\n", float64(median(imports).wall+median(trials).wall)/float64(median(floors).wall))
	fmt.Printf("trial balance / hledger: %.4f\n", float64(median(trials).wall)/float64(median(floors).wall))
	return nil
}

// measure runs a program; its output goes to the file out, or nowhere.
func measure(out, name string, args ...string) (run, error) {
	c := exec.Command(name, args...)
	c.Stderr = os.Stderr
	if strings.HasSuffix(name, "tillpost") {
		c.Stderr = nil
	}
	if out != "" {
		f, err := os.Create(out)
		if err != nil {
			return run{}, err
		}
		defer f.Close()
		c.Stdout = f
	}
	began := time.Now()
	if err := c.Run(); err != nil {
		return run{}, fmt.Errorf("%s: %w", strings.Join(c.Args, " "), err)
	}
	r := run{wall: time.Since(began), cpu: c.ProcessState.UserTime() + c.ProcessState.SystemTime()}
	if u, ok := c.ProcessState.SysUsage().(*syscall.Rusage); ok {
		r.rss = u.Maxrss * 1024
	}
	return r, nil
}

func median(rs []run) run {
	s := slices.Clone(rs)
	slices.SortFunc(s, func(a, b run) int { return int(a.wall - b.wall) })
	return s[len(s)/2]
}

func row(name string, rs []run) {
	m := median(rs)
	var rss int64
	for _, r := range rs {
		rss = max(rss, r.rss)
	}
	fmt.Printf("| %s | %s | %s | %.0f MB |\n", name, short(m.wall), short(m.cpu), float64(rss)/1e6)
}

func short(d time.Duration) string { return d.Round(10 * time.Millisecond).String() }

// machine names the processor.
func machine() string {
	info, err := os.ReadFile("/proc/cpuinfo")
	if err != nil {
		return runtime.GOARCH
	}
	for l := range strings.Lines(string(info)) {
		if k, v, ok := strings.Cut(l, ":"); ok && strings.TrimSpace(k) == "model name" {
			return strings.TrimSpace(v)
		}
	}
	return runtime.GOARCH
}
