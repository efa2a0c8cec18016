#!/bin/bash
# The network of the demo with a Go wirelink daemon on the hub or on a leaf, over wireguard-go.
# WIRELINK_PEER names its binary, which is not part of this project.
#
# Usage: tests/net/mixed.sh [hub|leaf]
# shellcheck source=../lab/tap.sh
. "$(dirname "$(realpath "$0")")/../lab/tap.sh"
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

# The hub knows all members. A leaf knows the hub and learns the other leaf from it.

# go_peer NAME [ENDPOINT]: one entry of its configuration
go_peer() {
  local allowed='"'${TUNNEL4[$1]}/32'", "'${TUNNEL6[$1]}/128'"'
  [ "$1" != hub ] || allowed='"10.77.0.0/24", "fd77::/64"'
  printf '{"PublicKey": "%s", "Name": "%s", "AllowedIPs": [%s]' "${PUBLIC_KEY[$1]}" "$1" "$allowed"
  [ -z "${2:-}" ] || printf ', "Endpoints": ["%s"]' "$2"
  printf '}'
}
# go_configure NAME ENTRY...
go_configure() {
  local name=$1 entries
  shift
  entries=$(printf '%s, ' "$@")
  echo "{\"port\": $FACT_PORT, \"peers\": [${entries%, }]}" > "$LAB_DIR/go/wirelink.wg-$name.json"
}

# Starts the daemon on the existing interface wg-NAME. The daemon exits if the kernel is still
# checking the link-local address for duplicates, so it may have to be started again.
go_start() {
  local name=$1 router=false _
  [ "$name" != hub ] || router=true
  for _ in 1 2 3 4 5; do
    : > "$LAB_DIR/go/log"
    nsenter --net="/run/netns/$name" env WIRELINK_CONFIG_PATH="$LAB_DIR/go" \
      "$WIRELINK_PEER" --iface "wg-$name" --port "$FACT_PORT" --router="$router" \
      > "$LAB_DIR/go/log" 2>&1 &
    echo $! > "$LAB_DIR/go/pid"
    wait_until 20 go_has_begun
    ! go_runs || return 0
  done
  return 1
}
go_says() { grep -q "$1" "$LAB_DIR/go/log"; }
go_runs() { kill -0 "$(< "$LAB_DIR/go/pid")" 2> /dev/null && go_says '^Server running'; }
go_has_begun() { go_says '^Server running' || none_alive "$(< "$LAB_DIR/go/pid")"; }
go_stop() { kill "$(< "$LAB_DIR/go/pid")" && wait_gone 10 "$(< "$LAB_DIR/go/pid")"; }
# go_finds NAME: the daemon knows the peer by this name and reports it as healthy and alive
go_finds() {
  kill -USR1 "$(< "$LAB_DIR/go/pid")" && wait_until 1 go_says "Peer $1 is healthy and alive"
}
# go_has NAME PREFIX...: the daemon's interface has these allowed IPs for the peer
go_has() {
  local allowed prefix
  allowed=$(wireguard "$where_go" show "wg-$where_go" allowed-ips | grep -F "${PUBLIC_KEY[$1]}")
  shift
  for prefix; do grep -qwF "$prefix" <<< "$allowed" || return 1; done
}

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
  go_configure hub "$(go_peer laptop)" "$(go_peer desktop)"
}
go_desktop() {
  local endpoint=${OUTER_ADDRESS[hub]}:51820
  namespace_create desktop && cable_lan desktop nat-d &&
    ip -n desktop addr add 192.168.2.2/24 dev eth0 &&
    ip -n desktop route add default via 192.168.2.1 &&
    wireguard_create desktop wg-desktop desktop 51820 10.77.0.3/24 fd77::3/64 &&
    wireguard desktop set wg-desktop peer "${PUBLIC_KEY[hub]}" endpoint "$endpoint" \
      allowed-ips 10.77.0.0/24,fd77::/64 || return 1
  go_configure desktop "$(go_peer hub "$endpoint")"
}

# our_profile NAME PEER...
our_profile() {
  local name=$1 file=$LAB_DIR/$1/$1.wirelink peer
  shift
  profile_begin "$file" "$name" "${TUNNEL4[$name]}/24, ${TUNNEL6[$name]}/64" 51820 || return 1
  [ "$name" != hub ] || echo 'Role = router' >> "$file"
  for peer; do
    case $peer in
      hub) profile_peer "$file" hub '10.77.0.0/24, fd77::/64' "Endpoint = ${OUTER_ADDRESS[hub]}:51820";;
      *) profile_peer "$file" "$peer" "${TUNNEL4[$peer]}/32, ${TUNNEL6[$peer]}/128";;
    esac
  done
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

few_lost() { at_most "$1" "$LOST" || { echo "$LOST lost"; return 1; }; }
# sees HOST PEER STATE
sees() { host "$1" wirelinkctl status | grep -qE "^ *$2 +$3 "; }
knows() { host "$1" wirelinkctl status | grep -qE "^ *$2 "; }
laptop_reaches() { host laptop ping -n -q -c 3 -i 0.2 -W 0.5 "$1" > /dev/null; }
laptop_has() {  # peer prefix...
  local allowed prefix
  allowed=$(host laptop wg show all allowed-ips | grep -F "${PUBLIC_KEY[$1]}")
  shift
  for prefix; do grep -qwF "$prefix" <<< "$allowed" || return 1; done
}
desktop_goes_directly() {
  [ "$(host laptop wg show all endpoints | grep -F "${PUBLIC_KEY[desktop]}" | cut -f 3)" \
    = "${OUTER_ADDRESS[desktop]}:51820" ]
}
timed() {  # seconds command...
  local started
  started=$(now_us)
  wait_until "$@" && echo "# after $(seconds "$started") s" >&3
}

all_reachable() {  # within SECONDS each
  check "laptop reaches the hub" wait_until "$1" laptop_reaches "${TUNNEL4[hub]}"
  check "laptop reaches the desktop" wait_until "$1" laptop_reaches "${TUNNEL4[desktop]}"
  check "laptop reaches the desktop over IPv6" wait_until "$1" laptop_reaches "${TUNNEL6[desktop]}"
}
all_direct() {
  check "laptop and hub are direct" timed 30 sees laptop hub direct
  check "laptop and desktop are direct" timed 80 sees laptop desktop direct
  if [ "$where" = hub ]; then
    check "desktop and hub are direct" timed 30 sees desktop hub direct
    check "the Go daemon reports laptop and desktop as alive" wait_until 20 go_finds_both laptop desktop
  else
    check "hub and desktop are direct" timed 30 sees hub desktop direct
    check "the Go daemon reports hub and the learned laptop as alive" wait_until 20 go_finds_both hub laptop
    check "the Go daemon has the laptop's addresses" wait_until 20 go_has laptop 10.77.0.2/32 fd77::2/128
  fi
  check "laptop has the desktop's learned addresses" \
    wait_until 10 laptop_has desktop 10.77.0.3/32 fd77::3/128
}
go_finds_both() { go_finds "$1" && go_finds "$2"; }

# Seconds. A Go daemon drops nothing in its first 255 s, both implementations wait until a hub that
# no longer names the member has been connected for 260 s, and facts about the member live another
# 255 s.
REMOVED=600
remove_at_go_hub() {
  go_stop && wireguard hub set wg-hub peer "${PUBLIC_KEY[desktop]}" remove &&
    go_configure hub "$(go_peer laptop)" && go_start hub
}
remove_at_our_hub() {
  host hub nmcli connection delete hub && our_profile hub desktop && come_up hub
}
go_lacks() { ! wireguard "$where_go" show "wg-$where_go" peers | grep -qF "${PUBLIC_KEY[$1]}"; }
laptop_lacks() {
  ! knows laptop "$1" && ! host laptop wg show all peers | grep -qF "${PUBLIC_KEY[$1]}"
}

mkdir -p "$LAB_DIR"/{go,hub,laptop,desktop}
exec 3>&1
lab_up() {
  inet_create && router_create nat-l "${OUTER_ADDRESS[laptop]}" 192.168.1 cone &&
    router_create nat-d "${OUTER_ADDRESS[desktop]}" 192.168.2 cone &&
    keys_create "${THREE_HOSTS[@]}" && our_profile hub laptop desktop &&
    our_profile laptop hub && our_profile desktop hub
}
go_on_hub() { go_hub && our_laptop && our_desktop; }
go_on_leaf() { our_hub && our_laptop && go_desktop; }
lab_up || bail_out "the lab is set up"
# The pair starts on the path through the hub.
path_cut nat-l "${OUTER_ADDRESS[desktop]}"
where=${1:-hub}
if [ "$where" = hub ]; then
  where_go=hub
  go_on_hub || bail_out "the hosts are set up"
  check "the Go daemon starts" go_start hub
  check "laptop is activated" come_up laptop
  check "desktop is activated" come_up desktop
else
  where_go=desktop
  go_on_leaf || bail_out "the hosts are set up"
  check "hub is activated" come_up hub
  check "laptop is activated" come_up laptop
  check "the Go daemon starts" go_start desktop
fi
check "laptop and hub are direct" timed 20 sees laptop hub direct
check "laptop reaches the desktop through the hub" wait_until 30 laptop_reaches "${TUNNEL4[desktop]}"
check "laptop reaches the desktop through the hub over IPv6" wait_until 10 laptop_reaches "${TUNNEL6[desktop]}"
check "laptop shows the desktop as routed through the hub" wait_until 20 sees laptop desktop "routed via hub"
echoes_begin v4 laptop "${TUNNEL4[desktop]}"
echoes_begin v6 laptop "${TUNNEL6[desktop]}"
check "echo replies arrive" wait_until 10 echo_comes v6
path_restore nat-l
check "laptop and desktop are direct" timed 80 sees laptop desktop direct
sleep 7  # also covers a Go daemon that was waited for in vain
echoes_end v4 v6
# both together: 0.3 s each
check "few packets were lost by the promotion" few_lost 30
check "laptop uses the endpoint of the desktop's NAT router" wait_until 5 desktop_goes_directly
all_reachable 20
all_direct
check "the Go daemon is stopped" go_stop
check "laptop still reaches the desktop directly" laptop_reaches "${TUNNEL4[desktop]}"
check "the Go daemon starts again" go_start "$where_go"
all_reachable 30
all_direct
check "laptop is deactivated" host laptop nmcli connection down laptop
check "laptop is activated again" host laptop nmcli connection up laptop
all_reachable 30
all_direct
if [ "$where" = hub ]; then
  check "the desktop is removed at the hub" remove_at_go_hub
  check "laptop drops the desktop" timed $REMOVED laptop_lacks desktop
  check "laptop keeps the hub" laptop_reaches "${TUNNEL4[hub]}"
else
  check "the laptop is removed at the hub" remove_at_our_hub
  check "the Go daemon drops the laptop" timed $REMOVED go_lacks laptop
  check "the hub keeps the desktop" sees hub desktop direct
fi
[ $FAILED = 0 ] || sed 's/^/# Go| /' "$LAB_DIR/go/log"
finish laptop
