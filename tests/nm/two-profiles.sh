#!/bin/bash
# Two profiles at once: two networks with a common member, each with its own ports. They activate,
# roam and deactivate independently.
#
# needs: root nm
# matrix: quick
# shellcheck source=one-host.sh
. "$(dirname "$(realpath "$0")")/one-host.sh"
lab_begin "$@"
one_host_create || bail_out "the lab is set up" laptop

# The other side's key in a second network, behind another port of the same address.
second_network() {
  local file=$LAB_DIR/laptop/second.wirelink
  wireguard_create other wg-second other 51830 10.78.0.1/24 &&
    wireguard other set wg-second peer "${PUBLIC_KEY[laptop]}" allowed-ips 10.78.0.2/32 &&
    profile_begin "$file" laptop 10.78.0.2/24 51830 &&
    sed -i 's/^FactPort.*/FactPort = 51831/' "$file" &&
    profile_peer "$file" other 10.78.0.1/32 'Endpoint = 203.0.113.6:51830' 'Basic = yes'
}
is_down() { ! is_activated "$1"; }
services_are() { [ "$(service_pids | wc -l)" = "$1" ]; }
links_are() { [ "$(host_interfaces laptop | wc -l)" = "$1" ]; }
# seen_at INTERFACE ENDPOINT: the peer's interface has this endpoint for the laptop
seen_at() {
  local endpoint
  endpoint=$(wireguard other show "$1" endpoints | cut -f 2)
  [ "$endpoint" = "$2" ] || { echo "$endpoint"; return 1; }
}
# Every active profile has its Link object at its own bus name.
uuid_of_each() {
  host laptop gdbus call --system --dest org.freedesktop.DBus --object-path / --method \
    org.freedesktop.DBus.ListQueuedOwners org.freedesktop.NetworkManager.wirelink < /dev/null |
    grep -oE ':[0-9.]+' | while read -r owner; do
    host laptop gdbus call --system --dest "$owner" \
      --object-path /org/freedesktop/NetworkManager/wirelink/link \
      --method org.freedesktop.DBus.Properties.Get \
      org.freedesktop.NetworkManager.wirelink1.Link Uuid < /dev/null
  done | grep -oE '[0-9a-f]{8}-[0-9a-f-]+' | sort
}
each_shows_itself() {
  local expected
  expected=$({ profile_uuid laptop; profile_uuid second; } | sort)
  [ "$(uuid_of_each)" = "$expected" ] || { uuid_of_each; return 1; }
}
# wireguard-go takes a while to send from a new address
both_answer() { reaches 10.77.0.1 40 && reaches 10.78.0.1 40; }

second_network || bail_out "the second network is set up" laptop
for name in laptop second; do
  check "$name is imported" import "$LAB_DIR/laptop/$name.wirelink" || finish laptop
done
check "the first profile is activated" nmcli_laptop connection up laptop
check "the second profile is activated as well" nmcli_laptop connection up second
check "each profile has a service" services_are 2
check "each profile has a link" links_are 2
check "the peer answers in both networks" both_answer
check "each profile has its Link object on D-Bus" each_shows_itself

nmcli_laptop connection modify uplink ipv4.addresses 203.0.113.55/24
check "the uplink's address is changed" nmcli_laptop connection up uplink
check "the peer answers in both networks at the new address" both_answer
check "the peer has the first profile's new endpoint" \
  wait_until 5 seen_at wg-other 203.0.113.55:51820
check "the peer has the second profile's new endpoint" \
  wait_until 5 seen_at wg-second 203.0.113.55:51830
check "the first profile stayed active" is_activated laptop
check "the second profile stayed active" is_activated second

check "the first profile is deactivated" nmcli_laptop connection down laptop
check "the second network still works" reaches 10.78.0.1
check "the first network no longer works" never_within 1 echo_returns 10.77.0.1
check "one service is running" wait_until 5 services_are 1
check "one link exists" links_are 1
check "the first profile is activated again" nmcli_laptop connection up laptop
check "the peer answers in both networks again" both_answer

# shellcheck disable=SC2016  # expanded inside the host
check "the service of the second is killed" host laptop bash -c 'kill -KILL $0' \
  "$(service_pids | sort -n | head -n 1)"
check "the second profile becomes inactive" wait_until 5 is_down second
check "the first network still works" reaches 10.77.0.1
check "the second profile is activated again" nmcli_laptop connection up second
check "the peer answers in both networks after the crash" both_answer
check "the second profile is deactivated" nmcli_laptop connection down second
check "the first network works alone" reaches 10.77.0.1
check "the first profile is deactivated at last" nmcli_laptop connection down laptop
nmcli_laptop connection modify uplink ipv4.addresses 203.0.113.5/24
nmcli_laptop connection up uplink > /dev/null
check "the host is clean" wait_host_clean laptop 10
finish laptop
