#!/usr/bin/env bash
# Called by make bench: the measurements behind docs/benchmarks.md, one after the other. BENCH names some
# of them, BENCH_KEEP a folder in which the large shops stay for the next run, ROUNDS how often each
# program runs. What each takes on a quiet machine of two cores, and needs:
#
#   year           the import of the year and a trial balance against hledger; 1 min; hledger
#   sale-sqlite    a sale over HTTP against the same rows in a bare program; 1 min
#   sale-postgres  the same on PostgreSQL against pgbench; 2 min; PostgreSQL's server programs, root
#   hot-store      128 clients in one store on a slow disk; 1 min; the same and gcc
#   latency        one client against one fsync; 1 min
#   reports        reports over 10 million lines against SQL over the lines; 10 min for the shop, 10 min; 7 GB
#   check          tillpost check of a million sales against a bare program; 3 min for the shop, 5 min; 3 GB
#   close-day      closing days of 5,000 receipts; 1 min; as sale-postgres
#
# The Go benchmarks of single pieces run with: go test -run '^$' -bench . ./...
set -euo pipefail
cd "$(dirname "$0")/.."
rounds=${ROUNDS:-5}
for name in ${BENCH:-year sale-sqlite sale-postgres hot-store latency reports check close-day}; do
	echo
	echo "== $name"
	if [ "$name" != year ]; then
		"${GO:-go}" run ./simulate/load "$name" -rounds "$rounds" -keep "${BENCH_KEEP:-}"
		continue
	fi
	if ! command -v hledger >/dev/null; then
		echo "the year needs hledger (Debian: apt-get install hledger)" >&2
		exit 2
	fi
	"${GO:-go}" run ./simulate/bench -rounds "$rounds" "$@"
done
