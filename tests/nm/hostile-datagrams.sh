#!/bin/bash
# Malformed and malicious datagrams, sent through the tunnel by a peer of the profile.
#
# needs: root nm
# shellcheck source=one-host.sh
. "$(dirname "$(realpath "$0")")/one-host.sh"
lab_begin "$@"

FACT_PORT=51821
HOSTILE=$LAB_BUILD/tests/nm/hostile-peer
LINK=/org/freedesktop/NetworkManager/wirelink/link
LINK_INTERFACE=org.freedesktop.NetworkManager.wirelink1.Link

hostile() {  # kind count
  nsenter --net=/run/netns/other "$HOSTILE" "$LAB_DIR/keys/other" "${PUBLIC_KEY[laptop]}" \
    wg-other "$FACT_PORT" "$1" "$2"
}
link_property() {  # name
  host laptop gdbus call --system --dest "$BUS_NAME" --object-path $LINK \
    --method org.freedesktop.DBus.Properties.Get $LINK_INTERFACE "$1" < /dev/null
}
received() {  # result
  link_property ReceiveCounters | grep -oE "'$1': (uint64 )?[0-9]+" | grep -oE '[0-9]+$'
}
fact_count() { link_property FactCount | grep -oE '[0-9]+>' | tr -d '>'; }
received_at_least() { [ "$(received "$1")" -ge "$2" ]; }
holds_facts() { [ "$(fact_count)" -ge "$1" ]; }

# hostile_counted KIND COUNT RESULT AT-LEAST
hostile_counted() {
  local before
  before=$(received "$3") || return 1
  { hostile "$1" "$2" && wait_until 20 received_at_least "$3" $((before + $4)); } ||
    { echo "$3: $before before, $(received "$3") after $2 of $1"; return 1; }
}
# The flood has used up what the service accepts for some seconds.
accepts_again() {
  local before
  before=$(received accepted) && hostile alive 1 && sleep 0.1 && received_at_least accepted $((before + 1))
}
same_service() { matches "^$PID\$" "$(service_pids)"; }

one_host_create || bail_out "the lab is set up" laptop
check "the profile is imported" import "$LAB_DIR/laptop/laptop.wirelink"
check "the profile is activated" nmcli_laptop connection up laptop || finish laptop
check "the peer can exchange facts" other_exchanges_facts
check "the peer answers pings" reaches 10.77.0.1
BUS_NAME=$(host laptop gdbus call --system --dest org.freedesktop.DBus --object-path / --method \
  org.freedesktop.DBus.ListQueuedOwners org.freedesktop.NetworkManager.wirelink < /dev/null |
  grep -oE ':[0-9.]+' | head -n 1)
PID=$(service_pids)

check "a valid datagram is accepted" hostile_counted alive 1 accepted 1
check "valid facts are accepted" hostile_counted endpoints 3 accepted 1
check "the facts are stored" wait_until 5 holds_facts 3
HELD=$(fact_count)
check "garbage is counted as undecodable" hostile_counted garbage 20 undecodable 20
check "unsigned facts are counted" hostile_counted unsigned 20 unsigned 20
check "datagrams with a wrong source are counted" hostile_counted wrong-source 20 wrong-source 20
check "datagrams with an invalid tag are counted" hostile_counted bad-tag 20 bad-tag 20
check "unknown attributes are counted" hostile_counted unknown-attribute 20 bad-inner 20
check "2,000 facts are processed" hostile_counted endpoints 2000 accepted 10
check "a flood of 10,000 garbage datagrams is sent" hostile garbage 10000
check "a flood of 10,000 signed datagrams is sent" hostile alive 10000
check "the service responds on D-Bus" wait_until 20 fact_count
check "the service was not restarted" same_service
check "no stored fact was lost" holds_facts "$HELD"
check "the peer still answers pings" reaches 10.77.0.1
check "the peer's datagrams are still accepted" wait_until 20 accepts_again
check "the profile is deactivated" nmcli_laptop connection down laptop
check "the host is clean" wait_host_clean laptop
finish laptop
