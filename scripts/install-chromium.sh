#!/bin/sh
# Installs Debian's Chromium, the browser of __tests__/browser. Where it cannot, it says so and
# succeeds: those tests are then skipped. In CI it fails.
set -u

skip() {
  echo "SKIPPED: chromium is not installed: $1" >&2
  [ -z "${CI:-}" ]
  exit
}

if command -v chromium >/dev/null; then
  chromium --version
  exit 0
fi
command -v apt-get >/dev/null || skip 'there is no apt-get'
[ "$(id -u)" -eq 0 ] || skip 'only root may install it'
export DEBIAN_FRONTEND=noninteractive
apt-get update -qq || skip 'apt-get update failed'
apt-get install -y -qq --no-install-recommends chromium >/dev/null || skip 'apt-get install failed'
chromium --version
