package httpapi

import (
	"github.com/tillpost/tillpost/internal/domain/catalog"
	"github.com/tillpost/tillpost/internal/flow/catalogue"
	"github.com/tillpost/tillpost/internal/platform/auth"
	"github.com/tillpost/tillpost/internal/platform/db"
)

// promotions registers the operations on price rules.
func (a *API) promotions() {
	get(a, operation{ID: "listPromotions", Path: "/promotions", Tag: tagCatalogue, Scope: auth.CatalogueRead, Summary: "Promotions"}, listPromotions)
	get(a, operation{ID: "getPromotion", Path: "/promotions/{code}", Tag: tagCatalogue, Scope: auth.CatalogueRead, Summary: "One promotion"}, getPromotion)
	put(a, operation{ID: "putPromotion", Path: "/promotions/{code}", Tag: tagCatalogue, Scope: auth.CatalogueWrite, Conflicts: true, Summary: "Add or replace a promotion",
		Doc: "docs/catalogue.md explains the schemes by examples." + wholeDocument}, putPromotion)
	remove(a, operation{ID: "retirePromotion", Path: "/promotions/{code}", Tag: tagCatalogue, Scope: auth.CatalogueWrite, Summary: "Retire a promotion",
		Doc: "It is kept and not applied any more. Putting it again brings it back."}, retirePromotion)
}

func listPromotions(c *Call, in *struct{ Paged }) (Page[catalogue.Promotion], error) {
	var stored []catalog.Promotion
	err := c.Read(func(v *db.View) (err error) {
		stored, err = catalog.Promotions(v)
		return err
	})
	if err != nil {
		return Page[catalogue.Promotion]{}, err
	}
	p, err := pageOf(stored, &in.Paged, func(p catalog.Promotion) string { return p.Code })
	if err != nil {
		return Page[catalogue.Promotion]{}, err
	}
	return opened(p, catalogue.OpenPromotion)
}

// opened reads the rows of a page as they are kept.
func opened[T, O any](p Page[T], open func(*T) (O, error)) (Page[O], error) {
	out := Page[O]{Data: make([]O, len(p.Data)), Next: p.Next}
	for i := range p.Data {
		var err error
		if out.Data[i], err = open(&p.Data[i]); err != nil {
			return Page[O]{}, err
		}
	}
	return out, nil
}

func getPromotion(c *Call, in *Coded) (p catalogue.Promotion, err error) {
	err = c.Read(func(v *db.View) error {
		stored, err := catalog.GetPromotion(v, in.Code)
		if err == nil {
			p, err = catalogue.OpenPromotion(&stored)
		}
		return err
	})
	return p, err
}

// promotionIn is the promotion as the group of writes has left it.
func promotionIn(tx *db.Tx, code string) (catalogue.Promotion, error) {
	stored, err := catalog.PromotionIn(tx, code)
	if err != nil {
		return catalogue.Promotion{}, err
	}
	return catalogue.OpenPromotion(&stored)
}

func putPromotion(c *Call, in *Coded, doc catalogue.Promotion) (catalogue.Promotion, bool, error) {
	err := agree("code", &doc.Code, in.Code)
	if err == nil {
		err = c.Who.NeedStore("")
	}
	if err != nil {
		return catalogue.Promotion{}, false, err
	}
	return edit(c, func(tx *db.Tx) (catalogue.Promotion, error) { return promotionIn(tx, in.Code) },
		func(tx *db.Tx) error {
			return putOne(tx, "promotions", catalogue.Catalogue{Promotions: []catalogue.Promotion{doc}})
		})
}

func retirePromotion(c *Call, in *Coded) (p catalogue.Promotion, err error) {
	if err := c.Who.NeedStore(""); err != nil {
		return p, err
	}
	err = c.Write(func(tx *db.Tx) error {
		if p, err = promotionIn(tx, in.Code); err != nil || p.Retired {
			return err
		}
		p.Retired = true
		return putOne(tx, "promotions", catalogue.Catalogue{Promotions: []catalogue.Promotion{p}})
	})
	return p, err
}
