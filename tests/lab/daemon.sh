# shellcheck shell=bash
# Hosts without NetworkManager, and wirelinkd on them as its unit would run it.

# host_without_nm HOST CABLE...: a host with a bus and no NetworkManager, behind CABLE (a cable_*
# command)
host_without_nm() {  # name cable-command cable-argument...
  local name=$1 kind=$2
  shift 2
  host_create "$name" && cp "$LAB_TOP/data/nm-wirelink-service.conf" "$LAB_DIR/$name/policy/" &&
    "$kind" "$name" "$@" && mkdir -p "$LAB_DIR/$name/wirelink" && LAB_NO_NM=1 host_start "$name"
}

# host_address HOST ADDRESS/LEN GATEWAY: as ifupdown would
host_address() {
  host "$1" ip addr add "$2" dev eth0 && host "$1" ip route add default via "$3"
}

host_profile() { echo "$LAB_DIR/$1/wirelink/${2:-$1}.wirelink"; }

# daemon HOST [PROFILE [ARGUMENT...]]: wirelinkd in the foreground, as its unit runs it
daemon() {
  local name=$1 profile=${2:-$1}
  shift; [ $# = 0 ] || shift
  host "$name" env WIRELINK_STATE="$LAB_DIR/$name/state" \
    ${DAEMON_WATCHDOG_USEC:+WATCHDOG_USEC="$DAEMON_WATCHDOG_USEC"} \
    NOTIFY_SOCKET="$LAB_DIR/$name/notify" \
    "${DAEMON_PROGRAM:-$LAB_BUILD/src/daemon/wirelinkd}" \
    --file "$(host_profile "$name" "$profile")" "$profile" "$@"
}

# daemon_start HOST [PROFILE [ARGUMENT...]]: in the background, until it is ready; its messages are
# in $LAB_DIR/HOST/log/PROFILE.log, those to the service manager in notify.log
daemon_start() {
  local name=$1 profile=${2:-$1}
  daemon_listen "$name" || return 1
  daemon "$@" >> "$LAB_DIR/$name/log/$profile.log" 2>&1 &
  wait_until 20 daemon_ready "$name" "$profile" || { cat "$LAB_DIR/$name/log/$profile.log"; return 1; }
}

# Starts the socket of the service manager anew.
daemon_listen() {
  local d=$LAB_DIR/$1
  [ ! -e "$d/notify.pid" ] || kill "$(< "$d/notify.pid")" 2> /dev/null
  rm -f "$d/notify"
  "$LAB_BUILD/tests/daemon/notify-socket" "$d/notify" > "$d/notify.log" 2>&1 &
  echo $! > "$d/notify.pid"
  wait_until 5 test -S "$d/notify"
}
daemon_notified() { grep -qE -- "$2" "$LAB_DIR/$1/notify.log"; }
daemon_ready() { daemon_notified "$1" '^READY=1'; }
daemon_log() { cat "$LAB_DIR/$1/log/${2:-$1}.log"; }
daemon_logged() { grep -qE -- "$2" "$LAB_DIR/$1/log/${3:-$1}.log"; }

# Numbers inside the host.
daemon_pids() {
  # shellcheck disable=SC2016  # expanded inside the host
  host "$1" bash -c 'for d in /proc/[0-9]*; do
    case $(readlink "$d/exe") in */wirelinkd*) echo "${d#/proc/}";; esac
  done'
}
daemon_signal() {  # host signal
  local pids
  pids=$(daemon_pids "$1")
  # shellcheck disable=SC2086  # one word for each number
  [ -n "$pids" ] && host "$1" kill -"$2" $pids
}
daemon_gone() { [ -z "$(daemon_pids "$1")" ]; }
daemon_stop() { daemon_signal "$1" TERM && wait_until 10 daemon_gone "$1"; }
