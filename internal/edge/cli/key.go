package cli

import (
	"fmt"
	"strings"
	"time"

	"github.com/tillpost/tillpost/internal/base/pan"
	"github.com/tillpost/tillpost/internal/domain/org"
	"github.com/tillpost/tillpost/internal/flow/keys"
	"github.com/tillpost/tillpost/internal/platform/auth"
	"github.com/tillpost/tillpost/internal/platform/db"
	"github.com/tillpost/tillpost/internal/views/table"
)

type keyCmd struct {
	Create keyCreateCmd `cmd:"" help:"Make a key and show it, once."`
	List   keyListCmd   `cmd:"" help:"The keys and when they were used last."`
	Revoke keyRevokeCmd `cmd:"" help:"End a key for ever."`
	Scopes keyScopesCmd `cmd:"" help:"What a key can be allowed to do."`
}

type keyCreateCmd struct {
	Name    string   `arg:"" help:"What it is for, as in Webshop."`
	Scope   []string `help:"What it may do; \"tillpost key scopes\" lists it. read: all that only reads, all: everything." required:"" placeholder:"SCOPE"`
	Store   []string `help:"Stores that it is for; all stores when left out." placeholder:"CODE"`
	Expires string   `help:"First day on which it no longer works, UTC; never when left out." placeholder:"DAY"`
	By      string   `help:"Who makes it." default:"owner" placeholder:"WHO"`
}

// Help is the text below the flags.
func (keyCreateCmd) Help() string {
	return `The key is the only line on the standard output, so that a script can take it:

  tillpost key create Webshop --scope catalogue:read,sales:write --store S01

  KEY=$(tillpost key create Reports --scope read --expires 2027-01-01)`
}

// Run makes the key.
func (c keyCreateCmd) Run(e *env) error {
	o := keys.Order{Order: auth.Order{Name: c.Name, Stores: c.Store, By: c.By}, Secret: auth.NewSecret()}
	var err error
	if o.Scopes, err = auth.ParseScopes(c.Scope); err != nil {
		return err
	}
	if c.Expires != "" {
		end, err := parseDay("--expires", c.Expires)
		if err != nil {
			return err
		}
		o.Expires = end.Time()
	}
	d, _, err := e.existing()
	if err != nil {
		return err
	}
	defer d.Close()
	k, err := keys.Create(e.ctx, d, o)
	if err != nil {
		return err
	}
	fmt.Fprintln(e.stdout, o.Secret.Text()) // as it is: a mask for card numbers could damage it
	e.aside("Key %s is ready: %s, %s. It is shown this once and kept nowhere: put it where it is needed now.", k.Name,
		plural(int64(len(k.Scopes)), "scope", "scopes"), keyStores(&k))
	if k.ExpiresMs != 0 {
		e.aside("It works until %s UTC.", time.UnixMilli(k.ExpiresMs).UTC().Format("2006-01-02 15:04"))
	}
	return nil
}

// aside says something beside the output, for people who watch.
func (e *env) aside(format string, args ...any) {
	fmt.Fprintln(e.stderr, pan.Mask(fmt.Sprintf(format, args...)))
}

func keyStores(k *auth.Key) string {
	if len(k.Stores) == 0 {
		return "all stores"
	}
	return "store " + strings.Join(k.Stores, ", ")
}

type keyListCmd struct {
	All    bool `help:"Also those that were revoked."`
	layout `embed:""`
}

// Run lists the keys.
func (c keyListCmd) Run(e *env) error {
	return e.read(func(v *db.View, _ org.Shop) error {
		list, err := auth.List(v)
		if err != nil {
			return err
		}
		if c.All {
			revoked, err := auth.ListRevoked(v)
			if err != nil {
				return err
			}
			list = append(list, revoked...)
		}
		if c.Format == "json" {
			return e.json(append([]auth.Key{}, list...))
		}
		if len(list) == 0 && c.Format == "table" {
			e.say("There is no key: make one with \"tillpost key create\".")
			return nil
		}
		return table.Write(e.stdout, keyTable(list), c.options(e.stdout))
	})
}

func keyTable(list []auth.Key) *table.Table {
	t := &table.Table{Title: "API keys", Subtitle: []string{"times in UTC"}, Columns: []table.Column{{Name: "name"}, {Name: "begins"}, {Name: "state"},
		{Name: "stores"}, {Name: "last_used"}, {Name: "created"}, {Name: "by"}, {Name: "expires"}, {Name: "scopes"}, {Name: "id"}}}
	for i := range list {
		k := &list[i]
		state := "active"
		switch {
		case k.RevokedMs != 0:
			state = "revoked " + minute(k.RevokedMs)
		case k.Expired(now()):
			state = "expired"
		}
		t.Add(table.Text(k.Name), table.Text(k.Prefix), table.Text(state), table.Text(strings.TrimPrefix(keyStores(k), "store ")), table.Text(minute(k.LastUsedMs)),
			table.Text(minute(k.CreatedMs)), table.Text(k.CreatedBy), table.Text(minute(k.ExpiresMs)), table.Text(scopeWords(k.Scopes)), table.Text(k.ID.String()))
	}
	return t
}

// minute is an instant as a list shows it, "" for none.
func minute(ms int64) string {
	if ms == 0 {
		return ""
	}
	return time.UnixMilli(ms).UTC().Format("2006-01-02 15:04")
}

// scopeWords are the scopes of a key, with one word for all of them.
func scopeWords(scopes []auth.Scope) string {
	if len(scopes) == len(auth.All()) {
		return "all"
	}
	words := make([]string, len(scopes))
	for i, s := range scopes {
		words[i] = string(s)
	}
	return strings.Join(words, " ")
}

type keyRevokeCmd struct {
	Key string `arg:"" help:"Its name or its id."`
	By  string `help:"Who revokes it." default:"owner" placeholder:"WHO"`
}

// Run revokes the key.
func (c keyRevokeCmd) Run(e *env) error {
	d, _, err := e.existing()
	if err != nil {
		return err
	}
	defer d.Close()
	k, err := keys.Revoke(e.ctx, d, keys.Revocation{Key: c.Key, By: c.By})
	if err != nil {
		return err
	}
	e.say("Key %s (%s…) is revoked: a running server refuses it within a second.", k.Name, k.Prefix)
	return nil
}

type keyScopesCmd struct {
	layout `embed:""`
}

// Run lists the scopes.
func (c keyScopesCmd) Run(e *env) error {
	t := &table.Table{Title: "Scopes", Columns: []table.Column{{Name: "scope"}, {Name: "means", Label: "What it allows"}}}
	for _, m := range auth.All() {
		t.Add(table.Text(string(m.Scope)), table.Text(m.Means))
	}
	t.Note("\"read\" stands for all that end in :read, \"all\" for all of them.")
	return table.Write(e.stdout, t, c.options(e.stdout))
}
