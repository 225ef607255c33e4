package cli

import (
	"fmt"

	"github.com/tillpost/tillpost/internal/hub/formats"
	"github.com/tillpost/tillpost/internal/hub/formats/tabular"
)

type layoutsCmd struct {
	Name string `arg:"" optional:"" help:"The layout to print."`
}

// Help is the text below the flags.
func (layoutsCmd) Help() string {
	return `A layout says which column of an export means what. It is data: print the one that comes closest to your export
into a file, change it, and name the file:

  tillpost layouts square-items > mine.json

  tillpost assess MY-EXPORT.csv --layout mine.json

The manual of layouts is docs/layouts.md.`
}

// Run lists the layouts or prints one.
func (c layoutsCmd) Run(e *env) error {
	if c.Name == formats.POSLog {
		return ErrNoLayout.At(c.Name).Because(fmt.Errorf("POSLog is a format of its own and has no layout to change"))
	}
	for _, l := range tabular.Builtin() {
		switch c.Name {
		case l.Name:
			return neat(e.stdout, l)
		case "":
			e.say("%-18s %s", l.Name, l.Title)
		}
	}
	if c.Name != "" {
		return ErrNoLayout.At(c.Name)
	}
	e.say("%-18s %s", formats.POSLog, "POSLog, the XML of tills (ARTS/NRF)")
	return nil
}
