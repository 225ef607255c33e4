#!/usr/bin/env bash
# scripts/test.sh TIMEOUT [PACKAGE…]: all tests, with PostgreSQL and the outside judges where they can
# be had; then the named packages again with the race detector. REQUIRE_POSTGRES=1 and
# REQUIRE_JUDGES=1 make what is missing a failure. TILLPOST_TEST_POSTGRES may name a running server.
set -euo pipefail
cd "$(dirname "$0")/.."
timeout=$1
shift
required=${REQUIRE_JUDGES:-}
go=${GO:-go}

export LC_ALL=${LC_ALL:-C.UTF-8} # the judges read UTF-8 only where the locale says so

scripts/test-deps.sh || [ $? -eq 3 ]

run=()
left_out=()
if [ -z "${TILLPOST_TEST_POSTGRES:-}" ]; then
	if scripts/with-postgres.sh --find >/dev/null; then
		run=(scripts/with-postgres.sh)
		export REQUIRE_POSTGRES=1
	elif [ -n "${REQUIRE_POSTGRES:-}" ]; then
		echo "REQUIRE_POSTGRES is set and there is no PostgreSQL: install the package postgresql" >&2
		exit 1
	else
		left_out+=(PostgreSQL)
	fi
fi
judges=yes
for judge in hledger ledger bean-check; do
	if ! command -v "$judge" >/dev/null; then
		judges=no
		left_out+=("$judge")
	fi
done
if [ "$judges" = yes ]; then
	export REQUIRE_JUDGES=1
elif [ -n "${REQUIRE_JUDGES:-}" ]; then
	echo "REQUIRE_JUDGES is set and there is no ${left_out[*]}" >&2
	exit 1
fi

"${run[@]}" "$go" test -timeout "$timeout" ./...
if [ $# -gt 0 ] && [ "$($go env CGO_ENABLED)" = 1 ] && command -v gcc >/dev/null; then
	echo "again, looking for data races: $*"
	"${run[@]}" "$go" test -race -short -timeout "$timeout" "$@"
fi
status=0
REQUIRE_JUDGES=$required scripts/api-judges.sh || status=$?
case $status in
0) ;;
3) left_out+=("the API's judges") ;;
*) exit "$status" ;;
esac
if [ ${#left_out[@]} -gt 0 ]; then
	echo "passed, but without: ${left_out[*]}"
fi
