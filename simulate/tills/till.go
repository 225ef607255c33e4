package tills

import (
	"encoding/json"
	"math/rand/v2"
	"time"

	"github.com/tillpost/tillpost/internal/base/day"
	"github.com/tillpost/tillpost/internal/base/id"
	"github.com/tillpost/tillpost/internal/base/money"
	"github.com/tillpost/tillpost/internal/base/qty"
	"github.com/tillpost/tillpost/internal/domain/receipt"
)

// Till is one register. It numbers and chains its receipts, and is used by one goroutine.
type Till struct {
	Store, Register string

	number int64
	hash   receipt.Hash
	random *rand.Rand
	zone   *time.Location
}

// New is the n-th till of a shop of so many stores: the tills are dealt out to the stores in turn.
func New(n, stores int, seed uint64) *Till {
	zone, err := time.LoadLocation("Europe/Vienna")
	if err != nil {
		zone = time.UTC
	}
	return &Till{Store: storeCode(n % stores), Register: registerCode(n / stores), random: rand.New(rand.NewPCG(seed, uint64(n))), zone: zone}
}

// Next is the till's next sale, of three lines, sealed.
func (t *Till) Next(now time.Time) receipt.Receipt {
	r := receipt.Receipt{ID: id.New(now), Kind: receipt.Sale, Store: t.Store, Register: t.Register, BusinessDay: day.Of(now.In(t.zone)),
		DeviceTime: now.Truncate(time.Millisecond).UTC(), Currency: "EUR", Employee: "E1", TaxRounding: receipt.RoundPerLine}
	for i := range 3 {
		n := i*6600 + t.random.IntN(6600)
		price := money.Minor(5 * (20 + t.random.Int64N(980)))
		r.Lines = append(r.Lines, receipt.Line{No: i + 1, Kind: receipt.Item, Item: sku(n), Name: "Article " + sku(n), Department: department(n),
			Qty: qty.One, UnitPrice: money.Price(price) * 10_000, Extended: price, Net: price,
			Taxes: []receipt.Tax{{Code: taxCode, Rate: money.OneRate * taxPercent / 100, Base: price, Amount: price * taxPercent / 100}}})
	}
	if total := r.Total(); t.random.IntN(10) < 3 {
		r.Tenders = []receipt.Tender{{Type: "cash", Amount: 100}, {Type: "card", Amount: total - 100, Reference: "auth 123456"}}
	} else {
		r.Tenders = []receipt.Tender{{Type: "card", Amount: total, Reference: "auth 123456"}}
	}
	t.number++
	r.Number = t.number
	r.Seal(t.hash)
	t.hash = r.Hash
	return r
}

// Body is a receipt as it is sent.
func Body(r *receipt.Receipt) []byte {
	raw, err := json.Marshal(r)
	if err != nil {
		panic(err) // made of our own types
	}
	return raw
}
