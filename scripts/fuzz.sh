#!/usr/bin/env bash
# scripts/fuzz.sh TIME: runs every fuzz test of the tree for TIME each.
set -euo pipefail
cd "$(dirname "$0")/.."
go=${GO:-go}
for package in $(grep -rl --include='*_test.go' '^func Fuzz' . | xargs -n 1 dirname | sort -u); do
	for target in $(grep -h -o '^func Fuzz[A-Za-z0-9_]*' "$package"/*_test.go | cut -d ' ' -f 2); do
		echo "$package $target"
		"$go" test -run '^$' -fuzz "^$target\$" -fuzztime "$1" "$package"
	done
done
