#!/usr/bin/env bash
# Called by make bench. Runs the Go benchmarks once each.
set -euo pipefail
cd "$(dirname "$0")/.."
"${GO:-go}" test -run '^$' -bench . -benchtime 1x ./...
