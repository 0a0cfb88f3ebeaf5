#!/bin/sh
# Installs the clients and caches that `npm run bench:clients` measures, on Debian and Ubuntu. What
# cannot be installed is named, and the measurement then leaves it out.
set -u

skip() {
  echo "SKIPPED: $1" >&2
  exit 0
}

command -v apt-get >/dev/null || skip 'there is no apt-get'
[ "$(id -u)" -eq 0 ] || skip 'only root may install packages'
export DEBIAN_FRONTEND=noninteractive
apt-get update -qq || skip 'apt-get update failed'
for package in wget curl aria2 nginx-light varnish chromium; do
  [ "$package" = nginx-light ] && [ -x /usr/sbin/nginx ] && continue
  apt-get install -y -qq --no-install-recommends "$package" >/dev/null ||
    echo "SKIPPED: $package could not be installed" >&2
done
