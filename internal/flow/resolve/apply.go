package resolve

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/tillpost/tillpost/internal/base/pan"
	"github.com/tillpost/tillpost/internal/domain/catalog"
	"github.com/tillpost/tillpost/internal/domain/ledger"
	"github.com/tillpost/tillpost/internal/domain/org"
	"github.com/tillpost/tillpost/internal/domain/payments"
	"github.com/tillpost/tillpost/internal/flow/posting"
	"github.com/tillpost/tillpost/internal/platform/db"
)

// textMost bounds names and departments, in characters: as long as an account's name.
const textMost = 120

// work is one mapping being carried out.
type work struct {
	tx         *db.Tx
	m          Mapping
	what, name string // the two parts of the key
	shop       org.Shop
	roles      ledger.Roles
	goods      *catalog.Item // the item that the key names, when it is goods
	byRegister bool          // cash belongs to the drawers of its registers
}

func prepare(tx *db.Tx, m Mapping) (*work, error) {
	w := &work{tx: tx, m: m}
	var ok bool
	if w.what, w.name, ok = strings.Cut(m.Key, ":"); !ok || w.name == "" {
		return nil, ErrKey.Named("task", m.Key)
	}
	for _, s := range [...]string{m.Name, m.Department} {
		if utf8.RuneCountInString(s) > textMost || !utf8.ValidString(s) || strings.ContainsFunc(s, unicode.IsControl) {
			return nil, ErrText
		}
		if pan.Found(s) {
			return nil, ErrCard
		}
	}
	var err error
	if w.shop, err = org.LoadShared(tx); err != nil {
		return nil, err
	}
	w.roles, err = ledger.RolesIn(tx)
	return w, err
}

// apply makes the unknown known for everything that comes after.
func (w *work) apply() error {
	switch w.what {
	case "tender":
		return w.tender()
	case "tax":
		return w.role(posting.RoleTax, w.name)
	case "item":
		return w.item()
	case "account":
		role, key, _ := strings.Cut(w.name, "/")
		w.byRegister = role == posting.RoleDrawer
		return w.role(role, key)
	case "difference", "line", "movement":
		return w.once()
	}
	return ErrKey.Named("task", w.m.Key)
}

// tender adds the tender type, and gives it its own account when one is named.
func (w *work) tender() error {
	kinds, err := payments.LoadTenders(w.tx)
	if err != nil {
		return err
	}
	kind, known := kinds[w.name]
	if w.m.Kind != "" || !known {
		if w.m.Kind == "" {
			return ErrNeedKind.Named("kind", w.name)
		}
		name := w.m.Name
		if name == "" {
			name = w.name
		}
		if err := payments.AddTender(w.tx, payments.TenderType{Code: w.name, Name: name, Kind: w.m.Kind}); err != nil {
			return err
		}
		kind = w.m.Kind
	}
	w.byRegister = kind == payments.Cash
	if w.m.Account == "" {
		return nil
	}
	role, ok := posting.TenderRole(kind)
	if !ok {
		return ErrCashAccount
	}
	return w.role(role, w.name)
}

// role gives a role its account. Without an account in the mapping the one that it has will do.
func (w *work) role(role, key string) error {
	if w.m.Account == "" {
		if _, ok := w.roles.Find(role, key); !ok {
			return ErrNeedAccount.Named("task", w.m.Key)
		}
		return nil
	}
	if err := posting.CheckRole(w.tx, role, key, w.m.Account); err != nil {
		return err
	}
	return ledger.MapRole(w.tx, role, key, w.m.Account)
}

// item puts the SKU into the catalogue unless it is there. An account cannot be named: the
// department says where its sales go.
func (w *work) item() error {
	found, err := catalog.Find(w.tx, []string{w.name})
	if err != nil {
		return err
	}
	it := found[w.name]
	if it == nil {
		kind, name := "item", w.m.Name
		if w.m.Service {
			kind = "service"
		}
		if name == "" {
			name = w.name
		}
		it = &catalog.Item{SKU: w.name, Name: name, Department: w.m.Department, Kind: kind, Cost: w.m.Cost}
		if err := catalog.Save(w.tx, *it); err != nil {
			return err
		}
	}
	if w.m.Department == "" {
		w.m.Department = it.Department
	}
	if it.Kind == "item" {
		w.goods = it
	}
	return nil
}

// once checks the account of what is settled without becoming known: the next difference is another
// one.
func (w *work) once() error {
	if w.m.Account == "" {
		return ErrNeedAccount.Named("task", w.m.Key)
	}
	controls, err := posting.LoadControls(w.tx)
	if err != nil {
		return err
	}
	if _, ok := controls[w.m.Account]; ok {
		return ErrControl.Named("account", w.m.Account)
	}
	return nil
}

// said is the answer in words, for the task.
func (w *work) said() string {
	s := []string{"mapped"}
	for _, p := range [...]string{w.m.Kind, w.m.Name, w.m.Department, w.m.Account} {
		if p != "" {
			s = append(s, p)
		}
	}
	return strings.Join(s, " ")
}
