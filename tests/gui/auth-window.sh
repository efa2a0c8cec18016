#!/bin/bash
# The window that nm-wirelink-auth-dialog shows for agents without one of their own. Prints TAP.
#
# needs: root nm display
# shellcheck source=../lab/tap.sh
. "$(dirname "$(realpath "$0")")/../lab/tap.sh"
# shellcheck source=../lab/lab.sh
. "$(dirname "$(realpath "$0")")/../lab/lab.sh"
# shellcheck source=screen.sh
. "$(dirname "$(realpath "$0")")/screen.sh"
lab_begin "$@"
mkdir -p "$LAB_DIR/screen" "$LAB_BUILD/screenshots" || bail_out "the folder for screenshots is created"

drive() {
  WIRELINK_SCREEN="$LAB_DIR/screen" timeout 600 "$GUI_HERE/screen" env \
    WL_TEST_AUTH_DIALOG="$LAB_BUILD/src/auth-dialog/nm-wirelink-auth-dialog" \
    WL_TEST_PICTURES="$LAB_BUILD/screenshots" G_DEBUG=fatal-criticals \
    /usr/bin/python3 "$GUI_HERE/auth_window.py" "$@"
}
without_a_display() {
  local output
  output=$(printf 'DATA_KEY=private-key-flags\nDATA_VAL=2\n\nDONE\n\n' |
    env -u DISPLAY -u WAYLAND_DISPLAY "$LAB_BUILD/src/auth-dialog/nm-wirelink-auth-dialog" \
      -u some-uuid -n home -s org.freedesktop.NetworkManager.wirelink -i 2>&1) && return 1
  matches 'no display .*nmcli --ask' "$output"
}

check "the window asks for keys and returns them" drive answer
check "the window rejects an invalid key" drive wrong
check "the keys can be shown" drive show
check "the window keeps no other secrets and shows a rejected key again" drive kept
check "the window can be canceled" drive cancel
check "the window closes with Escape" drive escape
check "the error without a display names the remedy" without_a_display
finish
