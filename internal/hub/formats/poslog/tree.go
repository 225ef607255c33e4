package poslog

import (
	"encoding/xml"
	"io"
	"strings"
)

// Limits on one transaction. A year's largest grocery receipt has some 300 lines and 400 KB.
const (
	maxBytes = 8 << 20
	maxNodes = 200_000
	maxDepth = 64
)

// node is an element of one transaction. Namespaces are dropped: the names that we read are unique
// without them, and flavours differ in the prefix only.
type node struct {
	name  string
	attrs []xml.Attr
	text  string
	kids  []*node
}

// child returns the first child of that name, nil when there is none; it may be asked of nil.
func (n *node) child(name string) *node {
	if n == nil {
		return nil
	}
	for _, k := range n.kids {
		if k.name == name {
			return k
		}
	}
	return nil
}

// get returns the text of the first child of that name, without surrounding spaces.
func (n *node) get(name string) string {
	if c := n.child(name); c != nil {
		return strings.TrimSpace(c.text)
	}
	return ""
}

// attr returns an attribute by its local name.
func (n *node) attr(name string) string {
	if n == nil {
		return ""
	}
	for _, a := range n.attrs {
		if a.Name.Local == name {
			return a.Value
		}
	}
	return ""
}

// fuse breaks the reading when one transaction takes too many bytes; the XML decoder would keep any
// amount of text in memory.
type fuse struct {
	r    io.Reader
	left int64
}

func (f *fuse) Read(p []byte) (int, error) {
	if f.left <= 0 {
		return 0, ErrTooBig
	}
	if int64(len(p)) > f.left {
		p = p[:f.left]
	}
	n, err := f.r.Read(p)
	f.left -= int64(n)
	return n, err
}

// ReadByte makes the decoder read through the fuse without a buffer of its own.
func (f *fuse) ReadByte() (byte, error) {
	if f.left <= 0 {
		return 0, ErrTooBig
	}
	f.left--
	if b, ok := f.r.(io.ByteReader); ok {
		return b.ReadByte()
	}
	var one [1]byte
	_, err := io.ReadFull(f.r, one[:])
	return one[0], err
}

// element reads up to the end of start.
func (r *Reader) element(start xml.StartElement) (*node, error) {
	root := newNode(start)
	open := []*node{root}
	nodes := 1
	for len(open) > 0 {
		tok, err := r.dec.Token()
		if err != nil {
			return nil, err
		}
		top := open[len(open)-1]
		switch t := tok.(type) {
		case xml.StartElement:
			if nodes++; nodes > maxNodes || len(open) >= maxDepth {
				return nil, ErrTooBig
			}
			n := newNode(t)
			top.kids = append(top.kids, n)
			open = append(open, n)
		case xml.EndElement:
			open = open[:len(open)-1]
		case xml.CharData:
			if len(top.kids) == 0 {
				top.text += string(t)
			}
		case xml.Directive:
			return nil, ErrDoctype
		}
	}
	return root, nil
}

func newNode(s xml.StartElement) *node {
	return &node{name: s.Name.Local, attrs: append([]xml.Attr(nil), s.Attr...)}
}
