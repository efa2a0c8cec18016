#!/bin/bash
# wirelinkctl exit in a network of three, whose laptop sends all traffic through the hub, then through
# the desktop, and no longer, without a reactivation: what a web server on the internet sees, what is
# lost meanwhile, and what is left behind.
#
# needs: root nm
# takes: long
# shellcheck source=../lab/tap.sh
. "$(dirname "$(realpath "$0")")/../lab/tap.sh"
# shellcheck source=../lab/lab.sh
. "$(dirname "$(realpath "$0")")/../lab/lab.sh"
# shellcheck source=../lab/three-hosts.sh
. "$LAB_HERE/three-hosts.sh"
# shellcheck source=../lab/nmcli.sh
. "$LAB_HERE/nmcli.sh"
lab_begin "$@"

WEB=198.51.100.9

web_create() {
  namespace_create web && cable_server web && ip -n web addr add $WEB/24 dev eth0 &&
    ip -n web route add default via "$SERVER_GATEWAY" && ip netns exec web nft -f - <<'RULES'
table inet lab_web {
  counter by_hub { }
  counter by_desktop { }
  counter around { }
  chain count {
    type filter hook prerouting priority -300;
    ip saddr 198.51.100.5 icmp type echo-request counter name by_hub
    ip saddr 203.0.113.12 icmp type echo-request counter name by_desktop
    ip saddr 203.0.113.11 icmp type echo-request counter name around
  }
}
RULES
}
seen() { ip netns exec web nft list counter inet lab_web "$1" | grep -oE 'packets [0-9]+' | grep -oE '[0-9]+'; }
answers() { host laptop ping -n -q -c 1 -W 0.5 "$1" > /dev/null; }
# An echo request to the web server is answered, and seen to come from there and from nowhere else.
comes() {  # by_hub|by_desktop|around
  local name
  local -A before
  for name in by_hub by_desktop around; do
    before[$name]=$(seen "$name")
  done
  answers "$WEB" || return 1
  for name in "${!before[@]}"; do
    case $name in
      "$1") [ "$(seen "$name")" -gt "${before[$name]}" ];;
      *) [ "$(seen "$name")" = "${before[$name]}" ];;
    esac || return 1
  done
}
comes_soon() { wait_until "${2:-30}" comes "$1"; }
service_pid() { host laptop sh -c 'ls -l /proc/*/exe 2> /dev/null' | grep -oE '[0-9]+/exe -> .*nm-wirelink-service' | head -n 1; }
rules() { host laptop sh -c 'ip rule; ip -6 rule; ip route show table all; ip -6 route show table all' | grep -c 'proto 87'; }
has_no_rules() { [ "$(rules)" = 0 ] || { host laptop ip rule; return 1; }; }
tables() { host laptop nft list tables; }
data() { nmcli_on laptop -g vpn.data connection show laptop; }
is_direct() { matches "^  $1 +direct" "$(host laptop wirelinkctl status)"; }
# Pings of TARGET ten times a second until pings_end.
pings_start() {
  # shellcheck disable=SC2016  # expanded inside the host
  host laptop sh -c 'echo $$ > "$1"; exec ping -n -i 0.1 "$0"' "$1" "$LAB_DIR/laptop/pings.pid" > "$LAB_DIR/pings" &
  PINGS=$!
}
pings_end() { host laptop kill "$(cat "$LAB_DIR/laptop/pings.pid")" && wait_gone 5 "$PINGS"; }
replies() { [ "$(grep -c 'icmp_seq=' "$LAB_DIR/pings")" -gt "$1" ]; }
# No number is missing among the replies, the last ones of which come after this was called.
all_arrived() {
  local last count
  wait_until 10 replies $(($(grep -c 'icmp_seq=' "$LAB_DIR/pings") + 5))
  pings_end
  last=$(grep -oE 'icmp_seq=[0-9]+' "$LAB_DIR/pings" | tail -n 1 | cut -d = -f 2)
  count=$(grep -c 'icmp_seq=' "$LAB_DIR/pings")
  echo "$count of $last"
  [ "${last:-0}" -gt 5 ] && [ "$count" = "$last" ]
}
create() {
  three_hosts_create cone && web_create && three_hosts_profiles && forwarding_on desktop &&
    for name in hub desktop; do
      ip netns exec "$name" nft -f - <<'RULES' || return 1
table inet lab_exit {
  chain out {
    type nat hook postrouting priority srcnat;
    oifname "eth0" masquerade
  }
}
RULES
    done
}

create || bail_out "the lab is set up" "${THREE_HOSTS[@]}"
host_remember laptop
for name in "${THREE_HOSTS[@]}"; do
  check "$name is activated" import_and_up "$name" || finish "${THREE_HOSTS[@]}"
done
check "the laptop reaches the hub" wait_until 30 is_direct hub
check "the laptop reaches the desktop" wait_until 30 is_direct desktop
check "exit says that there is none, and who could be" \
  says '^laptop: no exit\. Peers of the profile: desktop \(direct[a-z-]*\), hub \(direct\)\.$' 0 laptop exit
check "traffic goes around the tunnel" comes around
service=$(service_pid)

pings_start 10.77.0.1
check "the hub becomes the exit" says '^All traffic goes through hub now, except to the local network\.$' 0 laptop exit hub
check "traffic goes through the hub at once" comes by_hub
check "all pings of the hub were answered meanwhile" all_arrived
check "the local network is reached without the tunnel" answers 192.168.1.1
check "exit names it" says '^laptop: all traffic goes through hub\.$' 0 laptop exit
check "status names it" says '^  all traffic goes through: hub$' 0 laptop status
check "exit said what happens to names" says 'DNS: queries still go to the servers of the network around' 0 laptop exit hub
check "doctor says it as well" says 'the full tunnel has no DNS server' 0 laptop doctor

around=$(seen around)
pings_start "$WEB"
check "the desktop becomes the exit" says '^All traffic goes through desktop now' 0 laptop exit desktop
check "traffic goes through the desktop" comes_soon by_desktop 10
check "the hub becomes the exit again" says '^All traffic goes through hub now' 0 laptop exit hub
check "traffic goes through the hub" comes_soon by_hub 10
pings_end
check "no packet went around the tunnel meanwhile" test "$(seen around)" = "$around"
check "the desktop introduces no members" fails matches 'desktop.*Membership' "$(host laptop wirelinkctl status -v)"

check "the profile is activated again" nmcli_on laptop connection down laptop
check "it comes up" nmcli_on laptop connection up laptop
check "the exit was kept" comes_soon by_hub
check "the profile has another service now" fails test "$(service_pid)" = "$service"
service=$(service_pid)

pings_start 10.77.0.1
check "the exit is turned off" says '^Only traffic of the network goes through "laptop" now\.$' 0 laptop exit off
check "traffic goes around the tunnel at once" comes around
check "all pings of the hub were answered meanwhile" all_arrived
check "no rule is left" has_no_rules
check "no peer has a default route any more" fails matches '0\.0\.0\.0/0|::/0' "$(data)"
check "turning it off again says so" says '^No profile sends all traffic' 0 laptop exit off

check "the exit is turned on with the kill switch" \
  says 'What cannot go through it is blocked\.$' 0 laptop exit hub --kill-switch
check "traffic goes through the hub" comes_soon by_hub 10
check "status says so" says 'all traffic goes through: hub, with the kill switch$' 0 laptop status
check "the table of the kill switch exists" matches 'kill-switch' "$(tables)"
around=$(seen around)
pings_start "$WEB"
check "another exit keeps it" says 'through desktop now.*blocked' 0 laptop exit desktop
check "traffic goes through the desktop" comes_soon by_desktop 10
check "the link is set down" host laptop ip link set "$(host_interface laptop)" down
refute "nothing leaves meanwhile" answers "$WEB"
check "the link is set up" host laptop ip link set "$(host_interface laptop)" up
check "traffic goes through the desktop again" comes_soon by_desktop
pings_end
check "no packet went around the tunnel" test "$(seen around)" = "$around"
check "the exit is turned off" says ', and nothing is blocked any more\.$' 0 laptop exit off
check "traffic goes around the tunnel" comes_soon around 10
check "the table of the kill switch is gone" fails matches 'kill-switch' "$(tables)"
check "no rule is left" has_no_rules

check "an unknown peer is no exit" says 'no profile of this machine names a peer "nobody"' 3 laptop exit nobody
check "the service was not restarted" test "$(service_pid)" = "$service"
check "the profile is deactivated" nmcli_on laptop connection down laptop
check "the host is clean" wait_host_clean laptop
finish "${THREE_HOSTS[@]}"
