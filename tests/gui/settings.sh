#!/bin/bash
# GNOME Settings with the GTK 4 editor: creates, imports, edits and reorders through AT-SPI, and
# compares the profiles that NetworkManager stores. Prints TAP.
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

drive() { gui_drive settings "$@"; }
same() {  # id file
  # newer versions of GNOME Settings import a profile, too, for one user, who has to activate it
  local theirs='autoconnect=false|permissions=user:root:;'
  diff <(grep -vxE "$theirs" "$GUI_HERE/expected/$2") <(stored "$1" | grep -vxE "$theirs")
}
export_again() {  # id file
  host laptop nmcli connection export "$1" "$LAB_DIR/out.wirelink" &&
    diff "$2" "$LAB_DIR/out.wirelink"
}
not_stored() { stored "$1" | grep -qx 'private-key-flags=2' && ! stored "$1" | grep '^private-key='; }

check "a file is imported" drive import "$GUI_HERE/home.wirelink"
check "the imported profile is stored as written" same home settings-import
check "nmcli exports the imported profile without loss" \
  export_again home "$GUI_HERE/expected/settings-export.wirelink"
check "GNOME Settings has no export" drive no-export
echo '{"Peers": []}' > "$LAB_DIR/screen/daemon.json"
printf '[Interface]\nPrivateKey = xDCkVfhCNpYBwVxcmPqOuFpoJMO6BxYexBAKloRNyjU=\n' \
  > "$LAB_DIR/screen/plain.conf"
# newer versions import it themselves, as a connection of type wireguard
check "the error of a wg-quick file names the remedy, if there is one" \
  drive refuse "$LAB_DIR/screen/plain.conf" 'wirelinkctl convert' WireGuard
check "the error of a file of the Go daemon names the remedy" \
  drive refuse "$LAB_DIR/screen/daemon.json" 'wirelinkctl convert'
check "a file is dropped on the list of peers" \
  drive drop home "$LAB_TOP/tests/unit/profile/corpus/trust.wirelink"
check "a screen reader reads the error of a field" drive describe home
check "the list of peers is searched" drive search home
check "a profile is edited" drive edit home
check "the edited profile is stored as written" same home settings
check "peers are reordered with keyboard and pointer" drive reorder home
check "a new profile is created" drive create
check "the new profile is stored as written" same "New network" settings-create
check "a network with a phone is created" drive create-network Phones
check "the private key is set to be asked for each time" drive ask-each-time home
check "the private key is not stored" not_stored home
finish laptop
