package auth

import (
	"errors"
	"maps"
	"slices"
	"strings"

	"github.com/tillpost/tillpost/internal/base/id"
)

// Principal is who sent a request. Its sets are shared by all requests of a key: readers do not change
// them. The zero Principal may do nothing.
type Principal struct {
	KeyID  id.ID
	Name   string
	Scopes map[Scope]bool
	Stores map[string]bool // empty: all stores
	// ExpiresMs is when the key ends, 0 for never.
	ExpiresMs int64
}

// Can tells whether the key has a scope.
func (p Principal) Can(s Scope) bool { return p.Scopes[s] }

// InStore tells whether the key is for a store.
func (p Principal) InStore(code string) bool { return len(p.Stores) == 0 || p.Stores[code] }

// OwnStores are those that the key is for, sorted; none: all stores.
func (p Principal) OwnStores() []string { return slices.Sorted(maps.Keys(p.Stores)) }

// OfOwnStores tells whether a key for these stores (none: all stores) is for none but those of this one.
func (p Principal) OfOwnStores(stores []string) bool {
	return len(p.Stores) == 0 || len(stores) > 0 && !slices.ContainsFunc(stores, func(code string) bool { return !p.Stores[code] })
}

// Actor is how the key stands in logs and as who did something: "key:Webshop".
func (p Principal) Actor() string { return "key:" + p.Name }

// Need is nil when the key has one of the scopes, else ErrScope.
func (p Principal) Need(scopes ...Scope) error {
	names := make([]string, len(scopes))
	for i, s := range scopes {
		if p.Can(s) {
			return nil
		}
		names[i] = string(s)
	}
	return ErrScope.Because(errors.New("it needs " + strings.Join(names, " or ")))
}

// NeedStore is nil when the key is for the store, else ErrStore. What concerns no single store, as the
// whole shop's books, has the code "": that needs a key for all stores.
func (p Principal) NeedStore(code string) error {
	switch {
	case len(p.Stores) == 0 || code != "" && p.Stores[code]:
		return nil
	case code == "":
		return ErrStore.Because(errors.New("it needs a key for all stores"))
	}
	return ErrStore.Because(errors.New(cut(code)))
}

// Covers is nil when the key has these scopes for these stores (none: all stores) itself: it makes and
// revokes only keys that can do no more than it can.
func (p Principal) Covers(scopes []Scope, stores []string) error {
	for _, s := range scopes {
		if err := p.Need(s); err != nil {
			return err
		}
	}
	if len(stores) == 0 {
		return p.NeedStore("")
	}
	for _, code := range stores {
		if err := p.NeedStore(code); err != nil {
			return err
		}
	}
	return nil
}
