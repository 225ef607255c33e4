package httpapi

import (
	"encoding/json"
	"path"
	"reflect"
	"strings"

	"github.com/danielgtaylor/huma/v2"

	"github.com/tillpost/tillpost/internal/edge/specimen"
)

// exampleOf names the document of edge/specimen that shows a request's body, by the operation's id or by
// the schema of the body.
var exampleOf = map[string]string{
	"Receipt": "receipt", "RefundCommand": "refund", "voidReceipt": "void",
	"ReceiveDelivery": "delivery", "ReceiveReturn": "supplier-return", "ReceiveBill": "bill",
	"Adjustment": "adjustment", "StocktakeCount": "count", "TransferShipment": "shipment", "TransferArrival": "arrival",
	"JournalEntry": "journal", "JournalReversal": "reversal", "JournalCorrection": "correction",
	"ShiftOpening": "shift-open", "ShiftMovement": "shift-move", "ShiftBag": "bank-bag", "ShiftShown": "bank-matched",
	"ClosedayCommand": "day-close",
}

// bodies are examples of bodies that are no documents, by the operation's id.
var bodies = map[string]string{
	"quote": `{"store": "S01", "entries": [{"item": "CUP", "qty": "2"}], "coupons": ["SPRING"]}`,
}

// exemplify gives the bodies of requests the examples that the tests post.
func (a *API) exemplify() {
	for _, item := range a.huma.OpenAPI().Paths {
		for _, o := range []*huma.Operation{item.Post, item.Put, item.Patch} {
			if o == nil || o.RequestBody == nil {
				continue
			}
			for _, m := range o.RequestBody.Content {
				kind := exampleOf[o.OperationID]
				if kind == "" && m.Schema != nil {
					kind = exampleOf[mainSchema(m.Schema)]
				}
				if text := specimen.Of(kind); text != nil {
					m.Example = json.RawMessage(text)
				}
				if text := bodies[o.OperationID]; text != "" {
					m.Example = json.RawMessage(text)
				}
			}
		}
	}
}

// mainSchema is the name of the schema that a body has, the first of several.
func mainSchema(s *huma.Schema) string {
	if len(s.OneOf) > 0 {
		s = s.OneOf[0]
	}
	return strings.TrimPrefix(s.Ref, refPrefix)
}

// usual are values as they stand in a shop, by the name of the field, or by type and field.
var usual = map[string]any{
	"account": "4000", "channel": "store", "currency": "USD", "department": "Home", "drawer": "R1", "employee": "Ana", "item": "CUP",
	"disposition": "restock", "jurisdiction": "US-PA", "location": "S01", "memo": "Insurance of March", "name": "Red cup", "reason": "scratched", "reference": "DN-1001",
	"register": "R1", "sku": "CUP", "store": "S01", "supplier": "wholesaler", "tax_category": "standard", "tax_code": "US-PA", "tender": "cash", "type": "cash",
	"zone":   "America/New_York",
	"number": 42, "hour": 15,
	"receipt.Tax.code": "US-PA", "tax.Share.code": "US-PA", "tax.Summary.code": "US-PA", "pricing.Warning.code": "tax_unknown", "pricing.Applied.code": "SPRING",
	"pricing.Applied.name": "Spring sale", "pricing.Reduction.kind": "line", "receipt.Reduction.kind": "line", "ledger.Entry.kind": "sale", "ledger.Line.unknown": "tender:PayLater-X",
	"trail.Head.kind": "sale", "trail.Move.kind": "sale",
	"httpapi.Problem.type": "/docs/problems#qty_zero", "httpapi.Problem.title": "Unprocessable Entity", "httpapi.Problem.status": 422,
	"httpapi.Problem.detail": "the quantity is zero", "httpapi.Problem.code": "qty_zero", "httpapi.Problem.place": "lines[3].qty",
}

// usualMs is an instant of the examples' day.
const usualMs = 1_773_500_645_000

// giveExample gives a field an example value, unless its type has one.
func giveExample(f *field, p *huma.Schema) {
	if len(p.Examples) > 0 || len(p.Enum) > 0 || p.Ref != "" {
		return
	}
	var example any
	values := wordsOf(plainType(f.Type)).Values
	value, known := usual[path.Base(f.parent.PkgPath())+"."+f.parent.Name()+"."+f.name()]
	if !known {
		value, known = usual[f.name()]
	}
	switch {
	case len(values) > 0 && p.Type == huma.TypeString:
		example = values[0].Value
	case p.Type == huma.TypeInteger && strings.HasSuffix(f.name(), "_ms"):
		example = usualMs
	case known && fits(value, p.Type):
		example = value
	default:
		return
	}
	p.Examples = []any{example}
}

// fits tells whether a value is of a JSON type.
func fits(value any, kind string) bool {
	switch reflect.TypeOf(value).Kind() {
	case reflect.String:
		return kind == huma.TypeString
	case reflect.Int:
		return kind == huma.TypeInteger
	}
	return false
}
