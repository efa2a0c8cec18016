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
one_host_create || bail_out "the lab comes up" laptop
# A second peer, which needs a preshared key.
third_create() {
  keys_create third && namespace_create third && cable_public third &&
    ip -n third addr add 203.0.113.7/24 dev eth0 &&
    wireguard_create third wg-third third 51820 10.77.0.7/24 10.99.0.1/32 || return 1
  (umask 077 && wg genpsk > "$LAB_DIR/keys/shared" && wg genpsk > "$LAB_DIR/keys/other-shared")
  wireguard third set wg-third peer "${PUBLIC_KEY[laptop]}" allowed-ips 10.77.0.2/32 \
    preshared-key "$LAB_DIR/keys/shared"
}
third_create || bail_out "the second peer comes up" laptop

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
# Of a peer, by its name: what WireGuard has, after its key.
has_on_link() {  # what peer pattern
  on_link "$1" | awk -v key="${PUBLIC_KEY[$2]}" '$1 == key' | grep -qE -- "$3" || { on_link "$1"; return 1; }
}
has_endpoint() { on_link endpoints | grep -qF "$1"; }
has_allowed() { on_link allowed-ips | grep -qF "$1"; }
has_shared() { on_link preshared-keys | grep -qF -- "$(secret "$1")"; }
rests() {  # a second in which it hardly wakes up
  local before
  before=$(wakeups) && sleep 1 && [ $(($(wakeups) - before)) -lt 20 ]
}
link_has() { wait_until 5 has_on_link "$@" > /dev/null || { on_link "$1"; return 1; }; }
link_lost() { wait_until 5 fails has_on_link "$@" > /dev/null || { on_link "$1"; return 1; }; }
has_route() { matches "$1" "$(host laptop ip route show dev "$(host_interface laptop)")"; }
# All the while, packets to the first peer.
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
# Some may be under way: ping says how many at most ("pipe"), if more than one.
lost_nothing() {
  local sent received pipe
  read -r sent received < <(sed -n 's/^\([0-9]*\) packets transmitted, \([0-9]*\) received.*/\1 \2/p' \
    "$LAB_DIR/stream")
  cat "$LAB_DIR/stream"
  pipe=$(sed -n 's/.*, pipe \([0-9]*\)$/\1/p' "$LAB_DIR/stream")
  [ "${sent:-0}" -ge 100 ] && [ $((sent - received)) -le "${pipe:-1}" ]
}
# WireGuard counts from 0 for a peer that is made again.
counted_all() {
  local received bytes
  received=$(sed -n 's/.* transmitted, \([0-9]*\) received.*/\1/p' "$LAB_DIR/stream")
  bytes=$(on_link transfer | awk -v key="${PUBLIC_KEY[other]}" '$1 == key { print $2 }')
  echo "$received packets, $bytes bytes"
  [ "$bytes" -ge $((received * 84)) ]
}

# What NetworkManager is told, and what it tells of the VPN's state.
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
check "it is activated" nmcli_laptop connection up laptop || finish laptop
PID=$(service_pids)
check "the other side answers" reaches 10.77.0.1
check "somebody listens to what NetworkManager is told" record
check "nothing waits, nothing is wrong" becomes Waiting '"data":\[\]'
check "that is so on D-Bus" becomes ProfileError '"data":""'
stream_begins

# --- a peer comes, changes and goes
check "a peer is added that has a preshared key" modify +vpn.data "peer-2-name=third" \
  +vpn.data "peer-2-public-key=${PUBLIC_KEY[third]}" +vpn.data peer-2-endpoint=203.0.113.7:51820 \
  +vpn.data peer-2-basic=yes +vpn.data "peer-2-allowed-ips=10.77.0.7/32 10.99.0.1/32" \
  +vpn.secrets "private-key=$(secret laptop),peer-2-preshared-key=$(secret shared)"
check "it is reached" reaches 10.77.0.7
check "what is behind it, too" reaches 10.99.0.1
check "that is routed" has_route '^10[.]99[.]0[.]1'
check "the service says so once" matches '^1$' \
  "$(log_lines 'was changed (.*peer-2-public-key.*), and runs so from now on')"
check "wirelinkctl shows it" shows '^  third +direct'
check "its keepalive is changed" modify +vpn.data peer-2-keepalive=25
check "WireGuard has it" link_has persistent-keepalive third '25$'
check "its name is changed" modify +vpn.data peer-2-name=attic
check "that is shown" shows '^  attic +direct'
check "it is trusted less" modify +vpn.data peer-2-trust=Untrusted
check "that is shown, too" shows '"trust" *: *"Untrusted"' --json
check "it loses an allowed IP" modify +vpn.data peer-2-allowed-ips=10.77.0.7/32
check "WireGuard lost it" link_lost allowed-ips third '10[.]99[.]0[.]1'
check "so did the routes" wait_until 5 fails has_route '10[.]99[.]0[.]1'
check "it is reached as before" reaches 10.77.0.7
check "its endpoint is changed" modify +vpn.data peer-2-endpoint=203.0.113.70:51820
ip -n third addr del 203.0.113.7/24 dev eth0 && ip -n third addr add 203.0.113.70/24 dev eth0
check "it is found there" reaches 10.77.0.7
check "by that" link_has endpoints third '203[.]0[.]113[.]70:'

# --- an address that leads nowhere
check "a peer is added that is not there" modify "+vpn.data" \
  "peer-4-public-key=$(wirelinkctl genkey | wirelinkctl pubkey)" \
  +vpn.data peer-4-endpoint=203.0.113.99:51820 +vpn.data peer-4-allowed-ips=10.77.0.9/32
check "WireGuard has its endpoint" wait_until 5 has_endpoint 203.0.113.99:51820
check "that is taken away" modify -vpn.data peer-4-endpoint
check "at once WireGuard has it no more" wait_until 2 fails has_endpoint 203.0.113.99:51820
check "the peer is as it was" wait_until 2 has_allowed 10.77.0.9/32
check "and is taken away" modify -vpn.data peer-4-public-key -vpn.data peer-4-allowed-ips
check "WireGuard lost it" wait_until 5 fails has_allowed 10.77.0.9/32

# --- keys
check "it has another preshared key" modify \
  +vpn.secrets "private-key=$(secret laptop),peer-2-preshared-key=$(secret other-shared)"
check "WireGuard has that" wait_until 5 has_shared other-shared
check "and the service is at rest after that" wait_until 10 rests
modify +vpn.secrets "private-key=$(secret laptop),peer-2-preshared-key=$(secret shared)"
check "another again, and at once the one before" modify \
  +vpn.secrets "private-key=$(secret laptop),peer-2-preshared-key=$(secret other-shared)"
check "WireGuard has the last one" wait_until 5 has_shared other-shared
check "the log has no key" fails grep -qF -e "$(secret shared)" -e "$(secret other-shared)" \
  "$LAB_DIR/laptop/log/nm.log"
check "it is taken away" modify -vpn.data peer-2-name -vpn.data peer-2-public-key \
  -vpn.data peer-2-endpoint -vpn.data peer-2-basic -vpn.data peer-2-allowed-ips \
  -vpn.data peer-2-keepalive -vpn.data peer-2-trust
check "WireGuard lost it" link_lost peers third .
check "so did wirelinkctl" wait_until 5 fails status_has attic
check "its secret, which nmcli leaves behind, harms nobody" becomes ProfileError '"data":""'
check "it is not reached any more" wait_until 5 is_unreachable 10.77.0.7

# --- in the file itself
by_hand() {  # sed script
  sed -i "$1" "$LAB_DIR/laptop/etc/system-connections/laptop.nmconnection" &&
    nmcli_laptop connection reload
}
check "the file of the profile is changed by hand" by_hand 's/^peer-1-basic=.*/&\npeer-1-keepalive=33/'
check "WireGuard has it" link_has persistent-keepalive other '33$'
check "so it is changed back" by_hand '/^peer-1-keepalive=/d'
check "WireGuard has that" link_has persistent-keepalive other 'off$'

# --- a key that only the user has
check "a peer is added whose preshared key NetworkManager does not keep" modify \
  +vpn.data "peer-3-public-key=${PUBLIC_KEY[third]}" +vpn.data peer-3-endpoint=203.0.113.70:51820 \
  +vpn.data peer-3-allowed-ips=10.77.0.7/32 +vpn.data peer-3-preshared-key-flags=1
check "the service says that it waits" says 'peer-3-preshared-key: NetworkManager does not keep this key'
check "D-Bus, too" becomes Waiting '\["peer-3-preshared-key"\]'
check "and it does not come up without it" fails has_on_link peers third .
check "it is taken away" modify -vpn.data peer-3-public-key -vpn.data peer-3-endpoint \
  -vpn.data peer-3-allowed-ips -vpn.data peer-3-preshared-key-flags
check "nothing waits" becomes Waiting '"data":\[\]'

# --- nonsense
check "an endpoint becomes nonsense" modify +vpn.data peer-1-endpoint=nowhere
check "the service says what is wrong" \
  says 'cannot be used as it is now; what runs stays as it was: peer-1-endpoint: '
check "D-Bus, too" becomes ProfileError 'peer-1-endpoint: '
check "wirelinkctl, too" shows 'peer-1-endpoint: '
check "what runs goes on" goes_on
check "it is mended" modify +vpn.data peer-1-endpoint=203.0.113.6:51820
check "the service says so" says 'the profile can be used again'
check "D-Bus, too" becomes ProfileError '"data":""'

# --- what waits
check "one that counts at once is changed with one that waits" \
  modify +vpn.data peer-1-keepalive=15 +vpn.data mtu=1400
check "the one counts" link_has persistent-keepalive other '15$'
check "the other waits" says 'was changed [(]mtu[)]; that counts when it is brought up again'
check "as D-Bus says" becomes Waiting '\["mtu"\]'
check "and wirelinkctl" shows 'mtu'
check "what is none of its business is changed" modify connection.autoconnect-priority 3
check "twice" modify connection.metered 1
check "what runs goes on" goes_on
check "the service says nothing of that" matches '^1$' "$(log_lines 'was changed (mtu)')"
check "what waits is taken back" modify -vpn.data mtu
check "the service says so" says 'nothing in the profile waits any more'
check "and nothing of a change that counts" matches '^0$' \
  "$(log_lines 'was changed (mtu), and runs so')"
check "it waits once more" modify +vpn.data mtu=1400
check "as D-Bus says" becomes Waiting '\["mtu"\]'
# The routes were sent again, of an active VPN; NetworkManager took them, and it stayed active.
check "NetworkManager was told of other routes" told_some Ip4Config
check "but of no other link" matches '^0$' "$(told Config)"
check "and the VPN's state never changed" matches '^0 0$' \
  "$(told StateChanged) $(told VpnStateChanged)"
stream_ends
check "of the packets to the first peer none was lost" lost_nothing
check "nor was that made again" counted_all
check "it is deactivated" nmcli_laptop connection down laptop
check "it is activated with the changes" nmcli_laptop connection up laptop
check "which count now" matches 'mtu 1400' "$(host laptop ip link show dev "$(host_interface laptop)")"
check "nothing waits any more" becomes Waiting '"data":\[\]'
check "it is deactivated" nmcli_laptop connection down laptop
check "nothing is left" wait_host_clean laptop
finish laptop
