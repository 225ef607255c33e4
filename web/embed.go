// Package web holds the pages of the register and the back office inside the binary. Until they have
// been built, one page stands in for them and says how to build them; so Go alone is enough to build
// Tillpost.
package web

import (
	"embed"
	"io/fs"
)

// Pages are the files to serve, with index.html at the top.
func Pages() fs.FS { return pages }

// sub panics when the folder is not in the binary, which the compiler has already ruled out.
func sub(f embed.FS, dir string) fs.FS {
	s, err := fs.Sub(f, dir)
	if err != nil {
		panic(err)
	}
	return s
}
