package importer

import (
	"github.com/tillpost/tillpost/internal/domain/org"
	"github.com/tillpost/tillpost/internal/domain/receipt"
	"github.com/tillpost/tillpost/internal/flow/posting"
	"github.com/tillpost/tillpost/internal/hub/intake"
)

// places turns the names that a file has for stores and registers into the shop's codes. It is used by
// the reading goroutine alone.
type places struct {
	shop      org.Shop
	store     string // where documents without a known store belong
	register  string
	stores    map[string]string // name in the file -> code
	registers map[[2]string]string
}

func newPlaces(shop org.Shop, o Options) *places {
	return &places{shop: shop, store: o.Store, register: o.Register, stores: map[string]string{}, registers: map[[2]string]string{}}
}

// placesMost bounds how many names are remembered: a column of ids that is taken for a register must
// not fill the memory.
const placesMost = 10_000

// storeOf returns the code of a store that a file calls by its code or name, and the run's store for
// every other name.
func (p *places) storeOf(name string) string {
	if name == "" {
		return p.store
	}
	if code, ok := p.stores[name]; ok {
		return code
	}
	code := p.store
	if _, ok := p.shop.Stores[name]; ok {
		code = name
	} else {
		for c, s := range p.shop.Stores {
			if s.Name == name && (code == p.store || c < code) { // of two stores with one name always the same
				code = c
			}
		}
	}
	if len(p.stores) < placesMost {
		p.stores[name] = code
	}
	return code
}

// importSuffix marks the register that takes a till's receipts from a file: a till numbers its own
// receipts, and an import must not take its numbers.
const importSuffix = "-import"

// registerOf returns the code of the register that a file calls by name.
func (p *places) registerOf(store, name string) string {
	if name == "" {
		name = p.register
	}
	k := [2]string{store, name}
	if code, ok := p.registers[k]; ok {
		return code
	}
	code := org.CodeOf(name)
	if r, ok := p.shop.Registers[org.Key(store, code)]; ok && r.Kind == org.Till {
		code = org.CodeOf(code + importSuffix)
	}
	if len(p.registers) < placesMost {
		p.registers[k] = code
	}
	return code
}

// prepare gives the document its place in the shop and checks it. What cannot be recorded becomes
// Rejected.
func (r *run) prepare(doc *intake.Document) {
	rc := doc.Receipt
	if rc == nil {
		return
	}
	rc.Store = r.places.storeOf(rc.Store)
	rc.Register = r.places.registerOf(rc.Store, rc.Register)
	rc.Number = 0
	if rc.Currency != r.o.Currency {
		reject(doc, posting.ErrCurrency.At("currency"))
		return
	}
	if err := receipt.ValidateImport(*rc, doc.Unexplained, r.d.Now()); err != nil {
		reject(doc, err)
	}
}
