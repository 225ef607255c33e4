package check

import (
	"github.com/tillpost/tillpost/internal/domain/totals"
	"github.com/tillpost/tillpost/internal/platform/db"
)

// Stored totals are read turned around, to be added to what is counted.
const (
	storedSales db.SQL = `SELECT register, employee, department, hour, -qty, -gross, -discounts, -returns, -tax, -other FROM totals_sales
		WHERE day = $1 AND store = $2`
	storedDays    db.SQL = `SELECT department, -qty, -gross, -discounts, -returns, -tax, -other FROM totals_days WHERE day = $1`
	storedCounts  db.SQL = `SELECT register, employee, hour, -receipts, -total, -rounding, -unexplained FROM totals_receipts WHERE day = $1 AND store = $2`
	storedTenders db.SQL = `SELECT register, tender, currency, -count, -amount, -foreign_amount FROM totals_tenders WHERE day = $1 AND store = $2`
	storedTaxes   db.SQL = `SELECT code, rate, -base, -amount FROM totals_taxes WHERE day = $1 AND store = $2`

	nextSales   db.SQL = `SELECT day, store FROM totals_sales WHERE (day, store) > ($1, $2) ORDER BY day, store LIMIT 1`
	nextDays    db.SQL = `SELECT day FROM totals_days WHERE day > $1 ORDER BY day LIMIT 1`
	nextCounts  db.SQL = `SELECT day, store FROM totals_receipts WHERE (day, store) > ($1, $2) ORDER BY day, store LIMIT 1`
	nextTenders db.SQL = `SELECT day, store FROM totals_tenders WHERE (day, store) > ($1, $2) ORDER BY day, store LIMIT 1`
	nextTaxes   db.SQL = `SELECT day, store FROM totals_taxes WHERE (day, store) > ($1, $2) ORDER BY day, store LIMIT 1`
)

// storedTotals reads what is stored of a store's day into a sheet.
func (c *checker) storedTotals(s *totals.Sheet, at storeDay) error {
	if at.store == everyStore {
		return c.rows(storedDays, func(scan scanner) error {
			k, v := totals.DayKey{Day: at.day}, &totals.Sales{}
			err := scan(&k.Department, &v.Qty, &v.Gross, &v.Discounts, &v.Returns, &v.Tax, &v.Other)
			s.Days[k] = v
			return err
		}, string(at.day))
	}
	err := c.rows(storedSales, func(scan scanner) error {
		k, v := totals.SalesKey{Day: at.day, Store: at.store}, &totals.Sales{}
		err := scan(&k.Register, &k.Employee, &k.Department, &k.Hour, &v.Qty, &v.Gross, &v.Discounts, &v.Returns, &v.Tax, &v.Other)
		s.Sales[k] = v
		return err
	}, string(at.day), at.store)
	if err != nil {
		return err
	}
	err = c.rows(storedCounts, func(scan scanner) error {
		k, v := totals.ReceiptsKey{Day: at.day, Store: at.store}, &totals.Receipts{}
		err := scan(&k.Register, &k.Employee, &k.Hour, &v.Count, &v.Total, &v.Rounding, &v.Unexplained)
		s.Receipts[k] = v
		return err
	}, string(at.day), at.store)
	if err != nil {
		return err
	}
	err = c.rows(storedTenders, func(scan scanner) error {
		k, v := totals.TenderKey{Day: at.day, Store: at.store}, &totals.Tenders{}
		err := scan(&k.Register, &k.Tender, &k.Foreign, &v.Count, &v.Amount, &v.Foreign)
		s.Tenders[k] = v
		return err
	}, string(at.day), at.store)
	if err != nil {
		return err
	}
	return c.rows(storedTaxes, func(scan scanner) error {
		k, v := totals.TaxKey{Day: at.day, Store: at.store}, &totals.Taxes{}
		err := scan(&k.Code, &k.Rate, &v.Base, &v.Amount)
		s.Taxes[k] = v
		return err
	}, string(at.day), at.store)
}

// everyStoredDay calls fn for every store's day that has totals, for some more than once.
func (c *checker) everyStoredDay(fn func(storeDay) error) error {
	for _, next := range []db.SQL{nextSales, nextCounts, nextTenders, nextTaxes} {
		if err := c.stepDays(fn, storeDay{}, func(at *storeDay, scan scanner) error { return scan(&at.day, &at.store) },
			func(at storeDay) (db.SQL, []any) { return next, []any{string(at.day), at.store} }); err != nil {
			return err
		}
	}
	return c.stepDays(fn, storeDay{store: everyStore}, func(at *storeDay, scan scanner) error { return scan(&at.day) },
		func(at storeDay) (db.SQL, []any) { return nextDays, []any{string(at.day)} })
}

// stepDays goes from one day to the next one that there is: a look into the index for each.
func (c *checker) stepDays(fn func(storeDay) error, at storeDay, read func(*storeDay, scanner) error, next func(storeDay) (db.SQL, []any)) error {
	for {
		query, args := next(at)
		found := false
		err := c.rows(query, func(scan scanner) error {
			found = true
			return read(&at, scan)
		}, args...)
		if err != nil || !found {
			return err
		}
		if err := fn(at); err != nil {
			return err
		}
	}
}
