package books

import (
	"github.com/tillpost/tillpost/internal/base/day"
	"github.com/tillpost/tillpost/internal/base/money"
	"github.com/tillpost/tillpost/internal/domain/ledger"
	"github.com/tillpost/tillpost/internal/domain/org"
	"github.com/tillpost/tillpost/internal/platform/db"
	"github.com/tillpost/tillpost/internal/views/scope"
	"github.com/tillpost/tillpost/internal/views/table"
)

// Sheet is a balance sheet.
type Sheet struct {
	AsOf        day.Day        `json:"as_of"`
	Store       string         `json:"store,omitempty"`
	Currency    money.Currency `json:"currency"`
	YearStart   day.Day        `json:"fiscal_year_start"`
	Assets      Section        `json:"assets"`
	Liabilities Section        `json:"liabilities"`
	// Equity ends with two computed figures: the results of earlier fiscal years, and that of the
	// current one.
	Equity  Section     `json:"equity"`
	Earlier money.Minor `json:"earlier_results"`
	Current money.Minor `json:"current_result"`
	// Between is assets less liabilities and equity: zero for all stores. For one store it is what
	// entries moved between it and the others.
	Between money.Minor `json:"between_stores"`
}

// BalanceSheet reads what the shop, or one store, owned and owed at the end of a day.
func BalanceSheet(q db.Q, asOf day.Day, store string) (Sheet, error) {
	s := Sheet{AsOf: asOf, Store: store, Assets: empty(), Liabilities: empty(), Equity: empty()}
	if _, err := day.Parse(string(asOf)); err != nil {
		return s, err
	}
	var err error
	if s.Currency, err = Currency(q); err != nil {
		return s, err
	}
	if s.YearStart, err = yearStart(q, asOf); err != nil {
		return s, err
	}
	rows, err := balances(q, Scope{From: s.YearStart, To: asOf, Store: store})
	if err != nil {
		return s, err
	}
	for i := range rows {
		if err := s.add(&rows[i]); err != nil {
			return s, err
		}
	}
	if err := s.Equity.add("", "Results of earlier years", s.Earlier); err != nil {
		return s, err
	}
	if err := s.Equity.add("", "Result since "+string(s.YearStart), s.Current); err != nil {
		return s, err
	}
	s.Between, err = money.Sum(s.Assets.Total, -s.Liabilities.Total, -s.Equity.Total)
	return s, err
}

func (s *Sheet) add(r *Balance) (err error) {
	switch r.Type {
	case ledger.Asset:
		return s.Assets.add(r.Account, r.Name, r.Closing)
	case ledger.Liability:
		return s.Liabilities.add(r.Account, r.Name, -r.Closing)
	case ledger.Equity:
		return s.Equity.add(r.Account, r.Name, -r.Closing)
	}
	if s.Earlier, err = s.Earlier.Add(-r.Opening); err == nil {
		s.Current, err = money.Sum(s.Current, r.Credit, -r.Debit)
	}
	return err
}

// yearStart is the first day of the fiscal year of d, by its period or else by the shop's setting.
func yearStart(q db.Q, d day.Day) (day.Day, error) {
	setting, _, err := org.Setting(q, org.SettingFiscalYearStart)
	if err != nil {
		return "", err
	}
	start, err := ledger.ParseFiscalStart(setting)
	if err != nil {
		return "", err
	}
	return ledger.YearStart(q, d, start)
}

// Table lays the sheet out.
func (s *Sheet) Table() *table.Table {
	t := &table.Table{Title: "Balance sheet", Columns: statementColumns(s.Currency)}
	t.Subtitle = append([]string{"as of " + string(s.AsOf)}, scope.Place(s.Store, s.Currency)...)
	section(t, "Assets", "Total assets", &s.Assets)
	section(t, "Liabilities", "Total liabilities", &s.Liabilities)
	section(t, "Equity", "Total equity", &s.Equity)
	rest := s.Liabilities.Total + s.Equity.Total
	if s.Between != 0 && s.Store != "" {
		rest += s.Between
		t.Subtotal(table.Blank(), table.Blank(), table.Text("Between this store and others"), table.Money(s.Between))
	}
	t.Total(table.Blank(), table.Blank(), table.Text("Liabilities and equity"), table.Money(rest))
	if s.Between != 0 && s.Store == "" {
		t.Note("The books do not balance. Run the check of the books; nothing that Tillpost posts can do this.")
	}
	return t
}
