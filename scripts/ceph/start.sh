#!/bin/bash
# scripts/ceph/start.sh DIRECTORY
#
# Starts a Ceph cluster with a RADOS Gateway, which speaks S3, on the loopback interface. All its files are
# in DIRECTORY. The first call creates the cluster; a later one starts the daemons that do not run. Standard
# output is the environment of the tests: S3_ENDPOINT, S3_ACCESS_KEY, S3_SECRET_KEY and S3_REGION.
#
# Read when the cluster is created:
#   S3_PORT   the port of the gateway (default: the first free one of 21080, 21180, …); the other daemons
#             listen on the 79 ports after it
#   OSDS      the number of storage daemons (default: 1)
#   REPLICAS  the copies of each object (default: 1)
set -euo pipefail
[ $# -eq 1 ] || { echo "usage: $0 DIRECTORY" >&2; exit 2; }
mkdir -p "$1"
directory=$(cd "$1" && pwd -P)
case $directory in *[[:space:]]*) echo 'DIRECTORY must not contain white space' >&2; exit 2 ;; esac
conf=$directory/ceph.conf
umask 077
unset CEPH_ARGS CEPH_CONF

fail() {
  echo "Ceph did not start: $*" >&2
  tail -n 8 "$directory"/log/*.log "$directory"/log/*.out >&2 2>/dev/null || true
  exit 1
}

# The daemons outlive this script, and must not keep the pipes of its caller open.
for descriptor in /proc/$BASHPID/fd/*; do
  number=${descriptor##*/}
  if [ "$number" -gt 2 ] && [ "$number" -ne 255 ]; then eval "exec $number>&-"; fi
done
# Two clusters that start at once must not choose the same ports. The daemons do not inherit the lock.
exec 9>"${TMPDIR:-/tmp}/.express-stream-files-ceph.$(id -u).lock"
flock -w 300 9 || fail 'another one is starting'

is_running() { # the pid file may be of an earlier boot
  local pid
  pid=$(cat "$directory/run/$1.pid" 2>/dev/null) && [ -n "$pid" ] &&
    { tr '\0' ' ' <"/proc/$pid/cmdline"; } 2>/dev/null | grep -qF -- "-c $conf "
}

is_taken() { (exec 3<>"/dev/tcp/127.0.0.1/$1") 2>/dev/null; }

wait_until() { # COMMAND…: for at most 30 seconds
  for _ in {1..300}; do "$@" && return; sleep 0.1; done
  fail "$*"
}

choose_port() {
  port=${S3_PORT:-21080}
  while [ -z "${S3_PORT:-}" ] && { is_taken "$port" || is_taken $((port + 1)); }; do port=$((port + 100)); done
  is_taken "$port" && fail "port $port is taken"
  return 0
}

write_configuration() {
  # The path of a Unix socket has at most 107 characters.
  local socket=''
  [ ${#directory} -gt 80 ] || socket="$directory/run/\$name.asok"
  cat >"$conf" <<CONF
[global]
fsid = $(cat /proc/sys/kernel/random/uuid)
mon_host = [v2:127.0.0.1:$((port + 1))]
mon_initial_members = a
public_addr = 127.0.0.1
cluster_addr = 127.0.0.1
ms_bind_ipv6 = false
ms_bind_msgr1 = false
ms_bind_port_min = $((port + 2))
ms_bind_port_max = $((port + 79))
auth_allow_insecure_global_id_reclaim = false
keyring = $directory/keyring
run_dir = $directory/run
admin_socket = $socket
pid_file = $directory/run/\$name.pid
log_file = $directory/log/\$name.log
log_to_stderr = false
crash_dir = $directory/log
osd_pool_default_size = ${REPLICAS:-1}
osd_pool_default_min_size = 1
osd_pool_default_pg_num = 8
osd_pool_default_pgp_num = 8
osd_crush_chooseleaf_type = 0
mon_allow_pool_size_one = true
mon_warn_on_pool_no_redundancy = false
mon_max_pg_per_osd = 1000
[mon]
mon_data = $directory/mon
mon_cluster_log_file = $directory/log/cluster.log
mon_data_avail_warn = 1
mon_data_avail_crit = 0
paxos_propose_interval = 0.05
paxos_min_wait = 0.01
[osd]
osd_data = $directory/osd.\$id
osd_objectstore = bluestore
bluestore_block_size = $((20 << 30))
bluestore_block_create = true
bluestore_cache_autotune = false
bluestore_cache_size = $((256 << 20))
bluestore_fsck_on_mkfs = false
[client]
admin_socket =
log_file =
pid_file =
[client.rgw]
rgw_frontends = beast endpoint=127.0.0.1:$port tcp_nodelay=1
rgw_data = $directory/run
admin_socket = $socket
pid_file = $directory/run/\$name.pid
log_file = $directory/log/\$name.log
rgw_thread_pool_size = 64
rgw_run_sync_thread = false
rgw_enable_lc_threads = false
rgw_enable_quota_threads = false
rgw_gc_obj_min_wait = 5
rgw_gc_processor_period = 10
rgw_gc_processor_max_time = 10
CONF
}

create_keys() {
  local key=(ceph-authtool "$directory/keyring")
  {
    "${key[@]}" -C --gen-key -n mon. --cap mon 'allow *'
    "${key[@]}" --gen-key -n client.admin --cap mon 'allow *' --cap osd 'allow *' --cap mgr 'allow *'
    "${key[@]}" --gen-key -n client.rgw --cap mon 'allow rw' --cap osd 'allow rwx'
    for ((id = 0; id < osds; id++)); do
      "${key[@]}" --gen-key -n osd.$id --cap mon 'allow profile osd' --cap osd 'allow *'
    done
  } >/dev/null
}

random_text() { { tr -dc A-Za-z0-9 </dev/urandom 2>/dev/null || true; } | head -c "$1"; }

create_cluster() {
  rm -rf "${directory:?}"/{mon,osd.*,run,log,keyring,monmap,ceph.conf,environment}
  mkdir -p "$directory"/{mon,run,log}
  choose_port
  osds=${OSDS:-1}
  write_configuration
  create_keys
  monmaptool -c "$conf" --create --clobber --addv a "[v2:127.0.0.1:$((port + 1))]" \
    --fsid "$(sed -n 's/^fsid = //p' "$conf")" "$directory/monmap" >/dev/null
  ceph-mon -c "$conf" -i a --mkfs --monmap "$directory/monmap" --keyring "$directory/keyring" >&2
  cat >"$directory/environment" <<ENVIRONMENT
S3_ENDPOINT=http://127.0.0.1:$port
S3_ACCESS_KEY=$(random_text 20)
S3_SECRET_KEY=$(random_text 40)
S3_REGION=us-east-1
ENVIRONMENT
  echo "$osds" >"$directory/osds"
}

start() { # NAME PROGRAM ARGUMENT…: a daemon puts itself into the background when it is ready
  local name=$1 program=$2
  shift 2
  ! is_running "$name" || return 0
  rm -f "$directory/run/$name.pid"
  timeout 120 "$program" -c "$conf" "$@" </dev/null >>"$directory/log/$name.out" 2>&1 9>&- || fail "$program"
  wait_until is_running "$name"
}

ceph_command() { timeout 60 ceph -c "$conf" "$@" 2>/dev/null 9>&-; }

start_osd() { # ID
  local uuid
  if [ ! -e "$directory/osd.$1/ready" ]; then
    mkdir -p "$directory/osd.$1"
    uuid=$(cat /proc/sys/kernel/random/uuid)
    [ "$(ceph_command osd new "$uuid")" = "$1" ] || fail "osd new $1"
    timeout 120 ceph-osd -c "$conf" -i "$1" --mkfs --osd-uuid "$uuid" >>"$directory/log/osd.$1.out" 2>&1 9>&- ||
      fail "mkfs of osd.$1"
  fi
  start "osd.$1" ceph-osd -i "$1"
}

osds_are_up() { ceph_command osd stat | grep -q "^$osds osds: $osds up"; }

create_user() {
  timeout 120 radosgw-admin -c "$conf" -n client.rgw user create --uid=test --display-name=test \
    --access-key="$S3_ACCESS_KEY" --secret-key="$S3_SECRET_KEY" >"$directory/log/user.out" 2>&1 9>&- ||
    fail 'radosgw-admin user create'
  touch "$directory/created"
}

gateway_answers() { curl -sf -o /dev/null --noproxy '*' -m 5 "$S3_ENDPOINT/" 2>/dev/null; }

[ -e "$directory/created" ] || create_cluster
. "$directory/environment"
osds=$(cat "$directory/osds")
start mon.a ceph-mon -i a
wait_until ceph_command mon stat >/dev/null
for ((id = 0; id < osds; id++)); do start_osd $id; done
wait_until osds_are_up
[ -e "$directory/created" ] || create_user
start client.rgw radosgw -n client.rgw
wait_until gateway_answers
cat "$directory/environment"
