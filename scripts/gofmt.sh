#!/usr/bin/env bash
# Fails and names the files that gofmt would write differently.
set -euo pipefail
cd "$(dirname "$0")/.."
files=$(find . -name '*.go' -not -path './.*' -not -path '*/node_modules/*' -print0 | xargs -0 gofmt -l)
if [ -n "$files" ]; then
	printf 'not formatted (run gofmt -w):\n%s\n' "$files" >&2
	exit 1
fi
