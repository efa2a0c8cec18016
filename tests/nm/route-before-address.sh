#!/bin/bash
# The routes of the uplink come before its address, as NetworkManager 1.52 and later configure it:
# here by hand, so that every version is tested. Nothing leaves with an address of the tunnel, the
# tunnel never carries its own packets, and the peer answers as soon as the address is there.
#
# needs: root nm
# shellcheck source=one-host.sh
. "$(dirname "$(realpath "$0")")/one-host.sh"
lab_begin "$@"

GAP=0.7  # seconds; 0.64 were measured with NetworkManager 1.58
# Seconds; network-cycles.sh measures the time. A tunnel inside itself took 11 to 20 s, if it ended.
SOON=8

# NetworkManager does not manage the uplink, so that it does not interfere.
network_create() {
  inet_create && host_with_plugin laptop cable_public &&
    host laptop nmcli device set eth0 managed no && uplink_on &&
    keys_create laptop other && namespace_create other && cable_public other &&
    ip -n other addr add 203.0.113.6/24 dev eth0 && ip -n other route add default via "$INET_GATEWAY" &&
    ip -n other addr add 2001:db8:113::6/64 dev eth0 nodad &&
    wireguard_create other wg-other other 51820 10.77.0.1/24 fd77::1/64 &&
    wireguard other set wg-other peer "${PUBLIC_KEY[laptop]}" allowed-ips 10.77.0.2/32,fd77::2/128 &&
    wireguard_create other wg-second other 51830 10.78.0.1/24 &&
    wireguard other set wg-second peer "${PUBLIC_KEY[laptop]}" allowed-ips 10.78.0.2/32 &&
    count_inner_sources && profiles_create && host_remember laptop
}
uplink_on() { address_on && routes_on; }
address_on() { host laptop ip addr replace 203.0.113.5/24 dev eth0; }
routes_on() {
  host laptop ip route replace "$INET_GATEWAY" dev eth0 &&
    host laptop ip route replace default via "$INET_GATEWAY" dev eth0
}
# On the other side: what arrives with an address that belongs into a tunnel.
count_inner_sources() {
  ip netns exec other nft -f - <<X
table inet lab {
  chain arriving {
    type filter hook prerouting priority raw;
    iifname "eth0" ip saddr { 10.77.0.0/24, 10.78.0.0/24 } counter
    iifname "eth0" ip6 saddr { fd77::/64 } counter
  }
}
X
}
no_inner_sources() {
  local arrived
  arrived=$(ip netns exec other nft list table inet lab | grep -v 'packets 0 ' | grep counter)
  [ -z "$arrived" ] || { echo "$arrived"; return 1; }
}
profiles_create() {
  local second=$LAB_DIR/laptop/second.wirelink
  laptop_profile "$LAB_DIR/laptop/laptop.wirelink" &&
    profile_begin "$second" laptop 10.78.0.2/24 51830 &&
    sed -i 's/^FactPort.*/FactPort = 51831/' "$second" &&
    profile_peer "$second" other 10.78.0.1/32 'Endpoint = 203.0.113.6:51830' 'Basic = yes'
}
# NetworkManager has no other base for the VPN than lo.
up() { nmcli_laptop connection up "$1" ifname lo; }

sent() { host laptop cat "/sys/class/net/$1/statistics/tx_bytes"; }
sent_by_all() {
  local name sum=0
  for name in eth0 $(host_interfaces laptop); do sum=$((sum + $(sent "$name"))); done
  echo "$sum"
}
# gap ROUTES-COMMAND ADDRESS-COMMAND: the uplink loses its address, has routes alone for a while, and
# then its address. Both sides send all the time.
gap() {
  sent_by_all > "$LAB_DIR/sent"
  host laptop ip addr flush dev eth0 scope global && "$1" && forget_sources && sleep "$GAP" && "$2"
}
# WireGuard sends with the address that its packets last arrived at. The kernel's forgets it with
# the address, newer versions of wireguard-go with the route, all of them with a new endpoint.
forget_sources() {
  local link peer endpoint
  while read -r link peer endpoint; do
    [ "$endpoint" = '(none)' ] || host laptop wg set "$link" peer "$peer" endpoint "$endpoint" || return 1
  done < <(host laptop wg show all endpoints)
}
# 0.1 MB are more than the pings, the handshakes and the facts of some seconds.
sent_little() {
  local bytes=$(($(sent_by_all) - $(< "$LAB_DIR/sent")))
  [ "$bytes" -lt 100000 ] || { echo "$bytes bytes were sent"; return 1; }
}
endpoint_is() {  # interface endpoint
  local endpoint
  endpoint=$(wireguard other show "$1" endpoints | cut -f 2)
  [ "$endpoint" = "$2" ] || { echo "$endpoint"; return 1; }
}

network_create || bail_out "the lab is set up" laptop
for name in laptop second; do
  check "the profile $name is imported" import "$LAB_DIR/laptop/$name.wirelink" || finish laptop
done
check "the profile is activated" up laptop || finish laptop
check "the peer answers pings" reaches 10.77.0.1 || finish laptop
host laptop ping -n -q -i 0.1 10.77.0.1 > /dev/null 2>&1 &
ip netns exec other ping -n -q -i 0.1 10.77.0.2 > /dev/null 2>&1 &
for i in 1 2 3; do
  check "routes come before the address, time $i" gap routes_on address_on
  check "the peer answers soon, time $i" reaches_within $SOON 10.77.0.1
  check "the peer keeps the endpoint outside the tunnel, time $i" endpoint_is wg-other 203.0.113.5:51820
  check "little was sent, time $i" sent_little
done
check "nothing arrived with an address of the tunnel" no_inner_sources

# --- the same on the other side, which is plain WireGuard without a loop guard
other_gap() {
  local peer endpoint
  sent_by_all > "$LAB_DIR/sent"
  ip -n other addr flush dev eth0 scope global &&
    ip -n other route replace "$INET_GATEWAY" dev eth0 &&
    ip -n other route replace default via "$INET_GATEWAY" dev eth0 || return 1
  read -r peer endpoint < <(wireguard other show wg-other endpoints)
  wireguard other set wg-other peer "$peer" endpoint "$endpoint" && sleep "$GAP" &&
    ip -n other addr add 203.0.113.6/24 dev eth0 && ip -n other addr add 2001:db8:113::6/64 dev eth0 nodad
}
own_endpoint_is() {
  local endpoint
  endpoint=$(host laptop wg show "$(host_interface laptop)" endpoints | cut -f 2)
  [ "$endpoint" = "$1" ] || { echo "$endpoint"; return 1; }
}
check "the routes of the other side come before its address" other_gap
check "the peer answers soon after that" reaches_within $SOON 10.77.0.1
check "the laptop has the endpoint outside the tunnel" within $SOON own_endpoint_is 203.0.113.6:51820
check "the laptop has sent little" sent_little

check "a second profile is activated" up second
check "its peer answers pings" reaches 10.78.0.1
host laptop ping -n -q -i 0.1 10.78.0.1 > /dev/null 2>&1 &
check "routes come before the address, with two profiles" gap routes_on address_on
check "the first peer answers soon" reaches_within $SOON 10.77.0.1
check "the second peer answers soon" reaches_within $SOON 10.78.0.1
check "the first peer keeps the endpoint outside the tunnel" endpoint_is wg-other 203.0.113.5:51820
check "the second peer keeps the endpoint outside the tunnels" endpoint_is wg-second 203.0.113.5:51830
check "little was sent" sent_little
check "nothing arrived with an address of either tunnel" no_inner_sources
check "the second profile is deactivated" nmcli_laptop connection down second

# --- IPv6: the address is tentative when its route is there
routes6_on() { host laptop ip -6 route replace default dev eth0; }
address6_on() { host laptop ip addr replace 2001:db8:113::5/64 dev eth0; }
v6_endpoint() {
  local file=$LAB_DIR/laptop/six.wirelink
  sed 's/^Endpoint.*/Endpoint = [2001:db8:113::6]:51820/' "$LAB_DIR/laptop/laptop.wirelink" > "$file" &&
    import "$file" && nmcli_laptop connection down laptop &&
    host laptop ip -4 addr flush dev eth0 && address6_on && routes6_on && up six
}
if [ -e /proc/sys/net/ipv6 ]; then
  check "a profile has an IPv6 endpoint" v6_endpoint
  check "the peer is reached over IPv6" reaches 10.77.0.1
  check "the IPv6 route comes before the address" gap routes6_on address6_on
  check "the peer answers soon after duplicate address detection" reaches_within $SOON 10.77.0.1
  check "the peer keeps the IPv6 endpoint" endpoint_is wg-other '[2001:db8:113::5]:51820'
  check "little was sent" sent_little
  check "nothing arrived with an address of the tunnel" no_inner_sources
fi

# --- other programs and the loop guard
guards() { host laptop nft list tables | grep -c 'inet wirelink-'; }
one_guard() { [ "$(guards)" = 1 ] || { guards; return 1; }; }
no_guard() { [ "$(guards)" = 0 ] || { guards; return 1; }; }
check "there is one nf_tables table" one_guard
check "another program flushes the ruleset" host laptop nft flush ruleset
check "the table is still there" one_guard
check "the service is killed" host_kill laptop nm-wirelink-service
check "the table ended with the service" wait_until 5 no_guard
finish laptop
