#!/bin/bash
# Plasma with the module and without: whether the code of its applet connects. Prints TAP.
#
# needs: root nm display plasma
# shellcheck source=../nm/one-host.sh
. "$(dirname "$(realpath "$0")")/../nm/one-host.sh"
# shellcheck source=../gui/screen.sh
. "$(dirname "$(realpath "$0")")/../gui/screen.sh"
here=$(dirname "$(realpath "$0")")
lab_begin "$@"
export LAB_NM_LOG=INFO
mkdir -p "$LAB_DIR/screen" || bail_out "the folder for the screen is created"
one_host_create || bail_out "the lab comes up" laptop

import "$LAB_DIR/laptop/laptop.wirelink" > /dev/null || bail_out "the profile is imported" laptop

# plasma MODULES: Plasma connects the profile
plasma() {
  local modules=$1 path
  path=$(nmcli_laptop -t -f UUID,DBUS-PATH connection show | sed -n "s/^$(profile_uuid)://p")
  screen_run env WL_TEST_NM_LOG="$LAB_DIR/laptop/log/nm.log" WL_TEST_MODULES="$modules" \
    timeout 300 "$here/desktop" "$path"
}
modules=$LAB_BUILD/tests/plasma/plugins
down() { nmcli_laptop connection down laptop && wait_host_clean laptop; }

output=$(plasma "$LAB_DIR/none" 2>&1)
check "without the module Plasma says that it cannot connect" matches 'not found, skipping|missing support' "$output"
refute "without the module the profile is not activated" is_activated

check "with the module Plasma connects" plasma "$modules"
check "the profile is activated" wait_until 60 is_activated
check "the peer is reachable" reaches 10.77.0.1
check "the profile is deactivated" down
finish laptop
