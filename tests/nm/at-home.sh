#!/bin/bash
# A network of the profile that is behind another member, and the laptop in it: at home the laptop
# reaches the network itself, elsewhere through the tunnel, and the change interrupts neither.
#
# needs: root nm
# takes: long
# shellcheck source=../lab/tap.sh
. "$(dirname "$(realpath "$0")")/../lab/tap.sh"
# shellcheck source=../lab/lab.sh
. "$(dirname "$(realpath "$0")")/../lab/lab.sh"
# shellcheck source=../lab/three-hosts.sh
. "$LAB_HERE/three-hosts.sh"
lab_begin "$@"

HOME_LAN=192.168.2.0/24 PRINTER=192.168.2.9

nmcli_on() {  # host argument...
  local name=$1
  shift
  host "$name" nmcli "$@" < /dev/null > /dev/null
}
# The laptop can be at a café, behind nat-l, and at home, behind nat-d as the desktop and the printer.
create() {
  inet_create && router_create nat-l "${OUTER_ADDRESS[laptop]}" 192.168.1 cone &&
    router_create nat-d "${OUTER_ADDRESS[desktop]}" 192.168.2 cone &&
    host_with_plugin hub cable_server && host_with_plugin desktop cable_lan nat-d &&
    host_with_plugin laptop two_cables && host_uplink hub "${OUTER_ADDRESS[hub]}/24" "$SERVER_GATEWAY" &&
    host_uplink desktop 192.168.2.2/24 192.168.2.1 && uplink cafe eth0 192.168.1.2/24 192.168.1.1 &&
    uplink home eth1 192.168.2.50/24 192.168.2.1 && nmcli_on laptop connection up cafe &&
    forwarding_on hub && namespace_create printer && cable_lan printer nat-d &&
    ip -n printer addr add $PRINTER/24 dev eth0 && profiles
}
two_cables() { cable_lan "$1" nat-l && cable_lan "$1" nat-d eth1; }
uplink() {  # name interface address gateway
  nmcli_on laptop connection add type ethernet con-name "$1" ifname "$2" autoconnect no \
    ipv4.method manual ipv4.addresses "$3" ipv4.gateway "$4" ipv6.method disabled
}
# The desktop forwards to its network, as docs/recipes/lan.md describes.
profiles() {
  local name
  three_hosts_profiles || return 1
  for name in hub laptop; do
    sed -i "s|^AllowedIPs = 10.77.0.3/32|&, $HOME_LAN|" "$LAB_DIR/$name/$name.wirelink"
  done
  forwarding_on desktop && ip netns exec desktop nft -f - <<'RULES'
table ip lan {
  chain postrouting {
    type nat hook postrouting priority srcnat;
    ip saddr 10.77.0.0/24 oifname "eth0" masquerade
  }
}
RULES
}
import_and_up() {
  nmcli_on "$1" connection import type wirelink file "$LAB_DIR/$1/$1.wirelink" && nmcli_on "$1" connection up "$1"
}
answers() { host laptop ping -n -q -c 1 -W 0.5 "$1" > /dev/null; }
by_tunnel() { matches " dev nmwl-" "$(host laptop ip route get "$1")"; }
by_cable() { matches " dev eth1 " "$(host laptop ip route get "$1")"; }
reached_by() { "$1" "$2" && answers "$2"; }
no_link() { [ -z "$(host_interfaces laptop)" ]; }
at_home() { nmcli_on laptop connection up home && nmcli_on laptop connection down cafe; }
at_cafe() { nmcli_on laptop connection up cafe && nmcli_on laptop connection down home; }

create || bail_out "the lab is set up" hub laptop desktop
for name in "${THREE_HOSTS[@]}"; do
  check "$name is activated" import_and_up "$name" || finish "$name"
done
check "at the café the printer is reached through the tunnel" wait_until 30 reached_by by_tunnel $PRINTER
for round in 1 2 3; do
  check "the laptop comes home ($round)" at_home
  check "at home the printer is reached by cable ($round)" wait_until 20 reached_by by_cable $PRINTER
  check "the address of the desktop in the tunnel is still reached through it ($round)" \
    wait_until 20 reached_by by_tunnel 10.77.0.3
  check "the laptop goes to the café ($round)" at_cafe
  check "at the café the printer is reached through the tunnel ($round)" \
    wait_until 20 reached_by by_tunnel $PRINTER
done
check "the service was not restarted" matches '^1$' "$(host laptop sh -c 'ls /proc/*/exe -l 2> /dev/null' | grep -c nm-wirelink-service)"
check "the laptop is deactivated" nmcli_on laptop connection down laptop
check "no link of the profile is left" wait_until 10 no_link
check "the printer is not reached any more" fails answers $PRINTER
finish hub laptop desktop
