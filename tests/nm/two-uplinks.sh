# shellcheck shell=bash
# A laptop with two uplinks, its hub, and behind the hub "other", a plain WireGuard interface:
#
#   home   eth0, a public address, IPv4 only
#   cafe   eth1, behind a NAT router, IPv4 only
#   six    eth2, IPv6 only
#
# Nothing is connected but home. Traffic to other goes through the hub.

# shellcheck source=one-host.sh
. "$(dirname "${BASH_SOURCE[0]}")/one-host.sh"
OTHER=10.77.0.3

two_uplinks_create() {
  inet_create && six_create && router_create r1 203.0.113.11 192.168.1 cone &&
    host_with_plugin hub cable_server && host_with_plugin laptop cables_of_laptop &&
    host hub nmcli -t connection add type ethernet con-name uplink ifname eth0 \
      ipv4.method manual ipv4.addresses 198.51.100.5/24 ipv4.gateway "$SERVER_GATEWAY" \
      ipv6.method manual ipv6.addresses 2001:db8:2::5/64 ipv6.gateway 2001:db8:2::1 > /dev/null &&
    host hub nmcli -t connection up uplink > /dev/null && forwarding_on hub &&
    uplink home eth0 ipv4 203.0.113.5/24 "$INET_GATEWAY" &&
    uplink cafe eth1 ipv4 192.168.1.2/24 192.168.1.1 &&
    uplink six eth2 ipv6 2001:db8:1::5/64 2001:db8:1::1 && base_up home &&
    keys_create hub laptop other && hub_profile "$LAB_DIR/hub/hub.wirelink" &&
    roaming_profile "$LAB_DIR/laptop/laptop.wirelink" && other_create &&
    host_remember hub && host_remember laptop
}

cables_of_laptop() { cable_public "$1" && cable_lan "$1" r1 eth1 && cable inet "s-$1" "$1" eth2 &&
  ip -n inet link set "s-$1" master homes; }
six_create() {
  ip -n inet addr add 2001:db8:1::1/64 dev homes nodad &&
    ip -n inet addr add 2001:db8:2::1/64 dev servers nodad
}
uplink() {  # name interface family address gateway
  local off=ipv6
  [ "$3" = ipv4 ] || off=ipv4
  nmcli_laptop -t connection add type ethernet con-name "$1" ifname "$2" autoconnect no \
    "$3.method" manual "$3.addresses" "$4" "$3.gateway" "$5" "$3.may-fail" no \
    "$off.method" disabled > /dev/null
}
base_up() { nmcli_laptop connection up "$1" > /dev/null; }
base_down() { nmcli_laptop connection down "$1" > /dev/null; }

hub_profile() {  # file
  profile_begin "$1" hub '10.77.0.1/24, fd77::1/64' 51820 'Role = router' &&
    profile_peer "$1" laptop '10.77.0.2/32, fd77::2/128' &&
    profile_peer "$1" other "$OTHER/32" 'Endpoint = 203.0.113.6:51820' 'Basic = yes'
}
roaming_profile() {  # file
  profile_begin "$1" laptop '10.77.0.2/24, fd77::2/64' 51820 &&
    profile_peer "$1" hub '10.77.0.0/24, fd77::/64' 'Endpoint = 198.51.100.5:51820' \
      'Endpoint = [2001:db8:2::5]:51820'
}
other_create() {
  namespace_create other && cable_public other && ip -n other addr add 203.0.113.6/24 dev eth0 &&
    ip -n other route add default via "$INET_GATEWAY" &&
    wireguard_create other wg-other other 51820 "$OTHER/24" &&
    wireguard other set wg-other peer "${PUBLIC_KEY[hub]}" allowed-ips 10.77.0.0/24 \
      endpoint 198.51.100.5:51820 persistent-keepalive 5
}
both_up() {
  local name
  for name in hub laptop; do
    host "$name" nmcli connection import type wirelink file "$LAB_DIR/$name/$name.wirelink" \
      > /dev/null < /dev/null && host "$name" nmcli connection up "$name" < /dev/null || return 1
  done
}

TRAFFIC=$LAB_BUILD/tests/nm/traffic
other_listens() { [ -n "$(nsenter --net=/run/netns/other ss -Htln 'sport = :7000')" ]; }
traffic_start() {
  nsenter --net=/run/netns/other "$TRAFFIC" serve 0.0.0.0 7000 > "$LAB_DIR/serve.log" 2>&1 &
  wait_until 5 other_listens || return 1
  host laptop "$TRAFFIC" stream $OTHER 7000 > "$LAB_DIR/stream" 2>&1 &
  wait_until 5 grep -q received "$LAB_DIR/stream" ||
    { cat "$LAB_DIR/serve.log" "$LAB_DIR/stream"; return 1; }
}
probe_start() { host laptop "$TRAFFIC" probe $OTHER 7000 > "$LAB_DIR/probe" 2>&1 & }
stream_count() { sed -n 's/^received //p' "$LAB_DIR/stream" | tail -n 1; }
stream_has() { [ "$(stream_count)" -ge "$1" ]; }
# the stream that was started first continues
stream_goes_on() {  # [seconds]
  local count
  count=$(stream_count)
  wait_until "${1:-30}" stream_has $((count + 20)) || { tail -n 3 "$LAB_DIR/stream"; return 1; }
}
