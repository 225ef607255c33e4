package httpapi

import (
	"maps"
	"slices"

	"github.com/tillpost/tillpost/internal/domain/org"
	"github.com/tillpost/tillpost/internal/platform/auth"
	"github.com/tillpost/tillpost/internal/platform/db"
)

// registers registers the operations on what stands in a store.
func (a *API) registers() {
	get(a, operation{ID: "listRegisters", Path: "/stores/{store}/registers", Tag: tagShop, Scope: auth.ShopRead, Summary: "The registers of a store"}, listRegisters)
	get(a, operation{ID: "getRegister", Path: "/stores/{store}/registers/{code}", Tag: tagShop, Scope: auth.ShopRead, Summary: "One register"}, getRegister)
	put(a, operation{ID: "putRegister", Path: "/stores/{store}/registers/{code}", Tag: tagShop, Scope: auth.ShopWrite, Conflicts: true,
		Summary: "Add or rename a register", Doc: "A till numbers its receipts itself; those of an import are numbered here. It is a till unless stated, and the kind never changes."}, putRegister)
	get(a, operation{ID: "listDrawers", Path: "/stores/{store}/drawers", Tag: tagShop, Scope: auth.ShopRead, Summary: "The drawers of a store",
		Doc: "A register's own drawer, which has its code, is there from its first shift on."}, listDrawers)
	get(a, operation{ID: "getDrawer", Path: "/stores/{store}/drawers/{code}", Tag: tagShop, Scope: auth.ShopRead, Summary: "One drawer"}, getDrawer)
	put(a, operation{ID: "putDrawer", Path: "/stores/{store}/drawers/{code}", Tag: tagShop, Scope: auth.ShopWrite, Summary: "Add or rename a drawer"}, putDrawer)
}

// InStore is something with a code in a store.
type InStore struct {
	AtStore
	Code string `path:"code" doc:"Its code."`
}

type storeList struct {
	AtStore
	Paged
}

func listRegisters(c *Call, in *storeList) (Page[org.Register], error) {
	shop, err := c.storeShop(in.Store)
	if err != nil {
		return Page[org.Register]{}, err
	}
	return pageOf(of(shop.Registers, func(r org.Register) bool { return r.Store == in.Store }), &in.Paged,
		func(r org.Register) string { return r.Code })
}

func listDrawers(c *Call, in *storeList) (Page[org.Drawer], error) {
	shop, err := c.storeShop(in.Store)
	if err != nil {
		return Page[org.Drawer]{}, err
	}
	return pageOf(of(shop.Drawers, func(d org.Drawer) bool { return d.Store == in.Store }), &in.Paged,
		func(d org.Drawer) string { return d.Code })
}

// of picks from what a shop has by key, in the order of the keys.
func of[T any](all map[string]T, pick func(T) bool) (out []T) {
	for _, key := range slices.Sorted(maps.Keys(all)) {
		if pick(all[key]) {
			out = append(out, all[key])
		}
	}
	return out
}

func getRegister(c *Call, in *InStore) (org.Register, error) {
	shop, err := c.storeShop(in.Store)
	if err != nil {
		return org.Register{}, err
	}
	return shop.Register(in.Store, in.Code)
}

func getDrawer(c *Call, in *InStore) (org.Drawer, error) {
	shop, err := c.storeShop(in.Store)
	if err != nil {
		return org.Drawer{}, err
	}
	return shop.Drawer(in.Store, in.Code)
}

// mine checks what a document says of its place against its address.
func (in *InStore) mine(c *Call, store, code *string) error {
	err := agree("store", store, in.Store)
	if err == nil {
		err = agree("code", code, in.Code)
	}
	if err == nil {
		err = c.Who.NeedStore(in.Store)
	}
	return err
}

// shopEdit is edit for what is a part of the shop.
func shopEdit[T any](c *Call, find func(org.Shop) (T, error), change func(tx *db.Tx) error) (T, bool, error) {
	return edit(c, func(tx *db.Tx) (T, error) {
		shop, err := org.LoadShared(tx)
		if err != nil {
			var none T
			return none, err
		}
		return find(shop)
	}, change)
}

func putRegister(c *Call, in *InStore, doc org.Register) (org.Register, bool, error) {
	if err := in.mine(c, &doc.Store, &doc.Code); err != nil {
		return org.Register{}, false, err
	}
	if doc.Kind == "" {
		doc.Kind = org.Till
	}
	return shopEdit(c, func(shop org.Shop) (org.Register, error) { return shop.Register(in.Store, in.Code) },
		func(tx *db.Tx) error { return org.AddRegister(tx, doc) })
}

func putDrawer(c *Call, in *InStore, doc org.Drawer) (org.Drawer, bool, error) {
	if err := in.mine(c, &doc.Store, &doc.Code); err != nil {
		return org.Drawer{}, false, err
	}
	return shopEdit(c, func(shop org.Shop) (org.Drawer, error) { return shop.Drawer(in.Store, in.Code) },
		func(tx *db.Tx) error { return org.AddDrawer(tx, doc) })
}
