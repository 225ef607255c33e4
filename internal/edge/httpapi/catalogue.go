package httpapi

import (
	"errors"
	"net/http"
	"reflect"

	"github.com/danielgtaylor/huma/v2"
	"strings"

	"github.com/tillpost/tillpost/internal/domain/org"
	"github.com/tillpost/tillpost/internal/domain/pricing"
	"github.com/tillpost/tillpost/internal/flow/catalogue"
	"github.com/tillpost/tillpost/internal/platform/auth"
	"github.com/tillpost/tillpost/internal/platform/db"
)

// catalogue registers the operations on what the shop sells.
func (a *API) catalogue() {
	a.items()
	a.barcodes()
	a.priceLists()
	a.promotions()
	a.taxes()
	post(a, operation{ID: "scan", Path: "/scans", Tag: tagCatalogue, Scope: auth.CatalogueRead, Or: auth.SalesWrite, Asks: true, Summary: "What barcodes stand for",
		Doc: "Each code as the entry of a basket: an item's barcode, a pack's with its quantity, a scale's with its weight or price, or a SKU. Nothing is written."}, scan)
	streamLong(a, operation{ID: "getCatalogue", Path: "/catalogue", Tag: tagCatalogue, Scope: auth.CatalogueRead, Summary: "The whole catalogue",
		Doc: "All of it or the named parts, as of one moment, as the document that can be sent back. It is written while it is read: a connection that breaks off has brought a part only."},
		map[string]*huma.Schema{typeJSON: a.schema(reflect.TypeFor[catalogue.Catalogue]())}, writeCatalogue)
	a.postCatalogue()
}

// Taken counts what a catalogue brought.
type Taken struct {
	DryRun         bool `json:"dry_run" doc:"Everything was checked and nothing written."`
	Taxes          int  `json:"taxes"`
	BarcodeFormats int  `json:"barcode_formats"`
	Items          int  `json:"items"`
	Barcodes       int  `json:"barcodes"`
	PriceLists     int  `json:"price_lists"`
	Prices         int  `json:"prices"`
	Promotions     int  `json:"promotions"`
}

// dryRun asks whether something would be taken.
type dryRun struct {
	DryRun bool `query:"dry_run" doc:"Check everything and write nothing."`
}

// postCatalogue is the way of many things at once: its body may be far larger than others.
func (a *API) postCatalogue() {
	o := register(a, http.MethodPost, operation{ID: "putCatalogue", Path: "/catalogue", Tag: tagCatalogue, Scope: auth.CatalogueWrite, Conflicts: true,
		Summary: "Take in a catalogue", Doc: "Any of the parts; all of it or nothing. What it does not name stays as it is, what is known under the same name is replaced, " +
			"the same document twice changes nothing. A problem tells everything that is wrong in the first part with faults, up to a hundred things, each with its place. " +
			"At most 250,000 of each kind and 64 MB. Documents of more than 4 MB are taken one at a time; another is asked to come back."},
		func(c *Call, in *dryRun) (*output[Taken], error) {
			if err := c.Who.NeedStore(""); err != nil {
				return nil, err
			}
			leave, err := c.large()
			if err != nil {
				return nil, err
			}
			defer leave()
			raw, err := c.body(catalogue.FileMost)
			if err != nil {
				return nil, err
			}
			doc, err := catalogue.Decode(raw)
			if err != nil {
				return nil, err
			}
			put := catalogue.Put
			if in.DryRun {
				put = catalogue.Try
			}
			if err := put(c, c.DB(), doc); err != nil {
				return nil, err
			}
			return &output[Taken]{Status: http.StatusOK, Body: Taken{in.DryRun, len(doc.Taxes), len(doc.BarcodeFormats), len(doc.Items), len(doc.Barcodes),
				len(doc.PriceLists), len(doc.Prices), len(doc.Promotions)}}, nil
		})
	a.takes(o, a.schema(reflect.TypeFor[catalogue.Catalogue]()))
}

// smallMost is the length of a catalogue that several may send at once. A larger one is read whole as well,
// and takes a multiple of its length in memory.
const smallMost = 4 << 20

// large takes the one place for a large document, unless the request says that it is a small one.
func (c *Call) large() (leave func(), err error) {
	if n := c.request.ContentLength; n >= 0 && n <= smallMost {
		return func() {}, nil
	}
	select {
	case c.api.background.taking <- struct{}{}:
		return func() { <-c.api.background.taking }, nil
	default:
		return nil, ErrBusy
	}
}

func writeCatalogue(c *Call, in *struct {
	Parts []string `query:"parts" enum:"taxes,barcode_formats,items,barcodes,price_lists,prices,promotions" doc:"Only these parts."`
}, w *reply) error {
	return c.Read(func(v *db.View) error { return catalogue.Write(v, w, in.Parts...) })
}

// ScanOrder are codes to be looked up in a store.
type ScanOrder struct {
	Store string   `json:"store,omitempty" doc:"The only one there is unless stated."`
	Codes []string `json:"codes" doc:"As the scanner reads them."`
}

// Scanned is a basket without anything but what was scanned.
type Scanned struct {
	Store   string          `json:"store"`
	Entries []pricing.Entry `json:"entries" doc:"In the order of the codes."`
}

func scan(c *Call, _ *struct{}, doc ScanOrder) (out Scanned, fresh bool, err error) {
	err = c.Read(func(v *db.View) error {
		shop, err := org.Load(v)
		if err != nil {
			return err
		}
		out.Store = soleStore(shop, doc.Store)
		if err := c.Who.NeedStore(out.Store); err != nil {
			return err
		}
		store, err := shop.Store(out.Store)
		if err != nil {
			return err
		}
		out.Entries, err = catalogue.Scan(v, doc.Codes, catalogue.Scope{Store: out.Store, Day: store.Rule().Of(c.DB().Now())})
		return err
	})
	return out, false, err
}

// putOne writes a catalogue with one thing in one part; a fault points into that thing.
func putOne(tx *db.Tx, part string, doc catalogue.Catalogue) error {
	err := catalogue.InTx(tx, doc)
	var all catalogue.Faults
	if !errors.As(err, &all) {
		return err
	}
	place, ok := strings.CutPrefix(all[0].Path, part+"[0]")
	if !ok {
		return all[0]
	}
	return all[0].At(strings.TrimPrefix(place, "."))
}
