# shellcheck shell=bash
# The internet of the lab (documentation addresses, IPv4 only) with two networks, 203.0.113.0/24 for
# homes and 198.51.100.0/24 for servers, so that servers and home routers share no link; and NAT
# routers.
#
#   inet_create                              the exchange that connects everything
#   router_create r1 203.0.113.11 192.168.1 cone
#   cable_public other                       adds eth0 to host other, in the network of homes
#   cable_server hub                         in the network of servers
#   cable_lan laptop r1                      or behind router r1
#
# Kinds of router:
#   open       forwards, no NAT, no filter
#   cone       masquerade that keeps the source port if possible; a stateful filter lets only
#              replies in (most home routers)
#   fullcone   as cone, and UDP from any address to a mapped port is let in
#   symmetric  masquerade with a random port for each destination
#   blocked    as cone, and no UDP leaves

INET_GATEWAY=203.0.113.1
SERVER_GATEWAY=198.51.100.1

namespace_create() { ip netns add "$1" && ip -n "$1" link set lo up; }

# cable NS1 IF1 NS2 IF2
cable() {
  ip -n "$1" link add "$2" type veth peer name "$4" netns "$3" &&
    ip -n "$1" link set "$2" up && ip -n "$3" link set "$4" up
}

inet_create() {
  namespace_create inet && inet_part homes "$INET_GATEWAY" && inet_part servers "$SERVER_GATEWAY" &&
    forwarding_on inet
}
inet_part() {  # bridge gateway
  ip -n inet link add "$1" type bridge && ip -n inet addr add "$2/24" dev "$1" &&
    ip -n inet link set "$1" up
}

cable_public() { cable inet "p-$1" "$1" "${2:-eth0}" && ip -n inet link set "p-$1" master homes; }
cable_server() { cable inet "p-$1" "$1" "${2:-eth0}" && ip -n inet link set "p-$1" master servers; }
cable_lan() { cable "$2" "l-$1" "$1" "${3:-eth0}" && ip -n "$2" link set "l-$1" master lan; }

forwarding_on() {  # namespace
  # shellcheck disable=SC2016  # for the inner shell
  ip netns exec "$1" sh -c 'echo 1 > /proc/sys/net/ipv4/ip_forward &&
    { [ ! -e /proc/sys/net/ipv6 ] || echo 1 > /proc/sys/net/ipv6/conf/all/forwarding; }'
}

# router_create NAME WAN-ADDRESS LAN-PREFIX(three octets) KIND
router_create() {
  local r=$1 wan=$2 lan=$3 kind=$4
  namespace_create "$r" && cable_public "$r" wan || return 1
  ip -n "$r" addr add "$wan/24" dev wan
  ip -n "$r" route add default via "$INET_GATEWAY"
  ip -n "$r" link add lan type bridge
  ip -n "$r" addr add "$lan.1/24" dev lan
  ip -n "$r" link set lan up
  forwarding_on "$r" || return 1
  case $kind in
    open) ip -n inet route add "$lan.0/24" via "$wan";;
    cone) router_nat "$r" masquerade;;
    blocked) router_nat "$r" masquerade 'iifname "lan" oifname "wan" meta l4proto udp drop';;
    symmetric) router_nat "$r" 'masquerade fully-random';;
    fullcone) router_nat "$r" masquerade && router_let_in "$r";;
    *) echo "lab: a router is open, cone, fullcone, symmetric or blocked, not $kind" >&2; return 1;;
  esac
}

# Unsolicited packets are dropped and never answered: an accepted packet would create a conntrack
# entry that occupies the port of the host behind the router, and half of all hole punching would
# fail.
router_nat() {  # name how [extra rule]
  ip netns exec "$1" nft -f - <<X
table ip lab {
  chain from_wan {
    type filter hook input priority 0; policy accept;
    iifname "wan" ct state new meta l4proto udp drop
  }
  chain transit {
    type filter hook forward priority 0; policy drop;
    ${3:-}
    iifname "lan" accept
    ct state established,related accept
    ct status dnat accept
  }
  chain to_wan {
    type nat hook postrouting priority srcnat; policy accept;
    oifname "wan" $2
  }
}
X
}

router_let_in() {  # name
  ip netns exec "$1" nft -f - <<'X'
table ip lab_fullcone {
  map owner { type inet_service : ipv4_addr; flags dynamic; timeout 5m; }
  chain learn {
    type filter hook forward priority 10;
    iifname "lan" oifname "wan" meta l4proto udp update @owner { udp sport : ip saddr }
  }
  chain in_nat {
    type nat hook prerouting priority dstnat;
    iifname "wan" meta l4proto udp dnat to udp dport map @owner
  }
}
X
}
