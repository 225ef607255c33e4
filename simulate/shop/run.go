package shop

import (
	"context"
	"database/sql"
	"fmt"
	"math/rand/v2"
	"net/url"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/tillpost/tillpost/internal/base/day"
	"github.com/tillpost/tillpost/internal/domain/receipt"
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

// Result is what a run did.
type Result struct {
	Days, Receipts, Entries int
	Concurrent              bool   // some days had concurrent writers: the journal's order is not the seed's
	Journal                 []byte // the hledger export
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
	d     *db.DB
	q     *sql.DB
	r     *rand.Rand
	b     *auditor.Books
	clock *clock
	seed  uint64
	first day.Day // the first simulated day
	ids   int
	log   []string

	stores      []*store
	items       []*item
	departments map[string]string // of the catalogue's items
	sold        []*sold
	cards       int64 // what gift cards are worth
	deliveries  []delivery
	shipments   []shipment
	sheets      []*sheet
	bags        []shift.Bag
	manual      []journal.Entry
	unmapped    []string
	changeOn    int   // day on which taxes change
	locked      bool  // January is
	hold        bool  // tills keep what they issue, for a concurrent day
	lost        int64 // cash that disappeared, in the book currency
	banked      int64 // what the bank counted less
}

// Run simulates a shop in the empty database dsn and compares after every day.
func Run(ctx context.Context, dsn string, o Options) (Result, error) {
	if o.Days == 0 {
		o.Days = 10
	}
	if o.Ops == 0 {
		o.Ops = 40
	}
	c := &clock{t: time.Date(2026, 1, 26, 7, 0, 0, 0, time.UTC)}
	d, err := db.Open(ctx, dsn, db.WithClock(c.now))
	if err != nil {
		return Result{}, err
	}
	defer d.Close()
	q, err := open(dsn)
	if err != nil {
		return Result{}, err
	}
	defer q.Close()
	s := &Sim{ctx: ctx, d: d, q: q, r: rand.New(rand.NewPCG(o.Seed, 77)), b: auditor.New(string(book)), clock: c, seed: o.Seed,
		first: day.Of(c.now()), departments: map[string]string{},
		unmapped: []string{"tender:PayLater-X", "tender:TownCard", "item:NEW-1", "item:NEW-2"}}
	s.changeOn = 2 + s.r.IntN(o.Days)
	if err := s.build(); err != nil {
		return Result{}, s.fail(0, err)
	}
	for _, it := range s.items {
		if !it.unknown {
			s.departments[it.SKU] = it.Department
		}
	}
	res := Result{Days: o.Days}
	for n := range o.Days {
		concurrent := o.Seed%3 == 0 && n%3 == 1
		res.Concurrent = res.Concurrent || concurrent
		c.set(time.Date(2026, 1, 26+n, 7, 0, 0, 0, time.UTC))
		if err := s.oneDay(n, o.Ops, concurrent); err != nil {
			return res, s.fail(n, err)
		}
		if err := s.audit(n); err != nil {
			return res, err
		}
	}
	c.set(time.Date(2026, 1, 26+o.Days, 7, 0, 0, 0, time.UTC))
	if err := s.end(); err != nil {
		return res, s.fail(o.Days, err)
	}
	if err := s.audit(o.Days); err != nil {
		return res, err
	}
	res.Receipts = len(s.sold)
	res.Journal, res.Entries, err = s.export()
	return res, err
}

// open gives the auditor a connection of its own.
func open(dsn string) (*sql.DB, error) {
	if strings.HasPrefix(dsn, "postgres") {
		return sql.Open("pgx", dsn)
	}
	return sql.Open("sqlite", "file:"+(&url.URL{Path: dsn}).EscapedPath()+"?_pragma=busy_timeout(10000)")
}

func itoa(n int64) string { return strconv.FormatInt(n, 10) }

// say notes an operation.
func (s *Sim) say(format string, args ...any) {
	s.log = append(s.log, s.clock.now().Format("02 15:04:05 ")+fmt.Sprintf(format, args...))
}

const logTail = 300

func (s *Sim) fail(n int, err error) error {
	return &Failure{Seed: s.seed, Day: n, First: err.Error(), Log: s.log[max(0, len(s.log)-logTail):], Err: err}
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

// oneDay runs a day of the shop.
func (s *Sim) oneDay(n, ops int, concurrent bool) error {
	s.say("day %d", n)
	if err := s.morning(n); err != nil {
		return err
	}
	if concurrent {
		if err := s.crowd(ops); err != nil {
			return err
		}
	}
	for range ops {
		if err := s.operation(); err != nil {
			return err
		}
		s.step()
	}
	return s.evening()
}

func (s *Sim) morning(n int) error {
	if n == s.changeOn {
		s.unmapped = append(s.unmapped, "tax:VAT21", "tax:CITY")
	}
	if n > 0 && s.r.IntN(3) == 0 {
		if err := s.prices(); err != nil {
			return err
		}
	}
	if n >= 7 && s.r.IntN(3) == 0 {
		if err := s.lock(); err != nil {
			return err
		}
	}
	for _, st := range s.stores {
		if n == 0 || s.r.IntN(2) == 0 {
			if err := s.receive(st); err != nil {
				return err
			}
		}
		if s.r.IntN(3) > 0 {
			if err := s.closeDays(st, false); err != nil {
				return err
			}
		}
		for _, t := range st.tills {
			t.skew = []time.Duration{0, 0, -3 * time.Hour, 26 * time.Hour, -90 * 24 * time.Hour, 7 * time.Minute}[s.r.IntN(6)]
			if avoid("clock_far_behind") && t.skew < -receipt.MaxAhead {
				t.skew = -60 * time.Hour
			}
			if t.shift.IsZero() {
				if err := s.openShift(t); err != nil {
					return err
				}
			}
		}
	}
	return nil
}

// operation does one thing in a store.
func (s *Sim) operation() error {
	st := s.stores[s.r.IntN(len(s.stores))]
	t := st.tills[s.r.IntN(len(st.tills))]
	switch n := s.r.IntN(100); {
	case n < 50:
		return s.sell(t)
	case n < 58:
		return s.refund(t)
	case n < 62:
		return s.exchange(t)
	case n < 64:
		return s.bring(t)
	case n < 67:
		return s.void(t)
	case n < 70:
		return s.empty(t)
	case n < 75:
		return s.moveCash(t)
	case n < 78:
		return s.line2(t)
	case n < 81:
		return s.adjust(st)
	case n < 83:
		return s.beginCount(st)
	case n < 85:
		return s.count(st)
	case n < 88:
		return s.ship(st)
	case n < 91:
		return s.arrive()
	case n < 93:
		return s.bill(st)
	case n < 94:
		return s.receive(st)
	case n < 96:
		return s.bank(st)
	case n < 98:
		return s.journal(st)
	case n < 99:
		return s.mapOne()
	default:
		return s.swapShift(t)
	}
}

// line2 cuts a till's line, or mends it.
func (s *Sim) line2(t *till) error {
	t.offline = !t.offline
	s.say("%s offline: %t", t.name(), t.offline)
	if t.offline {
		return nil
	}
	return s.flush(t)
}

// swapShift ends a shift in the middle of the day and begins the next.
func (s *Sim) swapShift(t *till) error {
	if t.shift.IsZero() {
		return nil
	}
	if err := s.countShift(t); err != nil {
		return err
	}
	if err := s.closeShift(t); err != nil {
		return err
	}
	return s.openShift(t)
}

func (s *Sim) evening() error {
	for _, st := range s.stores {
		for _, t := range st.tills {
			if t.shift.IsZero() || s.r.IntN(8) == 0 {
				continue // stays open over night
			}
			if s.r.IntN(3) > 0 && t.offline {
				t.offline = false
				if err := s.flush(t); err != nil {
					return err
				}
			}
			if err := s.countShift(t); err != nil {
				return err
			}
			if err := s.closeShift(t); err != nil {
				return err
			}
		}
		if s.r.IntN(3) == 0 {
			if err := s.closeDays(st, true); err != nil {
				return err
			}
		}
	}
	return nil
}

// end brings everything home: what is offline arrives, what is unknown is mapped, all is closed.
func (s *Sim) end() error {
	s.say("the end")
	for _, st := range s.stores {
		for _, t := range st.tills {
			t.offline = false
			if err := s.flush(t); err != nil {
				return err
			}
		}
	}
	for len(s.unmapped) > 0 {
		key := s.unmapped[0]
		s.unmapped = s.unmapped[1:]
		if err := s.mapKey(key); err != nil {
			return err
		}
	}
	for _, st := range s.stores {
		for _, t := range st.tills {
			if t.shift.IsZero() { // what came late is settled by the next shift
				if err := s.openShift(t); err != nil {
					return err
				}
			}
			if err := s.countShift(t); err != nil {
				return err
			}
			if err := s.closeShift(t); err != nil {
				return err
			}
		}
		if err := s.closeDays(st, true); err != nil {
			return err
		}
	}
	s.b.JudgeReturns()
	if over := s.b.Balance("over_short", ""); over != s.lost+s.banked {
		s.b.Complain("over/short is %d in the end; %d were lost and %d missing at the bank", over, s.lost, s.banked)
	}
	for _, st := range s.stores {
		for _, t := range st.tills {
			if n := s.b.Drawer(st.Code, t.code, string(book)); n != t.cash[book] {
				s.b.Complain("drawer %s holds %d, the auditor says %d", t.name(), t.cash[book], n)
			}
		}
	}
	return nil
}
