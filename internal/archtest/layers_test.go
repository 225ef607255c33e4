package archtest

import (
	"path"
	"slices"
	"strings"
	"testing"
)

// rank orders the layers. Imports go to a lower rank; layers of one rank do not know each other.
var rank = map[string]int{"base": 0, "platform": 1, "domain": 2, "flow": 3, "views": 3, "hub": 4, "edge": 5, "app": 6}

// outside are the folders that are not layers, and what of the module they may import. The auditor
// shares no code with the books that it judges.
var outside = map[string][]string{
	"cmd/tillpost":          {"internal/edge", "internal/app"},
	"cmd/tillengine":        {"internal/base", "internal/domain/pricing", "internal/domain/receipt", "internal/domain/tax"},
	"web":                   {},
	"internal/archtest":     {"internal/platform"},
	"simulate":              {"internal"},
	"simulate/auditor":      {},
	"simulate/shop/auditor": {},
	"examples":              {"internal/hub"},
}

// edges are the imports between packages of one layer, each with its reason. A star is any name; a
// folder stands for everything in it.
var edges = map[string]string{
	"base/* -> base/*":                 "values are built from simpler values; the compiler forbids circles",
	"platform/* -> platform/db":        "what is written in the caller's transaction needs its type",
	"domain/pricing -> domain/tax":     "a quote freezes the tax of each line",
	"domain/receipt -> domain/pricing": "a receipt is built from a quote",
	"domain/receipt -> domain/tax":     "a receipt keeps the rounding policy and a return the tax of its sale",
	"domain/sales -> domain/receipt":   "what is stored is the receipt as the till sealed it",
	"domain/totals -> domain/receipt":  "totals add up the frozen lines of a receipt",
	"flow/* -> flow/posting":           "all accounting rules stand on one shelf",
	"flow/refund -> flow/checkout":     "a refund or void is a receipt, and is recorded as one",
	"flow/* -> flow/stockdoc":          "all stock documents are checked, recognised again, booked and kept in one way",
	"edge/cli -> edge/httpapi":         "tillpost serve starts the server",
	"edge/* -> edge/specimen":          "all ways in show the same examples",
	"flow/catalogue -> flow/setup":     "a tax of the shop's own gets its account in the same transaction",
	"views/* -> views/scope":           "reports cover days and a store in the same sense",
	"views/* -> views/table":           "reports share the form in which they are written",
	"hub/* -> hub/intake":              "every way in ends in the same documents",
	"hub/demo -> hub/importer":         "the demo shop is an import of a file",
	"hub/* -> hub/formats":             "readers of file formats serve all ways in",
}

// libraries are the modules that layers other than platform and edge may use, each with its reason.
// Platform and edge are where libraries belong; base, domain and the rest are the product itself.
var libraries = map[string]string{
	"hub/importer -> golang.org/x/sync/errgroup": "reading, checking and writing run side by side",
}

// testOnly may be imported by tests alone, and may use what tests may.
var testOnly = []string{"internal/platform/dbtest", "internal/archtest", "internal/flow/stockdoc/stocktest", "internal/flow/shoptest"}

// forTests tells whether a folder is one of testOnly, or lies in one.
func forTests(dir string) bool {
	return slices.ContainsFunc(testOnly, func(folder string) bool { return within(dir, folder) })
}

// Imports go down the layers only, and between peers only along the listed edges.
func TestImportsGoDown(t *testing.T) {
	t.Parallel()
	tr := theTree(t)
	peers := newExceptions(edges)
	for _, f := range tr.files {
		for _, imp := range f.imports {
			to, ours := strings.CutPrefix(imp, module+"/")
			if !ours {
				continue
			}
			if why := refused(f.dir(), to, f.test || forTests(f.dir()), peers); why != "" {
				t.Errorf("%s imports %s: %s", f.path, to, why)
			}
		}
	}
	peers.check(t)
}

// refused says why code in the folder from may not import the folder to, "" when it may. Tests may
// use peers, to set a scene, but still nothing above them.
func refused(from, to string, test bool, peers *exceptions) string {
	if from == to {
		return "" // a test package of its own
	}
	if !test && forTests(to) {
		return "only tests may"
	}
	fromLayer, fromUnit, inLayer := split(from)
	if !inLayer {
		return refusedOutside(from, to, test)
	}
	toLayer, toUnit, ok := split(to)
	switch {
	case !ok && fromLayer == "edge" && within(to, "web"):
		return ""
	case !ok:
		return "it is outside the layers"
	case rank[toLayer] > rank[fromLayer]:
		return fromLayer + " lies below " + toLayer
	case rank[toLayer] < rank[fromLayer] || fromUnit == toUnit || test:
		return ""
	case toLayer != fromLayer:
		return fromLayer + " and " + toLayer + " do not know each other"
	case fromLayer == "app":
		return ""
	}
	for edge := range peers.reasons {
		a, b, _ := strings.Cut(edge, " -> ")
		if matches(a, fromUnit) && matches(b, toUnit) && peers.allow(edge) {
			return ""
		}
	}
	return "peers do not import peers (an edge needs a reason in this test)"
}

// refusedOutside is refused for folders that are not layers: the longest listed folder counts. Their
// tests may use everything.
func refusedOutside(from, to string, test bool) string {
	folder := ""
	for _, f := range sortedKeys(outside) {
		if within(from, f) && len(f) > len(folder) {
			folder = f
		}
	}
	switch {
	case folder == "":
		return from + " is neither a layer nor a listed folder"
	case test || within(to, folder):
		return ""
	}
	for _, allowed := range outside[folder] {
		if within(to, allowed) {
			return ""
		}
	}
	if len(outside[folder]) == 0 {
		return folder + " imports nothing of ours"
	}
	return folder + " may import only " + strings.Join(outside[folder], ", ")
}

// split gives the layer and the unit (layer and package folder) of a folder of the tree.
func split(dir string) (layer, unit string, ok bool) {
	rest, inside := strings.CutPrefix(dir, "internal/")
	if !inside {
		return "", "", false
	}
	parts := strings.SplitN(rest, "/", 3)
	if _, ok := rank[parts[0]]; !ok {
		return "", "", false
	}
	if len(parts) == 1 {
		return parts[0], parts[0], true
	}
	return parts[0], parts[0] + "/" + parts[1], true
}

func within(dir, folder string) bool { return dir == folder || strings.HasPrefix(dir, folder+"/") }

func matches(pattern, unit string) bool {
	ok, err := path.Match(pattern, unit)
	return err == nil && ok
}

// The rule itself, on made-up imports.
func TestRefused(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		from, to string
		test     bool
		refused  bool
	}{
		{"internal/domain/sales", "internal/base/money", false, false},
		{"internal/domain/sales", "internal/domain/receipt", false, false},
		{"internal/domain/receipt", "internal/domain/sales", false, true},
		{"internal/domain/sales", "internal/flow/checkout", true, true},
		{"internal/flow/checkout", "internal/flow/refund", false, true},
		{"internal/flow/checkout", "internal/flow/refund", true, false},
		{"internal/flow/checkout", "internal/flow/posting", false, false},
		{"internal/flow/checkout", "internal/views/books", false, true},
		{"internal/views/books", "internal/flow/checkout", false, true},
		{"internal/hub/importer", "internal/hub/formats/poslog", false, false},
		{"internal/hub/formats/poslog", "internal/hub/formats/source", false, false},
		{"internal/hub/formats/poslog", "internal/hub/importer", false, true},
		{"internal/domain/sales", "internal/platform/dbtest", false, true},
		{"internal/domain/sales", "internal/platform/dbtest", true, false},
		{"internal/base/money", "internal/platform/db", false, true},
		{"internal/elsewhere", "internal/base/money", false, true},
		{"internal/domain/sales", "web", false, true},
		{"internal/edge/webui", "web", false, false},
		{"cmd/tillpost", "internal/edge/cli", false, false},
		{"cmd/tillpost", "internal/domain/sales", false, true},
		{"cmd/tillengine", "internal/platform/db", false, true},
		{"simulate/bench", "internal/hub/importer", false, false},
		{"simulate/auditor", "internal/domain/ledger", false, true},
		{"simulate/auditor", "internal/domain/ledger", true, false},
	} {
		if why := refused(c.from, c.to, c.test, newExceptions(edges)); (why != "") != c.refused {
			t.Errorf("%s -> %s (test %t): %q", c.from, c.to, c.test, why)
		}
	}
}

// The product's own layers are written on the standard library; other people's modules come in through
// platform and edge, or are listed.
func TestLibrariesStayOutside(t *testing.T) {
	t.Parallel()
	tr := theTree(t)
	listed := newExceptions(libraries)
	for _, f := range tr.files {
		layer, unit, ok := split(f.dir())
		if f.test || !ok || layer == "platform" || layer == "edge" || layer == "app" {
			continue
		}
		for _, imp := range f.imports {
			first, _, _ := strings.Cut(imp, "/")
			if !strings.Contains(first, ".") || within(imp, module) {
				continue
			}
			if !listed.allow(unit+" -> "+imp) && !listed.allow(layer+" -> "+imp) {
				t.Errorf("%s imports %s: %s uses the standard library (or list it with a reason)", f.path, imp, layer)
			}
		}
	}
	listed.check(t)
}

// Domains are handed a transaction or a snapshot; they open neither. Views only read.
func TestWhoOpensTransactions(t *testing.T) {
	t.Parallel()
	tr := theTree(t)
	forbidden := map[string]map[string]string{
		"domain": {"DB": "a domain function takes (tx *db.Tx, …) or (q db.Q, …)"},
		"views":  {"Tx": "views only read: take db.Q"},
	}
	for _, f := range tr.files {
		layer, _, ok := split(f.dir())
		if !ok || f.test || forbidden[layer] == nil {
			continue
		}
		for _, use := range selectors(f, module+"/internal/platform/db") {
			if why, bad := forbidden[layer][use.name]; bad {
				t.Errorf("%s uses db.%s: %s", tr.place(use.pos), use.name, why)
			}
		}
	}
}
