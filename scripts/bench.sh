#!/usr/bin/env bash
# Called by make bench: the import of the year and a trial balance against hledger reading our export.
# The Go benchmarks of single pieces run with: go test -run '^$' -bench . ./...
set -euo pipefail
cd "$(dirname "$0")/.."
if ! command -v hledger >/dev/null; then
	echo "make bench needs hledger (Debian: apt-get install hledger)" >&2
	exit 2
fi
exec "${GO:-go}" run ./simulate/bench "$@"
