#!/bin/bash
# The uplink changes in every possible way: the profile stays active in the same process, and one
# TCP stream through the hub survives all changes.
#
# needs: root nm kernel-wireguard
# takes: long
# shellcheck source=two-uplinks.sh
. "$(dirname "$(realpath "$0")")/two-uplinks.sh"
lab_begin "$@"
two_uplinks_create || bail_out "the lab is set up" laptop hub

carrier() {  # cable-in-inet up|down
  ip -n "$1" link set "$2" "$3"
}
survives() {  # what
  check "$1: the stream continues" stream_goes_on
  check "$1: the profile stays active" stays_activated
}
# goes_by INTERFACE: packets to the hub leave through this uplink
goes_by() { matches " dev $1 " "$(host laptop ip route get 198.51.100.5) "; }
no_uplink() { [ -z "$(host laptop ip route show default)" ]; }

check "hub and laptop are activated" both_up || finish laptop hub
PID=$(service_pids)
check "other answers through the hub" reaches $OTHER
check "a TCP stream starts" traffic_start || finish laptop hub

base_down home
check "no uplink: the profile stays active" stays_activated
base_up cafe
survives "first uplink down, second up"
base_up home
base_down cafe
survives "first uplink up, second down"

carrier inet p-laptop down
check "carrier lost: NetworkManager removes the default route" wait_until 20 no_uplink
check "carrier lost: the profile stays active" stays_activated
carrier inet p-laptop up
base_up home
survives "carrier back"

base_up cafe
check "two uplinks: the first one carries the traffic" goes_by eth0
carrier inet p-laptop down
check "carrier of the first lost: the second one carries the traffic" wait_until 20 goes_by eth1
survives "carrier lost with a second uplink"
carrier inet p-laptop up
base_down cafe
base_up home
survives "first uplink again"

nmcli_laptop connection modify home ipv4.addresses 203.0.113.55/24
base_up home
survives "another address on the same link"

base_down home
base_up six
survives "IPv4 only to IPv6 only"
base_down six
base_up cafe
survives "IPv6 only to IPv4 only"

nmcli_laptop networking off
check "networking off: the profile stays active" stays_activated
nmcli_laptop networking on
base_up cafe
survives "networking off and on"

# Only a virtual machine has a clock that the test may set.
says() { wait_until 5 grep -q -- "$1" "$LAB_DIR/laptop/log/nm.log"; }
if [ -n "${VM_RUN:-}" ]; then
  date -s "@$(($(date +%s) + 7200))" > /dev/null
  check "clock set: the service notices" says 'the clock was set'
  survives "clock set"
fi
check "the profile is deactivated" nmcli_laptop connection down laptop
base_down cafe
finish laptop hub
