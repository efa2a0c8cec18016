#!/bin/bash
# wirelinkctl offer-exit, share-lan and add-lan in a network of three: the laptop reaches the internet
# through the hub, and a printer behind the desktop; what stays out of reach, what a crash leaves, and
# what is said where something is missing.
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

WEB=198.51.100.9 WEB6=2001:db8:99::9 PRINTER=192.168.2.9 PRIVATE=172.16.5.9

# The hub has an uplink with IPv4 and one with IPv6, and a private network beside the web server.
web_create() {
  namespace_create web && cable_server web && ip -n web addr add $WEB/24 dev eth0 &&
    ip -n web addr add $PRIVATE/24 dev eth0 && cable hub eth6 web hub6 &&
    host hub ip link set eth6 up && ip -n web addr add $WEB6/64 dev hub6 nodad &&
    ip netns exec web nft -f - <<'RULES'
table inet lab_web {
  counter by_hub { }
  counter by_hub6 { }
  counter others { }
  chain count {
    type filter hook prerouting priority -300;
    ip saddr 198.51.100.5 icmp type echo-request counter name by_hub
    ip6 saddr 2001:db8:99::5 icmpv6 type echo-request counter name by_hub6
    ip saddr 10.77.0.0/16 counter name others
    ip6 saddr fd77::/16 counter name others
  }
}
RULES
}
seen() { ip netns exec web nft list counter inet lab_web "$1" | grep -oE 'packets [0-9]+' | grep -oE '[0-9]+'; }
answers() { host "$1" ping -n -q -c 1 -W 0.5 "$2" > /dev/null; }
answers_soon() { wait_until "${3:-30}" answers "$1" "$2"; }
# The web server sees the hub's address, and none of the network.
comes_by_hub() {  # counter target
  local before others
  before=$(seen "$1") others=$(seen others)
  answers laptop "$2" && [ "$(seen "$1")" -gt "$before" ] && [ "$(seen others)" = "$others" ]
}
tables() { host "$1" nft list tables; }
no_gateway() { fails matches -gateway "$(tables "$1")"; }
sysctl_of() { host "$1" cat "/proc/sys/net/$2"; }
kill_service() {  # host
  # shellcheck disable=SC2016  # expanded inside the host
  host "$1" sh -c 'for e in /proc/[0-9]*/exe; do case $(readlink "$e") in */nm-wirelink-service) e=${e%/exe}; kill -KILL "${e#/proc/}";; esac; done'
}
direct() { matches "^  $2 +direct" "$(host "$1" wirelinkctl status)"; }
# A machine on the internet that sends packets for a member to the hub.
sends_into_tunnel() { ip netns exec web ping -n -q -c 1 -W 0.5 10.77.0.2 > /dev/null; }
# shellcheck disable=SC2016  # expanded inside the host
create() {
  three_hosts_create cone && web_create && three_hosts_profiles && namespace_create printer &&
    cable_lan printer nat-d && ip -n printer addr add $PRINTER/24 dev eth0 &&
    nmcli_on hub connection add type ethernet con-name six ifname eth6 ipv4.method disabled \
      ipv6.method manual ipv6.addresses 2001:db8:99::5/64 ipv6.gateway $WEB6 > /dev/null &&
    nmcli_on hub connection up six > /dev/null &&
    host hub sh -c 'for f in ipv4/conf/all ipv4/conf/eth0 ipv6/conf/all; do echo 0 > /proc/sys/net/$f/forwarding; done' &&
    host hub ip addr add 172.16.5.5/24 dev eth0 && ip -n web route add 10.77.0.0/24 via 198.51.100.5
}

create || bail_out "the lab is set up" "${THREE_HOSTS[@]}"
host_remember hub
host_remember desktop
for name in "${THREE_HOSTS[@]}"; do
  check "$name is activated" import_and_up "$name" || finish "${THREE_HOSTS[@]}"
done
check "the laptop reaches the hub" answers_soon laptop 10.77.0.1
check "the hub becomes the exit of the laptop" says '^All traffic goes through hub now' 0 laptop exit hub
refute "the internet is out of reach, because the hub offers no exit" answers laptop "$WEB"
check "exit says that nothing answers from there" says '^Nothing beyond hub answers yet\..* offer-exit yes on hub' \
  0 laptop exit hub
check "doctor says so" says '^warn +laptop: all traffic goes through hub, which forwards, but nothing beyond it answers' \
  0 laptop doctor
check "the desktop becomes the exit, which does not forward" says '^desktop does not forward it' 0 laptop exit desktop
check "doctor says so" says '^fail +laptop: all traffic goes through desktop, which does not forward it' 1 laptop doctor
check "the hub becomes the exit again" says 'through hub now' 0 laptop exit hub

check "the hub offers an exit" says '^Members reach the internet through this machine now' 0 hub offer-exit yes
check "the laptop reaches the internet with the address of the hub" wait_until 10 comes_by_hub by_hub $WEB
check "the same with IPv6" wait_until 10 comes_by_hub by_hub6 $WEB6
check "status says so" says '^  members reach through it: the internet$' 0 hub status
check "doctor of the hub says so" says '^ok +hub: members reach the internet through it$' 0 hub doctor
check "doctor of the laptop asks what is beyond the hub" \
  says '^ok +laptop: all traffic goes through hub, and [0-9.]+ beyond it answers$' 0 laptop doctor
check "the table belongs to the service" matches '-gateway' "$(tables hub)"
check "flushing all rules leaves it" host hub nft flush ruleset
check "the laptop still reaches the internet" wait_until 10 comes_by_hub by_hub $WEB
refute "a private network around the hub stays out of reach" answers laptop $PRIVATE
refute "the uplink forwards nothing into the tunnel" sends_into_tunnel
check "the hub itself reaches the private network" answers hub $PRIVATE

check "the service of the hub is killed" kill_service hub
check "no table is left" wait_until 10 no_gateway hub
check "the profile of the hub comes up again" wait_until 30 nmcli_on hub connection up hub
check "the laptop reaches the internet again" wait_until 30 comes_by_hub by_hub $WEB

check "the hub offers no exit any more" says '^Members reach nothing beyond this machine' 0 hub offer-exit no
refute "the laptop does not reach the internet" answers laptop "$WEB"
check "no table is left" no_gateway hub
check "the exit is turned off" says '^Only traffic of the network' 0 laptop exit off

# --- a network behind the desktop
refute "the laptop does not reach the printer" answers laptop $PRINTER
check "the hub expects a network behind the desktop" says '^192\.168\.2\.0/24 is reached through desktop now' \
  0 hub add-lan desktop 192.168.2.0/24
check "doctor says that the desktop does not forward to it" \
  says '^warn +hub: desktop does not forward to 192\.168\.2\.0/24 behind it$' 0 hub doctor
check "the desktop shares its network" says '^Members may reach 192\.168\.2\.0/24 through this machine now' \
  0 desktop share-lan 192.168.2.9/24
check "the desktop says what to type" says '^  members reach through it: 192\.168\.2\.0/24$' 0 desktop status
check "the hub reaches the printer" answers_soon hub $PRINTER
check "doctor says that the network is reached" says '^ok +hub: 192\.168\.2\.0/24 is reached through desktop$' 0 hub doctor
check "the laptop reaches it through the desktop" says '^192\.168\.2\.0/24 is reached through desktop' \
  0 laptop add-lan desktop 192.168.2.0/24
check "the laptop reaches the printer" answers_soon laptop $PRINTER
check "the desktop introduces no members" fails matches 'desktop.*Membership' "$(host hub wirelinkctl status -v)"
check "the network is shared no longer" says '^Members do not reach 192\.168\.2\.0/24' 0 desktop share-lan 192.168.2.0/24 --remove
refute "the printer is out of reach" answers laptop $PRINTER
check "the laptop gives it up" says 'is not reached through desktop any more\.$' 0 laptop add-lan desktop 192.168.2.0/24 --remove
check "a network that is not shared cannot be removed" says 'is not shared' 3 desktop share-lan 10.1.0.0/16 --remove
check "the network of the members is none behind" says 'overlaps the network of the members' 1 desktop share-lan 10.77.0.0/24
check "everything is no network" says 'offer-exit yes is for that' 2 desktop share-lan 0.0.0.0/0

for name in hub desktop; do
  check "the profile of the $name is deactivated" nmcli_on "$name" connection down "$name"
  check "the uplink of the $name does not forward" matches '^0$' "$(sysctl_of "$name" ipv4/conf/eth0/forwarding)"
  check "$name is clean" wait_host_clean "$name"
done
check "IPv6 forwarding of the hub is off" matches '^0$' "$(sysctl_of hub ipv6/conf/all/forwarding)"
finish "${THREE_HOSTS[@]}"
