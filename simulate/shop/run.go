package shop

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"math/rand/v2"
	"net/url"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/tillpost/tillpost/internal/base/day"
	"github.com/tillpost/tillpost/internal/base/id"
	"github.com/tillpost/tillpost/internal/domain/pricing"
	"github.com/tillpost/tillpost/internal/flow/journal"
	"github.com/tillpost/tillpost/internal/flow/shift"
	"github.com/tillpost/tillpost/internal/platform/db"
	"github.com/tillpost/tillpost/simulate/shop/auditor"
)

// Options say what to simulate.
type Options struct {
	Seed uint64
	Days int // 0 is 10
	Ops  int // operations a day; 0 is 40
}

func (o *Options) fill() {
	if o.Days == 0 {
		o.Days = 10
	}
	if o.Ops == 0 {
		o.Ops = 40
	}
}

// Result is what a run did.
type Result struct {
	Receipts, Entries int
	Tally             Tally
	Exports           []Export // before the crowd, whose order nobody decides
}

// clock is the simulated time, which both the shop and the database go by.
type clock struct {
	mu sync.Mutex
	t  time.Time
}

func (c *clock) now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.t
}

func (c *clock) set(t time.Time) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.t = t
}

// Sim is one simulated retailer.
type Sim struct {
	ctx   context.Context
	o     Options
	dsn   string
	d     *db.DB
	q     *sql.DB
	r     *rand.Rand
	b     *auditor.Books
	clock *clock
	start time.Time // of the first simulated day
	first day.Day
	ids   int
	log   []string
	tally Tally

	stores      []*store
	items       []*item
	departments map[string]string                   // of the catalogue's items
	listed      map[*pricing.Rules]map[string]int64 // the prices in a price book
	sold        []*sold
	by          map[id.ID]*sold
	here        map[id.ID]bool     // receipts that have arrived
	asked       map[string][]int64 // prices that are typed in for the receipt that is being made
	cards       int64              // what gift cards are worth
	deliveries  []delivery
	shipments   []shipment
	sheets      []*sheet
	bags        []shift.Bag
	manual      []journal.Entry
	unmapped    []string
	changeOn    int   // day on which taxes change
	restartOn   int   // day on which the program starts again; it may be none
	locked      bool  // the first day's month is
	hold        bool  // tills keep what they issue, to send it in a moment
	lost        int64 // cash that disappeared, in the book currency
	banked      int64 // what the bank counted less
}

// starts are first days shortly before the end of a month, which is locked in the run: an ordinary one,
// the end of a year, the end of winter time in Europe and of summer time in America, a leap day.
var starts = []day.Day{"2026-01-29", "2025-12-29", "2026-03-27", "2026-10-29", "2024-02-27"}

// Run simulates a shop in the empty database dsn and compares after every day.
func Run(ctx context.Context, dsn string, o Options) (Result, error) {
	s := newSim(ctx, dsn, o)
	if err := s.open(); err != nil {
		return Result{}, err
	}
	defer s.close()
	return s.run()
}

func newSim(ctx context.Context, dsn string, o Options) *Sim {
	o.fill()
	s := &Sim{ctx: ctx, o: o, dsn: dsn, r: rand.New(rand.NewPCG(o.Seed, 77)), b: auditor.New(string(book)), departments: map[string]string{},
		listed: map[*pricing.Rules]map[string]int64{}, asked: map[string][]int64{}, by: map[id.ID]*sold{}, here: map[id.ID]bool{}, unmapped: []string{"tender:PayLater-X", "tender:TownCard", "item:NEW-1", "item:NEW-2"}}
	s.first = starts[s.r.IntN(len(starts))]
	s.start = s.first.Time().Add(7 * time.Hour)
	s.clock = &clock{t: s.start}
	s.changeOn = 1 + s.r.IntN(max(o.Days-2, 1))
	s.restartOn = 1 + s.r.IntN(o.Days+2)
	return s
}

func (s *Sim) run() (Result, error) {
	var res Result
	if err := s.build(); err != nil {
		return res, s.fail(0, err)
	}
	for n := range s.o.Days {
		s.clock.set(s.start.AddDate(0, 0, n))
		if err := s.oneDay(n); err != nil {
			return res, s.fail(n, err)
		}
		if err := s.audit(n); err != nil {
			return res, err
		}
	}
	s.clock.set(s.start.AddDate(0, 0, s.o.Days))
	if err := s.end(); err != nil {
		return res, s.fail(s.o.Days, err)
	}
	s.b.ForgetHeads() // all of both chains once more
	if err := s.audit(s.o.Days); err != nil {
		return res, err
	}
	var err error
	if res.Exports, res.Entries, err = s.exports(); err != nil {
		return res, s.fail(s.o.Days, err)
	}
	if err := s.lastDay(); err != nil {
		return res, s.fail(s.o.Days+1, err)
	}
	if err := s.audit(s.o.Days + 1); err != nil {
		return res, err
	}
	res.Receipts, res.Tally = len(s.sold), s.tally
	return res, nil
}

// lastDay is one on which nobody decides the order.
func (s *Sim) lastDay() error {
	s.clock.set(s.start.AddDate(0, 0, s.o.Days+1))
	for _, st := range s.stores {
		for _, t := range st.tills {
			if err := s.openShift(t); err != nil {
				return err
			}
		}
	}
	if err := s.crowd(s.o.Ops); err != nil {
		return err
	}
	return s.end()
}

// open opens the database, and for the auditor a connection of its own.
func (s *Sim) open() error {
	var err error
	if s.d, err = db.Open(s.ctx, s.dsn, db.WithClock(s.clock.now)); err != nil {
		return err
	}
	if strings.HasPrefix(s.dsn, "postgres") {
		s.q, err = sql.Open("pgx", s.dsn)
	} else {
		s.q, err = sql.Open("sqlite", "file:"+(&url.URL{Path: s.dsn}).EscapedPath()+"?_pragma=busy_timeout(10000)")
	}
	if err != nil {
		return errors.Join(err, s.d.Close())
	}
	s.q.SetMaxOpenConns(1)
	return nil
}

func (s *Sim) close() { _ = errors.Join(s.q.Close(), s.d.Close()) }

// restart ends the program and starts it again.
func (s *Sim) restart() error {
	s.say("restart")
	s.note(Restarts)
	if err := s.d.Close(); err != nil {
		return err
	}
	d, err := db.Open(s.ctx, s.dsn, db.WithClock(s.clock.now))
	if err == nil {
		s.d = d
	}
	return err
}

func itoa(n int64) string { return strconv.FormatInt(n, 10) }

// say notes an operation.
func (s *Sim) say(format string, args ...any) {
	s.log = append(s.log, s.clock.now().Format("02 15:04:05 ")+fmt.Sprintf(format, args...))
}

func (s *Sim) store(code string) *store {
	for _, st := range s.stores {
		if st.Code == code {
			return st
		}
	}
	return nil
}

// step lets a little time pass.
func (s *Sim) step() {
	s.clock.set(s.clock.now().Add(time.Duration(1+s.r.IntN(1200)) * time.Second))
}
