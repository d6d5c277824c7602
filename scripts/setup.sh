#!/usr/bin/env bash
# Make a virtual environment and install the project with what a lock file names: scripts/setup.sh VENV LOCK
set -euo pipefail
cd "$(dirname "$0")/.."
venv=$1 lock=$2

fits='import sys; sys.exit(not (3, 11) <= sys.version_info < (3, 14))'
if [ ! -x "$venv/bin/python" ]; then
  python=""
  for candidate in ${PYTHON:-} python3 python3.13 python3.12 python3.11 python; do
    if command -v "$candidate" >/dev/null && "$candidate" -c "$fits" 2>/dev/null; then
      python=$candidate
      break
    fi
  done
  if [ -z "$python" ]; then
    echo "Python 3.11, 3.12 or 3.13 is needed. Install one, or name it: make PYTHON=/path/to/python3.12 …" >&2
    exit 1
  fi
  # Debian keeps ensurepip in a package of its own.
  if ! "$python" -c 'import ensurepip' 2>/dev/null; then
    if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null; then
      apt-get update -qq && apt-get install -y -qq python3-venv
    else
      echo "Python's venv module is incomplete. Install it (on Debian: apt install python3-venv)." >&2
      exit 1
    fi
  fi
  "$python" -m venv "$venv"
fi

pip() { "$venv/bin/python" -m pip --quiet "$@"; }
torch=$(sed -n 's/^ *"\(torch==[^"]*\)".*/\1/p' pyproject.toml)
echo "Installing what $lock names, then $torch and gecko-qa. The first time takes a few minutes."
# Each file must have its digest, and none runs anything to be installed.
pip install --no-deps --only-binary :all: --require-hashes --requirement "$lock"
# Which build of it is right depends on the machine, so it has no digest; what any of them needs is
# there by now, packages for GPUs apart.
pip install "$torch"
pip install --no-deps --no-build-isolation --editable .
"$venv/bin/python" -m pip check || {
  echo "The lock files do not fit pyproject.toml: run “make lock”, then this again." >&2
  exit 1
}
