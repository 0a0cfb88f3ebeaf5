#!/bin/sh
# Installs Debian's nginx, the independent server that __tests__/nginx compares ranges with. Where it
# cannot, it says so and succeeds: those tests are then skipped. In CI it fails.
set -u

PATH=$PATH:/usr/sbin:/sbin

skip() {
  echo "SKIPPED: nginx is not installed: $1" >&2
  [ -z "${CI:-}" ]
  exit
}

if command -v nginx >/dev/null; then
  nginx -v
  exit 0
fi
command -v apt-get >/dev/null || skip 'there is no apt-get'
[ "$(id -u)" -eq 0 ] || skip 'only root may install it'
export DEBIAN_FRONTEND=noninteractive
apt-get update -qq || skip 'apt-get update failed'
apt-get install -y -qq --no-install-recommends nginx >/dev/null || skip 'apt-get install failed'
nginx -v
