package outbox_test

import (
	"go/ast"
	"go/parser"
	"go/token"
	"regexp"
	"slices"
	"strconv"
	"testing"

	"github.com/tillpost/tillpost/internal/base/fault"
	"github.com/tillpost/tillpost/internal/platform/outbox"
)

// Every topic that is declared is listed, once, and written noun.verb.
func TestTopics(t *testing.T) {
	t.Parallel()
	file, err := parser.ParseFile(token.NewFileSet(), "topics.go", nil, 0)
	if err != nil {
		t.Fatal(err)
	}
	all := outbox.Topics()
	declared := 0
	ast.Inspect(file, func(n ast.Node) bool {
		spec, ok := n.(*ast.ValueSpec)
		if !ok || spec.Type == nil {
			return true
		}
		declared++
		name, err := strconv.Unquote(spec.Values[0].(*ast.BasicLit).Value)
		if err != nil || !slices.Contains(all, outbox.Topic(name)) {
			t.Errorf("%s is not listed", spec.Names[0].Name)
		}
		return true
	})
	written := regexp.MustCompile(`^[a-z]+(_[a-z]+)*\.[a-z]+$`)
	for i, topic := range all {
		if !written.MatchString(string(topic)) || slices.Contains(all[:i], topic) {
			t.Errorf("topic %q", topic)
		}
		if got, err := outbox.ParseTopic(string(topic)); err != nil || got != topic {
			t.Errorf("%s: %q, %v", topic, got, err)
		}
	}
	if declared != len(all) || declared == 0 {
		t.Errorf("%d topics are declared, %d listed", declared, len(all))
	}
	if _, err := outbox.ParseTopic("sale.invented"); fault.CodeOf(err) != "topic_unknown" {
		t.Error(err)
	}
}
