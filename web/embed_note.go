//go:build !pages

package web

import "embed"

//go:embed note/index.html
var noteFiles embed.FS

var pages = sub(noteFiles, "note")
