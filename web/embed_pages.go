//go:build pages

package web

import "embed"

//go:embed all:dist
var builtFiles embed.FS

var pages = sub(builtFiles, "dist")
