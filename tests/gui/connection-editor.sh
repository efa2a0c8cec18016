#!/bin/bash
# nm-connection-editor with the GTK 3 editor: creates, edits, imports and exports profiles by what a
# screen reader sees, and compares what NetworkManager stores. Prints TAP.
# shellcheck source=../lab/tap.sh
. "$(dirname "$(realpath "$0")")/../lab/tap.sh"
# shellcheck source=../lab/lab.sh
. "$(dirname "$(realpath "$0")")/../lab/lab.sh"
# shellcheck source=screen.sh
. "$(dirname "$(realpath "$0")")/screen.sh"
lab_begin "$@"
gui_host_create || bail_out "the lab comes up" laptop

drive() { gui_drive connection_editor "$@"; }
same() {  # id file
  diff "$GUI_HERE/expected/$2" <(stored "$1")
}
# How the private key is kept: with the flags 0 it is stored.
keeps() {  # id flags
  local wanted="private-key-flags=$2" found
  [ "$2" != 0 ] || wanted+=$'\n'"private-key=$private"
  found=$(stored "$1" | grep '^private-key')
  [ "$found" = "$wanted" ] || { echo "$found"; return 1; }
}
mode_is() { [ "$(stat -c %a "$2")" = "$1" ] || { ls -l "$2"; return 1; }; }

private=xDCkVfhCNpYBwVxcmPqOuFpoJMO6BxYexBAKloRNyjU=
corpus=$LAB_TOP/tests/unit/profile/corpus
host laptop nmcli connection import type wirelink file "$corpus/unknown-keys.wirelink" \
  > /dev/null 2>&1 || bail_out "a profile is imported" laptop

check "a new profile is made" drive create
check "it is stored as written" same "New network" create
check "a profile is edited" drive edit unknown-keys
check "it has lost nothing" same unknown-keys edit
check "a file is imported" drive import "$corpus/trust.wirelink"
check "it is stored as it was written" same trust import
echo '{"Peers": []}' > "$LAB_DIR/screen/daemon.json"
check "a file of the Go daemon is refused with what to do" \
  drive refuse "$LAB_DIR/screen/daemon.json" 'wirelinkctl convert'
check "a profile is exported" drive export trust "$LAB_DIR/screen/home/out.wirelink"
check "only its user may read it" mode_is 600 "$LAB_DIR/screen/home/out.wirelink"
check "it is what was imported" diff <(grep -v ListenPort "$LAB_DIR/screen/home/out.wirelink") \
  <(grep -v ListenPort "$GUI_HERE/expected/export.wirelink")
check "nonsense is explained, and cannot be saved" drive nonsense
host_uplink laptop 203.0.113.5/24 "$INET_GATEWAY"
host laptop nmcli connection import type wirelink file "$GUI_HERE/home.wirelink" > /dev/null 2>&1
check "what the service says is shown while it runs" drive live home
check "a key is made, its public half copied and drawn" drive key home
check "what is wrong is read aloud at its field" drive describe home
check "the list is searched" drive search home
check "a file is dropped on the list" drive drop home "$corpus/trust.wirelink"
check "peers are moved by keyboard and pointer" drive reorder home
check "the private key is asked for each time" drive keep home 'Ask for this password every time'
check "it is not stored" keeps home 2
check "it is kept for one user" drive keep home 'Store the password only for this user' "$private"
check "it is not stored here" keeps home 1
check "it is kept for all" drive keep home 'Store the password for all users' "$private"
check "it is stored again" keeps home 0
finish laptop
