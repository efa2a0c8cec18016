#!/bin/bash
# The network goes away and comes back while both ends of the tunnel send: networking off and on,
# with logind's signal of a resume, with a DHCP uplink, and two hosts of ours on one network. The peer
# answers within 2 s after the uplink has its address, and no packets circle in the tunnel.
#
#   WIRELINK_CYCLES=100 tests/nm/run network-cycles       2 cycles of each kind by default
#   WIRELINK_CYCLE_KINDS='networking dhcp'                only these
#   WIRELINK_CYCLE_AWAY=200                               200 s without a network, and no session left
#
# needs: root nm
# takes: long
# limit: 1800
# vm: skip-emulated
# shellcheck source=one-host.sh
. "$(dirname "$(realpath "$0")")/one-host.sh"
# shellcheck source=../lab/cycles.sh
. "$(dirname "$(realpath "$0")")/../lab/cycles.sh"
lab_begin "$@"

CYCLES=${WIRELINK_CYCLES:-2}
KINDS=${WIRELINK_CYCLE_KINDS:-networking sleep dhcp pair}
# shellcheck disable=SC2034  # for cycles.sh
CYCLES_VERBOSE=${WIRELINK_CYCLES:+yes}
# Some seconds of pings, handshakes and facts are less than a tenth of this; a loop is thousand times
# more.
LITTLE=1000000  # bytes

# A second host with the plugin, which the laptop's second profile names.
desktop_create() {
  local file=$LAB_DIR/desktop/desktop.wirelink second=$LAB_DIR/laptop/pair.wirelink
  host_with_plugin desktop cable_public && host_uplink desktop 203.0.113.7/24 "$INET_GATEWAY" &&
    keys_create desktop && profile_begin "$file" desktop 10.79.0.1/24 51820 &&
    profile_peer "$file" laptop 10.79.0.2/32 'Endpoint = 203.0.113.5:51820' &&
    profile_begin "$second" laptop 10.79.0.2/24 51820 &&
    profile_peer "$second" desktop 10.79.0.1/32 'Endpoint = 203.0.113.7:51820' &&
    import "$second" && host desktop nmcli connection import type wirelink file "$file" &&
    host desktop nmcli connection up desktop
}
dhcp_server() {
  local range=203.0.113.100,203.0.113.120,255.255.255.0,1h
  nsenter --net=/run/netns/other dnsmasq --keep-in-foreground --conf-file=/dev/null --pid-file= \
    --user=root --port=0 --interface=eth0 --bind-interfaces --dhcp-authoritative \
    --dhcp-range="$range" --dhcp-option=3,"$INET_GATEWAY" --dhcp-leasefile="$LAB_DIR/leases" \
    > "$LAB_DIR/dnsmasq.log" 2>&1 &
}
# The profile and the peer's address for a kind.
profile_of() { [ "$1" = pair ] && echo pair || echo laptop; }
peer_of() { [ "$1" = pair ] && echo 10.79.0.1 || echo 10.77.0.1; }
prepare() {  # kind
  case $1 in
    sleep) logind_start laptop;;
    dhcp)
      dhcp_server
      nmcli_laptop connection modify uplink ipv4.method auto ipv4.may-fail no ipv4.addresses '' \
        ipv4.gateway '' &&
        nmcli_laptop connection up uplink;;
    pair)
      nmcli_laptop connection modify uplink ipv4.method manual ipv4.addresses 203.0.113.5/24 \
        ipv4.gateway "$INET_GATEWAY" && nmcli_laptop connection up uplink && desktop_create;;
  esac
}
cycle() {  # kind
  local how='networking'
  [ "$1" != sleep ] || how='sleep'
  cycles_run laptop "$how" "$CYCLES" "$(peer_of "$1")"
}
never_late() { [ "$CYCLES_LATE" = 0 ] || { echo "$CYCLES_LATE of $CYCLES_DONE cycles"; return 1; }; }
sent_little() { [ "$CYCLES_BYTES" -lt "$LITTLE" ] || { echo "$CYCLES_BYTES bytes"; return 1; }; }

one_host_create || bail_out "the lab is set up" laptop
check "the profile is imported" import "$LAB_DIR/laptop/laptop.wirelink" || finish laptop
for kind in $KINDS; do
  check "$kind: the network is prepared" prepare "$kind" || finish laptop
  check "$kind: the profile is activated" nmcli_laptop connection up "$(profile_of "$kind")" || finish laptop
  check "$kind: the peer answers pings" reaches "$(peer_of "$kind")" 20 || finish laptop
  cycle "$kind" > "$LAB_DIR/cycles"
  grep '^#' "$LAB_DIR/cycles"
  echo "# $kind, NetworkManager $(NetworkManager --version), $(host_backend laptop) WireGuard:" \
    "$CYCLES_LATE of $CYCLES_DONE late, worst $CYCLES_WORST ms, at most $CYCLES_BYTES bytes in a cycle"
  check "$kind: the uplink went and came $CYCLES times" test "$CYCLES_DONE" = "$CYCLES"
  check "$kind: the peer is always back within $CYCLES_LIMIT ms" never_late
  check "$kind: little is sent" sent_little
  check "$kind: the profile is deactivated" nmcli_laptop connection down "$(profile_of "$kind")"
done
finish laptop
