package resolve

import (
	"time"

	"github.com/tillpost/tillpost/internal/base/id"
	"github.com/tillpost/tillpost/internal/domain/inventory"
)

// docOf is the document of a key's reclasses at a place: goods without a value need one for their entry.
func docOf(key string, at place) id.ID {
	return id.Derive(time.Time{}, "reclass", key+"\x00"+at.store+"/"+at.register)
}

// unmoved is what each store sold of the mapped item while the SKU was unknown. An item that has no
// stock waits no longer.
func (w *work) unmoved() (map[place]inventory.Issue, error) {
	if w.what != "item" {
		return nil, nil
	}
	if w.goods == nil {
		return nil, inventory.NotGoods(w.tx, w.name)
	}
	waiting, err := inventory.WaitingOf(w.tx, w.name)
	if err != nil {
		return nil, err
	}
	late := map[place]inventory.Issue{}
	for store, n := range waiting {
		kind := inventory.Sale
		if n < 0 {
			kind = inventory.Return
		}
		late[place{store: store}] = inventory.Issue{Line: 1, Item: w.name, Location: store, Kind: kind, Qty: n, Fallback: w.goods.Cost}
	}
	return late, nil
}
