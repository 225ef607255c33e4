#!/usr/bin/env bash
# Builds the binary for the common systems into dist/, with checksums. Called by make release.
set -euo pipefail
cd "$(dirname "$0")/.."
rm -rf dist
mkdir dist
for target in linux/amd64 linux/arm64 darwin/amd64 darwin/arm64 windows/amd64; do
	os=${target%/*} arch=${target#*/}
	file=dist/tillpost-$VERSION-$os-$arch
	[ "$os" = windows ] && file=$file.exe
	echo "$file"
	# shellcheck disable=SC2086 # TAGS is empty or two words
	CGO_ENABLED=0 GOOS=$os GOARCH=$arch "${GO:-go}" build -trimpath ${TAGS:-} -ldflags "$LDFLAGS" -o "$file" ./cmd/tillpost
done
(cd dist && sha256sum tillpost-* >SHA256SUMS && cat SHA256SUMS)
