#!/bin/bash
# The demo's network with a Go wirelink daemon in one place, over wireguard-go: on the hub, then on a
# leaf. WIRELINK_PEER names its binary; nothing of it is in this project.
#
# Usage: tests/net/mixed.sh [hub|leaf]
# shellcheck source=../nm/case.sh
. "$(dirname "$(realpath "$0")")/../nm/case.sh"
# shellcheck source=../lab/lab.sh
. "$(dirname "$(realpath "$0")")/../lab/lab.sh"
# shellcheck source=../lab/three-hosts.sh
. "$LAB_HERE/three-hosts.sh"
# shellcheck source=../lab/echoes.sh
. "$LAB_HERE/echoes.sh"
if [ ! -x "${WIRELINK_PEER:-}" ]; then
  echo "1..0 # SKIP WIRELINK_PEER names no Go wirelink binary"
  exit 77
fi
lab_begin "$@"
FACT_PORT=51821

# go_peer NAME [ENDPOINT]: one entry of its configuration
go_peer() {
  local allowed='"'${TUNNEL4[$1]}/32'", "'${TUNNEL6[$1]}/128'"'
  [ "$1" != hub ] || allowed='"10.77.0.0/24", "fd77::/64"'
  printf '{"PublicKey": "%s", "Name": "%s", "AllowedIPs": [%s]' "${PUBLIC_KEY[$1]}" "$1" "$allowed"
  [ -z "${2:-}" ] || printf ', "Endpoints": ["%s"]' "$2"
  printf '}'
}

# go_start NAME: the daemon on the interface wg-NAME, which is there with its peers
go_start() {
  local name=$1 router=false
  [ "$name" != hub ] || router=true
  nsenter --net="/run/netns/$name" env WIRELINK_CONFIG_PATH="$LAB_DIR/go" \
    "$WIRELINK_PEER" --iface "wg-$name" --port $FACT_PORT --router=$router \
    > "$LAB_DIR/go/$name.log" 2>&1 &
  GO_PID=$!
}
go_stop() { kill "$GO_PID" && wait_gone 10 "$GO_PID"; }

go_hub() {
  namespace_create hub && cable_server hub && forwarding_on hub &&
    ip -n hub addr add "${OUTER_ADDRESS[hub]}/24" dev eth0 &&
    ip -n hub route add default via "$SERVER_GATEWAY" &&
    wireguard_create hub wg-hub hub 51820 10.77.0.1/24 fd77::1/64 || return 1
  local leaf
  for leaf in laptop desktop; do
    wireguard hub set wg-hub peer "${PUBLIC_KEY[$leaf]}" \
      allowed-ips "${TUNNEL4[$leaf]}/32,${TUNNEL6[$leaf]}/128" || return 1
  done
  echo "{\"port\": $FACT_PORT, \"peers\": [$(go_peer laptop), $(go_peer desktop)]}" \
    > "$LAB_DIR/go/wirelink.wg-hub.json"
}
go_desktop() {
  local endpoint=${OUTER_ADDRESS[hub]}:51820
  namespace_create desktop && cable_lan desktop nat-d &&
    ip -n desktop addr add 192.168.2.2/24 dev eth0 &&
    ip -n desktop route add default via 192.168.2.1 &&
    wireguard_create desktop wg-desktop desktop 51820 10.77.0.3/24 fd77::3/64 &&
    wireguard desktop set wg-desktop peer "${PUBLIC_KEY[hub]}" endpoint "$endpoint" \
      allowed-ips 10.77.0.0/24,fd77::/64 || return 1
  echo "{\"port\": $FACT_PORT, \"peers\": [$(go_peer hub "$endpoint"), $(go_peer laptop)]}" \
    > "$LAB_DIR/go/wirelink.wg-desktop.json"
}

our_host() {  # name uplink-address gateway cable...
  local name=$1 address=$2 gateway=$3
  shift 3
  host_with_plugin "$name" "$@" && host_uplink "$name" "$address" "$gateway"
}
our_hub() { our_host hub "${OUTER_ADDRESS[hub]}/24" "$SERVER_GATEWAY" cable_server && forwarding_on hub; }
our_laptop() { our_host laptop 192.168.1.2/24 192.168.1.1 cable_lan nat-l; }
our_desktop() { our_host desktop 192.168.2.2/24 192.168.2.1 cable_lan nat-d; }
come_up() {
  host "$1" nmcli connection import type wirelink file "$LAB_DIR/$1/$1.wirelink" < /dev/null &&
    host "$1" nmcli connection up "$1" < /dev/null
}

few_lost() { [ "$LOST" -le "$1" ] || { echo "$LOST lost"; return 1; }; }
# state_is PEER STATE: as laptop sees it
state_is() { host laptop wirelinkctl status | grep -qE "^ *$1 +$2 "; }
laptop_reaches() { host laptop ping -n -q -c 3 -i 0.2 -W 0.5 "$1" > /dev/null; }
desktop_goes_directly() {
  [ "$(host laptop wg show all endpoints | grep -F "${PUBLIC_KEY[desktop]}" | cut -f 3)" \
    = "${OUTER_ADDRESS[desktop]}:51820" ]
}
timed() {  # seconds command...
  local started
  started=$(now_us)
  wait_until "$@" && echo "# after $(seconds "$started") s" >&3
}

mkdir -p "$LAB_DIR"/{go,hub,laptop,desktop}
exec 3>&1
lab_up() {
  inet_create && router_create nat-l "${OUTER_ADDRESS[laptop]}" 192.168.1 cone &&
    router_create nat-d "${OUTER_ADDRESS[desktop]}" 192.168.2 cone && three_hosts_profiles
}
go_on_hub() { go_hub && our_laptop && our_desktop; }
go_on_leaf() { our_hub && our_laptop && go_desktop; }
lab_up || bail_out "the lab comes up"
# The pair begins with the way by the hub.
way_cut nat-l "${OUTER_ADDRESS[desktop]}"
where=${1:-hub}
if [ "$where" = hub ]; then
  go_on_hub || bail_out "the hosts come up"
  go_start hub
  check "laptop comes up" come_up laptop
  check "desktop comes up" come_up desktop
else
  go_on_leaf || bail_out "the hosts come up"
  check "hub comes up" come_up hub
  check "laptop comes up" come_up laptop
  go_start desktop
fi
check "laptop and hub are direct" timed 20 state_is hub direct
check "laptop reaches the desktop by the hub" wait_until 30 laptop_reaches "${TUNNEL4[desktop]}"
check "over IPv6 as well" wait_until 10 laptop_reaches "${TUNNEL6[desktop]}"
check "and knows that it is by the hub" wait_until 10 state_is desktop "routed via hub"
echoes_begin v4 laptop "${TUNNEL4[desktop]}"
echoes_begin v6 laptop "${TUNNEL6[desktop]}"
check "echoes come" wait_until 10 echo_comes v6
way_mend nat-l
check "laptop and desktop are direct" timed 80 state_is desktop direct
sleep 7  # and a Go daemon, if it was waited for in vain
echoes_end v4 v6
# both together: 0.3 s each
check "hardly anything was lost by that" few_lost 30
check "by the address of the other NAT" wait_until 5 desktop_goes_directly
check "laptop reaches the hub" wait_until 20 laptop_reaches "${TUNNEL4[hub]}"
check "laptop reaches the desktop" wait_until 30 laptop_reaches "${TUNNEL4[desktop]}"
check "over IPv6 as well" wait_until 10 laptop_reaches "${TUNNEL6[desktop]}"
check "the Go daemon ends" go_stop
check "what was direct stays so" laptop_reaches "${TUNNEL4[desktop]}"
check "the Go daemon starts again" go_start "$([ "$where" = hub ] && echo hub || echo desktop)"
check "all stays reachable" wait_until 30 laptop_reaches "${TUNNEL4[desktop]}"
finish laptop
