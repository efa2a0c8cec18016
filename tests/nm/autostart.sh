#!/bin/bash
# Profiles that activate automatically: on any network through the profile key and NetworkManager's
# own dispatcher, and on one network as its secondary connection.
#
# needs: root nm
# matrix: quick
# vm: skip-emulated
# shellcheck source=one-host.sh
. "$(dirname "$(realpath "$0")")/one-host.sh"
lab_begin "$@"

DISPATCHER=/usr/lib/NetworkManager/nm-dispatcher
[ -x "$DISPATCHER" ] || DISPATCHER=/usr/libexec/nm-dispatcher

create() {
  inet_create && host_create laptop && host_install_plugin laptop &&
    host_install_dispatcher laptop && record_events && cable_public laptop && host_start laptop &&
    host_uplink laptop 203.0.113.5/24 "$INET_GATEWAY" && keys_create laptop other &&
    laptop_profile "$LAB_DIR/laptop/laptop.wirelink" && host_remember laptop
}
# The words of the dispatcher's log differ between versions: a script that runs after ours, in the order
# of names, records the events. It is not ours to install, so it is not in host_install_dispatcher.
record_events() {
  # shellcheck disable=SC2016  # expanded when it runs
  printf '#!/bin/sh\necho "$2" >> %s\n' "$LAB_DIR/events" > "$LAB_DIR/laptop/etc/dispatcher.d/99-lab"
  chmod 755 "$LAB_DIR/laptop/etc/dispatcher.d/99-lab"
}
# Whether the user of a private profile is logged in, in place of logind.
# shellcheck disable=SC2016  # expanded by the script that it writes
fake_loginctl() {
  mkdir -p "$LAB_DIR/bin" && user_is closing &&
    printf '#!/bin/sh\n[ "$3" = root ] && cat %s\n' "$LAB_DIR/user" > "$LAB_DIR/bin/loginctl" &&
    chmod 755 "$LAB_DIR/bin/loginctl"
}
user_is() { echo "State=$1" > "$LAB_DIR/user"; }
dispatcher_start() {
  fake_loginctl
  host laptop env PATH="$LAB_DIR/bin:$PATH" "$DISPATCHER" --persist --debug > "$LAB_DIR/dispatcher.log" 2>&1 &
  wait_until 30 owned
}
owned() {
  host laptop gdbus call --system --dest org.freedesktop.DBus --object-path / --method \
    org.freedesktop.DBus.NameHasOwner org.freedesktop.nm_dispatcher < /dev/null | grep -q true
}
comes_up() { wait_until 30 is_activated || { tail -n 20 "$LAB_DIR/dispatcher.log"; return 1; }; }
# wait until the dispatcher has handled the event, or it would read the profile as changed below
dispatched() { wait_until 30 grep -qxF "$1" "$LAB_DIR/events"; }
new_network() { nmcli_laptop connection down uplink > /dev/null; nmcli_laptop connection up uplink; }
other_profile() { nmcli_laptop -g GENERAL.STATE connection show other; }

create || bail_out "the lab is set up" laptop
check "NetworkManager's dispatcher is started" dispatcher_start || finish laptop
import "$LAB_DIR/laptop/laptop.wirelink" > /dev/null || bail_out "the profile is imported" laptop
sed 's/^Address.*/Address = 10.99.0.2\/24/; s/^ListenPort.*/ListenPort = 51899/' \
  "$LAB_DIR/laptop/laptop.wirelink" > "$LAB_DIR/laptop/other.wirelink"
import "$LAB_DIR/laptop/other.wirelink" > /dev/null || bail_out "a second profile is imported" laptop
nmcli_laptop connection modify other +vpn.data "member-name=not\, autostart = yes"

check "a network is activated" new_network
check "the dispatcher has run the autostart script" dispatched up
refute "a profile without autostart stays inactive" is_activated
check "autostart is enabled in the profile" \
  nmcli_laptop connection modify laptop +vpn.data autostart=yes
check "a network is activated with autostart enabled" new_network
check "the profile is activated with the network" comes_up
check "the second profile stays inactive despite its name" matches '^$' "$(other_profile)"
check "the profile is deactivated manually" nmcli_laptop connection down laptop
check "a network is activated again" new_network
check "the profile is activated with the network again" comes_up
check "the profile is deactivated" nmcli_laptop connection down laptop
check "the profile is for one user" nmcli_laptop connection modify laptop connection.permissions user:root
: > "$LAB_DIR/events"
check "a network is activated while that user is not logged in" new_network
check "the dispatcher has run the autostart script" dispatched up
refute "the profile stays inactive" is_activated
user_is active
check "a network is activated while that user is logged in" new_network
check "the profile is activated" comes_up
check "the profile is for all users again" nmcli_laptop connection modify laptop connection.permissions ''
check "autostart is disabled in the profile" \
  nmcli_laptop connection modify laptop -vpn.data autostart
check "the profile is deactivated" nmcli_laptop connection down laptop

check "the profile becomes a secondary connection of the network" \
  nmcli_laptop connection modify uplink connection.secondaries "$(profile_uuid)"
check "the network is activated" new_network
check "the secondary connection is activated with the network" comes_up
check "the profile is deactivated" nmcli_laptop connection down laptop
check "the host is clean" wait_host_clean laptop
finish laptop
