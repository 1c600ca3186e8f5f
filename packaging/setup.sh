#!/usr/bin/env bash
# Make this checkout runnable on a bare Debian 12 machine. Idempotent; the second time takes about a second.
#   packaging/setup.sh [run|test|fuzz]   run: what the programs need; test: the test tools too (default); fuzz: the fuzzer too
set -euo pipefail
cd "$(dirname "$0")/.."
mode="${1:-test}"

say() { printf '\033[1m==> %s\033[0m\n' "$*"; }

# 1. Debian packages: only those that are missing.
mapfile -t wanted < <(sed -e 's/#.*//' -e 's/[[:space:]]*$//' -e '/^$/d' packaging/apt-packages.txt)
missing=()
installed=" $(dpkg-query -W -f '${db:Status-Abbrev}${binary:Package} ' 2>/dev/null | sed -e 's/:[a-z0-9]* / /g') "
for package in "${wanted[@]}"; do
  [[ $installed == *"ii $package "* ]] || missing+=("$package")
done
if ((${#missing[@]})); then
  say "Installing Debian packages: ${missing[*]}"
  sudo=""
  if [[ $(id -u) -ne 0 ]]; then
    command -v sudo >/dev/null || { echo "Debian packages are missing and you are not root. As root run: apt-get install ${missing[*]}" >&2; exit 1; }
    sudo=sudo
  fi
  $sudo apt-get update -q >/dev/null
  DEBIAN_FRONTEND=noninteractive $sudo apt-get install -q -y --no-install-recommends "${missing[@]}" >/dev/null
fi

# 2. uv, in a venv of its own (Debian's pip refuses the system).
python=/usr/bin/python3
[[ -x $python ]] || python=$(command -v python3)
if [[ ! -x .tools/bin/uv ]]; then
  say "Installing uv"
  "$python" -m venv .tools
  .tools/bin/pip install --quiet --disable-pip-version-check 'uv>=0.7'
fi

# 3. The locked environment.
export UV_PYTHON="$python" UV_PYTHON_DOWNLOADS=never
case $mode in
  run)  groups=(--no-dev);                enough="run test fuzz" ;;
  test) groups=(--group dev);             enough="test fuzz" ;;
  fuzz) groups=(--group dev --group fuzz); enough="fuzz" ;;
  *)    echo "usage: packaging/setup.sh [run|test|fuzz]" >&2; exit 2 ;;
esac
stamp=.venv/.yichuang-stamp
lock=$(cat uv.lock pyproject.toml | sha256sum | cut -c1-32)
have_mode="" have_lock=""
if [[ -f $stamp ]]; then read -r have_mode have_lock < "$stamp" || true; fi
if [[ $have_lock != "$lock" || " $enough " != *" ${have_mode:-none} "* ]]; then
  say "Installing the locked environment"
  .tools/bin/uv sync --frozen --quiet --inexact "${groups[@]}"
  echo "$mode $lock" > "$stamp"
fi
