// Package specimen has an example of each kind of document. The command line prints them, the API's
// document and pages show them, and tests post them.
package specimen

import "embed"

//go:embed *.json
var files embed.FS

// Of is the example of a kind ("receipt", "shift-open") as JSON; nil when there is none.
func Of(kind string) []byte {
	text, err := files.ReadFile(kind + ".json")
	if err != nil {
		return nil
	}
	return text
}
