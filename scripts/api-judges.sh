#!/usr/bin/env bash
# What others say of the API: a linter reads the OpenAPI document, a generator makes TypeScript of it, and
# the sample client is compiled against that and sells something. Needs Node and npm. Without them it says
# so and ends with 3; REQUIRE_JUDGES=1 makes that a failure.
set -euo pipefail
cd "$(dirname "$0")/.."
root=$PWD
client=examples/api-client
export REDOCLY_TELEMETRY=off REDOCLY_SUPPRESS_UPDATE_NOTICE=true NO_UPDATE_NOTIFIER=1 DO_NOT_TRACK=1

without() {
	echo "the API's outside judges are left out: $1" >&2
	[ -z "${REQUIRE_JUDGES:-}" ] || exit 1
	exit 3
}
for program in node npm; do
	command -v "$program" >/dev/null || without "there is no $program"
done
node -e 'const [a, b] = process.versions.node.split("."); process.exit(a > 20 || a == 20 && b >= 19 ? 0 : 1)' ||
	without "node is $(node --version), and 20.19 is needed"

# Installed once for each lock file.
stamp=$client/node_modules/.installed
if ! cmp -s "$client/package-lock.json" "$stamp"; then
	if ! said=$(cd "$client" && npm install --no-audit --no-fund --prefer-offline 2>&1); then
		echo "$said" >&2
		without "npm could not install them"
	fi
	cp "$client/package-lock.json" "$stamp"
fi

run() {
	local said
	if ! said=$(cd "$client" && npm run --silent "$@" 2>&1); then
		printf '%s\n' "$said" >&2
		exit 1
	fi
}
run lint
run build
TILLPOST_API_CLIENT=$root/$client/build/sell.js "${GO:-go}" test -count=1 -run '^TestSampleClient$' ./internal/edge/httpapi
echo "the OpenAPI document passes the linter, and a client made of it works"
