package tabular

import (
	"bytes"
	"errors"
	"fmt"
	"hash/maphash"
	"io"
	"os"
	"path/filepath"
	"sort"
	"strings"
	"time"

	"github.com/tillpost/tillpost/internal/base/day"
	"github.com/tillpost/tillpost/internal/base/money"
	"github.com/tillpost/tillpost/internal/hub/formats/source"
	"github.com/tillpost/tillpost/internal/hub/intake"
)

// Info is what was found out about an export before its first row.
type Info struct {
	Layout    *Layout
	Files     []string // the main one first
	Columns   []string
	SizeBytes int64
	Source    string
	Currency  money.Currency // "" when the first rows state several
	Zone      string         // of times without one; when the file states it, that of the first rows, "" for several
	Stated    bool           // the file states the zone of its times
	Delimiter string
	Decimal   string
	Notes     []string // what was guessed and could be wrong
}

// maxFolder is how many files of a folder are looked at.
const maxFolder = 200

// Open opens an export, a file or the folder it lies in. layout is a name, a layout file, or "" to
// find out.
func Open(path, layout string, terms intake.Terms) (*Reader, Info, error) {
	layouts := Builtin()
	if layout != "" {
		l, err := FindLayout(layout)
		if err != nil {
			return nil, Info{}, err
		}
		layouts = []*Layout{l}
	}
	if st, err := os.Stat(path); err == nil && st.IsDir() {
		if path, err = mainFile(path, layouts); err != nil {
			return nil, Info{}, err
		}
	}
	f, err := source.Open(path)
	if err != nil {
		return nil, Info{}, err
	}
	r, info, err := open(f, path, layouts, terms)
	if err != nil {
		f.Close()
		return nil, Info{}, err
	}
	return r, info, nil
}

// mainFile finds the one file of a folder that a layout is for.
func mainFile(folder string, layouts []*Layout) (string, error) {
	entries, err := os.ReadDir(folder)
	if err != nil {
		return "", source.ErrOpen.At(folder).Because(err)
	}
	if len(entries) > maxFolder {
		return "", ErrAmbiguous.At(folder).Because(fmt.Errorf("the folder has more than %d files: name the file", maxFolder))
	}
	var found []string
	for _, e := range entries {
		if e.IsDir() || !fits(e.Name(), []string{"*.csv", "*.csv.gz", "*.tsv", "*.tsv.gz", "*.txt", "*.txt.gz"}) {
			continue
		}
		path := filepath.Join(folder, e.Name())
		if f, err := source.Open(path); err == nil {
			if _, m, err := recognize(f, layouts); err == nil && m.Score == 100 {
				found = append(found, path)
			}
			f.Close()
		}
	}
	switch len(found) {
	case 1:
		return found[0], nil
	case 0:
		return "", ErrUndetected.At(folder).Because(errors.New("no file of the folder fits a layout"))
	}
	return "", ErrAmbiguous.At(folder).Because(fmt.Errorf("the folder has several exports: %s", strings.Join(found, ", ")))
}

// recognize finds the header row and the layout for it.
func recognize(f *source.File, layouts []*Layout) (header, Match, error) {
	delimiter := ""
	if len(layouts) == 1 {
		delimiter = layouts[0].Delimiter
	}
	h, err := findHeader(f, delimiter, func(names []string) int {
		best := Fit(names, layouts)[0]
		return best.Score*1000 + best.Columns
	})
	if err != nil {
		return h, Match{}, err
	}
	m, err := choose(h.names, layouts)
	return h, m, err
}

func open(f *source.File, path string, layouts []*Layout, terms intake.Terms) (*Reader, Info, error) {
	h, m, err := recognize(f, layouts)
	if err != nil && len(layouts) > 1 {
		return nil, Info{}, fmt.Errorf("%s: %w", path, err)
	}
	var l *Layout
	for _, l = range layouts {
		if l.Name == m.Layout {
			break
		}
	}
	prog, err := compile(l)
	if err != nil {
		return nil, Info{}, ErrLayout.At(l.Name).Because(err)
	}
	slots, err := bind(h.names, l.Columns, prog.keys[0], path)
	if err != nil {
		return nil, Info{}, err
	}
	r := &Reader{file: f, sc: newScanner(f, h.comma), prog: prog, terms: terms, columns: len(h.names), seed: maphash.MakeSeed(), money: map[string]money.Currency{}}
	r.x = row{slots: slots, words: &interner{seen: map[string]string{}}, zones: zones{}, keys: prog.keys}
	if len(prog.group) > 0 {
		r.byKey = map[string]*pending{}
	}
	for slot, i := range slots {
		if !l.Columns[prog.keys[0][slot]].Optional {
			r.last = max(r.last, i)
		}
	}
	info := Info{Layout: l, Files: []string{path}, Columns: h.names, SizeBytes: f.Size(), Delimiter: string(h.comma), Source: l.Source}
	if terms.Source != "" {
		info.Source = terms.Source
	}
	r.terms.Source = info.Source
	if r.terms.DefaultTender == "" {
		r.terms.DefaultTender = intake.DefaultTender
	}
	guess := &guesses{numbers: map[ref][][]byte{}, currencies: map[string]bool{}}
	if err := r.sideFiles(path, l, &info, guess); err != nil {
		return nil, Info{}, err
	}
	if err := r.setTerms(l, &info); err != nil {
		return nil, Info{}, err
	}
	r.guess(h, guess, &info)
	return r, info, h.skip(r.sc)
}

// sideFiles loads the files beside the main one.
func (r *Reader) sideFiles(path string, l *Layout, info *Info, g *guesses) error {
	for i, t := range l.Tables {
		file, err := beside(path, t.Files)
		if err != nil {
			return err
		}
		if file == "" {
			if !t.Optional {
				return ErrSideFile.At(filepath.Dir(path)).Because(fmt.Errorf("layout %s needs its %s file (%s) in the same folder", l.Name, t.Name, strings.Join(t.Files, ", ")))
			}
			info.Notes = append(info.Notes, fmt.Sprintf("there is no %s file (%s) beside this one; what it tells is not known", t.Name, strings.Join(t.Files, ", ")))
			r.x.sides = append(r.x.sides, nil)
			continue
		}
		s := &sideTable{table: r.prog.tables[i]}
		err = s.load(file, t.Columns, r.prog.keys[i+1], func(slot int, cell []byte) { g.see(r.prog, ref{i + 1, slot}, cell) })
		if err != nil {
			return err
		}
		if s.twice > 0 {
			info.Notes = append(info.Notes, fmt.Sprintf("%d rows of %s have the key of an earlier row and are not used", s.twice, file))
		}
		info.Files = append(info.Files, file)
		r.x.sides = append(r.x.sides, s)
	}
	return nil
}

// setTerms settles currency and zone between the file, the caller and the layout.
func (r *Reader) setTerms(l *Layout, info *Info) error {
	if v := r.prog.currency; v != nil && v.is != nil && r.terms.Currency == "" {
		r.terms.Currency = money.Currency(*v.is)
	}
	if r.terms.Currency != "" {
		c, err := money.ParseCurrency(string(r.terms.Currency))
		if err != nil {
			return err
		}
		r.terms.Currency = c
	}
	if r.prog.currency == nil || len(r.prog.currency.refs) == 0 {
		if r.terms.Currency == "" {
			return money.ErrCurrency.Because(errors.New("neither the file nor the layout names a currency: state it"))
		}
		info.Currency = r.terms.Currency
	}
	info.Stated = statesZone(l.Document.Time)
	r.x.home = time.UTC
	if l.Zone != "" {
		z, err := loadZone(l.Zone)
		if err != nil {
			return err
		}
		r.x.home = z
	}
	if r.terms.Zone != nil {
		r.x.home = r.terms.Zone
	}
	if !info.Stated {
		info.Zone = r.x.home.String()
	}
	r.days = day.Rule{Zone: r.x.home, CutOver: r.terms.CutOver}
	return nil
}

// statesZone tells whether the file itself says in which zone its times are.
func statesZone(t *Time) bool {
	if t.Zone != nil {
		return true
	}
	for _, f := range t.Formats {
		if strings.Contains(f, "Z") {
			return true
		}
	}
	return false
}

// guesses are cells of the first rows, by column.
type guesses struct {
	numbers    map[ref][][]byte
	currencies map[string]bool
}

func (g *guesses) see(p *program, at ref, cell []byte) {
	if p.numbers[at] && len(cell) > 0 && len(g.numbers[at]) < sampleRows {
		g.numbers[at] = append(g.numbers[at], append([]byte(nil), cell...))
	}
}

// guess looks at the first rows for the decimal sign and the order of day and month.
func (r *Reader) guess(h header, g *guesses, info *Info) {
	sample, _ := r.file.Peek(source.PeekSize)
	sc := newScanner(bytes.NewReader(sample), h.comma)
	texts := make([][]string, len(r.prog.clocks))
	if h.skip(sc) == nil {
		x := r.x
		for range sampleRows {
			cells, err := sc.next()
			if err == io.EOF {
				break
			}
			if err != nil {
				continue
			}
			x.set(sc.start, cells)
			for at := range r.prog.numbers {
				if at.table == 0 {
					g.see(r.prog, at, x.cell(at))
				}
			}
			if s := x.text(r.prog.currency); s != "" {
				g.currencies[strings.ToUpper(s)] = true
			}
			for i, c := range r.prog.clocks {
				if s := x.clockText(c); strings.TrimSpace(s) != "" {
					texts[i] = append(texts[i], s)
				}
			}
		}
		x.set(0, nil)
	}
	r.guessDecimal(g, info)
	if info.Currency == "" && len(g.currencies) == 1 {
		for s := range g.currencies {
			info.Currency, _ = money.ParseCurrency(s)
		}
	}
	defer r.guessZone(h, info)
	for i, c := range r.prog.clocks {
		var ambiguous bool
		if c.use, ambiguous = chooseFormat(c.layouts, texts[i]); ambiguous {
			info.Notes = append(info.Notes, fmt.Sprintf("dates like %q can be read in more than one way; they are read as %s", texts[i][0], c.layouts[c.use]))
		}
	}
}

// guessZone reads the times of the first rows for the zone that they state.
func (r *Reader) guessZone(h header, info *Info) {
	if !info.Stated {
		return
	}
	sample, _ := r.file.Peek(source.PeekSize)
	sc := newScanner(bytes.NewReader(sample), h.comma)
	if h.skip(sc) != nil {
		return
	}
	x, names := r.x, map[string]bool{}
	for range sampleRows {
		cells, err := sc.next()
		if err == io.EOF {
			break
		}
		if err != nil {
			continue
		}
		if x.set(sc.start, cells); len(x.clockText(r.prog.doc.at)) > 0 {
			if at := x.time(r.prog.doc.at); x.err == nil {
				names[zoneName(at)] = true
			}
		}
	}
	x.set(0, nil)
	if len(names) == 1 {
		for n := range names {
			info.Zone = n
		}
	}
}

func (r *Reader) guessDecimal(g *guesses, info *Info) {
	info.Decimal = r.prog.layout.Decimal
	if info.Decimal == "" || info.Decimal == "auto" {
		var cells [][]byte
		refs := make([]ref, 0, len(g.numbers))
		for at := range g.numbers {
			refs = append(refs, at)
		}
		sort.Slice(refs, func(i, j int) bool {
			return refs[i].table < refs[j].table || refs[i].table == refs[j].table && refs[i].slot < refs[j].slot
		})
		for _, at := range refs {
			cells = append(cells, g.numbers[at]...)
		}
		comma, clash := guessComma(cells)
		info.Decimal = "."
		if comma {
			info.Decimal = ","
		}
		if clash {
			info.Notes = append(info.Notes, fmt.Sprintf("numbers are written in two ways; %q is taken as the decimal sign", info.Decimal))
		}
	}
	r.x.comma = info.Decimal == ","
}

func isEOF(err error) bool { return errors.Is(err, io.EOF) }
