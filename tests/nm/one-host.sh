# shellcheck shell=bash
# One host "laptop" with the plugin, and on the other side "other", a plain WireGuard interface
# without the plugin in a namespace of its own.

# shellcheck source=../lab/tap.sh
. "$(dirname "${BASH_SOURCE[0]}")/../lab/tap.sh"
# shellcheck source=../lab/lab.sh
. "$(dirname "${BASH_SOURCE[0]}")/../lab/lab.sh"

one_host_create() {
  inet_create && host_with_plugin laptop cable_public &&
    host_uplink laptop 203.0.113.5/24 "$INET_GATEWAY" && keys_create laptop other &&
    namespace_create other && cable_public other &&
    ip -n other addr add 203.0.113.6/24 dev eth0 &&
    wireguard_create other wg-other other 51820 10.77.0.1/24 fd77::1/64 10.88.0.1/32 &&
    wireguard other set wg-other peer "${PUBLIC_KEY[laptop]}" \
      allowed-ips 10.77.0.2/32,fd77::2/128 &&
    laptop_profile "$LAB_DIR/laptop/laptop.wirelink" && host_remember laptop
}

laptop_profile() {  # file
  profile_begin "$1" laptop '10.77.0.2/24, fd77::2/64' 51820 &&
    profile_peer "$1" other '10.77.0.1/32, fd77::1/128, 10.88.0.0/16' \
      'Endpoint = 203.0.113.6:51820' 'Basic = yes'
}

# Lets other exchange facts with the laptop.
other_exchanges_facts() {
  wireguard_exchange_facts other wg-other other laptop 10.77.0.2/32,fd77::2/128
}

nmcli_laptop() { host laptop nmcli "$@" < /dev/null 2>&1; }
import() { nmcli_laptop connection import type wirelink file "$1"; }
profile_uuid() { nmcli_laptop -g connection.uuid connection show "${1:-laptop}"; }
is_activated() {
  [ "$(nmcli_laptop -g GENERAL.STATE connection show "${1:-laptop}")" = activated ]
}
echo_returns() { host laptop ping -n -q -c 1 -W 0.5 "$1" > /dev/null; }
reaches() { wait_until "${2:-15}" echo_returns "$1"; }
reaches_within() { within "$1" echo_returns "$2"; }
service_pids() {
  # shellcheck disable=SC2016  # expanded inside the host
  host laptop bash -c 'for d in /proc/[0-9]*; do
    case $(readlink "$d/exe") in */nm-wirelink-service) echo "${d#/proc/}";; esac
  done'
}
# PID: the service at the beginning of the test
same_service() { matches "^$PID\$" "$(service_pids)"; }
stays_activated() { is_activated && same_service; }
# voluntary context switches of all threads of the service
wakeups() {
  # shellcheck disable=SC2016  # expanded inside the host
  host laptop bash -c 'cat /proc/$0/task/*/status' "$PID" |
    awk '/^voluntary_ctxt_switches/ { n += $2 } END { print n; exit !n }'
}
