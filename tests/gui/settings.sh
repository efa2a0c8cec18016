#!/bin/bash
# GNOME Settings with the GTK 4 editor: creates, imports, changes and reorders by what a screen reader
# sees, and compares what NetworkManager stores. Prints TAP.
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
  diff "$GUI_HERE/expected/$2" <(stored "$1")
}
export_again() {  # id file
  host laptop nmcli connection export "$1" "$LAB_DIR/out.wirelink" &&
    diff "$2" "$LAB_DIR/out.wirelink"
}
not_stored() { stored "$1" | grep -qx 'private-key-flags=2' && ! stored "$1" | grep '^private-key='; }

check "a file is imported" drive import "$GUI_HERE/home.wirelink"
check "it is stored as it was written" same home settings-import
check "what Settings does not offer, export, has lost nothing" \
  export_again home "$GUI_HERE/expected/settings-export.wirelink"
check "Settings has no export" drive no-export
echo '{"Peers": []}' > "$LAB_DIR/screen/daemon.json"
printf '[Interface]\nPrivateKey = xDCkVfhCNpYBwVxcmPqOuFpoJMO6BxYexBAKloRNyjU=\n' \
  > "$LAB_DIR/screen/plain.conf"
check "a file of wg-quick is refused with what to do" \
  drive refuse "$LAB_DIR/screen/plain.conf" 'add the line "[Wirelink]" at its end'
check "a file of the Go daemon is refused with what to do" \
  drive refuse "$LAB_DIR/screen/daemon.json" 'wirelinkctl convert'
check "a file is dropped on the list" \
  drive drop home "$LAB_TOP/tests/unit/profile/corpus/trust.wirelink"
check "what is wrong is read aloud at its field" drive describe home
check "the list is searched" drive search home
check "a profile is edited" drive edit home
check "it is stored as written" same home settings
check "peers are moved by keyboard and pointer" drive reorder home
check "a new profile is made" drive create
check "it is stored as written" same "New network" settings-create
check "the private key is asked for each time" drive ask-each-time home
check "it is not stored" not_stored home
finish laptop
