#!/bin/sh
# Sees to it that the tests have the servers that a site stands on: the bus of several machines, nginx before hot files, PostgreSQL. Without them (elsewhere than on Debian as root)
# their tests are skipped, and say so. Usage: tests/servers.sh [MORE SERVERS]
set -eu
missing=""
for server in nats-server nginx "$@"; do command -v "$server" >/dev/null || missing="$missing $server"; done
# Debian keeps the server's own programs out of the path.
command -v initdb >/dev/null || ls /usr/lib/postgresql/*/bin/initdb >/dev/null 2>&1 || missing="$missing postgresql"
[ -z "$missing" ] && exit 0
if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null; then
  apt-get update -qq
  case "$missing" in *postgresql*)
    # The tests make clusters of their own: no other is to run on this machine for their sake.
    DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends postgresql-common >/dev/null &&
      sed -i 's/^#\? *create_main_cluster.*/create_main_cluster = false/' /etc/postgresql-common/createcluster.conf || true ;;
  esac
  # shellcheck disable=SC2086 # several words
  DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends $missing >/dev/null || echo "not to be had:$missing"
fi
