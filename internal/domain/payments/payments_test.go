package payments

import (
	"context"
	"strings"
	"testing"
	"time"

	"github.com/tillpost/tillpost/internal/base/fault"
	"github.com/tillpost/tillpost/internal/base/id"
	"github.com/tillpost/tillpost/internal/base/money"
	"github.com/tillpost/tillpost/internal/platform/db"
	"github.com/tillpost/tillpost/internal/platform/dbtest"
)

func write(t *testing.T, d *db.DB, body func(tx *db.Tx) error) {
	t.Helper()
	if err := d.Write(context.Background(), body); err != nil {
		t.Fatal(err)
	}
}

// TestTenders adds every kind; the table accepts what this package does.
func TestTenders(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		for _, kind := range Kinds() {
			write(t, d, func(tx *db.Tx) error { return AddTender(tx, TenderType{Code: "my " + kind, Name: kind, Kind: kind}) })
		}
		write(t, d, func(tx *db.Tx) error {
			return AddTender(tx, TenderType{Code: "my card", Name: "another name", Kind: Card})
		})
		var all []TenderType
		var kinds map[string]string
		err := d.Read(context.Background(), func(v *db.View) (err error) {
			if all, err = ListTenders(v); err != nil {
				return err
			}
			kinds, err = LoadTenders(v)
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
		if len(all) != len(Kinds()) || len(kinds) != len(all) || kinds["my card"] != Card {
			t.Errorf("%v %v", all, kinds)
		}
		for _, a := range all {
			if a.Name != a.Kind || kinds[a.Code] != a.Kind {
				t.Errorf("%+v", a)
			}
		}
	})
}

func TestTenderRefused(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		write(t, d, func(tx *db.Tx) error { return AddTender(tx, TenderType{Code: "visa", Kind: Card}) })
		for want, list := range map[string][]TenderType{
			ErrTenderCode.Code: {{Kind: Card}, {Code: strings.Repeat("x", 101), Kind: Card}, {Code: "a\nb", Kind: Card},
				{Code: "\xff", Kind: Card}},
			ErrTenderName.Code:    {{Code: "x", Name: strings.Repeat("x", 201), Kind: Card}, {Code: "x", Name: "\x00", Kind: Card}},
			ErrTenderKind.Code:    {{Code: "x"}, {Code: "x", Kind: "shells"}},
			ErrTenderDiffers.Code: {{Code: "visa", Kind: Cash}},
		} {
			for _, bad := range list {
				err := d.Write(context.Background(), func(tx *db.Tx) error { return AddTender(tx, bad) })
				if fault.CodeOf(err) != want {
					t.Errorf("%+v: %v, want %s", bad, err, want)
				}
			}
		}
	})
}

func charge() Movement {
	return Movement{ID: id.Derive(dbtest.Now, "stripe", "ch_1"), At: dbtest.Now.Add(1234 * time.Microsecond), BusinessDay: "2026-03-14", Kind: Charge,
		Processor: "stripe", Currency: "USD", Gross: 1000, Fee: 59, Net: 941, Reference: "pi_7", Payout: "po_1", External: "ch_1", Source: "stripe",
		Note: "not stored"}
}

func TestRecord(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		var fresh []bool
		write(t, d, func(tx *db.Tx) error {
			fresh = nil
			for range 2 { // also within one transaction
				f, err := Record(tx, charge())
				if err != nil {
					return err
				}
				fresh = append(fresh, f)
			}
			return nil
		})
		if !fresh[0] || fresh[1] {
			t.Error(fresh)
		}
		other := charge()
		other.Fee, other.Net = 60, 940
		err := d.Write(context.Background(), func(tx *db.Tx) error { _, err := Record(tx, other); return err })
		if fault.CodeOf(err) != ErrMovementDiffers.Code {
			t.Errorf("other content: %v", err)
		}
		err = d.Read(context.Background(), func(v *db.View) error {
			got, err := ListMovements(v, "stripe", "2026-03-14", "2026-03-14")
			want := charge()
			want.At, want.Note = want.At.Truncate(time.Millisecond), ""
			if len(got) != 1 || got[0] != want {
				t.Errorf("got %+v", got)
			}
			if got, _ := ListMovements(v, "stripe", "2026-03-15", "2026-03-31"); len(got) != 0 {
				t.Errorf("got %+v", got)
			}
			return err
		})
		if err != nil {
			t.Error(err)
		}
	})
}

func TestRecordRefused(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		for name, c := range map[string]struct {
			change func(m *Movement)
			want   string
		}{
			"no id":    {func(m *Movement) { m.ID = id.ID{} }, ErrMovementID.Code},
			"kind":     {func(m *Movement) { m.Kind = "gift" }, ErrMovementKind.Code},
			"day":      {func(m *Movement) { m.BusinessDay = "14.3.2026" }, ErrMovementDay.Code},
			"currency": {func(m *Movement) { m.Currency = "XYZ" }, money.ErrCurrency.Code},
			"net":      {func(m *Movement) { m.Net++ }, ErrMovementAmount.Code},
			"huge":     {func(m *Movement) { m.Gross, m.Net = money.MaxMinor+1, money.MaxMinor+1-m.Fee }, ErrMovementAmount.Code},
			"long":     {func(m *Movement) { m.Reference = strings.Repeat("x", 201) }, ErrMovementText.Code},
			"bytes":    {func(m *Movement) { m.Note = "\xff" }, ErrMovementText.Code},
			"card":     {func(m *Movement) { m.Note = "4111 1111 1111 1111" }, ErrMovementCard.Code},
		} {
			m := charge()
			c.change(&m)
			err := d.Write(context.Background(), func(tx *db.Tx) error { _, err := Record(tx, m); return err })
			if fault.CodeOf(err) != c.want {
				t.Errorf("%s: %v", name, err)
			}
		}
	})
}
