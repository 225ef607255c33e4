#!/usr/bin/env bash
# Fails when something that is made from other files is out of date: the module list, generated files,
# the format. It compares with the tree as it was before, so it also works with changes not committed.
set -euo pipefail
cd "$(dirname "$0")/.."
go=${GO:-go}

echo "$go mod tidy -diff"
$go mod tidy -diff || { echo "go.mod or go.sum is out of date: run go mod tidy" >&2; exit 1; }
$go mod verify

state() {
	git ls-files -z --cached --others --exclude-standard | xargs -0 sha256sum 2>/dev/null | sort -k 2
}
before=$(mktemp) after=$(mktemp)
trap 'rm -f "$before" "$after"' EXIT
state >"$before"
echo "$go generate ./..."
$go generate ./...
state >"$after"
if ! diff "$before" "$after" >&2; then
	echo "these generated files are out of date: run make generate and commit what it changes" >&2
	exit 1
fi
scripts/gofmt.sh
echo "verify: nothing is out of date"
