package httpapi

import (
	"encoding/base64"
	"encoding/json"
	"strings"

	"github.com/tillpost/tillpost/internal/base/strictjson"
)

// PageMost is how many rows a page may have, PageUsual how many it has unless asked.
const (
	PageMost  = 500
	PageUsual = 100
)

// Paged are the parameters of a list.
type Paged struct {
	Limit  int    `query:"limit" minimum:"1" maximum:"500" default:"100" doc:"How many rows at most."`
	Cursor string `query:"cursor" maxLength:"400" doc:"Where to go on: next of the page before."`
}

// Page is a part of a list.
type Page[T any] struct {
	Data []T `json:"data" doc:"The rows, in the order of the list."`
	// Next is absent on the last page.
	Next string `json:"next,omitempty" doc:"The cursor of the next page; absent on the last one."`
}

// page makes a page of up to limit rows out of one more than that; at is a row's place in the list.
func page[T any](rows []T, limit int, at func(T) any) Page[T] {
	p := Page[T]{Data: rows}
	if len(rows) > limit {
		p.Data = rows[:limit]
		p.Next = cursor(at(p.Data[limit-1]))
	}
	if p.Data == nil {
		p.Data = []T{}
	}
	return p
}

// cursor writes a place in a list so that nobody is tempted to make one.
func cursor(place any) string {
	raw, err := json.Marshal(place)
	if err != nil {
		panic(err) // a place is a text, a number, or a struct of them
	}
	return base64.RawURLEncoding.EncodeToString(raw)
}

// after reads a cursor; an empty one is the beginning and leaves place alone. The database is asked for
// what stands in it, so that it is read as strictly as a document.
func (p *Paged) after(place any) error {
	return p.read(func(raw []byte) error { return strictjson.Decode(raw, len(raw), place) })
}

// afterKey reads a cursor of a list in memory: a key of several parts has U+0000 between them.
func (p *Paged) afterKey() (key string, err error) {
	err = p.read(func(raw []byte) error { return json.Unmarshal(raw, &key) })
	return key, err
}

func (p *Paged) read(decode func(raw []byte) error) error {
	if p.Cursor == "" {
		return nil
	}
	raw, err := base64.RawURLEncoding.DecodeString(strings.TrimSpace(p.Cursor))
	if err == nil {
		err = decode(raw)
	}
	if err != nil {
		return ErrCursor.At("query.cursor")
	}
	return nil
}

// pageOf is the page of a list that was read whole, in the order of its keys.
func pageOf[T any](rows []T, in *Paged, key func(T) string) (Page[T], error) {
	after, err := in.afterKey()
	if err != nil {
		return Page[T]{}, err
	}
	from := 0
	for in.Cursor != "" && from < len(rows) && key(rows[from]) <= after {
		from++
	}
	return page(rows[from:], in.Limit, func(row T) any { return key(row) }), nil
}
