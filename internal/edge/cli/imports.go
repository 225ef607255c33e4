package cli

import (
	"github.com/tillpost/tillpost/internal/domain/org"
	"github.com/tillpost/tillpost/internal/hub/importer"
	"github.com/tillpost/tillpost/internal/platform/db"
	"github.com/tillpost/tillpost/internal/views/table"
)

type importsCmd struct {
	List    importsListCmd    `cmd:"" default:"withargs" help:"List the imports, or what waits in quarantine."`
	Dismiss importsDismissCmd `cmd:"" help:"Take a line out of the quarantine that will never be in the books."`
}

type importsListCmd struct {
	Quarantine bool `help:"List the rows in quarantine, with what is wrong and what to do."`
	layout     `embed:""`
}

// Help is the text below the flags.
func (importsListCmd) Help() string {
	return `A row in quarantine is not in the books. Correct it in the file and import the file again: what is known already stays as
it is, and the corrected rows come in. "tillpost imports dismiss" is for what is no sale at all.`
}

// quarantineMost bounds the list.
const quarantineMost = 1000

// Run lists imports or quarantine.
func (c importsListCmd) Run(e *env) error {
	return e.report(c.layout, func(v *db.View, _ org.Shop) (*table.Table, error) {
		if c.Quarantine {
			return quarantine(v)
		}
		return runs(v)
	})
}

func quarantine(v *db.View) (*table.Table, error) {
	rows, err := importer.Quarantine(v, quarantineMost)
	t := &table.Table{Title: "Rows in quarantine", Columns: []table.Column{{Name: "file"}, {Name: "line", Kind: table.KindCount}, {Name: "document"},
		{Name: "reason"}, {Name: "code"}, {Name: "row"}, {Name: "import", Data: true}}}
	for _, r := range rows {
		t.Add(table.Text(r.File), table.Count(r.Row), table.Text(r.External), table.Text(r.Reason), table.Text(r.Code), table.Text(r.Raw),
			table.Text(r.Run.String()))
	}
	if len(rows) == quarantineMost {
		t.Note("Only the first " + count(quarantineMost) + " are shown.")
	}
	return t, err
}

func runs(v *db.View) (*table.Table, error) {
	list, err := importer.Runs(v)
	t := &table.Table{Title: "Imports", Columns: []table.Column{{Name: "began"}, {Name: "state"}, {Name: "file"}, {Name: "source"}, {Name: "store"},
		{Name: "rows", Kind: table.KindCount}, {Name: "documents", Kind: table.KindCount}, {Name: "receipts", Kind: table.KindCount},
		{Name: "known", Kind: table.KindCount}, {Name: "quarantined", Kind: table.KindCount}, {Name: "import", Data: true}}}
	for _, r := range list {
		state := r.State
		if state == "running" {
			state = "not ended"
		}
		t.Add(table.Text(r.Started.Format("2006-01-02 15:04")), table.Text(state), table.Text(r.File), table.Text(r.Source), table.Text(r.Store),
			table.Count(r.Rows), table.Count(r.Documents), table.Count(r.Receipts), table.Count(r.Repeated), table.Count(r.Quarantined), table.Text(r.ID.String()))
	}
	return t, err
}

type importsDismissCmd struct {
	File  string  `arg:"" help:"The file, by the name that the list has for it."`
	Lines []int64 `arg:"" name:"line" help:"The lines."`
}

// Help is the text below the flags.
func (importsDismissCmd) Help() string {
	return `For a footer, a copy, a row that was entered by hand. All that waits at the line leaves the quarantine of every import of a file
of this name; the books do not change. "tillpost log" has who did it.`
}

// Run dismisses lines, all of them or none.
func (c importsDismissCmd) Run(e *env) error {
	var n int64
	err := e.write(func(tx *db.Tx, _ org.Shop) error {
		n = 0
		for _, line := range c.Lines {
			of, err := importer.DismissOf(tx, c.File, line)
			if err != nil {
				return err
			}
			n += of
		}
		return nil
	})
	if err == nil {
		e.say("%s left the quarantine and will not be in the books.", plural(n, "document", "documents"))
	}
	return err
}
