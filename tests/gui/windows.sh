#!/bin/bash
# Both editors in windows of their own, and pictures of each page in build/screenshots: light, dark,
# German, Hebrew from right to left, narrow, in twice the size, and with nonsense in them. Prints TAP.
# shellcheck source=../nm/case.sh
. "$(dirname "$(realpath "$0")")/../nm/case.sh"
# shellcheck source=../lab/lab.sh
. "$(dirname "$(realpath "$0")")/../lab/lab.sh"
# shellcheck source=screen.sh
. "$(dirname "$(realpath "$0")")/screen.sh"
lab_begin "$@"
pictures=$LAB_BUILD/screenshots
mkdir -p "$pictures" "$LAB_DIR/screen" || bail_out "a folder for the pictures"

window() {  # toolkit
  WIRELINK_SCREEN="$LAB_DIR/screen" timeout 160 "$GUI_HERE/screen" env \
    WL_TEST_PLUGIN="$LAB_BUILD/properties/libnm-vpn-plugin-wirelink.so" \
    WL_TEST_LOCALES="$LAB_BUILD/po" WL_TEST_PROFILE="$GUI_HERE/home.wirelink" WL_TEST_PICTURES="$pictures" G_DEBUG=fatal-criticals \
    "$LAB_BUILD/tests/gui/editor-window-$1"
}
# A page that was drawn has more than one colour.
drawn() {  # toolkit
  local file count=0
  for file in "$pictures/$1"-*.png; do
    [ "$(identify -format %k "$file")" -gt 20 ] || { echo "$file is empty"; return 1; }
    count=$((count + 1))
  done
  [ "$count" = 41 ] || { echo "$count pictures"; return 1; }
}
rm -f "$pictures"/*.png
for toolkit in gtk3 gtk4; do
  check "the editor for $toolkit" window $toolkit
  check "the pictures of $toolkit" drawn $toolkit
done
finish
