package httpapi

import (
	"path"
	"reflect"
	"strings"

	"github.com/danielgtaylor/huma/v2"

	"github.com/tillpost/tillpost/internal/base/day"
	"github.com/tillpost/tillpost/internal/base/fixed"
	"github.com/tillpost/tillpost/internal/base/id"
	"github.com/tillpost/tillpost/internal/base/money"
	"github.com/tillpost/tillpost/internal/base/qty"
	"github.com/tillpost/tillpost/internal/domain/receipt"
)

// The values of the domains write themselves as texts; these types say in the document what the texts
// look like. They are never made.
type (
	idText       struct{}
	hashText     struct{}
	dayText      struct{}
	currencyText struct{}
	qtyText      struct{}
	priceText    struct{}
	rateText     struct{}
	minorNumber  struct{}
	modeText     struct{}
)

func text(pattern, doc string, example any) *huma.Schema {
	return &huma.Schema{Type: huma.TypeString, Pattern: pattern, Description: doc, Examples: []any{example}}
}

// Schema describes an id.
func (idText) Schema(huma.Registry) *huma.Schema {
	s := text("", "A UUID, version 7 where we make it.", "019283a0-0000-7000-8000-000000000010")
	s.Format = "uuid"
	return s
}

// Schema describes a hash.
func (hashText) Schema(huma.Registry) *huma.Schema {
	return text("^[0-9a-f]{64}$", "SHA-256, hexadecimal.", "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855")
}

// Schema describes a business day.
func (dayText) Schema(huma.Registry) *huma.Schema {
	s := text("", "A business day of the shop.", "2026-03-14")
	s.Format = "date"
	return s
}

// Schema describes a currency.
func (currencyText) Schema(huma.Registry) *huma.Schema {
	return text("^[A-Z]{3}$", "An ISO 4217 currency.", "EUR")
}

const decimal = `^-?[0-9]+(\.[0-9]+)?$`

// Schema describes an amount of money.
func (minorNumber) Schema(huma.Registry) *huma.Schema {
	return &huma.Schema{Type: huma.TypeInteger, Format: "int64", Description: "In whole minor units of the currency.", Examples: []any{900}}
}

// Schema describes a quantity.
func (qtyText) Schema(huma.Registry) *huma.Schema {
	return text(decimal, "A decimal text with up to six decimals.", "0.375")
}

// Schema describes a price.
func (priceText) Schema(huma.Registry) *huma.Schema {
	return text(decimal, "For one unit, in the major unit of the currency: a decimal text with up to six decimals.", "4.50")
}

// Schema describes a rate.
func (rateText) Schema(huma.Registry) *huma.Schema {
	return text(decimal, "A decimal text: 0.06 is 6 %.", "0.06")
}

// Schema describes a way of rounding.
func (modeText) Schema(huma.Registry) *huma.Schema {
	s := text("", "How halves are rounded; half_up unless stated.", string(fixed.HalfUp))
	s.Enum = []any{"half_up", "half_even", "half_down", "up", "down"}
	return s
}

// valueTypes are the domains' values and what describes them.
var valueTypes = [][2]reflect.Type{
	{reflect.TypeFor[id.ID](), reflect.TypeFor[idText]()},
	{reflect.TypeFor[receipt.Hash](), reflect.TypeFor[hashText]()},
	{reflect.TypeFor[day.Day](), reflect.TypeFor[dayText]()},
	{reflect.TypeFor[money.Currency](), reflect.TypeFor[currencyText]()},
	{reflect.TypeFor[money.Minor](), reflect.TypeFor[minorNumber]()},
	{reflect.TypeFor[qty.Qty](), reflect.TypeFor[qtyText]()},
	{reflect.TypeFor[money.Price](), reflect.TypeFor[priceText]()},
	{reflect.TypeFor[money.Rate](), reflect.TypeFor[rateText]()},
	{reflect.TypeFor[fixed.Rounding](), reflect.TypeFor[modeText]()},
}

// describeTypes tells the document what the domains' values look like.
func describeTypes(r huma.Registry) {
	for _, pair := range valueTypes {
		r.RegisterTypeAlias(pair[0], pair[1])
	}
}

// own are the packages whose types keep their short names: this one, and those named like their type.
const own = "httpapi"

// nameType names a type in the document: "ReceiptLine" and "LedgerLine" are two things.
func nameType(t reflect.Type, hint string) string {
	for t.Kind() == reflect.Pointer {
		t = t.Elem()
	}
	name := t.Name()
	if name == "" {
		name = hint
	}
	if name == "" {
		return "" // a list as a parameter: its schema stands where it is used
	}
	outer, inner, generic := strings.Cut(name, "[")
	if !generic {
		return withPackage(path.Base(t.PkgPath()), name)
	}
	var parts []string
	for one := range strings.SplitSeq(strings.TrimSuffix(inner, "]"), ",") { // "github.com/…/trail.Head"
		pkg, short, found := strings.Cut(path.Base(one), ".")
		if !found {
			pkg, short = own, pkg
		}
		parts = append(parts, withPackage(pkg, short))
	}
	return withPackage(path.Base(t.PkgPath()), outer) + strings.Join(parts, "")
}

func withPackage(pkg, name string) string {
	if pkg == "" || pkg == "." {
		pkg = own
	}
	name = strings.ToUpper(name[:1]) + name[1:]
	title := strings.ToUpper(pkg[:1]) + pkg[1:]
	if pkg == own || strings.HasPrefix(name, title) {
		return name
	}
	return title + name
}
