#!/bin/bash
# nm-applet as the agent: activating a profile whose key is not stored opens a window that asks for it.
# The window is nm-applet's own, filled from nm-wirelink-auth-dialog, as in GNOME Shell. Prints TAP.
#
# needs: root nm display
# shellcheck source=../nm/one-host.sh
. "$(dirname "$(realpath "$0")")/../nm/one-host.sh"
# shellcheck source=screen.sh
. "$(dirname "$(realpath "$0")")/screen.sh"
lab_begin "$@"
mkdir -p "$LAB_DIR/screen" || bail_out "the folder for the screen is created"
one_host_create || bail_out "the lab comes up" laptop

key=$(< "$LAB_DIR/keys/laptop")
stored=$LAB_DIR/laptop/etc/system-connections/laptop.nmconnection
import "$LAB_DIR/laptop/laptop.wirelink" > /dev/null || bail_out "the profile is imported" laptop
nmcli_laptop connection modify laptop +vpn.data private-key-flags=2 > /dev/null ||
  bail_out "the key is set not to be saved" laptop
drive() { WL_TEST_KEY=$key WL_TEST_NM_LOG=$LAB_DIR/laptop/log/nm.log gui_drive applet "$@"; }

check "canceling the window ends the activation" drive cancel
refute "the profile is not active after canceling" is_activated
check "entering the key activates the profile" drive answer
check "the peer is reachable" reaches 10.77.0.1
refute "the key is not stored" grep -qF -- "$key" "$stored"
check "the profile is deactivated" nmcli_laptop connection down laptop
finish laptop
