#!/bin/bash
# scripts/ceph/stop.sh DIRECTORY [--purge]
#
# Stops the daemons that start.sh started for DIRECTORY, and with --purge removes what it created there.
set -uo pipefail
[ $# -ge 1 ] || { echo "usage: $0 DIRECTORY [--purge]" >&2; exit 2; }
directory=$(cd "$1" 2>/dev/null && pwd -P) || exit 0
failed=0

is_daemon() { { tr '\0' ' ' <"/proc/$1/cmdline"; } 2>/dev/null | grep -qF -- "-c $directory/ceph.conf "; }

stop() { # PID_FILE
  local pid signal
  pid=$(cat "$1" 2>/dev/null) && [ -n "$pid" ] || return 0
  for signal in TERM KILL; do
    is_daemon "$pid" && kill -$signal "$pid"
    for _ in {1..200}; do is_daemon "$pid" || break; sleep 0.05; done
  done
  if is_daemon "$pid"; then
    echo "${1##*/} does not end" >&2
    failed=1
  fi
  rm -f "$1"
}

# The gateway first and the monitor last: each needs those after it to stop in order.
for pid_file in "$directory"/run/{client.rgw,osd.*,mon.a}.pid; do stop "$pid_file"; done
if [ "${2:-}" = --purge ] && [ "$failed" -eq 0 ] && [ -e "$directory/ceph.conf" ]; then
  rm -rf "${directory:?}"/{mon,osd.*,run,log,keyring,monmap,ceph.conf,environment,osds,created}
  rmdir "$directory" 2>/dev/null || true
fi
exit "$failed"
