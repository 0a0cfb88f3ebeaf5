#!/bin/sh
# Installs Debian's Ceph with the RADOS Gateway, the object store that __tests__/s3 runs against. Where it
# cannot, it says so and succeeds: those tests are then skipped. In CI it fails.
set -u

skip() {
  echo "SKIPPED: Ceph is not installed: $1" >&2
  [ -z "${CI:-}" ]
  exit
}

complete() {
  for program in radosgw radosgw-admin ceph ceph-mon ceph-osd ceph-authtool monmaptool; do
    command -v "$program" >/dev/null || return 1
  done
}

if complete; then
  ceph --version
  exit 0
fi
command -v apt-get >/dev/null || skip 'there is no apt-get'
[ "$(id -u)" -eq 0 ] || skip 'only root may install it'
export DEBIAN_FRONTEND=noninteractive
apt() { apt-get -o DPkg::Lock::Timeout=300 -qq "$@" >/dev/null; }
# The packages start no daemon of their own.
policy=/usr/sbin/policy-rc.d
if [ ! -e "$policy" ]; then
  printf '#!/bin/sh\nexit 101\n' >"$policy"
  chmod 755 "$policy"
  trap 'rm -f "$policy"' EXIT
fi
apt update || skip 'apt-get update failed'
apt install -y --no-install-recommends radosgw ceph-mon ceph-osd ceph-common || skip 'apt-get install failed'
complete || skip 'a program is missing'
ceph --version
