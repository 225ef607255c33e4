package ledger

import (
	"embed"
	"encoding/json"
	"io/fs"
	"path"
	"strings"

	"github.com/tillpost/tillpost/internal/base/money"
	"github.com/tillpost/tillpost/internal/platform/db"
)

//go:embed charts/*.json
var chartFiles embed.FS

// Chart is a template of accounts for a kind of shop: where its books begin. A shop adds to it and
// renames what it likes.
type Chart struct {
	Chart    string         `json:"chart"` // its name: "us", "uk", "eu"
	Title    string         `json:"title"`
	Accounts []ChartAccount `json:"accounts"`
}

// ChartAccount is an account of a template and the role whose default it is, if any.
type ChartAccount struct {
	Code string `json:"code"`
	Type Type   `json:"type"`
	Name string `json:"name"`
	Role string `json:"role,omitempty"`
}

// Charts names the templates.
func Charts() []string {
	files, err := fs.Glob(chartFiles, "charts/*.json")
	if err != nil {
		return nil
	}
	for i, f := range files {
		files[i] = strings.TrimSuffix(path.Base(f), ".json")
	}
	return files
}

// LoadChart reads a template; an unknown name is ErrChart.
func LoadChart(name string) (Chart, error) {
	var c Chart
	b, err := chartFiles.ReadFile("charts/" + name + ".json")
	if err != nil {
		return c, ErrChart.At(name)
	}
	return c, json.Unmarshal(b, &c)
}

// Setup gives the books the accounts and default roles of a template, for a shop that keeps its
// books in the book currency. What exists stays as it is, so that a second Setup, also with another
// template, only adds what is missing.
func Setup(tx *db.Tx, chart string, book money.Currency) error {
	if _, err := money.ParseCurrency(string(book)); err != nil {
		return err
	}
	c, err := LoadChart(chart)
	if err != nil {
		return err
	}
	g, err := open(tx)
	if err != nil {
		return err
	}
	for _, a := range c.Accounts {
		if _, ok, err := g.find(tx, a.Code); err != nil {
			return err
		} else if ok {
			continue
		}
		if err := g.create(tx, Account{Code: a.Code, Name: a.Name, Type: a.Type}); err != nil {
			return err
		}
	}
	roles, err := RolesIn(tx)
	if err != nil {
		return err
	}
	for _, a := range c.Accounts {
		if a.Role == "" {
			continue
		}
		if _, ok := roles.Find(a.Role, ""); ok {
			continue
		}
		if err := MapRole(tx, a.Role, "", a.Code); err != nil {
			return err
		}
	}
	return nil
}
