# shellcheck shell=bash
# What must be gone after `nmcli connection down`, and what must be unchanged.

# Prints the network state of the calling namespace without remaining lifetimes.
network_state() {
  {
    ip -o link
    ip -o addr
    ip rule
    ip -6 rule
    ip route show table all
    ip -6 route show table all
    nft list ruleset 2>/dev/null
  } | sed -E 's/(valid_lft|preferred_lft|expires) [0-9]+(sec)?//g'
}

# Prints processes, runtime files and network state of a host, one item a line. Recorded before the
# first activation and compared after the last deactivation.
host_state() {  # name
  # shellcheck disable=SC2016  # expanded inside the host
  host "$1" bash -c '
    for d in /proc/[0-9]*; do
      exe=$(readlink "$d/exe") || continue
      case ${exe##*/} in nm-wirelink-*|wireguard-go) echo "process: ${exe##*/} (${d#/proc/})";; esac
    done
    find /run/wireguard /run/NetworkManager/wirelink ! -type d 2> /dev/null | sed "s/^/file: /"
    '"$(declare -f network_state)"'
    network_state | sed "s/^/network: /"'
}

# Records the state, once the uplink's link-local address is ready, which adds a route.
host_remember() {
  wait_until 5 host_addresses_settled "$1"
  host_state "$1" > "$LAB_DIR/$1/state-before"
}
host_addresses_settled() { [ -z "$(host "$1" ip -o addr show tentative)" ]; }

# Prints what was added and what is missing, in any order.
host_leftovers() {
  host_state "$1" | sort | diff <(sort "$LAB_DIR/$1/state-before") - | sed -n 's/^> /left: /p; s/^< /lost: /p'
}
host_clean() { [ -z "$(host_leftovers "$1")" ]; }

# Processes exit a moment after the deactivation was reported.
wait_host_clean() {
  wait_until "${2:-5}" host_clean "$1" || { host_leftovers "$1"; return 1; }
}
