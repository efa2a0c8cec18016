#!/bin/bash
# A profile is changed while it is active: peers are added, changed and removed immediately,
# without a lost packet of the other peers; changes that need a reactivation and invalid values are
# reported in the log and on D-Bus.
#
# needs: root nm
# takes: long
# shellcheck source=one-host.sh
. "$(dirname "$(realpath "$0")")/one-host.sh"
lab_begin "$@"
one_host_create || bail_out "the lab is set up" laptop
# A second peer, which needs a preshared key.
third_create() {
  keys_create third && namespace_create third && cable_public third &&
    ip -n third addr add 203.0.113.7/24 dev eth0 &&
    wireguard_create third wg-third third 51820 10.77.0.7/24 10.99.0.1/32 || return 1
  (umask 077 && wg genpsk > "$LAB_DIR/keys/shared" && wg genpsk > "$LAB_DIR/keys/other-shared")
  wireguard third set wg-third peer "${PUBLIC_KEY[laptop]}" allowed-ips 10.77.0.2/32 \
    preshared-key "$LAB_DIR/keys/shared"
}
third_create || bail_out "the second peer is set up" laptop

modify() { nmcli_laptop connection modify laptop "$@"; }
secret() { echo "$(< "$LAB_DIR/keys/$1")"; }
log_lines() { grep -c -- "$1" "$LAB_DIR/laptop/log/nm.log"; }
says() {
  wait_until 5 grep -qE -- "$1" "$LAB_DIR/laptop/log/nm.log" ||
    { grep nm-wirelink-service "$LAB_DIR/laptop/log/nm.log"; return 1; }
}
goes_on() { reaches 10.77.0.1 && is_activated && matches "^$PID\$" "$(service_pids)"; }
is_unreachable() { fails host laptop ping -n -q -c 1 -W 0.3 "$1"; }
property() {  # of the link
  host laptop busctl get-property --json=short "$(unique_name)" \
    /org/freedesktop/NetworkManager/wirelink/link org.freedesktop.NetworkManager.wirelink1.Link "$1"
}
unique_name() {
  host laptop busctl list --no-legend | awk '/wirelink.Connection_/ { print $1; exit }'
}
property_is() { matches "$2" "$(property "$1")"; }
becomes() { wait_until 5 property_is "$@" > /dev/null || { property "$1"; return 1; }; }
status_has() { matches "$1" "$(host laptop wirelinkctl status "${@:2}")"; }
shows() { wait_until 5 status_has "$@" > /dev/null || { host laptop wirelinkctl status; return 1; }; }
on_link() { host laptop wg show "$(host_interface laptop)" "$1"; }
# has_on_link WHAT PEER PATTERN: WireGuard's value for a peer, which wg prints after its key
has_on_link() {  # what peer pattern
  on_link "$1" | awk -v key="${PUBLIC_KEY[$2]}" '$1 == key' | grep -qE -- "$3" || { on_link "$1"; return 1; }
}
has_endpoint() { on_link endpoints | grep -qF "$1"; }
has_allowed() { on_link allowed-ips | grep -qF "$1"; }
has_shared() { on_link preshared-keys | grep -qF -- "$(secret "$1")"; }
rests() {  # a second with hardly any wake-up
  local before
  before=$(wakeups) && sleep 1 && [ $(($(wakeups) - before)) -lt 20 ]
}
link_has() { wait_until 5 has_on_link "$@" > /dev/null || { on_link "$1"; return 1; }; }
link_lost() { wait_until 5 fails has_on_link "$@" > /dev/null || { on_link "$1"; return 1; }; }
has_route() { matches "$1" "$(host laptop ip route show dev "$(host_interface laptop)")"; }
# Sends packets to the first peer until stream_ends.
stream_begins() {
  # shellcheck disable=SC2016  # expanded inside the host
  host laptop bash -c 'echo $$ > "$1/stream.pid"; exec ping -n -q -i 0.02 10.77.0.1' \
    - "$LAB_DIR" > "$LAB_DIR/stream" 2>&1 &
  STREAM=$!
}
stream_ends() {
  host laptop kill -INT "$(< "$LAB_DIR/stream.pid")"
  wait "$STREAM"
}
# Packets in flight at the end are not lost: at most as many as ping prints after "pipe".
lost_nothing() {
  local sent received pipe
  read -r sent received < <(sed -n 's/^\([0-9]*\) packets transmitted, \([0-9]*\) received.*/\1 \2/p' \
    "$LAB_DIR/stream")
  cat "$LAB_DIR/stream"
  pipe=$(sed -n 's/.*, pipe \([0-9]*\)$/\1/p' "$LAB_DIR/stream")
  [ "${sent:-0}" -ge 100 ] && [ $((sent - received)) -le "${pipe:-1}" ]
}
# WireGuard's counters start at 0 for a peer that is re-created.
counted_all() {
  local received bytes
  received=$(sed -n 's/.* transmitted, \([0-9]*\) received.*/\1/p' "$LAB_DIR/stream")
  bytes=$(on_link transfer | awk -v key="${PUBLIC_KEY[other]}" '$1 == key { print $2 }')
  echo "$received packets, $bytes bytes"
  [ "$bytes" -ge $((received * 84)) ]
}

# Records the service's signals to NetworkManager and NetworkManager's own about the VPN's state.
record() {
  host laptop dbus-monitor --system --profile \
    "type='signal',interface='org.freedesktop.NetworkManager.VPN.Plugin'" \
    "type='signal',interface='org.freedesktop.NetworkManager.VPN.Connection'" \
    >> "$LAB_DIR/told" 2>&1 &
  wait_until 5 test -s "$LAB_DIR/told"
}
told() { awk -v name="$1" '$1 == "sig" && $NF == name { n++ } END { print n + 0 }' "$LAB_DIR/told"; }
told_some() { [ "$(told "$1")" -gt 0 ]; }

import "$LAB_DIR/laptop/laptop.wirelink" > /dev/null || bail_out "the profile is imported" laptop
check "the profile is activated" nmcli_laptop connection up laptop || finish laptop
PID=$(service_pids)
check "the peer answers pings" reaches 10.77.0.1
check "a monitor records the signals to NetworkManager" record
check "no key is pending" becomes PendingKeys '"data":\[\]'
check "the profile has no error" becomes ProfileError '"data":""'
stream_begins

# --- a peer is added, changed and removed
check "a peer with a preshared key is added" modify +vpn.data "peer-2-name=third" \
  +vpn.data "peer-2-public-key=${PUBLIC_KEY[third]}" +vpn.data peer-2-endpoint=203.0.113.7:51820 \
  +vpn.data peer-2-basic=yes +vpn.data "peer-2-allowed-ips=10.77.0.7/32 10.99.0.1/32" \
  +vpn.secrets "private-key=$(secret laptop),peer-2-preshared-key=$(secret shared)"
check "the added peer answers" reaches 10.77.0.7
check "the host behind the added peer answers" reaches 10.99.0.1
check "the added peer's prefix has a route" has_route '^10[.]99[.]0[.]1'
check "the service logs the change once" matches '^1$' \
  "$(log_lines 'profile changed (.*peer-2-public-key.*); applied')"
check "wirelinkctl shows the added peer" shows '^  third +direct'
check "the peer's keepalive is changed" modify +vpn.data peer-2-keepalive=25
check "WireGuard has the new keepalive" link_has persistent-keepalive third '25$'
check "the peer's name is changed" modify +vpn.data peer-2-name=attic
check "wirelinkctl shows the new name" shows '^  attic +direct'
check "the peer's trust is reduced" modify +vpn.data peer-2-trust=Untrusted
check "wirelinkctl shows the new trust" shows '"trust" *: *"Untrusted"' --json
check "an allowed IP of the peer is removed" modify +vpn.data peer-2-allowed-ips=10.77.0.7/32
check "WireGuard no longer has the allowed IP" link_lost allowed-ips third '10[.]99[.]0[.]1'
check "the route of the allowed IP is removed" wait_until 5 fails has_route '10[.]99[.]0[.]1'
check "the peer still answers" reaches 10.77.0.7
check "the peer's endpoint is changed" modify +vpn.data peer-2-endpoint=203.0.113.70:51820
ip -n third addr del 203.0.113.7/24 dev eth0 && ip -n third addr add 203.0.113.70/24 dev eth0
check "the peer answers at the new endpoint" reaches 10.77.0.7
check "WireGuard has the new endpoint" link_has endpoints third '203[.]0[.]113[.]70:'

# --- an unreachable endpoint
check "a peer with an unreachable endpoint is added" modify "+vpn.data" \
  "peer-4-public-key=$(wirelinkctl genkey | wirelinkctl pubkey)" \
  +vpn.data peer-4-endpoint=203.0.113.99:51820 +vpn.data peer-4-allowed-ips=10.77.0.9/32
check "WireGuard has its endpoint" wait_until 5 has_endpoint 203.0.113.99:51820
check "the endpoint is removed from the profile" modify -vpn.data peer-4-endpoint
check "WireGuard drops the endpoint immediately" within 2 fails has_endpoint 203.0.113.99:51820
check "WireGuard keeps the peer's allowed IP" within 2 has_allowed 10.77.0.9/32
check "the unreachable peer is removed" \
  modify -vpn.data peer-4-public-key -vpn.data peer-4-allowed-ips
check "WireGuard no longer has the unreachable peer" wait_until 5 fails has_allowed 10.77.0.9/32

# --- keys
check "the preshared key is changed" modify \
  +vpn.secrets "private-key=$(secret laptop),peer-2-preshared-key=$(secret other-shared)"
check "WireGuard has the new preshared key" wait_until 5 has_shared other-shared
check "the service is idle again" wait_until 10 rests
modify +vpn.secrets "private-key=$(secret laptop),peer-2-preshared-key=$(secret shared)"
check "the preshared key is changed twice in a row" modify \
  +vpn.secrets "private-key=$(secret laptop),peer-2-preshared-key=$(secret other-shared)"
check "WireGuard has the last preshared key" wait_until 5 has_shared other-shared
check "the log contains no key" fails grep -qF -e "$(secret shared)" -e "$(secret other-shared)" \
  "$LAB_DIR/laptop/log/nm.log"
check "the peer with the preshared key is removed" \
  modify -vpn.data peer-2-name -vpn.data peer-2-public-key \
  -vpn.data peer-2-endpoint -vpn.data peer-2-basic -vpn.data peer-2-allowed-ips \
  -vpn.data peer-2-keepalive -vpn.data peer-2-trust
check "WireGuard no longer has the removed peer" link_lost peers third .
check "wirelinkctl no longer shows the removed peer" wait_until 5 fails status_has attic
check "the orphaned secret of the removed peer is no error" becomes ProfileError '"data":""'
check "the removed peer no longer answers" wait_until 5 is_unreachable 10.77.0.7

# --- edits of the profile file
by_hand() {  # sed script
  sed -i "$1" "$LAB_DIR/laptop/etc/system-connections/laptop.nmconnection" &&
    nmcli_laptop connection reload
}
check "the profile file is edited and reloaded" by_hand 's/^peer-1-basic=.*/&\npeer-1-keepalive=33/'
check "WireGuard has the keepalive of the edited file" link_has persistent-keepalive other '33$'
check "the edit is reverted" by_hand '/^peer-1-keepalive=/d'
check "WireGuard has the previous keepalive" link_has persistent-keepalive other 'off$'

# --- a key that NetworkManager does not store
check "a peer is added whose preshared key NetworkManager does not store" modify \
  +vpn.data "peer-3-public-key=${PUBLIC_KEY[third]}" +vpn.data peer-3-endpoint=203.0.113.70:51820 \
  +vpn.data peer-3-allowed-ips=10.77.0.7/32 +vpn.data peer-3-preshared-key-flags=1
check "the service logs that the key is pending" \
  says 'peer-3-preshared-key: NetworkManager does not store this key'
check "the preshared key is pending on D-Bus" becomes PendingKeys '\["peer-3-preshared-key"\]'
check "the peer is not added without its preshared key" fails has_on_link peers third .
check "the peer with the missing key is removed" \
  modify -vpn.data peer-3-public-key -vpn.data peer-3-endpoint \
  -vpn.data peer-3-allowed-ips -vpn.data peer-3-preshared-key-flags
check "no key is pending again" becomes PendingKeys '"data":\[\]'

# --- invalid values
check "an endpoint is set to an invalid value" modify +vpn.data peer-1-endpoint=nowhere
check "the service logs the invalid endpoint" \
  says 'the changed profile is not valid; keeping the active configuration: peer-1-endpoint: '
check "ProfileError has the invalid endpoint" becomes ProfileError 'peer-1-endpoint: '
check "wirelinkctl shows the invalid endpoint" shows 'peer-1-endpoint: '
check "the active profile keeps working" goes_on
check "the endpoint is corrected" modify +vpn.data peer-1-endpoint=203.0.113.6:51820
check "the service logs that the profile is valid again" says 'the profile is valid again'
check "ProfileError is empty again" becomes ProfileError '"data":""'

# --- pending changes
check "the keepalive and the MTU are changed together" \
  modify +vpn.data peer-1-keepalive=15 +vpn.data mtu=1400
check "the keepalive takes effect immediately" link_has persistent-keepalive other '15$'
check "the service logs that the MTU needs a reactivation" \
  says 'profile changed [(]mtu[)]; takes effect at the next activation'
check "the MTU is pending on D-Bus" becomes PendingKeys '\["mtu"\]'
check "wirelinkctl shows the pending MTU" shows 'mtu'
check "an unrelated setting is changed" modify connection.autoconnect-priority 3
check "a second unrelated setting is changed" modify connection.metered 1
check "the active profile keeps working" goes_on
check "the service does not log the unrelated changes" \
  matches '^1$' "$(log_lines 'profile changed (mtu)')"
check "the MTU is reverted" modify -vpn.data mtu
check "the service logs that no key is pending" says 'no change of the profile is pending'
check "the service logs no effective change of the MTU" matches '^0$' \
  "$(log_lines 'profile changed (mtu); applied')"
check "the MTU is changed again" modify +vpn.data mtu=1400
check "the MTU is pending on D-Bus again" becomes PendingKeys '\["mtu"\]'
# Changed routes are sent to NetworkManager while the VPN stays active.
check "NetworkManager received the changed routes" told_some Ip4Config
check "NetworkManager received no new Config" matches '^0$' "$(told Config)"
check "the VPN's state never changed" matches '^0 0$' \
  "$(told StateChanged) $(told VpnStateChanged)"
stream_ends
check "no packet to the first peer was lost" lost_nothing
check "the first peer was never re-created" counted_all
check "the profile is deactivated" nmcli_laptop connection down laptop
check "the profile is activated with the changes" nmcli_laptop connection up laptop
check "the link has the changed MTU" \
  matches 'mtu 1400' "$(host laptop ip link show dev "$(host_interface laptop)")"
check "no key is pending after the reactivation" becomes PendingKeys '"data":\[\]'
check "the profile is deactivated" nmcli_laptop connection down laptop
check "the host is clean" wait_host_clean laptop
finish laptop
