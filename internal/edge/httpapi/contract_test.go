package httpapi_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"math/big"
	"mime"
	"net/http"
	"net/http/httptest"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"

	"github.com/santhosh-tekuri/jsonschema/v6"

	"github.com/tillpost/tillpost/internal/edge/httpapi"
)

// contract is the OpenAPI document, held against what is sent and answered. It reads the document as JSON
// and judges with a JSON Schema validator that knows nothing of the code which made the document.
type contract struct {
	routes     *http.ServeMux // finds the path of the document that an address belongs to
	operations map[string]operation
	components map[string]json.RawMessage // the schemas that have names
	compiler   *jsonschema.Compiler

	mu      sync.Mutex
	schemas map[string]*jsonschema.Schema // by pointer
}

// operation is one operation of the document.
type operation struct {
	ID          string `json:"operationId"`
	RequestBody *struct {
		Content map[string]media `json:"content"`
	} `json:"requestBody"`
	Parameters []struct {
		Name        string         `json:"name"`
		In          string         `json:"in"`
		Description string         `json:"description"`
		Required    bool           `json:"required"`
		Schema      map[string]any `json:"schema"`
	} `json:"parameters"`
	Responses map[string]response   `json:"responses"`
	Security  []map[string][]string `json:"security"`

	method, path string
}

type media struct {
	Schema  json.RawMessage `json:"schema"`
	Example json.RawMessage `json:"example"`
}

type response struct {
	Content map[string]media `json:"content"`
	Headers map[string]any   `json:"headers"`
}

// theContract is that of the document that the server gives out, made once for all tests.
var theContract = sync.OnceValues(func() (*contract, error) { return newContract(httpapi.Document()) })

func newContract(document []byte) (*contract, error) {
	var doc struct {
		Paths      map[string]map[string]operation `json:"paths"`
		Components struct{ Schemas map[string]json.RawMessage }
	}
	if err := json.Unmarshal(document, &doc); err != nil {
		return nil, err
	}
	c := &contract{routes: http.NewServeMux(), operations: map[string]operation{}, components: doc.Components.Schemas, compiler: jsonschema.NewCompiler(), schemas: map[string]*jsonschema.Schema{}}
	for path, methods := range doc.Paths {
		for method, o := range methods {
			o.method, o.path = strings.ToUpper(method), path
			c.operations[o.method+" "+path] = o
			c.routes.Handle(o.method+" "+path, http.NotFoundHandler())
		}
	}
	whole, err := jsonschema.UnmarshalJSON(bytes.NewReader(document))
	if err != nil {
		return nil, err
	}
	c.compiler.AssertFormat()
	c.compiler.RegisterFormat(&jsonschema.Format{Name: "int64", Validate: fitsInt64})
	return c, c.compiler.AddResource("openapi.json", whole)
}

// fitsInt64 checks the format int64, which JSON Schema itself does not know.
func fitsInt64(v any) error {
	n, ok := v.(json.Number)
	if !ok {
		return nil
	}
	if r, ok := new(big.Rat).SetString(n.String()); !ok || !r.IsInt() || !r.Num().IsInt64() {
		return errors.New("it does not fit into 64 bits")
	}
	return nil
}

// exchange is a request and its answer.
type exchange struct {
	method, path, sentAs string
	sent                 []byte
	status               int
	header               http.Header
	got                  []byte
}

const problemSchema = "#/components/schemas/Problem"

// judge says what of an exchange the document does not allow.
func (c *contract) judge(x exchange) error {
	r, err := http.NewRequest(x.method, x.path, nil)
	if err != nil {
		return err
	}
	_, pattern := c.routes.Handler(r)
	o, known := c.operations[pattern]
	if !known {
		return c.judgeOutside(r.URL.Path, x)
	}
	answer, ok := o.Responses[strconv.Itoa(x.status)]
	if !ok {
		return fmt.Errorf("%s: the status %d is not in the document", pattern, x.status)
	}
	at := pointer("paths", o.path, strings.ToLower(o.method))
	if x.status < http.StatusMultipleChoices {
		if err := c.judgeRequest(o, at, x); err != nil {
			return fmt.Errorf("%s: it was accepted, but: %w", pattern, err)
		}
	}
	if err := c.judgeBody(answer.Content, at+pointer("responses", strconv.Itoa(x.status), "content"), x.header.Get("Content-Type"), x.got); err != nil {
		return fmt.Errorf("%s: the answer %d: %w", pattern, x.status, err)
	}
	for _, name := range []string{"ETag", "Retry-After", "Location", "Link"} {
		if _, ok := answer.Headers[name]; !ok && x.header.Get(name) != "" {
			return fmt.Errorf("%s: the answer %d has the header %s, which is not in the document", pattern, x.status, name)
		}
	}
	return nil
}

// judgeOutside judges what is no operation: a page without a key, or a problem.
func (c *contract) judgeOutside(path string, x exchange) error {
	if strings.HasPrefix(path, "/docs/") {
		path = "/docs/{page}"
	}
	if path == "/" {
		path = "/{$}"
	}
	if slices.Contains(public, path) && x.status < http.StatusBadRequest {
		return nil
	}
	if x.status < http.StatusBadRequest {
		return fmt.Errorf("%s %s is neither in the document nor a public page", x.method, path)
	}
	return c.judgeBody(map[string]media{"application/problem+json": {}}, "", x.header.Get("Content-Type"), x.got)
}

func (c *contract) judgeRequest(o operation, at string, x exchange) error {
	if o.RequestBody == nil {
		if len(x.sent) > 0 {
			return errors.New("the document knows no body of it")
		}
		return nil
	}
	return c.judgeBody(o.RequestBody.Content, at+pointer("requestBody", "content"), x.sentAs, x.sent)
}

// judgeBody holds a body against the media types that it may have. at is where they stand in the document.
func (c *contract) judgeBody(allowed map[string]media, at, contentType string, body []byte) error {
	if len(allowed) == 0 {
		if len(body) > 0 {
			return fmt.Errorf("there should be no body: %s", body)
		}
		return nil
	}
	kind, _, err := mime.ParseMediaType(contentType)
	if err != nil {
		return fmt.Errorf("content type %q: %w", contentType, err)
	}
	m, ok := allowed[kind]
	switch {
	case !ok:
		return fmt.Errorf("the content type %s is not in the document", kind)
	case kind == "application/problem+json":
		at = problemSchema
	case len(m.Schema) == 0:
		return fmt.Errorf("%s has no schema", kind)
	default:
		at = "#" + at + pointer(kind, "schema")
	}
	if kind != "application/json" && kind != "application/problem+json" {
		return nil // a file or a stream: its kind is all that the document tells
	}
	v, err := jsonschema.UnmarshalJSON(bytes.NewReader(body))
	if err != nil {
		return fmt.Errorf("no JSON: %w", err)
	}
	s, err := c.schema(at)
	if err != nil {
		return err
	}
	return s.Validate(v)
}

// schema compiles each schema once: the compiler is not for several goroutines.
func (c *contract) schema(at string) (*jsonschema.Schema, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if s := c.schemas[at]; s != nil {
		return s, nil
	}
	s, err := c.compiler.Compile("openapi.json" + at)
	if err == nil {
		c.schemas[at] = s
	}
	return s, err
}

// pointer is a JSON pointer as it stands behind the # of an address.
func pointer(tokens ...string) string {
	var b strings.Builder
	escape := strings.NewReplacer("~", "~0", "/", "~1", "%", "%25", "{", "%7B", "}", "%7D")
	for _, t := range tokens {
		b.WriteString("/" + escape.Replace(t))
	}
	return b.String()
}

// problemsPage is the page that explains all codes.
var problemsPage = sync.OnceValue(func() string {
	r := httptest.NewRequest("GET", "/docs/problems", nil)
	r.Header.Set("X-Request-Id", "problems") // else one is drawn by the database's clock
	w := httptest.NewRecorder()
	httpapi.New(httpapi.Options{Version: "test"}).ServeHTTP(w, r)
	return w.Body.String()
})

// explained tells whether the problem's address leads to where its code is explained.
func explained(body []byte) error {
	var p httpapi.Problem
	if err := json.Unmarshal(body, &p); err != nil {
		return err
	}
	page, anchor, _ := strings.Cut(p.Type, "#")
	if page != "/docs/problems" || anchor != p.Code || !strings.Contains(problemsPage(), `<tr id="`+p.Code+`">`) {
		return fmt.Errorf("%s does not explain the code %s: run make generate", p.Type, p.Code)
	}
	return nil
}

// judged fails the test when the document does not allow the exchange.
func judged(t *testing.T, x exchange) {
	t.Helper()
	c, err := theContract()
	if err == nil {
		err = c.judge(x)
	}
	if err == nil && x.status >= http.StatusBadRequest {
		err = explained(x.got)
	}
	if err != nil {
		t.Errorf("%s %s is not as the OpenAPI document says: %v\nsent: %.2000s\nanswer: %.2000s", x.method, x.path, err, x.sent, x.got)
	}
}
