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
	"countShift": "shift-count", "recountShift": "shift-recount", "closeShift": "shift-close", "ShiftOpening": "shift-open", "ShiftMovement": "shift-move", "ShiftBag": "bank-bag", "ShiftShown": "bank-matched",
	"ClosedayCommand": "day-close",
}

// bodies are examples of bodies that are no documents, by the operation's id.
var bodies = map[string]string{
	"quote":            `{"store": "S01", "entries": [{"item": "CUP", "qty": "2"}], "coupons": ["SPRING"]}`,
	"putItem":          `{"name": "Red cup", "department": "Home", "tax_category": "standard", "cost": "2.10", "reorder_point": "12", "reorder_to": "48"}`,
	"putBarcode":       `{"sku": "CUP"}`,
	"putBarcodeFormat": `{"pattern": "21IIIIIWWWWWC", "decimals": 3}`,
	"putPriceList":     `{"name": "Shelf prices"}`,
	"putPrice":         `{"price": "4.50"}`,
	"putPromotion":     `{"name": "Cups: three for two", "scheme": "buy_get", "buy": {"match": {"items": ["CUP"]}, "count": 2}, "get": {"count": 1}, "benefit": {"rate": "1"}}`,
	"putTax":           `{"source": "Finance Act 2030, s. 1", "components": [{"code": "GB-VAT-21", "name": "VAT 21 %", "jurisdiction": "GB", "rate": "0.21", "included": true}]}`,
	"putCatalogue": `{"items": [{"sku": "CUP", "name": "Red cup", "department": "Home", "tax_category": "standard"}],
 "barcodes": [{"code": "9520000000011", "sku": "CUP"}],
 "price_lists": [{"code": "standard", "name": "Shelf prices"}], "prices": [{"list": "standard", "sku": "CUP", "price": "4.50"}]}`,
	"scan":           `{"store": "S01", "codes": ["9520000000011"]}`,
	"putStore":       `{"name": "High Street", "zone": "America/New_York", "jurisdiction": "US-PA", "tax_rounding": "rate"}`,
	"putRegister":    `{"name": "Till 2"}`,
	"putDrawer":      `{"name": "Drawer of till 2"}`,
	"putTenderType":  `{"name": "Visa", "kind": "card"}`,
	"putAccount":     `{"name": "Gifts", "type": "expense"}`,
	"putAccountRole": `{"account": "6999"}`,
	"recordMovements": `{"movements": [{"id": "019283a0-0000-7000-8000-000000000050", "at": "2026-03-16T03:00:00Z", "business_day": "2026-03-16", "kind": "charge",
  "processor": "card", "currency": "USD", "gross": 954, "fee": 28, "net": 926, "external": "ch_1"}]}`,
	"lockPeriods":         `{"from": "2026-01-01", "to": "2026-02-28"}`,
	"unlockPeriods":       `{"from": "2026-02-01", "to": "2026-02-28", "reason": "a bill came late"}`,
	"decideTask":          `{"task": "tender:PayLater-X", "kind": "card"}`,
	"createWebhook":       `{"url": "https://shop.example/hooks", "topics": ["sale.completed"]}`,
	"changeWebhook":       `{"state": "paused"}`,
	"replayWebhook":       `{"dead": true}`,
	"rotateWebhookSecret": `{"grace_hours": 24}`,
	"testWebhook":         `{}`,
	"startCheck":          `{"checks": ["chain", "balance"]}`,
	"startImport":         `"Date,Item,Qty\n2026-03-14,CUP,2\n"`,
	"assessFile":          `"Date,Item,Qty\n2026-03-14,CUP,2\n"`,
	"createKey":           `{"name": "Webshop", "scopes": ["catalogue:read", "sales:write"], "stores": ["S01"]}`,
}

// exemplify gives the bodies of requests the examples that the tests post.
func (a *API) exemplify() {
	for _, item := range a.huma.OpenAPI().Paths {
		for _, o := range operationsOf(item) {
			if o.RequestBody == nil {
				continue
			}
			for media, m := range o.RequestBody.Content {
				kind := exampleOf[o.OperationID]
				if kind == "" && m.Schema != nil {
					kind = exampleOf[mainSchema(m.Schema)]
				}
				if text := specimen.Of(kind); text != nil {
					m.Example = json.RawMessage(text)
				}
				if text := bodies[o.OperationID]; text != "" {
					m.Example = json.RawMessage(text)
					if media == typeForm {
						m.Example = json.RawMessage(`{"file": [` + text + `]}`)
					}
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
