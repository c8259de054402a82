#!/bin/sh
# Make the virtual environment from a hashed lock: install.sh PYTHON VENV base|dev
# Through uv where it can be had (seconds), through pip alone where not (a minute).
set -eu
python=$1 venv=$2 name=$3
here=$(dirname "$0")

say() { printf '%s\n' "$*" >&2; }

if ! "$python" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then
  say "ต้องใช้ Python 3.11 ขึ้นไป (ใช้ PYTHON=/path/to/python3.11 make … ได้)"
  say "Python 3.11 or newer is needed (PYTHON=/path/to/python3.11 make … names another one)."
  exit 1
fi
if ! "$python" -c 'import ensurepip, venv' 2>/dev/null; then
  say "Python นี้ไม่มีโมดูล venv: sudo apt install python3-venv"
  say "This Python has no working venv: sudo apt install python3-venv"
  exit 1
fi
[ -x "$venv/bin/python" ] || "$python" -m venv "$venv"
bin=$venv/bin
if "$bin/uv" --version >/dev/null 2>&1 || "$bin/pip" install -q --disable-pip-version-check 'uv==0.13.9' >/dev/null 2>&1; then
  VIRTUAL_ENV=$venv "$bin/uv" pip install -q --python "$bin/python" --require-hashes -r "$here/$name.lock"
else
  "$bin/pip" install -q --disable-pip-version-check --require-hashes -r "$here/$name.lock"
fi
# The project itself: editable, so that the source in this folder is what runs.
"$bin/pip" install -q --disable-pip-version-check --no-deps --no-build-isolation -e . 2>/dev/null ||
  "$bin/pip" install -q --disable-pip-version-check --no-deps -e .
touch "$venv/.$name"
[ "$name" != dev ] || touch "$venv/.base"
