package cli

import (
	"github.com/tillpost/tillpost/internal/base/day"
	"github.com/tillpost/tillpost/internal/domain/org"
	"github.com/tillpost/tillpost/internal/platform/db"
	"github.com/tillpost/tillpost/internal/views/stockreport"
	"github.com/tillpost/tillpost/internal/views/table"
	"github.com/tillpost/tillpost/internal/views/taxreport"
)

type taxCmd struct {
	reporting `embed:""`
}

// Run prints the tax report: taxes by jurisdiction, code and rate, led to the tax accounts.
func (c taxCmd) Run(e *env) error {
	s, err := c.scope()
	if err != nil {
		return err
	}
	return e.read(func(v *db.View, shop org.Shop) error {
		if err := known(shop, c.Store); err != nil {
			return err
		}
		r, err := taxreport.Read(v, taxreport.Scope(s))
		if err != nil {
			return err
		}
		if c.Format == "json" {
			if err := e.json(r); err != nil || r.Proved() {
				return err
			}
			return errFound
		}
		for i, t := range r.Tables() {
			if i > 0 && c.Format == "csv" {
				break // one file, one table: the others are the proof of the first
			}
			if i > 0 {
				e.say("")
			}
			if err := table.Write(e.stdout, t, c.options(e.stdout)); err != nil {
				return err
			}
		}
		if !r.Proved() {
			return errFound
		}
		return nil
	})
}

type stockCmd struct {
	Day        string `help:"At the end of this business day; now when left out." placeholder:"DAY"`
	Store      string `help:"One store." placeholder:"CODE"`
	Department string `help:"One department." placeholder:"NAME"`
	Item       string `help:"One item." placeholder:"SKU"`
	By         string `help:"item, department or location." enum:"item,department,location" default:"item"`
	Card       bool   `help:"The story of one item: every move, its document and what was left."`
	Reorder    bool   `help:"What to order."`
	layout     `embed:""`
}

// Run prints stock levels, a stock card or the reorder list.
func (c stockCmd) Run(e *env) error {
	asOf := day.Day("")
	if c.Day != "" {
		var err error
		if asOf, err = parseDay("--day", c.Day); err != nil {
			return err
		}
	}
	return e.report(c.layout, func(v *db.View, shop org.Shop) (*table.Table, error) {
		if err := known(shop, c.Store); err != nil {
			return nil, err
		}
		switch {
		case c.Card:
			return c.card(v, shop, asOf)
		case c.Reorder:
			return c.reorder(v)
		default:
			return c.levels(v, shop, asOf)
		}
	})
}

func (c stockCmd) levels(v *db.View, shop org.Shop, asOf day.Day) (*table.Table, error) {
	rows, err := stockreport.Levels(v, stockreport.Query{By: stockreport.By(c.By), Location: c.Store, Department: c.Department,
		Item: c.Item, AsOf: asOf})
	if err != nil {
		return nil, err
	}
	return stockreport.Table(rows, shop.Book, asOf), nil
}

func (c stockCmd) card(v *db.View, shop org.Shop, to day.Day) (*table.Table, error) {
	if c.Item == "" {
		return nil, ErrWhichItem
	}
	card, err := stockreport.CardOf(v, stockreport.CardQuery{Item: c.Item, Location: c.Store, To: to})
	if err != nil {
		return nil, err
	}
	t := &table.Table{Title: "Stock card", Subtitle: []string{card.Item, card.Name, string(shop.Book)}, Columns: []table.Column{{Name: "day"},
		{Name: "location"}, {Name: "move"}, {Name: "document"}, {Name: "quantity", Kind: table.KindQty},
		{Name: "value", Kind: table.KindMoney, Currency: shop.Book}, {Name: "left", Kind: table.KindQty},
		{Name: "left_value", Kind: table.KindMoney, Currency: shop.Book}}}
	for _, m := range card.Moves {
		t.Add(table.Text(string(m.BusinessDay)), table.Text(m.Location), table.Text(m.Kind), table.Text(m.Reference), table.Qty(m.Qty),
			table.Money(m.Value), table.Qty(m.Balance.Qty), table.Money(m.Balance.Value))
	}
	if card.Omitted > 0 {
		t.Note(count(int64(card.Omitted)) + " older moves are part of the opening")
	}
	return t, nil
}

func (c stockCmd) reorder(v *db.View) (*table.Table, error) {
	rows, err := stockreport.Reorder(v, c.Store)
	if err != nil {
		return nil, err
	}
	t := &table.Table{Title: "To order", Columns: []table.Column{{Name: "location"}, {Name: "department"}, {Name: "item"}, {Name: "name"},
		{Name: "there", Kind: table.KindQty}, {Name: "on_the_way", Kind: table.KindQty}, {Name: "reorder_point", Kind: table.KindQty},
		{Name: "order", Kind: table.KindQty}}}
	for _, r := range rows {
		t.Add(table.Text(r.Location), table.Text(r.Department), table.Text(r.Item), table.Text(r.Name), table.Qty(r.Qty),
			table.Qty(r.InTransit), table.Qty(r.Point), table.Qty(r.Order))
	}
	return t, nil
}
