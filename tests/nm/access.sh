#!/bin/bash
# Which users may read and control an active profile. Two unprivileged users, with dbus-daemon's
# stock configuration and the installed bus policy.
#
# needs: root nm
# vm: skip-emulated
# shellcheck source=one-host.sh
. "$(dirname "$(realpath "$0")")/one-host.sh"
lab_begin "$@"
one_host_create || bail_out "the lab is set up" laptop

NAME=org.freedesktop.NetworkManager.wirelink
ROOT=/org/freedesktop/NetworkManager/wirelink
LINK=org.freedesktop.NetworkManager.wirelink1.Link
PEER=org.freedesktop.NetworkManager.wirelink1.Peer
PLUGIN=org.freedesktop.NetworkManager.VPN.Plugin
PLUGIN_PATH=/org/freedesktop/NetworkManager/VPN/Plugin

as() {  # user command...
  local user=$1
  shift
  [ "$user" = root ] || set -- setpriv --reuid "$user" --regid "$(id -g "$user")" --clear-groups "$@"
  host laptop "$@"
}
call() {  # user path method argument...
  local user=$1 path=$2 method=$3
  shift 3
  as "$user" gdbus call --system --dest "$NAME" --object-path "$path" --method "$method" "$@" \
    < /dev/null 2>&1
}
denied() {  # sentence user path method argument...
  local sentence=$1 output
  shift
  ! output=$(call "$@") || { echo "allowed: $output"; return 1; }
  matches AccessDenied "$output" && matches "$sentence" "$output" &&
    ! matches "${PUBLIC_KEY[other]}|203.0.113.6" "$output" > /dev/null
}
allowed() {  # text user path method argument...
  local text=$1 output
  shift
  output=$(call "$@") && matches "$text" "$output"
}
may_read() {
  local key
  key=$(quoted "${PUBLIC_KEY[other]}")
  allowed "$key" "$1" "$ROOT" org.freedesktop.DBus.ObjectManager.GetManagedObjects &&
    allowed "$key" "$1" "$ROOT/peer/1" org.freedesktop.DBus.Properties.GetAll "$PEER" &&
    allowed "$key" "$1" "$ROOT/peer/1" org.freedesktop.DBus.Properties.Get "$PEER" PublicKey &&
    allowed Subject "$1" "$ROOT/link" "$LINK.GetFacts"
}
may_not_read() {
  local sentence='restricted to other users'
  denied "$sentence" "$1" "$ROOT" org.freedesktop.DBus.ObjectManager.GetManagedObjects &&
    denied "$sentence" "$1" "$ROOT/peer/1" org.freedesktop.DBus.Properties.GetAll "$PEER" &&
    denied "$sentence" "$1" "$ROOT/peer/1" org.freedesktop.DBus.Properties.Get "$PEER" State &&
    denied "$sentence" "$1" "$ROOT/link" org.freedesktop.DBus.Properties.Get "$LINK" Uuid &&
    denied "$sentence" "$1" "$ROOT/link" "$LINK.GetFacts"
}
# base64 as a regular expression
quoted() { echo "${1//+/[+]}"; }
plugin_is_closed() {  # user
  denied . "$1" "$PLUGIN_PATH" "$PLUGIN.Disconnect" &&
    denied . "$1" "$ROOT/link" "$PLUGIN.Disconnect" &&
    denied . "$1" "$PLUGIN_PATH" org.freedesktop.DBus.Properties.GetAll "$PLUGIN"
}
cannot_be_set() {  # user
  local output
  ! output=$(call "$1" "$ROOT/peer/1" org.freedesktop.DBus.Properties.Set "$PEER" Name '<"x">') &&
    matches 'not writable' "$output"
}
cannot_be_owned() {  # user name
  local output
  ! output=$(as "$1" gdbus call --system --dest org.freedesktop.DBus --object-path / \
    --method org.freedesktop.DBus.RequestName "$2" 0 2>&1 < /dev/null) &&
    matches AccessDenied "$output"
}
# Records the signals that a user receives, until the host stops.
listen_as() {  # user file
  as "$1" gdbus monitor --system --dest "$NAME" > "$2" 2>&1 &
  wait_until 5 grep -q Monitoring "$2"
}
hears() { wait_until 15 grep -q "$2" "$LAB_DIR/$1"; }

check "the profile is imported" import "$LAB_DIR/laptop/laptop.wirelink" || finish laptop

# --- a profile without an owner
check "the profile is activated" nmcli_laptop connection up laptop || finish laptop
check "the peer answers pings" reaches 10.77.0.1
for user in root nobody daemon; do
  check "$user can read a profile without an owner" may_read $user
done
for user in nobody daemon; do
  check "$user cannot use NetworkManager's plugin interface" plugin_is_closed $user
  check "$user cannot set a property" cannot_be_set $user
  check "$user cannot own the bus name of a service" cannot_be_owned $user "$NAME.Connection_9"
  check "$user cannot own or queue for the shared bus name" cannot_be_owned $user "$NAME"
  check "$user cannot call Refresh without polkit" \
    denied 'only root' $user "$ROOT/link" "$LINK.Refresh"
done
check "root can call Refresh" allowed '\(\)' root "$ROOT/link" "$LINK.Refresh"
check "the profile is deactivated" nmcli_laptop connection down laptop
check "the host is clean" wait_host_clean laptop

# --- a profile of one user
check "the profile is restricted to user nobody" \
  nmcli_laptop connection modify laptop connection.permissions user:nobody
check "user daemon monitors the bus" listen_as daemon "$LAB_DIR/daemon-hears"
check "the profile is activated again" nmcli_laptop connection up laptop || finish laptop
check "the peer answers pings again" reaches 10.77.0.1
check "root can read the profile" may_read root
check "the profile's user can read it" may_read nobody
check "another user cannot read the profile" may_not_read daemon
check "another user cannot change the profile" \
  denied 'restricted to other users' daemon "$ROOT/link" "$LINK.Refresh"
check "another user receives PropertiesChanged signals" hears daemon-hears PropertiesChanged
refute "the signals to another user contain no values" \
  grep -qE '203\.0\.113|10\.77\.|direct|connecting' "$LAB_DIR/daemon-hears"
refute "the signals to another user contain no keys" \
  grep -qF "${PUBLIC_KEY[other]}" "$LAB_DIR/daemon-hears"
check "the service knows its active connection" allowed '/ActiveConnection/[0-9]+' root \
  "$ROOT/link" org.freedesktop.DBus.Properties.Get "$LINK" ActiveConnection
check "the service knows its uplink" allowed eth0 root \
  "$ROOT/link" org.freedesktop.DBus.Properties.Get "$LINK" Uplink
# The first read starts a measurement, a later one returns its result.
round_trip() { allowed 'uint32 [1-9]' root "$ROOT/peer/1" org.freedesktop.DBus.Properties.Get \
  "$PEER" RoundTrip; }
check "the peer has its link-local address" other_exchanges_facts
check "the service measures the round-trip time" wait_until 5 round_trip

# --- its users change while it is active
permissions() { nmcli_laptop connection modify laptop connection.permissions "$1"; }
check "the profile is given to user daemon" permissions user:daemon
check "that user can read it" wait_until 15 may_read daemon
check "the former user cannot read it" may_not_read nobody
check "the profile is given to all users" permissions ''
check "the former user can read it again" wait_until 15 may_read nobody
check "user daemon can still read it" may_read daemon
check "the profile is restricted to user nobody again" permissions user:nobody
check "user daemon cannot read it" wait_until 15 may_not_read daemon
check "the profile's user can read it" may_read nobody
check "the profile is deactivated again" nmcli_laptop connection down laptop
check "the host is clean again" wait_host_clean laptop
finish laptop
