package db

import (
	"strconv"
	"strings"
)

// positional is the statement with nameless parameters, when $1, $2, … stand in it in this order and
// once each; else it stays as it is. SQLite's driver asks for the name of every parameter that it binds,
// and SQLite finds it by walking over all names: with a hundred of them that takes longer than the rest.
func positional(q SQL) string {
	var out strings.Builder
	rest, next := string(q), 1
	for {
		before, after, found := strings.Cut(rest, "$")
		out.WriteString(before)
		if !found {
			return out.String()
		}
		number := strconv.Itoa(next)
		if strings.Count(before, "'")%2 != 0 || !strings.HasPrefix(after, number) {
			return string(q)
		}
		if rest = after[len(number):]; rest != "" && rest[0] >= '0' && rest[0] <= '9' {
			return string(q)
		}
		out.WriteByte('?')
		next++
	}
}
