#!/bin/bash
# nm-connection-editor with the GTK 3 editor: creates, edits, imports and exports profiles through
# AT-SPI, and compares the profiles that NetworkManager stores. Prints TAP.
#
# needs: root nm display
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
# The flags of the private key, which is stored with the flags 0 only.
keeps() {  # id flags
  local wanted="private-key-flags=$2" found
  [ "$2" != 0 ] || wanted+=$'\n'"private-key=$private"
  found=$(stored "$1" | grep '^private-key')
  [ "$found" = "$wanted" ] || { echo "$found"; return 1; }
}
activated() {  # id
  host laptop nmcli connection up "$1" && host laptop nmcli connection down "$1"
}
mode_is() { [ "$(stat -c %a "$2")" = "$1" ] || { ls -l "$2"; return 1; }; }

private=xDCkVfhCNpYBwVxcmPqOuFpoJMO6BxYexBAKloRNyjU=
corpus=$LAB_TOP/tests/unit/profile/corpus
host laptop nmcli connection import type wirelink file "$corpus/unknown-keys.wirelink" \
  > /dev/null 2>&1 || bail_out "a profile is imported" laptop

check "a new profile is created" drive create
check "the new profile is stored as written" same "New network" create
check "a network with two phones is created" drive create-network Phones
check "a network is joined with a file" drive join Joined "$GUI_HERE/home.wirelink"
check "a profile is edited" drive edit unknown-keys
check "the edited profile has lost nothing" same unknown-keys edit
check "a file is imported" drive import "$corpus/trust.wirelink"
check "the imported profile is stored as written" same trust import
echo '{"Peers": []}' > "$LAB_DIR/screen/daemon.json"
check "the error of a file of the Go daemon names the remedy" \
  drive refuse "$LAB_DIR/screen/daemon.json" 'wirelinkctl convert'
check "a profile is exported" drive export trust "$LAB_DIR/screen/home/out.wirelink"
check "the exported file is readable by its user only" mode_is 600 "$LAB_DIR/screen/home/out.wirelink"
check "the exported file equals the imported one" diff <(grep -v ListenPort "$LAB_DIR/screen/home/out.wirelink") \
  <(grep -v ListenPort "$GUI_HERE/expected/export.wirelink")
check "invalid values are explained and cannot be saved" drive nonsense
host_uplink laptop 203.0.113.5/24 "$INET_GATEWAY"
host laptop nmcli connection import type wirelink file "$GUI_HERE/home.wirelink" > /dev/null 2>&1
check "the network of phones is activated" activated Phones
check "the live state is shown while the service runs" drive live home
check "a key is generated, its public key copied and drawn" drive key home
check "a screen reader reads the error of a field" drive describe home
check "the list of peers is searched" drive search home
check "a file is dropped on the list of peers" drive drop home "$corpus/trust.wirelink"
check "peers are reordered with keyboard and pointer" drive reorder home
check "the private key is set to be asked for each time" drive keep home 'Ask for this password every time'
check "a key that is asked for is not stored" keeps home 2
check "the private key is set to be stored for one user" drive keep home 'Store the password only for this user' "$private"
check "a key stored for one user is not stored by NetworkManager" keeps home 1
check "the private key is set to be stored for all users" drive keep home 'Store the password for all users' "$private"
check "a key stored for all users is stored by NetworkManager" keeps home 0
finish laptop
