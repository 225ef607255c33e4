package tabular

import (
	"embed"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"sync"
)

//go:embed layouts/*.json
var builtinFiles embed.FS

// Builtin returns the layouts that come with the program, by name. They must not be changed.
var Builtin = sync.OnceValue(func() []*Layout {
	names, err := fs.Glob(builtinFiles, "layouts/*.json")
	if err != nil {
		panic(err)
	}
	var out []*Layout
	for _, n := range names {
		b, err := builtinFiles.ReadFile(n)
		if err != nil {
			panic(err)
		}
		l, err := ParseLayout(b)
		if err != nil {
			panic(n + ": " + err.Error()) // our own mistake: a test reads them all
		}
		out = append(out, l)
	}
	return out
})

// FindLayout returns a built-in layout by its name, or reads a layout file.
func FindLayout(nameOrFile string) (*Layout, error) {
	for _, l := range Builtin() {
		if l.Name == nameOrFile {
			return l, nil
		}
	}
	if strings.HasSuffix(nameOrFile, ".json") || strings.ContainsRune(nameOrFile, filepath.Separator) {
		return ReadLayout(nameOrFile)
	}
	if _, err := os.Stat(nameOrFile); err == nil {
		return ReadLayout(nameOrFile)
	}
	var known []string
	for _, l := range Builtin() {
		known = append(known, l.Name)
	}
	return nil, ErrNoLayout.At(nameOrFile).Because(errKnown(known))
}

type errKnown []string

func (e errKnown) Error() string { return "known layouts: " + strings.Join(e, ", ") }
