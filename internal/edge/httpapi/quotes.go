package httpapi

import (
	"github.com/tillpost/tillpost/internal/domain/org"
	"github.com/tillpost/tillpost/internal/domain/pricing"
	"github.com/tillpost/tillpost/internal/flow/catalogue"
	"github.com/tillpost/tillpost/internal/platform/db"
)

// quote prices a basket; nothing is new afterwards.
func quote(c *Call, _ *struct{}, b pricing.Basket) (q pricing.Quote, fresh bool, err error) {
	err = c.Read(func(v *db.View) error {
		shop, err := org.Load(v)
		if err != nil {
			return err
		}
		b.Store = soleStore(shop, b.Store)
		if err := c.Who.NeedStore(b.Store); err != nil {
			return err
		}
		store, err := shop.Store(b.Store)
		if err != nil {
			return err
		}
		if b.At.IsZero() {
			b.At = c.DB().Now().In(store.Rule().Zone)
		}
		if b.Day == "" {
			b.Day = store.Rule().Of(b.At)
		}
		q, err = catalogue.Quote(v, b, catalogue.Scope{})
		return err
	})
	return q, false, err
}
