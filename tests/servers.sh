#!/bin/sh
# Sees to it that the tests have the servers that a site stands on: the bus of several machines, nginx before hot files. Without them (elsewhere than on Debian as root)
# their tests are skipped, and say so. Usage: tests/servers.sh [MORE SERVERS]
set -eu
missing=""
for server in nats-server nginx "$@"; do command -v "$server" >/dev/null || missing="$missing $server"; done
[ -z "$missing" ] && exit 0
if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null; then
  apt-get update -qq
  # shellcheck disable=SC2086 # several words
  DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends $missing >/dev/null || echo "not to be had:$missing"
fi
