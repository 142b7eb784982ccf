#!/bin/sh
# Sees to it that the tests have what is no Python: a browser, Japanese and Korean fonts, Java for the Nu checker, a clock that jumps.
# Usage: tests/browser.sh PYTHON
set -eu
found() { for name in chromium chromium-browser google-chrome; do command -v "$name" && return 0; done; return 1; }
if found >/dev/null && fc-list 2>/dev/null | grep -qi 'Noto Serif CJK' && command -v java >/dev/null && command -v faketime >/dev/null; then
  exit 0
fi
if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null; then
  apt-get update -qq
  DEBIAN_FRONTEND=noninteractive apt-get install -y -qq chromium fonts-noto-cjk fontconfig default-jre-headless faketime >/dev/null
  # Not every version of Debian has it; the tests are slower without it.
  DEBIAN_FRONTEND=noninteractive apt-get install -y -qq chromium-headless-shell >/dev/null || true
elif ! found >/dev/null; then
  "$1" -m playwright install chromium
fi
