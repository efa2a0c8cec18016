#!/bin/bash
# Both editors in windows of their own, with screenshots of each part of the page in build/screenshots:
# light, dark, German, Hebrew (right to left), narrow, twice the size, new, with invalid values, and with
# the live state from a mock service. Prints TAP.
#
# needs: root nm display
# shellcheck source=../lab/tap.sh
. "$(dirname "$(realpath "$0")")/../lab/tap.sh"
# shellcheck source=../lab/lab.sh
. "$(dirname "$(realpath "$0")")/../lab/lab.sh"
# shellcheck source=screen.sh
. "$(dirname "$(realpath "$0")")/screen.sh"
lab_begin "$@"
pictures=$LAB_BUILD/screenshots
mkdir -p "$pictures" "$LAB_DIR/screen" || bail_out "the folder for screenshots is created"

# LANGUAGE is ignored in C.UTF-8, the locale of the display
locale=()
[ ! -d "$LAB_BUILD/tests/locale/en_US.UTF-8" ] ||
  locale=(LOCPATH="$LAB_BUILD/tests/locale" LC_ALL=en_US.UTF-8)
window() {  # toolkit setting...
  local program=$LAB_BUILD/tests/gui/editor-window-$1
  shift
  # shellcheck disable=SC2016  # expanded inside
  WIRELINK_SCREEN="$LAB_DIR/screen" timeout 600 "$GUI_HERE/screen" bash -c '
    coproc /usr/bin/python3 "$0"
    trap "kill $COPROC_PID" EXIT
    read -r <&"${COPROC[0]}" && DBUS_SYSTEM_BUS_ADDRESS=$DBUS_SESSION_BUS_ADDRESS "$@"' \
    "$GUI_HERE/mock_service.py" env \
    WL_TEST_PLUGIN="$LAB_BUILD/properties/libnm-vpn-plugin-wirelink.so" \
    WL_TEST_LOCALES="$LAB_BUILD/po" WL_TEST_PROFILE="$GUI_HERE/home.wirelink" \
    G_DEBUG=fatal-criticals "${locale[@]}" "$@" "$program"
}
# A page that was drawn has many colors.
drawn() {  # toolkit
  local file count=0
  for file in "$pictures/$1"-*.png; do
    [ "$(identify -format %k "$file")" -gt 20 ] || { echo "$file is empty"; return 1; }
    count=$((count + 1))
  done
  [ "$count" = 80 ] || { echo "$count pictures"; return 1; }
}
# What the camera of a phone reads from the code.
scanned() {  # toolkit
  local code line
  for code in light dark rtl large narrow; do
    zbarimg -q --raw "$pictures/$1-start-$code-code.png" > "$LAB_DIR/screen/scanned.conf" ||
      { echo "the code in $code is not read"; return 1; }
    for line in 'PrivateKey = .\{43\}=' 'Address = 10.77.0.2/24, fd77::2/64' \
      'Endpoint = hub.example.net:51820'; do
      grep -qx "$line" "$LAB_DIR/screen/scanned.conf" || { echo "no $line in $code"; return 1; }
    done
  done
}
# The arrow of a row that opens mirrors, in a right-to-left language, that of a left-to-right one.
mirrored() {  # toolkit
  local strip=24x30+516+180 differing
  convert "$pictures/$1-rtl-machine.png" -flop -crop "$strip" +repage "$LAB_DIR/screen/mirrored.png" &&
    convert "$pictures/$1-light-machine.png" -crop "$strip" +repage "$LAB_DIR/screen/arrows.png" || return
  [ "$(identify -format %k "$LAB_DIR/screen/arrows.png")" -gt 1 ] || { echo "no arrow"; return 1; }
  differing=$(compare -metric AE -fuzz 20% "$LAB_DIR/screen/mirrored.png" \
    "$LAB_DIR/screen/arrows.png" null: 2>&1)
  differing=${differing%% *}  # newer versions print the share, too
  [ "$differing" -le 20 ] || { echo "$differing of 720 pixels differ"; return 1; }
}
# The screenshots for software centers match the editor, except for a few pixels of another font or
# theme; tools/screenshots regenerates them.
looks_like_this() {  # page
  local differing
  differing=$(compare -metric AE -fuzz 20% "$LAB_TOP/data/screenshots/$1.png" \
    "$pictures/gtk4-center-$1.png" null: 2>&1)
  differing=${differing%% *}
  [ "$differing" -le 7200 ] || { echo "$differing of 360000 pixels differ"; return 1; }
}
# G_SLICE: finds leaked lists, too; GDK_DEBUG: GTK 4 would load and unload a graphics driver, whose
# leaks have no symbols
if [ -n "${WIRELINK_ASAN:-}" ]; then
  for toolkit in gtk3 gtk4; do
    check "the editor for $toolkit has no errors and no leaks" window $toolkit G_SLICE=always-malloc \
      GDK_DEBUG=gl-disable ASAN_OPTIONS=detect_leaks=1 UBSAN_OPTIONS=halt_on_error=1:print_stacktrace=1 \
      LSAN_OPTIONS="suppressions=$GUI_HERE/../lsan.supp:print_suppressions=0"
  done
  finish
fi
# Only the own ones: other scripts may run at the same time.
rm -f "$pictures"/gtk[34]-*.png
for toolkit in gtk3 gtk4; do
  check "the editor for $toolkit opens and updates" window $toolkit WL_TEST_PICTURES="$pictures"
  check "the pages of $toolkit are drawn" drawn $toolkit
  check "the code of $toolkit for a phone can be scanned" scanned $toolkit
done
check "the arrows of gtk3 are mirrored in a right-to-left language" mirrored gtk3
for page in machine peers peer; do
  check "the screenshot of $page for software centers is up to date" looks_like_this $page
done
finish
