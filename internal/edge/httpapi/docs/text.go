package docs

import (
	"html/template"
	"regexp"
	"strings"
)

var (
	bold   = regexp.MustCompile(`\*\*([^*]+)\*\*`)
	code   = regexp.MustCompile("`([^`]+)`")
	quoted = regexp.MustCompile(`&#34;([^&]+)&#34;`)
)

// inline writes text with **bold**, `code` and "quoted" parts. Everything else is text.
func inline(s string) template.HTML {
	s = template.HTMLEscapeString(s)
	s = bold.ReplaceAllString(s, "<strong>$1</strong>")
	s = code.ReplaceAllString(s, "<code>$1</code>")
	s = quoted.ReplaceAllString(s, "<q>$1</q>")
	return template.HTML(s)
}

// prose writes paragraphs.
func prose(s string) template.HTML {
	var b strings.Builder
	for part := range strings.SplitSeq(s, "\n\n") {
		if part = strings.TrimSpace(part); part != "" {
			b.WriteString("<p>" + string(inline(part)) + "</p>\n")
		}
	}
	return template.HTML(b.String())
}
