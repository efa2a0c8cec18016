#!/bin/bash
# nm-applet as the agent: a profile whose key nobody keeps is brought up, and a window asks for it. It
# is nm-applet's own, which takes nm-wirelink-auth-dialog's word for what to ask, as GNOME Shell does.
# Prints TAP.
# shellcheck source=../nm/one-host.sh
. "$(dirname "$(realpath "$0")")/../nm/one-host.sh"
# shellcheck source=screen.sh
. "$(dirname "$(realpath "$0")")/screen.sh"
lab_begin "$@"
mkdir -p "$LAB_DIR/screen" || bail_out "a folder for the screen"
one_host_create || bail_out "the lab comes up" laptop

key=$(< "$LAB_DIR/keys/laptop")
stored=$LAB_DIR/laptop/etc/system-connections/laptop.nmconnection
import "$LAB_DIR/laptop/laptop.wirelink" > /dev/null || bail_out "the profile is imported" laptop
nmcli_laptop connection modify laptop +vpn.data private-key-flags=2 > /dev/null ||
  bail_out "its key is not to be saved" laptop
drive() { WL_TEST_KEY=$key WL_TEST_NM_LOG=$LAB_DIR/laptop/log/nm.log gui_drive applet "$@"; }

check "the window is there and is cancelled: the profile does not come up" drive cancel
refute "it is not activated" is_activated
check "the window is given the key: the profile comes up" drive answer
check "the other side answers" reaches 10.77.0.1
refute "the key is not stored" grep -qF -- "$key" "$stored"
check "it is deactivated" nmcli_laptop connection down laptop
finish laptop
