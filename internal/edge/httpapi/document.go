package httpapi

import "github.com/danielgtaylor/huma/v2"

// complete finishes the document when all operations are in it. Inputs come last: they are copies of what
// is described by then.
func (a *API) complete() {
	describe(a.huma.OpenAPI().Components.Schemas)
	a.explainParameters()
	a.exemplify()
	a.adaptInputs()
	a.huma.OpenAPI().Tags = tags
}

// cacheable writes into the document that a read has an ETag, and what If-None-Match does.
func cacheable(o *huma.Operation) {
	tag := map[string]*huma.Param{"ETag": {Description: "The version of the answer.", Schema: &huma.Schema{Type: huma.TypeString}}}
	o.Parameters = append(o.Parameters, header("If-None-Match", "The ETag of an answer that is at hand: if it is still the same, 304 comes without a body."))
	o.Responses["200"].Headers = tag
	o.Responses["304"] = &huma.Response{Description: "It is still what If-None-Match names.", Headers: tag}
}

// retries writes into the document that a problem says when to come back.
func retries(o *huma.Operation, statuses ...string) {
	for _, status := range statuses {
		o.Responses[status].Headers = map[string]*huma.Param{"Retry-After": {Description: "Seconds until it is worth trying again.",
			Schema: &huma.Schema{Type: huma.TypeInteger}}}
	}
}

// header is a request header as the document shows it.
func header(name, doc string) *huma.Param {
	return &huma.Param{Name: name, In: "header", Description: doc, Schema: &huma.Schema{Type: huma.TypeString}}
}

// explainParameters gives parameters without a text what their name means everywhere.
func (a *API) explainParameters() {
	for _, item := range a.huma.OpenAPI().Paths {
		for _, o := range operationsOf(item) {
			for _, p := range o.Parameters {
				if p.Description == "" {
					p.Description = glossary[p.Name]
				}
				if p.Description == "" && p.Schema != nil {
					p.Description = p.Schema.Description
				}
			}
		}
	}
}
