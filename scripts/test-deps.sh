#!/usr/bin/env bash
# Sees that the programs which the tests call are on this machine. Where it may (Debian's apt-get, as
# root or with sudo that asks no password) it installs what is missing. Elsewhere it says exactly what
# is missing and how to get it, and ends with 3. It changes nothing when everything is there.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)

# program, Debian package, what it is for
needs() {
	cat <<-'LIST'
		hledger hledger reads the exported journal
		ledger ledger reads the exported journal
		bean-check beancount reads the exported journal
		node nodejs runs the till engine's WebAssembly build
		curl curl sends the requests of docs/api.md
		xmllint libxml2-utils reads XML against its schema
		gcc gcc links tests that look for data races
	LIST
}

missing=() packages=()
look() {
	missing=() packages=()
	local program package why
	while read -r program package why; do
		if ! command -v "$program" >/dev/null 2>&1; then
			missing+=("$program ($why): package $package")
			packages+=("$package")
		fi
	done < <(needs)
	if ! "$here/with-postgres.sh" --find >/dev/null 2>&1; then
		missing+=("initdb, pg_ctl, pg_dump (the second database engine): package postgresql")
		packages+=(postgresql)
	fi
}

look
if [ ${#missing[@]} -eq 0 ]; then
	exit 0
fi

as_root=()
may_install() {
	command -v apt-get >/dev/null 2>&1 || return 1
	[ "$(id -u)" -ne 0 ] || return 0
	command -v sudo >/dev/null 2>&1 && sudo -n true 2>/dev/null || return 1
	as_root=(sudo -n)
}

# A package list that is empty or old is a reason to update it, nothing else is.
install() {
	"${as_root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get -o DPkg::Lock::Timeout=500 -qq -y \
		--no-install-recommends install "${packages[@]}" </dev/null
}

if may_install; then
	echo "installing what the tests need: ${packages[*]}"
	log=$(mktemp)
	trap 'rm -f "$log"' EXIT
	if ! install >"$log" 2>&1; then
		"${as_root[@]}" apt-get -o DPkg::Lock::Timeout=500 -qq update >>"$log" 2>&1 || true
		install >>"$log" 2>&1 || { echo "apt-get could not install them:"; tail -n 20 "$log"; } >&2
	fi
	look
	if [ ${#missing[@]} -eq 0 ]; then
		exit 0
	fi
fi

{
	echo "These programs are missing; the tests that call them are left out (or fail, where they are required):"
	printf '  %s\n' "${missing[@]}"
	echo "On Debian or Ubuntu:  sudo apt-get update && sudo apt-get install ${packages[*]}"
} >&2
exit 3
