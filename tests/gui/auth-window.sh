#!/bin/bash
# The window that asks for keys, as agents that have none have nm-wirelink-auth-dialog show it. Prints TAP.
# shellcheck source=../lab/tap.sh
. "$(dirname "$(realpath "$0")")/../lab/tap.sh"
# shellcheck source=../lab/lab.sh
. "$(dirname "$(realpath "$0")")/../lab/lab.sh"
# shellcheck source=screen.sh
. "$(dirname "$(realpath "$0")")/screen.sh"
lab_begin "$@"
mkdir -p "$LAB_DIR/screen" "$LAB_BUILD/screenshots" || bail_out "a folder for the pictures"

drive() {
  WIRELINK_SCREEN="$LAB_DIR/screen" timeout 60 "$GUI_HERE/screen" env \
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

check "keys are asked, and given" drive answer
check "one that is none is not taken" drive wrong
check "what is written can be shown" drive show
check "what is not asked for is not kept, what did not do is shown again" drive kept
check "it can be cancelled" drive cancel
check "and closed with a key" drive escape
check "without a display it says what would do" without_a_display
finish
