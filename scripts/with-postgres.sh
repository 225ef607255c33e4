#!/usr/bin/env bash
# Runs a command with a throw-away PostgreSQL:  scripts/with-postgres.sh COMMAND [ARGUMENT…]
# The server listens on a socket in a private folder only, keeps nothing safe (fsync=off: it is for
# tests), and is stopped and removed when the command ends, however it ends. The command finds the
# server's address in TILLPOST_TEST_POSTGRES.
# scripts/with-postgres.sh --find  prints the folder of the server programs, or fails.
set -euo pipefail

find_programs() {
	local dir
	if command -v pg_config >/dev/null 2>&1; then
		dir=$(pg_config --bindir)
		[ -x "$dir/initdb" ] && [ -x "$dir/postgres" ] && echo "$dir" && return
	fi
	# Debian keeps the server programs of each version in a folder of its own: the newest is taken.
	for dir in $(ls -d /usr/lib/postgresql/*/bin 2>/dev/null | sort -t/ -k5,5Vr); do
		[ -x "$dir/initdb" ] && [ -x "$dir/postgres" ] && echo "$dir" && return
	done
	if command -v initdb >/dev/null 2>&1; then
		dir=$(dirname "$(readlink -f "$(command -v initdb)")")
		[ -x "$dir/postgres" ] && echo "$dir" && return
	fi
	return 1
}

if [ "${1:-}" = --find ]; then
	find_programs
	exit
fi
if [ $# -eq 0 ]; then
	echo "usage: scripts/with-postgres.sh COMMAND [ARGUMENT…]" >&2
	exit 2
fi
if ! programs=$(find_programs); then
	echo "no PostgreSQL server programs (initdb, postgres) on this machine: install the package postgresql" >&2
	exit 2
fi

# PostgreSQL refuses to run as root: then it runs as the package's user, or as nobody.
run=()
if [ "$(id -u)" -eq 0 ]; then
	owner=postgres
	id -u "$owner" >/dev/null 2>&1 || owner=nobody
	run=(runuser -u "$owner" --)
fi

# A socket's path may have 107 bytes, so the folder is made where paths are short.
dir=$(mktemp -d /tmp/tillpost-pg.XXXXXX)
finish() {
	local status=$?
	trap - EXIT INT TERM HUP
	if [ -f "$dir/data/postmaster.pid" ]; then
		(cd / && "${run[@]}" "$programs/pg_ctl" -D "$dir/data" -m immediate -w stop) >/dev/null 2>&1 || true
	fi
	rm -rf "$dir"
	exit "$status"
}
trap finish EXIT
trap 'exit 130' INT
trap 'exit 143' TERM HUP
if [ ${#run[@]} -gt 0 ]; then
	chown "$owner" "$dir"
fi

# The order of texts must not depend on the server's language: TILLPOST_PG_LOCALE=en-US tries another.
locale=(--locale=C)
if [ -n "${TILLPOST_PG_LOCALE:-}" ]; then
	locale=(--locale=C --locale-provider=icu --icu-locale="$TILLPOST_PG_LOCALE")
fi

# Autovacuum stays on: counters and levels are updated so often that an import without it is three
# times slower.
settings="-c listen_addresses='' -c unix_socket_directories=$dir -c max_connections=300 -c fsync=off \
-c synchronous_commit=off -c full_page_writes=off -c autovacuum_naptime=5s -c shared_buffers=128MB -c log_min_messages=fatal"
if ! (cd / &&
	"${run[@]}" "$programs/initdb" -D "$dir/data" -A trust -U postgres --no-sync -E UTF8 "${locale[@]}" >"$dir/setup.log" 2>&1 &&
	"${run[@]}" "$programs/pg_ctl" -D "$dir/data" -w -t 60 -o "$settings" -l "$dir/log" start >>"$dir/setup.log" 2>&1); then
	echo "PostgreSQL did not start:" >&2
	cat "$dir/setup.log" "$dir/log" >&2 2>/dev/null || true
	exit 2
fi

export TILLPOST_TEST_POSTGRES="postgres://postgres@/postgres?host=$dir&sslmode=disable"
"$@"
