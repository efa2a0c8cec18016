# shellcheck shell=bash
# A display, a window manager and a session bus with AT-SPI, inside the lab and beside the
# NetworkManager of the host "laptop". Scripts source ../lab/tap.sh and the lab before this.

# screen_run COMMAND...: in the namespaces of the host, with that display
screen_run() {
  host laptop env WIRELINK_SCREEN="$LAB_DIR/screen" "$GUI_HERE/screen" "$@"
}
# gui_drive SCRIPT VERB...
gui_drive() {
  local script=$1
  shift
  screen_run env WL_TEST_DRAG_SOURCE="$LAB_BUILD/tests/gui/drag-source" \
    WL_TEST_PICTURES="$LAB_BUILD/screenshots" timeout 600 /usr/bin/python3 "$GUI_HERE/$script.py" "$@"
}
GUI_HERE=$(dirname "$(realpath "${BASH_SOURCE[0]}")")

gui_host_create() {
  export LAB_NM_LOG=INFO
  inet_create && host_with_plugin laptop cable_public && mkdir -p "$LAB_DIR/screen"
}

# stored NAME: the keyfile of the profile, without the values that differ each time
stored() {
  local file
  file=$(grep -l "^id=$1\$" "$LAB_DIR"/laptop/etc/system-connections/*) || return 1
  grep -vE '^(uuid|timestamp|listen-port)=|^$' "$file"
}
