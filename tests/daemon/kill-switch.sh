#!/bin/bash
# The kill switch of wirelinkd under a real systemd: systemd-networkd starts and restarts, and with
# its defaults removes the policy rules of other programs, which not every version does at its start;
# another program removes them, too. A router beyond the uplink counts what is
# not WireGuard's, and must count nothing.
#
# needs: root
# takes: long
# shellcheck source=two-hosts.sh
. "$(dirname "$(realpath "$0")")/two-hosts.sh"
missing=$(systemd_missing)
[ -z "$missing" ] || { echo "1..0 # SKIP $missing"; exit 0; }
lab_begin "$@"

OUTSIDE=198.51.100.9 OUTSIDE6=2001:db8:99::9
gate_create() {
  namespace_create gate && cable_public gate && forwarding_on gate &&
    ip -n gate addr add 203.0.113.9/24 dev eth0 &&
    ip -n gate addr add 2001:db8:1::1/64 dev eth0 nodad &&
    ip -n gate route add default via "$INET_GATEWAY" && ip netns exec gate nft -f - <<RULES
table inet gate {
  counter around { }
  chain count {
    type filter hook prerouting priority -300;
    ip saddr 203.0.113.5 ip daddr $OUTSIDE counter name around
    ip6 daddr 2001:db8:99::/64 counter name around
  }
}
RULES
}
around() { ip netns exec gate nft list counter inet gate around | sed -n 's/.*packets \([0-9]*\) .*/\1/p'; }
more_around() { [ "$(around)" -gt "$BEFORE" ]; }
nothing_around() { [ "$(around)" = "$BEFORE" ] || { echo "$(($(around) - BEFORE)) packets"; return 1; }; }
create() {
  inet_create && gate_create && host_without_nm hub cable_server &&
    host_address hub 198.51.100.5/24 "$SERVER_GATEWAY" &&
    host hub ip addr add $OUTSIDE/32 dev lo && host_with_systemd leaf cable_public &&
    host_address leaf 203.0.113.5/24 203.0.113.9 &&
    host leaf ip addr add 2001:db8:1::2/64 dev eth0 nodad &&
    host leaf ip route add default via 2001:db8:1::1 && keys_create hub leaf other &&
    mkdir -p "$LAB_DIR/leaf/wirelink" && hub_profile && tunnel_profile &&
    host leaf install -d -m 700 /etc/wirelink &&
    host leaf install -m 600 "$(host_profile leaf)" /etc/wirelink/leaf.wirelink && networkd_configured
}
tunnel_profile() {
  local file
  file=$(host_profile leaf)
  profile_begin "$file" leaf '10.77.0.2/24, fd77::2/64' 51820 'FullTunnel = yes' 'KillSwitch = yes' &&
    profile_peer "$file" hub '0.0.0.0/0, ::/0' 'Endpoint = 198.51.100.5:51820'
}
# networkd removes rules when it configures an interface. Restarting version 257 without a
# file for the uplink left the host without it.
networkd_configured() {
  host leaf mkdir -p /etc/systemd/network &&
    printf '%s\n' '[Match]' Name=eth0 '[Link]' Unmanaged=yes |
    host leaf tee /etc/systemd/network/10-uplink.network > /dev/null &&
    printf '%s\n' '[Match]' Name=lan0 '[Network]' Address=192.0.2.7/24 |
    host leaf tee /etc/systemd/network/20-lan.network > /dev/null &&
    host leaf ip link add lan0 type veth peer name lan1
}
unit() { host leaf systemctl "$@" 2>&1; }
journal() { host leaf journalctl -q --no-pager -u 'wirelinkd@*' -u systemd-networkd 2>&1; }
end() { journal | sed 's/^/# leaf| /'; finish; }
flood_start() {
  FLOODS=()
  local target
  for target in $OUTSIDE $OUTSIDE6; do
    host leaf ping -n -q -i 0.01 "$target" > /dev/null 2>&1 &
    FLOODS+=($!)
  done
}
flood_stop() { kill "${FLOODS[@]}" && wait_gone 5 "${FLOODS[@]}"; }
rules() { host leaf ip rule | grep -c 'proto 87'; }
# Follows the rules of both families, to show that networkd removes them at all.
watch_rules() {
  host leaf ip monitor rule > "$LAB_DIR/rules" 2>&1 &
  MONITOR=$!
  wait_until 5 monitor_runs
}
monitor_runs() {
  host leaf ip rule add pref 7 lookup 7 && host leaf ip rule delete pref 7
  grep -q 'Deleted 7:' "$LAB_DIR/rules"
}
were_removed() { grep -q 'Deleted 3[01].*proto 87' "$LAB_DIR/rules"; }
# Not all versions of networkd do so.
removed() {
  if wait_until 5 were_removed; then echo "# it removes the rules"; else
    echo "# this version of networkd removes no rules"
  fi
}
rules_are_back() { [ "$(rules)" = "$RULES" ]; }
restarts() {  # count
  local i
  for ((i = 0; i < $1; i++)); do
    # more often than systemd permits
    unit reset-failed systemd-networkd > /dev/null
    unit restart systemd-networkd || return 1
    host leaf ip rule flush protocol 87
    host leaf ip -6 rule flush protocol 87
    wait_until 10 rules_are_back || return 1
  done
}
has_table() { host leaf nft list tables | grep -q kill-switch; }
nothing_left() { [ "$(rules)" = 0 ] && ! has_table; }

create || bail_out "the lab is set up"
unit stop systemd-networkd systemd-networkd.socket > /dev/null
BEFORE=$(around)
flood_start
check "the gate counts packets without the profile" wait_until 20 more_around
flood_stop
check "the hub is up" daemon_start hub || end
check "the unit starts" unit start wirelinkd@leaf || end
check "the outside is reached through the tunnel" reaches leaf $OUTSIDE
check "the table of the kill switch exists" has_table
RULES=$(rules) BEFORE=$(around)
check "the tunnel has rules" test "$RULES" -gt 0
watch_rules
flood_start
check "systemd-networkd starts" unit start systemd-networkd
removed
check "the rules are there" wait_until 10 rules_are_back
check "it restarts ten times, another program removes the rules, and they are back each time" restarts 10
check "the outside is reached through the tunnel" reaches leaf $OUTSIDE
check "nothing went around" nothing_around
check "another program flushes nf_tables" host leaf nft flush ruleset
check "networkd restarts after that" restarts 2
check "nothing went around" nothing_around
check "packets were sent throughout" flood_stop
kill "$MONITOR"
check "the unit stops" unit stop wirelinkd@leaf
check "nothing is left" wait_until 5 nothing_left
end
