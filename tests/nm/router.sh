#!/bin/bash
# A router between two members that do not know each other: IPv4 is forwarded on our link only,
# IPv6 only if the profile says so, and wirelinkctl doctor reports a firewall that drops forwarded
# packets.
#
# needs: root nm
# shellcheck source=one-host.sh
. "$(dirname "$(realpath "$0")")/one-host.sh"
lab_begin "$@"

# The third one: what other sends to it goes to laptop, which passes it on.
third_create() {
  keys_create laptop other third && namespace_create third && cable_public third &&
    ip -n third addr add 203.0.113.7/24 dev eth0 &&
    wireguard_create third wg-third third 51820 10.77.0.3/24 fd77::3/64 &&
    wireguard third set wg-third peer "${PUBLIC_KEY[laptop]}" endpoint 203.0.113.5:51820 \
      allowed-ips 10.77.0.0/24,fd77::/64 persistent-keepalive 1
}
router_create_all() {
  inet_create && host_with_plugin laptop cable_public &&
    host_uplink laptop 203.0.113.5/24 "$INET_GATEWAY" && third_create &&
    namespace_create other && cable_public other &&
    ip -n other addr add 203.0.113.6/24 dev eth0 &&
    wireguard_create other wg-other other 51820 10.77.0.1/24 fd77::1/64 &&
    wireguard other set wg-other peer "${PUBLIC_KEY[laptop]}" endpoint 203.0.113.5:51820 \
      allowed-ips 10.77.0.0/24,fd77::/64 persistent-keepalive 1 &&
    write_profile "$LAB_DIR/laptop/laptop.wirelink" && host_remember laptop
}
write_profile() {
  profile_begin "$1" laptop '10.77.0.2/24, fd77::2/64' 51820 'Role = router' &&
    profile_peer "$1" other '10.77.0.1/32, fd77::1/128' 'Basic = yes' &&
    profile_peer "$1" third '10.77.0.3/32, fd77::3/128' 'Basic = yes'
}
ping_from() { nsenter --net="/run/netns/$1" ping -n -q -c 1 -W 0.5 "$2" > /dev/null; }
ping_from_other() { ping_from other "$1"; }
passes() { wait_until 30 ping_from_other "$1"; }
# the router has no endpoint for its peers, whose sessions may belong to its previous link
both_reach() { wait_until 60 ping_from other "$1" && wait_until 60 ping_from third "$1"; }
setting() { host laptop cat "/proc/sys/net/$1"; }
own_setting() { setting "$1/conf/$(host_interface laptop)/$2"; }
doctor() { host laptop wirelinkctl doctor 2>&1; }

router_create_all || bail_out "the lab is set up" laptop
check "the profile is imported" import "$LAB_DIR/laptop/laptop.wirelink" || finish laptop
before4=$(setting ipv4/ip_forward) before6=$(setting ipv6/conf/all/forwarding)
check "the profile is activated" nmcli_laptop connection up laptop || finish laptop
check "both peers reach the router" both_reach 10.77.0.2
check "both peers reach the router over IPv6" both_reach fd77::2
check "the router forwards IPv4 between the peers" passes 10.77.0.3
refute "the router does not forward IPv6 by default" ping_from_other fd77::3
check "IPv4 forwarding is enabled on the link" matches '^1$' "$(own_setting ipv4 forwarding)"
check "IPv4 forwarding is disabled on other links" \
  matches '^0$' "$(setting ipv4/conf/eth0/forwarding)"
check "the global forwarding settings are unchanged" matches "^$before4 $before6\$" \
  "$(setting ipv4/ip_forward) $(setting ipv6/conf/all/forwarding)"
refute "wirelinkctl doctor reports no forwarding problem" matches 'forwarded' "$(doctor)"
check "the profile is deactivated" nmcli_laptop connection down laptop

check "forwarding is enabled in the profile" \
  nmcli_laptop connection modify laptop +vpn.data forwarding=yes
check "the profile is activated" nmcli_laptop connection up laptop || finish laptop
check "both peers reach the router over IPv6" both_reach fd77::2
check "the router forwards IPv6 between the peers" passes fd77::3
check "the router forwards IPv4 between the peers" passes 10.77.0.3

# as container engines configure it
host laptop nft -f - <<'RULES'
table ip filter {
  chain FORWARD {
    type filter hook forward priority filter; policy drop;
  }
}
RULES
refute "a firewall drops forwarded packets" ping_from_other 10.77.0.3
check "wirelinkctl doctor reports the firewall" matches 'drop' "$(doctor | grep forwarded)"
check "wirelinkctl doctor names the link to accept" matches "$(host_interface laptop)" "$(doctor)"
host laptop nft delete table ip filter
check "the profile is deactivated" nmcli_laptop connection down laptop
check "the host is clean" wait_host_clean laptop
check "the global forwarding settings are restored" matches "^$before4 $before6\$" \
  "$(setting ipv4/ip_forward) $(setting ipv6/conf/all/forwarding)"
finish laptop
