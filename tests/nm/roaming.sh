#!/bin/bash
# The uplink changes in every possible way: the profile stays active in the same process, and one
# TCP stream through the hub survives all changes.
#
# needs: root nm kernel-wireguard
# takes: long
# shellcheck source=two-uplinks.sh
. "$(dirname "$(realpath "$0")")/two-uplinks.sh"
lab_begin "$@"
two_uplinks_create || bail_out "the lab comes up" laptop hub

carrier() {  # cable-in-inet up|down
  ip -n "$1" link set "$2" "$3"
}
survives() {  # what
  check "$1: the stream goes on" stream_goes_on
  check "$1: the profile stays activated" stays_activated
}
# the uplink that a packet to the hub leaves by: "eth0"
goes_by() { matches " dev $1 " "$(host laptop ip route get 198.51.100.5) "; }
no_uplink() { [ -z "$(host laptop ip route show default)" ]; }

check "hub and laptop come up" both_up || finish laptop hub
PID=$(service_pids)
check "other answers through the hub" reaches $OTHER
check "a stream begins" traffic_start || finish laptop hub

base_down home
check "without uplink: the profile stays activated" stays_activated
base_up cafe
survives "down here, up there"
base_up home
base_down cafe
survives "up there, down here"

carrier inet p-laptop down
check "carrier lost: NetworkManager gives the uplink up" wait_until 20 no_uplink
check "carrier lost: the profile stays activated" stays_activated
carrier inet p-laptop up
base_up home
survives "carrier back"

base_up cafe
check "two uplinks: the first has the traffic" goes_by eth0
carrier inet p-laptop down
check "the first loses its carrier: the other has the traffic" wait_until 20 goes_by eth1
survives "carrier lost beside another uplink"
carrier inet p-laptop up
base_down cafe
base_up home
survives "and back"

nmcli_laptop connection modify home ipv4.addresses 203.0.113.55/24
base_up home
survives "another address on the same link"

base_down home
base_up six
survives "from IPv4 only to IPv6 only"
base_down six
base_up cafe
survives "from IPv6 only to IPv4 only"

nmcli_laptop networking off
check "networking off: the profile stays activated" stays_activated
nmcli_laptop networking on
base_up cafe
survives "networking off and on"

# Only a virtual machine has a clock of its own to set.
says() { wait_until 5 grep -q -- "$1" "$LAB_DIR/laptop/log/nm.log"; }
if [ -n "${VM_RUN:-}" ]; then
  date -s "@$(($(date +%s) + 7200))" > /dev/null
  check "the clock is set: the service hears of it" says 'the clock was set'
  survives "the clock is set"
fi
check "it is deactivated" nmcli_laptop connection down laptop
base_down cafe
finish laptop hub
