#!/bin/bash
# A laptop whose profile has another public key for the hub than the hub has, and a hub that is not
# there: what doctor says of each on the laptop.
#
# needs: root nm
# shellcheck source=../lab/tap.sh
. "$(dirname "$(realpath "$0")")/../lab/tap.sh"
# shellcheck source=../lab/lab.sh
. "$(dirname "$(realpath "$0")")/../lab/lab.sh"
# shellcheck source=../lab/three-hosts.sh
. "$LAB_HERE/three-hosts.sh"
# shellcheck source=../lab/nmcli.sh
. "$LAB_HERE/nmcli.sh"
lab_begin "$@"

doctor_says() { matches "$1" "$(host laptop wirelinkctl doctor 2>&1 < /dev/null)"; }  # words
create() {
  inet_create && router_create nat-l "${OUTER_ADDRESS[laptop]}" 192.168.1 cone &&
    host_with_plugin hub cable_server && host_with_plugin laptop cable_lan nat-l &&
    host_uplink hub "${OUTER_ADDRESS[hub]}/24" "$SERVER_GATEWAY" &&
    host_uplink laptop 192.168.1.2/24 192.168.1.1 && mkdir -p "$LAB_DIR/desktop" && three_hosts_profiles && keys_create other &&
    sed -i "s|${PUBLIC_KEY[hub]}|${PUBLIC_KEY[other]}|" "$LAB_DIR/laptop/laptop.wirelink"
}

create || bail_out "the lab is set up" hub laptop
for name in hub laptop; do
  check "$name is activated" import_and_up "$name" || finish hub laptop
done
check "doctor says that the machine is there and silent, and why it may be" wait_until 20 doctor_says \
  'warn +laptop: 198\.51\.100\.5, the endpoint of hub, answers pings and does not refuse its port, but no handshake: WireGuard is silent to a key that it does not know$'
check "it says which keys to compare" doctor_says 'compare the keys: the one that wirelinkctl status -v shows there'
check "the profile of the hub is deactivated" nmcli_on hub connection down hub
check "doctor says that nothing listens there" wait_until 20 doctor_says \
  'warn +laptop: nothing listens on UDP port 51820 of 198\.51\.100\.5, the endpoint of hub$'
check "the right key is set" nmcli_on laptop connection modify laptop +vpn.data "peer-1-public-key = ${PUBLIC_KEY[hub]}"
check "the profile of the hub is activated" nmcli_on hub connection up hub
check "doctor says that the hub is reached" wait_until 60 doctor_says 'ok +laptop: hub is reached directly'
check "and nothing about keys any more" fails doctor_says 'answers pings and does not refuse'
finish hub laptop
