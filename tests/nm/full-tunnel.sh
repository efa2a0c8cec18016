#!/bin/bash
# A full tunnel: the path of outside packets of both families on two uplinks with a strict reverse
# path filter, the path of WireGuard's own packets to the hub and to other peers, the DNS servers
# in use, the kill switch, also while the uplink changes, and a clean host afterwards.
#
# needs: root nm
# takes: long
# shellcheck source=one-host.sh
. "$(dirname "$(realpath "$0")")/one-host.sh"
export LAB_NM_DNS=default
lab_begin "$@"

WEB=198.51.100.9 WEB6=fd99::9
# endpoints without a peer: one beyond the uplink, and one inside the tunnel
FAR6=2001:db8:9::9 WITHIN=10.77.0.9
two_cables() { cable_lan "$1" r1 && cable_lan "$1" r2 eth1; }

# counter NAMESPACE NAME MATCH: counts packets that enter a namespace, before routing
counter() {
  ip netns exec "$1" nft -f - <<RULES
table inet $2 {
  chain count {
    type filter hook prerouting priority -300;
    $3 counter
  }
}
RULES
}
counted() {  # namespace name
  ip netns exec "$1" nft list table inet "$2" | grep -oE 'packets [0-9]+' | grep -oE '[0-9]+'
}

router6() {  # router prefix: an IPv6 uplink without an internet, whose packets are counted
  ip -n "$1" addr add "$2::1/64" dev lan nodad && counter "$1" around6 "ip6 daddr $WEB6" &&
    counter "$1" around_dns 'iifname lan udp dport 53' &&
    counter "$1" far6 "ip6 daddr $FAR6 udp dport 51820"
}
uplink() {  # name interface router-network prefix metric
  nmcli_laptop connection add type ethernet con-name "$1" ifname "$2" autoconnect no \
    ipv4.method manual ipv4.addresses "$3.2/24" ipv4.gateway "$3.1" ipv4.dns "$3.1" \
    ipv4.route-metric "$5" ipv6.route-metric "$5" \
    ipv6.method manual ipv6.addresses "$4::2/64" ipv6.gateway "$4::1" > /dev/null
}
hub_create() {
  namespace_create hub && cable_server hub && forwarding_on hub &&
    ip -n hub addr add 198.51.100.5/24 dev eth0 &&
    ip -n hub route add default via "$SERVER_GATEWAY" &&
    wireguard_create hub wg-hub hub 51820 10.77.0.1/24 fd77::1/64 &&
    wireguard hub set wg-hub peer "${PUBLIC_KEY[laptop]}" allowed-ips 10.77.0.2/32,fd77::2/128 &&
    counter hub dns 'iifname wg-hub udp dport 53' &&
    counter hub looped 'iifname wg-hub udp dport 51820' &&
    ip netns exec hub nft -f - <<'RULES'
table ip exit {
  chain out {
    type nat hook postrouting priority srcnat;
    oifname "eth0" masquerade
  }
}
RULES
}
web_create() {
  namespace_create web && cable_server web && ip -n web addr add $WEB/24 dev eth0 &&
    ip -n web route add default via "$SERVER_GATEWAY" && cable hub web6 web hub6 &&
    ip -n hub addr add fd99::1/64 dev web6 nodad && ip -n web addr add $WEB6/64 dev hub6 nodad &&
    ip -n web route add fd77::/64 via fd99::1 &&
    counter web by_hub 'ip saddr 198.51.100.5 icmp type echo-request' &&
    counter web by_hub6 'iifname hub6 icmpv6 type echo-request' &&
    counter web around 'ip saddr 203.0.113.0/24 icmp type echo-request'
}
# A second member with a public address.
third_create() {
  namespace_create third && cable_public third && ip -n third addr add 203.0.113.7/24 dev eth0 &&
    ip -n third route add default via "$INET_GATEWAY" &&
    wireguard_create third wg-third third 51820 10.77.0.3/24 &&
    wireguard third set wg-third peer "${PUBLIC_KEY[laptop]}" allowed-ips 10.77.0.2/32
}
create() {
  inet_create && router_create r1 203.0.113.11 192.168.1 cone &&
    router_create r2 203.0.113.12 192.168.2 cone && router6 r1 2001:db8:1 &&
    router6 r2 2001:db8:2 && host_with_plugin laptop two_cables &&
    keys_create laptop hub third far within && hub_create && third_create && web_create &&
    uplink first eth0 192.168.1 2001:db8:1 100 &&
    uplink second eth1 192.168.2 2001:db8:2 101 && nmcli_laptop connection up first > /dev/null &&
    write_profile "$LAB_DIR/laptop/laptop.wirelink" &&
    host laptop ip rule add pref 31100 fwmark 7 lookup main &&
    host laptop ip route add 198.51.100.0/24 dev lo table 99 && host_remember laptop
}
write_profile() {
  profile_begin "$1" laptop '10.77.0.2/24, fd77::2/64' 51820 'FullTunnel = yes' &&
    profile_peer "$1" hub '0.0.0.0/0, ::/0' 'Endpoint = 198.51.100.5:51820' 'Basic = yes' &&
    profile_peer "$1" third 10.77.0.3/32 'Endpoint = 203.0.113.7:51820' 'Basic = yes' &&
    profile_peer "$1" far 10.77.0.8/32 "Endpoint = [$FAR6]:51820" 'Basic = yes' &&
    profile_peer "$1" within $WITHIN/32 "Endpoint = $WITHIN:51820" 'Basic = yes' &&
    sed -i 's/^Address.*/&\nDNS = 10.77.0.1/' "$1"
}

# goes tunnel|around TARGET [6]: an echo request takes that path and no other
seen() { echo "$(counted web "by_hub$1") $(around "$1")"; }
around() {  # nothing (IPv4) or 6
  if [ -n "$1" ]; then
    echo $(($(counted r1 around6) + $(counted r2 around6)))
  else
    counted web around
  fi
}
echo_to() { host laptop ping -n -q -c 1 -W 0.5 "$1" > /dev/null; }
goes() {  # around|tunnel target [6]
  local by before_by before_around
  read -r before_by before_around <<< "$(seen "${3:-}")"
  wait_until 60 echo_arrives "$1" "$2" "${3:-}" "$before_by" "$before_around" ||
    { echo "before: $before_by $before_around, now: $(seen "${3:-}")"; return 1; }
  read -r by _ <<< "$(seen "${3:-}")"
  # a single packet on the wrong path is a failure
  case $1 in
    tunnel) [ "$(around "${3:-}")" = "$before_around" ];;
    around) [ "$by" = "$before_by" ];;
  esac || { echo "before: $before_by $before_around, now: $(seen "${3:-}")"; return 1; }
}
echo_arrives() {  # around|tunnel target family by around
  local by around
  echo_to "$2"
  read -r by around <<< "$(seen "$3")"
  case $1 in
    tunnel) [ "$by" -gt "$4" ];;
    around) [ "$around" -gt "$5" ];;
  esac
}
answers() { wait_until 60 echo_to "$1"; }
asked_in_tunnel() {
  local server before
  local -a servers
  mapfile -t servers < <(host laptop sed -n 's/^nameserver //p' \
    /run/NetworkManager/no-stub-resolv.conf)
  [ "${servers[*]}" = 10.77.0.1 ] || { echo "servers: ${servers[*]}"; return 1; }
  before=$(counted hub dns)
  for server in "${servers[@]}"; do
    # shellcheck disable=SC2016  # expanded inside the host
    host laptop bash -c 'echo question > "/dev/udp/$0/53"' "$server"
  done
  wait_until 5 asked_more "$before" && [ "$(counted r1 around_dns)$(counted r2 around_dns)" = 00 ]
}
asked_more() { [ "$(counted hub dns)" -gt "$1" ]; }
is_down() { ! is_activated; }
# shellcheck disable=SC2016  # expanded inside the host
kill_service() { host laptop bash -c 'kill -KILL $0' "$(service_pids)"; }
link() { host laptop ip link set "$(host_interface laptop)" "$1"; }
# The laptop's endpoint as third sees it: the router of the uplink, not the hub.
third_sees() { matches "$1:" "$(wireguard third show wg-third endpoints)"; }
far_more() { [ "$(counted "$1" far6)" -gt "$2" ]; }
# A ping to far makes WireGuard try its endpoint, through the router of the uplink.
far_is_tried_by() {  # router
  local before
  before=$(counted "$1" far6)
  echo_to 10.77.0.8
  wait_until 15 far_more "$1" "$before"
}
nothing_looped() {
  echo_to "$WITHIN"
  echo_to 10.77.0.8
  [ "$(counted hub looped)" = 0 ] || { ip netns exec hub nft list table inet looped; return 1; }
}
# Pings both families 20 times a second; replies do not matter.
flood_start() {
  FLOODS=()
  local target
  for target in $WEB $WEB6; do
    host laptop ping -n -q -i 0.05 "$target" > /dev/null 2>&1 &
    FLOODS+=($!)
  done
}
flood_stop() { kill "${FLOODS[@]}" && wait_gone 5 "${FLOODS[@]}"; }

create || bail_out "the lab is set up" laptop
# shellcheck disable=SC2016  # expanded inside the host
host laptop sh -c 'for f in /proc/sys/net/ipv4/conf/*/rp_filter; do echo 1 > $f; done'
check "IPv4 bypasses the tunnel without the profile" goes around $WEB
check "IPv6 bypasses the tunnel without the profile" goes around $WEB6 6

check "the profile is imported" import "$LAB_DIR/laptop/laptop.wirelink" || finish laptop
check "the profile is activated" nmcli_laptop connection up laptop || finish laptop
check "IPv4 goes through the tunnel" goes tunnel $WEB
check "IPv4 through the tunnel is answered" answers $WEB
check "IPv6 goes through the tunnel" goes tunnel $WEB6 6
check "IPv6 through the tunnel is answered" answers $WEB6
check "the reverse path filter is strict" matches '^1$' \
  "$(host laptop cat /proc/sys/net/ipv4/conf/all/rp_filter)"
check "the local network bypasses the tunnel" answers 192.168.1.1
check "another peer answers pings" answers 10.77.0.3
check "another peer sees the uplink's router as our endpoint" third_sees 203.0.113.11
check "an IPv6 endpoint is tried on the uplink" far_is_tried_by r1
check "no endpoint is tried through the tunnel" nothing_looped
check "DNS queries go through the tunnel only" asked_in_tunnel
check "NetworkManager's default route is unchanged" \
  matches 'via 192.168.1.1 dev eth0' "$(host laptop ip route show default)"

before=$(around '') before6=$(around 6)
check "the second uplink is activated" nmcli_laptop connection up second
check "the first uplink is deactivated" nmcli_laptop connection down first
check "IPv4 goes through the tunnel" goes tunnel $WEB
check "IPv4 through the tunnel is answered on the second uplink" answers $WEB
check "IPv6 goes through the tunnel" answers $WEB6
check "no packet bypassed the tunnel during the change" \
  matches "^$before $before6\$" "$(around '') $(around 6)"
check "DNS queries still go through the tunnel only" asked_in_tunnel
check "the other peer still answers pings" answers 10.77.0.3
check "the other peer sees the new uplink's router as our endpoint" \
  wait_until 15 third_sees 203.0.113.12
check "the IPv6 endpoint is tried on the new uplink" far_is_tried_by r2
check "no endpoint is tried through the tunnel" nothing_looped
check "the profile is still active" is_activated

check "the profile is deactivated" nmcli_laptop connection down laptop
check "the first uplink is activated again" nmcli_laptop connection up first
check "the second uplink is deactivated" nmcli_laptop connection down second
check "the host is clean" wait_host_clean laptop
check "IPv4 bypasses the tunnel again" goes around $WEB

check "the kill switch is enabled" nmcli_laptop connection modify laptop +vpn.data kill-switch=yes
check "the profile is activated" nmcli_laptop connection up laptop || finish laptop
check "IPv4 goes through the tunnel" answers $WEB
before=$(around '') before6=$(around 6)
check "the link is set down" link down
refute "IPv4 is blocked while the link is down" echo_to $WEB
refute "IPv6 is blocked while the link is down" echo_to $WEB6
check "the link is set up" link up
check "IPv4 goes through the tunnel" answers $WEB
check "IPv6 goes through the tunnel" answers $WEB6
flood_start
check "the second uplink is activated" nmcli_laptop connection up second
check "the first uplink is deactivated" nmcli_laptop connection down first
check "IPv4 goes through the tunnel" answers $WEB
check "IPv6 goes through the tunnel on the second uplink" answers $WEB6
check "the last uplink is deactivated" nmcli_laptop connection down second
check "the first uplink is activated again" nmcli_laptop connection up first
check "IPv4 goes through the tunnel" answers $WEB
check "IPv6 goes through the tunnel on the first uplink" answers $WEB6
check "the service is killed" kill_service
check "the profile becomes inactive" wait_until 10 is_down
refute "the kill switch blocks IPv4" echo_to $WEB
refute "the kill switch blocks IPv6" echo_to $WEB6
check "packets were sent throughout" flood_stop
check "no packet bypassed the tunnel" matches "^$before $before6\$" "$(around '') $(around 6)"
check "the profile is activated over the remains" nmcli_laptop connection up laptop || finish laptop
check "IPv4 goes through the tunnel again" answers $WEB
check "the profile is deactivated" nmcli_laptop connection down laptop
check "the host is clean" wait_host_clean laptop

# --- the hub offers a default route, but the profile does not ask for a full tunnel
check "full tunnel and kill switch are disabled" \
  nmcli_laptop connection modify laptop -vpn.data full-tunnel \
  -vpn.data kill-switch
check "the profile is activated" nmcli_laptop connection up laptop || finish laptop
check "the hub answers pings" answers 10.77.0.1
check "IPv4 bypasses the tunnel" goes around $WEB
check "IPv6 bypasses the tunnel" goes around $WEB6 6
check "the profile is deactivated" nmcli_laptop connection down laptop
check "the host is clean" wait_host_clean laptop
finish laptop
