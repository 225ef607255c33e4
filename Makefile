# Tillpost: what you can ask of this tree. Everything works on a fresh clone with Go, git and make.
SHELL := bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := help
MAKEFLAGS += --no-print-directory
.PHONY: help run demo build engine release test test-fast api lint generate verify bench simulate crash fuzz clean

GO ?= go
VERSION := $(shell git describe --tags --always --dirty 2>/dev/null || echo unknown)
LDFLAGS := -s -w -X github.com/tillpost/tillpost/internal/edge/cli.Version=$(VERSION)
# The pages are embedded when they have been built, else a note that says how to build them.
TAGS := $(if $(wildcard web/dist/index.html),-tags pages)
# Tools are built once per person, outside the clone, at these versions.
TOOLS := $(if $(XDG_CACHE_HOME),$(XDG_CACHE_HOME),$(HOME)/.cache)/tillpost/bin
STATICCHECK_VERSION := v0.8.2
TEST_TIMEOUT ?= 20m
FUZZTIME ?= 10s
SEEDS ?= 20
KILLS ?= 100
FROM ?= 0
DAYS ?= 0
OPS ?= 0
# Packages where several goroutines meet: their tests also run with the race detector.
RACE := ./internal/platform/... ./internal/hub/importer/... ./internal/flow/checkout/...
RACE_PACKAGES = $(foreach p,$(RACE),$(if $(wildcard $(p:/...=)),$(p)))

help: ## this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-10s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

run: demo ## build, post a real shop's year into balanced books, show the proof, and serve the shop
	@echo
	bin/tillpost serve --db demo.db

demo: build ## the same without the server
	bin/tillpost demo

build: ## the one binary: bin/tillpost
	@if [ -f web/package.json ] && command -v npm >/dev/null; then \
		(cd web && npm install --no-audit --no-fund && npm run build) && exec $(MAKE) binary; \
	else exec $(MAKE) binary; fi

.PHONY: binary
binary:
	$(GO) build -trimpath $(TAGS) -ldflags '$(LDFLAGS)' -o bin/tillpost ./cmd/tillpost

engine: ## the till's engine as WebAssembly, and its compressed size: bin/tillengine.wasm
	@mkdir -p bin
	GOOS=js GOARCH=wasm $(GO) build -trimpath -ldflags '-s -w' -o bin/tillengine.wasm ./cmd/tillengine
	@gzip -9 -c bin/tillengine.wasm | wc -c | awk '{ printf "bin/tillengine.wasm: %d bytes compressed\n", $$1 }'

release: ## binaries for the common systems and their checksums, in dist/
	@VERSION='$(VERSION)' LDFLAGS='$(LDFLAGS)' TAGS='$(TAGS)' GO='$(GO)' scripts/release.sh

test: ## all tests on both database engines and with the outside judges; installs what they need
	@scripts/test.sh $(TEST_TIMEOUT) $(RACE_PACKAGES)

test-fast: ## the tests on SQLite alone, without outside programs
	@env -u TILLPOST_TEST_POSTGRES -u REQUIRE_POSTGRES -u REQUIRE_JUDGES $(GO) test -short -timeout 5m ./...

api: ## a linter and a TypeScript client judge the OpenAPI document (part of make test)
	@GO='$(GO)' scripts/api-judges.sh

lint: $(TOOLS)/staticcheck-$(STATICCHECK_VERSION) ## format, go vet, staticcheck, the house rules
	@scripts/gofmt.sh
	$(GO) vet ./...
	$(TOOLS)/staticcheck-$(STATICCHECK_VERSION) ./...
	@env -u TILLPOST_TEST_POSTGRES -u REQUIRE_POSTGRES $(GO) test ./internal/archtest
	@if command -v golangci-lint >/dev/null; then echo golangci-lint run; golangci-lint run; fi

$(TOOLS)/staticcheck-$(STATICCHECK_VERSION):
	@mkdir -p $(TOOLS)
	GOBIN='$(TOOLS)' $(GO) install honnef.co/go/tools/cmd/staticcheck@$(STATICCHECK_VERSION)
	@mv $(TOOLS)/staticcheck $@

generate: ## files that are made from other files
	$(GO) generate ./...

verify: ## nothing that is generated, formatted or listed is out of date
	@GO='$(GO)' scripts/verify.sh

bench: build ## all measurements of docs/benchmarks.md, or those that BENCH names (BENCH='reports check'); 40 minutes, see scripts/bench.sh
	@scripts/bench.sh

simulate: ## SEEDS random shops from FROM on, on both engines, each audited every day (SEEDS=20 FROM=0)
	@mkdir -p bin && $(GO) build -o bin/simulate ./simulate/shop/cmd
	@scripts/with-postgres.sh bash -c 'exec bin/simulate -seeds $(SEEDS) -from $(FROM) -days $(DAYS) -ops $(OPS) -verbose -db "$$TILLPOST_TEST_POSTGRES"'

crash: ## kill the selling server KILLS times on both engines (KILLS=100) and look for what is lost or doubled
	@KILLS=$(KILLS) scripts/with-postgres.sh $(GO) test -count=1 -v -timeout 60m ./simulate/crash

fuzz: ## every fuzz test for FUZZTIME (10s) each
	@GO='$(GO)' scripts/fuzz.sh $(FUZZTIME)

clean: ## remove what was built here
	rm -rf bin dist
