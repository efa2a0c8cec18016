#!/bin/bash
# The kill switch while other programs remove what it consists of: policy rules, routes, nf_tables
# rules, one after the other and together, again and again. A router beyond the uplink counts what is
# not WireGuard's, and must count nothing. Networks of the main table stay reachable, also new ones,
# and so do the networks of a second profile.
#
# needs: root nm
# takes: long
# shellcheck source=one-host.sh
. "$(dirname "$(realpath "$0")")/one-host.sh"
lab_begin "$@"

OUTSIDE=198.51.100.9 OUTSIDE6=2001:db8:99::9
# The way out of the uplink: forwards, and counts what the laptop sends through it.
gate_create() {
  namespace_create gate && cable_public gate && forwarding_on gate &&
    ip -n gate addr add 203.0.113.9/24 dev eth0 &&
    ip -n gate addr add 2001:db8:1::1/64 dev eth0 nodad &&
    ip -n gate route add default via "$INET_GATEWAY" && ip netns exec gate nft -f - <<RULES
table inet gate {
  counter around { }
  chain count {
    type filter hook prerouting priority -300;
    ip saddr 203.0.113.5 ip daddr { $OUTSIDE, 192.0.2.0/24 } counter name around
    ip6 daddr 2001:db8:99::/64 counter name around
  }
}
RULES
}
around() { ip netns exec gate nft list counter inet gate around | sed -n 's/.*packets \([0-9]*\) .*/\1/p'; }
nothing_around() { [ "$(around)" = "$BEFORE" ] || { echo "$(($(around) - BEFORE)) packets"; return 1; }; }
uplink_by_gate() {
  nmcli_laptop connection modify uplink ipv4.gateway 203.0.113.9 ipv6.method manual \
    ipv6.addresses 2001:db8:1::2/64 ipv6.gateway 2001:db8:1::1 &&
    nmcli_laptop connection up uplink > /dev/null
}
tunnel_profile() {  # file
  profile_begin "$1" laptop '10.77.0.2/24, fd77::2/64' 51820 'FullTunnel = yes' 'KillSwitch = yes' &&
    profile_peer "$1" other '0.0.0.0/0, ::/0' 'Endpoint = 203.0.113.6:51820' 'Basic = yes'
}
second_profile() {
  local file=$LAB_DIR/laptop/second.wirelink
  wireguard_create other wg-second other 51830 10.78.0.1/24 &&
    wireguard other set wg-second peer "${PUBLIC_KEY[laptop]}" allowed-ips 10.78.0.2/32 &&
    profile_begin "$file" laptop 10.78.0.2/24 51830 &&
    sed -i 's/^FactPort.*/FactPort = 51831/' "$file" &&
    profile_peer "$file" other 10.78.0.1/32 'Endpoint = 203.0.113.6:51830' 'Basic = yes' &&
    import "$file"
}
create() {
  one_host_create && gate_create && uplink_by_gate &&
    wireguard other set wg-other peer "${PUBLIC_KEY[laptop]}" allowed-ips 10.77.0.2/32,fd77::2/128 &&
    ip -n other addr add $OUTSIDE/32 dev lo &&
    tunnel_profile "$LAB_DIR/laptop/tunnel.wirelink" && host_remember laptop
}

# Sends 100 packets a second to each; replies do not matter.
flood_start() {
  FLOODS=()
  local target
  for target in $OUTSIDE $OUTSIDE6 192.0.2.1; do
    host laptop ping -n -q -i 0.01 "$target" > /dev/null 2>&1 &
    FLOODS+=($!)
  done
}
flood_stop() { kill "${FLOODS[@]}" && wait_gone 5 "${FLOODS[@]}"; }
more_around() { [ "$(around)" -gt "$BEFORE" ]; }

# again COUNT COMMAND...: in the host; the rules may be back or not when it comes again
again() {
  local count=$1
  shift
  # shellcheck disable=SC2016  # expanded inside the host
  host laptop bash -c 'n=$1; shift; for ((i = 0; i < n; i++)); do eval "$*"; done' again "$count" "$@"
}
OURS='ip rule flush protocol 87; ip -6 rule flush protocol 87'
# shellcheck disable=SC2034  # used by its name
EVERYTHING='ip rule flush; ip -6 rule flush; ip rule add pref 32766 lookup main
  ip rule add pref 32767 lookup default; ip -6 rule add pref 32766 lookup main'
# shellcheck disable=SC2016  # expanded inside the host
ROUTES='for f in -4 -6; do for t in $(ip -o $f route show table all proto 87 | sed -n "s/.* table \([0-9]*\) .*/\1/p" | sort -u); do ip $f route flush table $t; done; done'
NFT='nft flush ruleset'
rules_are_back() {
  [ "$(host laptop ip rule | grep -c 'proto 87')" = "$RULES" ] &&
    [ "$(host laptop ip -6 rule | grep -c 'proto 87')" = "$RULES6" ]
}
echo_to() { host laptop ping -n -q -c 1 -W 0.5 "$1" > /dev/null; }
has_table() { host laptop nft list tables | grep -q 'kill-switch'; }
is_down() { ! is_activated "$1"; }
# shellcheck disable=SC2016  # expanded inside the host
kill_service() { host laptop bash -c 'kill -KILL $0' "$(service_pids)"; }

create || bail_out "the lab is set up" laptop
BEFORE=$(around)
flood_start
check "the gate counts packets without the profile" wait_until 20 more_around
flood_stop

check "the profile is imported" import "$LAB_DIR/laptop/tunnel.wirelink" || finish laptop
check "the profile is activated" nmcli_laptop connection up tunnel || finish laptop
check "the outside is reached through the tunnel" reaches $OUTSIDE
check "the table of the kill switch exists" has_table
RULES=$(host laptop ip rule | grep -c 'proto 87') RULES6=$(host laptop ip -6 rule | grep -c 'proto 87')
BEFORE=$(around)
flood_start
for what in OURS EVERYTHING ROUTES NFT; do
  check "$what: 100 times" again 100 "${!what}"
  check "$what: the rules are back" wait_until 5 rules_are_back
  check "$what: the outside is reached through the tunnel" reaches $OUTSIDE
  check "$what: nothing went around" nothing_around
done
check "all of it: 50 times" again 50 "$OURS; $ROUTES; $NFT"
check "the rules are back" wait_until 5 rules_are_back
check "the outside is reached through the tunnel" reaches $OUTSIDE
check "nothing went around" nothing_around
check "the link is set down while the rules are removed" \
  again 20 "ip link set $(host_interface laptop) down; $OURS; ip link set $(host_interface laptop) up"
check "the outside is reached through the tunnel" reaches $OUTSIDE
check "nothing went around" nothing_around

# --- what may bypass the tunnel does
check "the local network is reached" reaches 203.0.113.9
check "a network of another router gets a route" \
  host laptop ip route add 192.0.2.0/24 via 203.0.113.6
ip -n other addr add 192.0.2.1/32 dev lo
check "the network is reached" reaches 192.0.2.1
check "the route is removed" host laptop ip route delete 192.0.2.0/24
check "the second profile is imported" second_profile
check "the second profile is activated" nmcli_laptop connection up second
check "its network is reached" reaches 10.78.0.1
check "the rules are removed with two profiles" again 20 "$OURS"
check "the network of the second is still reached" reaches 10.78.0.1
check "the outside is reached through the tunnel" reaches $OUTSIDE
check "the second profile is deactivated" nmcli_laptop connection down second
check "the second becomes a full tunnel" nmcli_laptop connection modify second \
  +vpn.data full-tunnel=yes +vpn.data 'peer-1-allowed-ips=10.78.0.1/32 0.0.0.0/0'
wireguard other set wg-second peer "${PUBLIC_KEY[laptop]}" allowed-ips 10.78.0.2/32
check "two full tunnels are active" nmcli_laptop connection up second
check "the outside is reached through one of them" reaches $OUTSIDE
check "the rules of both are removed" again 20 "$OURS"
check "the outside is reached again" reaches $OUTSIDE
check "the second profile is deactivated again" nmcli_laptop connection down second
check "nothing went around" nothing_around

# --- a crash leaves rules and routes
check "the service is killed" kill_service
check "the profile becomes inactive" wait_until 10 is_down tunnel
refute "the kill switch blocks IPv4" echo_to $OUTSIDE
refute "the kill switch blocks IPv6" echo_to $OUTSIDE6
refute "the table ended with its process" has_table
check "packets were sent throughout" flood_stop
check "nothing went around" nothing_around
check "the profile is activated over the remains" nmcli_laptop connection up tunnel || finish laptop
check "the outside is reached through the tunnel" reaches $OUTSIDE
check "the profile is deactivated" nmcli_laptop connection down tunnel
flood_start
check "the gate counts packets again" wait_until 20 more_around
flood_stop
check "the host is clean" wait_host_clean laptop
finish laptop
