package cli

import (
	"bytes"
	"encoding/json"
	"io"
	"strings"
	"unicode/utf8"
)

// neatWide is how long a line of neat JSON may be.
const neatWide = 120

// neat writes v as JSON for people to edit: what fits on a line stays on it.
func neat(w io.Writer, v any) error {
	var plain bytes.Buffer
	enc := json.NewEncoder(&plain)
	enc.SetEscapeHTML(false)
	if err := enc.Encode(v); err != nil {
		return err
	}
	root, err := readNode(json.NewDecoder(&plain))
	if err != nil {
		return err
	}
	var b strings.Builder
	root.write(&b, "")
	b.WriteByte('\n')
	_, err = io.WriteString(w, b.String())
	return err
}

// node is a JSON value: a leaf with its text, or a list or object with what is in it.
type node struct {
	text     string // of a leaf; of an object or list its first bracket
	keys     []string
	children []*node
}

// readNode reads one value.
func readNode(dec *json.Decoder) (*node, error) {
	dec.UseNumber()
	t, err := dec.Token()
	if err != nil {
		return nil, err
	}
	open, ok := t.(json.Delim)
	if !ok {
		return &node{text: leaf(t)}, nil
	}
	n := &node{text: open.String()}
	for dec.More() {
		if open == '{' {
			key, err := dec.Token()
			if err != nil {
				return nil, err
			}
			n.keys = append(n.keys, leaf(key))
		}
		child, err := readNode(dec)
		if err != nil {
			return nil, err
		}
		n.children = append(n.children, child)
	}
	_, err = dec.Token()
	return n, err
}

func leaf(v any) string {
	var b strings.Builder
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	_ = enc.Encode(v) // what a decoder gave can be written
	return strings.TrimSuffix(b.String(), "\n")
}

// line is the whole value on one line.
func (n *node) line() string {
	if len(n.children) == 0 {
		return n.text + closing[n.text]
	}
	parts := make([]string, len(n.children))
	for i, c := range n.children {
		parts[i] = n.key(i) + c.line()
	}
	return n.text + strings.Join(parts, ", ") + closing[n.text]
}

// closing are the brackets that end what others began.
var closing = map[string]string{"{": "}", "[": "]"}

func (n *node) key(i int) string {
	if n.text != "{" {
		return ""
	}
	return n.keys[i] + ": "
}

// write writes the value behind what stands on the line already.
func (n *node) write(b *strings.Builder, indent string) {
	s := n.line()
	if len(n.children) == 0 || utf8.RuneCountInString(indent+s) <= neatWide && indent != "" {
		b.WriteString(s)
		return
	}
	b.WriteString(n.text)
	for i, c := range n.children {
		if i > 0 {
			b.WriteByte(',')
		}
		b.WriteString("\n" + indent + "  " + n.key(i))
		c.write(b, indent+"  ")
	}
	b.WriteString("\n" + indent + closing[n.text])
}
