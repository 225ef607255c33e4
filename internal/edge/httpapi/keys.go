package httpapi

import (
	"slices"
	"time"

	"github.com/tillpost/tillpost/internal/flow/keys"
	"github.com/tillpost/tillpost/internal/platform/auth"
	"github.com/tillpost/tillpost/internal/platform/db"
)

// NewKey is an order for a key.
type NewKey struct {
	Name   string   `json:"name" doc:"What it is for."`
	Scopes []string `json:"scopes" doc:"What it may do; \"all\" stands for everything that your key may do, \"read\" for what of that only reads."`
	Stores []string `json:"stores,omitempty" doc:"The stores that it is for; those of your key when left out, which is all of them when yours is for all."`
	// Expires is when it ends.
	Expires time.Time `json:"expires,omitzero" doc:"When it ends; never when left out, which a key that ends itself has to fill in."`
}

// MadeKey is a key with its secret, which is shown this once.
type MadeKey struct {
	auth.Key
	Secret string `json:"secret" doc:"The key itself. It is kept nowhere and never shown again."`
}

// keyring registers the operations on API keys.
func (a *API) keyring() {
	get(a, operation{ID: "listKeys", Path: "/keys", Tag: tagCare, Scope: auth.KeysRead, Summary: "The API keys",
		Doc: "Names, scopes and last use of those that are not revoked; never the keys themselves. A key for some stores sees the keys that are for none but these."}, listKeys)
	post(a, operation{ID: "createKey", Path: "/keys", Tag: tagCare, Scope: auth.KeysWrite, Conflicts: true, Summary: "Make a key and show it, once",
		Doc: "A key makes only keys that can do no more than it can itself: no scope, no store and no day longer than its own. A scope or a store that it names and does not have is refused."}, createKey)
	remove(a, operation{ID: "revokeKey", Path: "/keys/{name}", Tag: tagCare, Scope: auth.KeysWrite, Summary: "End a key for ever",
		Doc: "By its name or id. It stops working at once, and on other servers of the shop within a second."}, revokeKey)
}

func listKeys(c *Call, _ *struct{}) (Page[auth.Key], error) {
	var list []auth.Key
	err := c.Read(func(v *db.View) (err error) {
		list, err = auth.List(v)
		list = slices.DeleteFunc(list, func(k auth.Key) bool { return !c.Who.OfOwnStores(k.Stores) })
		return err
	})
	return page(list, len(list), nil), err
}

func createKey(c *Call, _ *struct{}, n NewKey) (MadeKey, bool, error) {
	scopes, err := c.Who.ParseScopes(n.Scopes)
	if err != nil {
		return MadeKey{}, false, err
	}
	if len(n.Stores) == 0 {
		n.Stores = c.Who.OwnStores()
	}
	secret := auth.NewSecret()
	k, err := keys.Create(c, c.DB(), keys.Order{Order: auth.Order{Name: n.Name, Scopes: scopes, Stores: n.Stores, Expires: n.Expires, By: c.Who.Actor()},
		Secret: secret, Asks: &c.Who})
	if err != nil {
		return MadeKey{}, false, err
	}
	_ = c.api.keys.Refresh(c) // the key is made, and is shown only now; it is found without as well
	return MadeKey{k, secret.Text()}, true, nil
}

func revokeKey(c *Call, in *struct {
	Name string `path:"name" doc:"Name or id of the key."`
}) (k auth.Key, err error) {
	k, err = keys.Revoke(c, c.DB(), keys.Revocation{Key: in.Name, By: c.Who.Actor(), Asks: &c.Who})
	if err != nil {
		return auth.Key{}, err
	}
	return k, c.api.keys.Refresh(c)
}
