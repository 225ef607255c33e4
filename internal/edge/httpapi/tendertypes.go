package httpapi

import (
	"github.com/tillpost/tillpost/internal/domain/payments"
	"github.com/tillpost/tillpost/internal/platform/auth"
	"github.com/tillpost/tillpost/internal/platform/db"
)

// tenderTypes registers the operations on ways to pay.
func (a *API) tenderTypes() {
	get(a, operation{ID: "listTenderTypes", Path: "/tender-types", Tag: tagShop, Scope: auth.ShopRead, Summary: "The ways to pay"}, listTenderTypes)
	get(a, operation{ID: "getTenderType", Path: "/tender-types/{code}", Tag: tagShop, Scope: auth.ShopRead, Summary: "One way to pay"}, getTenderType)
	put(a, operation{ID: "putTenderType", Path: "/tender-types/{code}", Tag: tagShop, Scope: auth.ShopWrite, Conflicts: true, Summary: "Add or rename a way to pay",
		Doc: "The code is that of the tenders on receipts, letter for letter. Sales are booked by the kind, so it never changes. " +
			"A way to pay that already waits in suspense is settled through its task."}, putTenderType)
}

// Coded is something with a code of its own.
type Coded struct {
	Code string `path:"code" doc:"Its code."`
}

func listTenderTypes(c *Call, in *struct{ Paged }) (Page[payments.TenderType], error) {
	var rows []payments.TenderType
	err := c.Read(func(v *db.View) (err error) {
		rows, err = payments.ListTenders(v)
		return err
	})
	if err != nil {
		return Page[payments.TenderType]{}, err
	}
	return pageOf(rows, &in.Paged, func(t payments.TenderType) string { return t.Code })
}

func getTenderType(c *Call, in *Coded) (t payments.TenderType, err error) {
	err = c.Read(func(v *db.View) error {
		t, err = payments.GetTender(v, in.Code)
		return err
	})
	return t, err
}

func putTenderType(c *Call, in *Coded, doc payments.TenderType) (payments.TenderType, bool, error) {
	err := agree("code", &doc.Code, in.Code)
	if err == nil {
		err = c.Who.NeedStore("")
	}
	if err != nil {
		return payments.TenderType{}, false, err
	}
	return edit(c, func(tx *db.Tx) (payments.TenderType, error) { return payments.GetTender(tx, in.Code) },
		func(tx *db.Tx) error { return payments.PutTender(tx, doc) })
}
