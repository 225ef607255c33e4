package httpapi

import (
	"mime"
	"net/http"
	"slices"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"github.com/tillpost/tillpost/internal/base/id"
	"github.com/tillpost/tillpost/internal/base/money"
	"github.com/tillpost/tillpost/internal/domain/org"
	"github.com/tillpost/tillpost/internal/hub/formats"
	"github.com/tillpost/tillpost/internal/hub/formats/tabular"
	"github.com/tillpost/tillpost/internal/hub/importer"
	"github.com/tillpost/tillpost/internal/platform/auth"
	"github.com/tillpost/tillpost/internal/platform/db"
)

// imports registers the operations on files of other systems.
func (a *API) imports() {
	sending(a, operation{ID: "startImport", Path: "/imports", Tag: tagData, Scope: auth.ImportsWrite, Summary: "Import a file of another system",
		Doc: "The body is the file as it is, plain or gzipped, of any content type and up to 1 GiB. An export of several files, or one that is read with a layout of your own, " +
			"is sent as a form (multipart/form-data): each file as a part named file, the layout as one named layout. It is looked at before the answer and imported after it: ask for the import's progress. " +
			"One file is imported at a time; another is asked to come back. The same file again changes nothing, and goes on where an import of it was stopped. " +
			"With dry_run everything is posted and undone."}, http.StatusAccepted, (*Call).startImport)
	get(a, operation{ID: "listImports", Path: "/imports", Tag: tagData, Scope: auth.ImportsRead, Summary: "The imports, the latest first",
		Doc: "Dry runs leave nothing and are not among them."}, a.listImports)
	get(a, operation{ID: "getImport", Path: "/imports/{id}", Tag: tagData, Scope: auth.ImportsRead, Summary: "One import: how far it is, or what came of it",
		Doc: "The last ones that this server has worked on are remembered whole until it stops; of the others there is what the books keep. Stopped is also what another process works on."}, a.getImport)
	remove(a, operation{ID: "stopImport", Path: "/imports/{id}", Tag: tagData, Scope: auth.ImportsWrite, Summary: "Stop an import",
		Doc: "What is recorded stays; the same file again goes on from there. One that has ended stays as it is."}, a.stopImport)
	get(a, operation{ID: "listQuarantine", Path: "/imports/{id}/quarantine", Tag: tagData, Scope: auth.ImportsRead, Summary: "The rows of an import that are not in the books",
		Doc: "With what is wrong. Correct them in the file and import it again: what is known stays as it is."}, listQuarantine)
	remove(a, operation{ID: "dismissRow", Path: "/imports/{id}/quarantine/{row}", Tag: tagData, Scope: auth.ImportsWrite, Summary: "Dismiss what waits at a line",
		Doc: "For what will never belong into the books: a footer, a copy, a row that was entered by hand. All that waits at this line of the import leaves the quarantine; who did it is in the log."}, dismissRow)
	sending(a, operation{ID: "assessFile", Path: "/assessments", Tag: tagData, Scope: auth.ImportsWrite, Summary: "Review a file before it is imported",
		Doc: "The body is the file or a form, as for an import. Nothing is written. The answer says what is in it, what is odd about it, and what that would do to the books."}, http.StatusOK, (*Call).assessFile)
}

// sending registers a command whose body is a file.
func sending[I, O any](a *API, op operation, status int, run func(c *Call, in *I) (O, error)) {
	o := register(a, http.MethodPost, op, func(c *Call, in *I) (*output[O], error) {
		body, err := run(c, in)
		if err != nil {
			return nil, err
		}
		return &output[O]{Status: status, Body: body}, nil
	})
	file := &huma.Schema{Type: huma.TypeString, Format: "binary"}
	o.RequestBody = &huma.RequestBody{Required: true, Content: map[string]*huma.MediaType{"application/octet-stream": {Schema: file}, typeCSV: {Schema: file},
		typeForm: {Schema: &huma.Schema{Type: huma.TypeObject, Required: []string{"file"}, Properties: map[string]*huma.Schema{
			"file":   {Type: huma.TypeArray, Items: file, Description: "The files of the export, up to 20, under the names that the other system gives them."},
			"layout": {Type: huma.TypeObject, AdditionalProperties: true, Description: "A layout of your own, as docs/layouts.md describes it."}}}}}}
	if status == http.StatusAccepted {
		begun(o)
	}
}

// Reading says how a file is read.
type Reading struct {
	Layout   string `query:"layout" doc:"The name of a layout, as \"tillpost layouts\" lists them; found out unless stated. One of your own is a part of the form."`
	Zone     string `query:"zone" doc:"Time zone of times without one: Europe/London. That of the store unless stated."`
	Currency string `query:"currency" doc:"Currency of a file that states none; that of the books unless stated."`
	Store    string `query:"store" doc:"The store that the sales belong to; may be left out when there is only one."`
	Name     string `query:"name" maxLength:"300" doc:"What the file is called, for the list of imports."`
	// Disposition counts when no name is stated.
	Disposition string `header:"Content-Disposition" maxLength:"1000" doc:"Its filename is what the file is called, unless name says it."`
}

// called is the name of the file, "" when nobody says it.
func (r *Reading) called() string {
	if r.Name != "" {
		return r.Name
	}
	_, params, _ := mime.ParseMediaType(r.Disposition) // what cannot be read says no name
	return params["filename"]
}

// options reads them. Only built-in layouts can be named, a layout file would be one of the server's; one of
// the caller's own comes with the file.
func (r *Reading) options(shop org.Shop) (o formats.Options, store org.Store, err error) {
	if shop.Book == "" {
		return o, store, org.ErrNotConfigured
	}
	if r.Store == "" && len(shop.Stores) == 1 {
		for r.Store = range shop.Stores {
		}
	}
	if r.Store == "" {
		return o, store, ErrWhichStore.At("query.store")
	}
	if store, err = shop.Store(r.Store); err != nil {
		return o, store, err
	}
	if o.Layout = r.Layout; o.Layout != "" && !slices.Contains(formats.Names(), o.Layout) {
		return o, store, tabular.ErrNoLayout.At("query.layout")
	}
	o.Zone, o.CutOver, o.Currency = store.Rule().Zone, store.CutOver, shop.Book
	if r.Zone != "" {
		if o.Zone, err = time.LoadLocation(r.Zone); err != nil {
			return o, store, org.ErrZone.At("query.zone")
		}
	}
	if r.Currency != "" {
		if o.Currency, err = money.ParseCurrency(r.Currency); err != nil {
			return o, store, money.ErrCurrency.At("query.currency")
		}
	}
	return o, store, nil
}

// ImportRun is an import, at work or ended.
type ImportRun struct {
	ID       id.ID           `json:"id" doc:"The same for the same file that is read in the same way."`
	State    string          `json:"state" enum:"running,done,stopped,failed"`
	DryRun   bool            `json:"dry_run,omitempty"`
	File     string          `json:"file"`
	Source   string          `json:"source" doc:"The system whose numbers the documents carry."`
	Store    string          `json:"store"`
	Layout   string          `json:"layout,omitempty"`
	Notes    []string        `json:"notes,omitempty" doc:"What was guessed about the file and may be wrong."`
	Started  time.Time       `json:"started"`
	Ended    time.Time       `json:"ended,omitzero"`
	Counts   importer.Counts `json:"counts" doc:"What all runs of the file have settled. Every row is in exactly one document."`
	Total    money.Minor     `json:"total,omitempty" doc:"Of the receipts that were recorded; absent while it goes on."`
	Already  bool            `json:"already,omitempty" doc:"The same file was imported before: nothing was done."`
	Resumed  int64           `json:"resumed,omitempty" doc:"Documents that an earlier run had settled."`
	Progress *ImportProgress `json:"progress,omitempty"`
	Problem  *Problem        `json:"problem,omitempty" doc:"Why it failed."`
}

// ImportProgress is how far an import is.
type ImportProgress struct {
	Bytes         int64 `json:"bytes" doc:"Read so far, of the file as it was sent."`
	Size          int64 `json:"size"`
	RowsPerSecond int64 `json:"rows_per_second,omitempty"`
	LeftMs        int64 `json:"left_ms,omitempty" doc:"How long the rest takes at this pace; absent while that would be a guess."`
}

func (a *API) listImports(c *Call, in *Paged) (Page[ImportRun], error) {
	var place importer.Place
	err := in.after(&place)
	if err == nil {
		err = c.Who.NeedStore("")
	}
	if err != nil {
		return Page[ImportRun]{}, err
	}
	var rows []importer.Stored
	err = c.Read(func(v *db.View) (err error) {
		rows, err = importer.Page(v, place, in.Limit+1)
		return err
	})
	stored := page(rows, in.Limit, func(s importer.Stored) any { return s.Place() })
	out := Page[ImportRun]{Data: make([]ImportRun, len(stored.Data)), Next: stored.Next}
	for i := range stored.Data {
		out.Data[i] = a.importOf(&stored.Data[i])
	}
	return out, err
}

// importOf is an import that the books know: as this server works on it, or as it was left.
func (a *API) importOf(s *importer.Stored) ImportRun {
	if j, ok := a.background.importing.find(s.ID); ok && !j.dry {
		return j.answer()
	}
	out := ImportRun{ID: s.ID, State: stateStopped, File: s.File, Source: s.Source, Store: s.Store, Started: s.Started, Ended: s.Changed, Counts: s.Counts, Total: s.Total}
	if s.Done {
		out.State = stateDone
	}
	return out
}

func (a *API) getImport(c *Call, in *struct {
	ID id.ID `path:"id"`
	Waited
}) (out ImportRun, err error) {
	if err := c.Who.NeedStore(""); err != nil {
		return out, err
	}
	if j, ok := a.background.importing.find(in.ID); ok {
		in.until(c, &j.job)
	}
	return a.importNow(c, in.ID)
}

// importNow is an import as it is.
func (a *API) importNow(c *Call, u id.ID) (out ImportRun, err error) {
	if j, ok := a.background.importing.find(u); ok {
		return j.answer(), nil
	}
	err = c.Read(func(v *db.View) error {
		s, err := importer.Find(v, u)
		if err == nil {
			out = a.importOf(&s)
		}
		return err
	})
	return out, err
}

func (a *API) stopImport(c *Call, in *struct {
	ID id.ID `path:"id"`
}) (out ImportRun, err error) {
	if err := c.Who.NeedStore(""); err != nil {
		return out, err
	}
	if j, ok := a.background.importing.find(in.ID); ok {
		if err := j.halt(c); err != nil {
			return out, err
		}
	}
	return a.importNow(c, in.ID)
}

func listQuarantine(c *Call, in *struct {
	ID id.ID `path:"id"`
	Paged
}) (Page[importer.QuarantineRow], error) {
	var place importer.RowPlace
	err := in.after(&place)
	if err == nil {
		err = c.Who.NeedStore("")
	}
	if err != nil {
		return Page[importer.QuarantineRow]{}, err
	}
	var rows []importer.QuarantineRow
	err = c.Read(func(v *db.View) error {
		if _, err := importer.Find(v, in.ID); err != nil {
			return err
		}
		rows, err = importer.QuarantineOf(v, in.ID, place, in.Limit+1)
		return err
	})
	return page(rows, in.Limit, func(r importer.QuarantineRow) any { return r.Place() }), err
}

// Dismissed is the answer to the dismissal of a line.
type Dismissed struct {
	Documents int64 `json:"documents" doc:"How many documents waited there."`
}

func dismissRow(c *Call, in *struct {
	ID  id.ID `path:"id"`
	Row int64 `path:"row" minimum:"1" doc:"The line, as the list of the quarantine has it."`
}) (out Dismissed, err error) {
	if err = c.Who.NeedStore(""); err != nil {
		return out, err
	}
	err = c.Write(func(tx *db.Tx) (err error) {
		out.Documents, err = importer.Dismiss(tx, in.ID, in.Row)
		return err
	})
	return out, err
}
