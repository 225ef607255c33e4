package assess

import (
	"errors"
	"fmt"
	"hash/maphash"
	"io"
	"time"

	"github.com/tillpost/tillpost/internal/base/day"
	"github.com/tillpost/tillpost/internal/base/fault"
	"github.com/tillpost/tillpost/internal/base/money"
	"github.com/tillpost/tillpost/internal/domain/receipt"
	"github.com/tillpost/tillpost/internal/hub/formats"
	"github.com/tillpost/tillpost/internal/hub/intake"
)

// Options are what a review needs to know beside the file.
type Options struct {
	Info formats.Info // of the file, as Open gave it
	// Tenders are the tender types that have an account. Nil: every type but "unspecified" counts as known.
	Tenders []string
	Now     time.Time
	// Progress is called now and then with the bytes read of Info.SizeBytes; it may be nil.
	Progress func(done, size int64)
}

// Assess reads the source to its end and reviews it. An error means that the source could not be read
// to the end; what was seen until then is in the report.
func Assess(source intake.Reader, opts Options) (Report, error) {
	r := newReview(opts)
	for n := 0; ; n++ {
		d, err := source.Next()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return r.report(), fmt.Errorf("after %d documents: %w", n, err)
		}
		r.document(&d)
		if opts.Progress != nil && n%1024 == 0 {
			opts.Progress(source.Offset(), opts.Info.SizeBytes)
		}
	}
	if opts.Progress != nil {
		opts.Progress(source.Offset(), opts.Info.SizeBytes)
	}
	return r.report(), nil
}

// review is what is gathered while reading.
type review struct {
	opts     Options
	known    map[string]bool // tenders
	out      Report
	findings map[string]*Finding
	order    []string
	totals   map[money.Currency]*sums
	coins    []money.Currency
	seed     maphash.Seed

	numbers   map[string]*runs
	clocks    map[string]clock
	documents map[uint64]uint64 // kind and number -> content
	looks     map[uint64]int32  // what a sale looks like -> its row
	sold      map[uint64]int64  // customer and item -> first sale
	returned  []returned
	items     map[string]*item
	folded    map[string]string // item code in small letters -> as first written
	customers map[string]bool
	stores    map[string]bool
	registers map[string]bool
	days      map[day.Day]bool
	payouts   map[string]*payout
	limits    map[string]bool
	nameBytes int
	scratch   []byte
	unexpl    map[money.Currency]money.Minor // magnitudes
}

type clock struct {
	number int64
	at     time.Time
}

type returned struct {
	anyone, customer uint64
	at               int64
	row              int32
	line             int32
	doc, item        string
}

// maxReturned is how many returns wait for their sale until the end of the file.
const maxReturned = 100_000

type payout struct {
	net, parts money.Minor
	listed     bool
	row        int
	coin       money.Currency
}

func newReview(opts Options) *review {
	r := &review{
		opts: opts, findings: map[string]*Finding{}, totals: map[money.Currency]*sums{}, seed: maphash.MakeSeed(),
		numbers: map[string]*runs{}, clocks: map[string]clock{}, documents: map[uint64]uint64{}, looks: map[uint64]int32{},
		sold: map[uint64]int64{}, items: map[string]*item{}, folded: map[string]string{}, customers: map[string]bool{},
		stores: map[string]bool{}, registers: map[string]bool{}, days: map[day.Day]bool{}, payouts: map[string]*payout{},
		limits: map[string]bool{}, unexpl: map[money.Currency]money.Minor{},
	}
	if opts.Tenders != nil {
		r.known = map[string]bool{}
		for _, t := range opts.Tenders {
			r.known[t] = true
		}
	}
	i := opts.Info
	r.out = Report{Files: i.Files, Layout: i.Layout, Title: i.Title, Source: i.Source, Zone: i.Zone, Stated: i.ZoneStated, Notes: i.Notes}
	return r
}

// find counts a finding and keeps the first few places.
func (r *review) find(code string, row int, document, format string, args ...any) {
	f := r.findings[code]
	if f == nil {
		f = &Finding{Code: code, Severity: Warning, Title: code, Effect: "look at the examples"}
		if k, ok := known[code]; ok {
			f.Severity, f.Title, f.Effect = k.severity, k.title, k.effect
		}
		r.findings[code] = f
		r.order = append(r.order, code)
	}
	f.Count++
	if len(f.Examples) < maxExamples {
		f.Examples = append(f.Examples, Example{Row: row, Document: document, Message: fmt.Sprintf(format, args...)})
	}
}

// room tells whether a map of a limited size has room; the first time that it has not is noted.
func (r *review) room(size, limit int, what string) bool {
	if size < limit {
		return true
	}
	r.limits[fmt.Sprintf("only the first %s %s were compared", group(int64(limit)), what)] = true
	return false
}

func (r *review) hash(parts ...string) uint64 {
	var h maphash.Hash
	h.SetSeed(r.seed)
	for _, p := range parts {
		h.WriteString(p)
		h.WriteByte(0)
	}
	return h.Sum64()
}

func (r *review) document(d *intake.Document) {
	r.out.Counts.Documents++
	r.out.Counts.Rows += d.Rows
	for _, f := range d.Findings {
		if !passedOver[f.Code] {
			r.find(f.Code, f.Row, d.External, "%s", f.Message)
		}
	}
	fresh := r.number(d)
	switch {
	case d.Rejected != nil:
		r.out.Counts.Rejected++
		r.out.Counts.RejectedRow += d.Rows
		r.find("rejected", d.FirstRow, d.External, "%s", d.Rejected.Reason)
	case d.Receipt != nil:
		r.receipt(d, fresh)
	case d.Adjustment != nil:
		r.out.Counts.Adjustments++
		r.time(d, d.Adjustment.At)
		r.item(d, &receipt.Line{Item: d.Adjustment.Item, Name: d.Adjustment.Name})
	case d.Movement != nil:
		r.movement(d)
	default:
		r.out.Counts.Controls++
	}
}

// number checks the document's place in its series, and that its number is its own. False means that
// the number was there before.
func (r *review) number(d *intake.Document) bool {
	if d.Sequence > 0 {
		run := r.numbers[d.Series]
		if run == nil && r.room(len(r.numbers), maxSeries, "series of numbers") {
			run = &runs{}
			r.numbers[d.Series] = run
		}
		if run != nil {
			if run.add(d.Sequence); run.full {
				r.room(maxRanges, maxRanges, "runs of numbers")
			}
		}
	}
	if d.External == "" || d.Rejected != nil || d.Control != "" {
		return true
	}
	kind := "r"
	var content uint64
	switch {
	case d.Receipt != nil:
		r.scratch = d.Receipt.Canonical(r.scratch[:0])
		content = maphash.Bytes(r.seed, r.scratch)
	case d.Adjustment != nil:
		kind = "a"
		content = r.hash(d.Adjustment.Item, d.Adjustment.Qty.String(), d.Adjustment.At.String())
	case d.Movement != nil:
		kind = "m"
		content = r.hash(string(d.Movement.Kind), d.Movement.Currency.Format(d.Movement.Gross), d.Movement.At.String())
	}
	key := r.hash(kind, d.External)
	was, twice := r.documents[key]
	switch {
	case !twice:
		if r.room(len(r.documents), maxKeys, "documents") {
			r.documents[key] = content
		}
	case was == content:
		r.find("number_repeated", d.FirstRow, d.External, "stands in the file once more")
	default:
		r.find("number_reused", d.FirstRow, d.External, "another document has this number")
	}
	return !twice
}

// time widens the span and looks at the clock.
func (r *review) time(d *intake.Document, at time.Time) {
	s := &r.out.Span
	if s.First.IsZero() || at.Before(s.First) {
		s.First = at
	}
	if at.After(s.Last) {
		s.Last = at
	}
	if !r.opts.Now.IsZero() && at.After(r.opts.Now.Add(24*time.Hour)) {
		r.find("future", d.FirstRow, d.External, "dated %s", at.Format("2006-01-02 15:04"))
	}
}

// backwards notes a higher number with an earlier time. Files that run from new to old are fine: only
// the order of the numbers counts.
func (r *review) backwards(d *intake.Document, at time.Time) {
	if d.Sequence == 0 {
		return
	}
	was, ok := r.clocks[d.Series]
	if ok && (d.Sequence > was.number && at.Before(was.at.Add(-time.Minute)) || d.Sequence < was.number && at.After(was.at.Add(time.Minute))) {
		r.find("clock_back", d.FirstRow, d.External, "%s at %s, but number %d at %s", d.External, at.Format("2006-01-02 15:04:05"), was.number, was.at.Format("2006-01-02 15:04:05"))
	}
	if ok || len(r.clocks) < maxSeries {
		r.clocks[d.Series] = clock{d.Sequence, at}
	}
}

// refused tells whether the importer would put the receipt into quarantine.
func (r *review) refused(d *intake.Document) {
	rc := *d.Receipt
	rc.Store, rc.Register = orElse(rc.Store, "store"), orElse(rc.Register, "register")
	now := r.opts.Now
	if now.IsZero() {
		now = rc.DeviceTime
	}
	err := receipt.ValidateImport(rc, d.Unexplained, now)
	switch code := fault.CodeOf(err); {
	case err == nil:
	case code == fault.CodeOf(receipt.ErrCardNumber):
		r.find("card_number", d.FirstRow, d.External, "%s", err)
	default:
		r.find("refused", d.FirstRow, d.External, "%s", err)
	}
}

func orElse(s, other string) string {
	if s == "" {
		return other
	}
	return s
}
