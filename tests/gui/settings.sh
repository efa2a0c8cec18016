#!/bin/bash
# GNOME Settings with the GTK 4 editor: opens a profile, changes it by what a screen reader sees, and
# compares what NetworkManager stores. Prints TAP.
# shellcheck source=../nm/case.sh
. "$(dirname "$(realpath "$0")")/../nm/case.sh"
# shellcheck source=../lab/lab.sh
. "$(dirname "$(realpath "$0")")/../lab/lab.sh"
# shellcheck source=screen.sh
. "$(dirname "$(realpath "$0")")/screen.sh"
lab_begin "$@"
gui_host_create || bail_out "the lab comes up" laptop
host laptop nmcli connection import type wirelink file "$GUI_HERE/home.wirelink" \
  > /dev/null 2>&1 || bail_out "a profile is imported" laptop

drive() { screen_run timeout 60 /usr/bin/python3 "$GUI_HERE/settings.py" "$@"; }
check "a profile is edited" drive edit home
check "it is stored as written" diff "$GUI_HERE/expected/settings" <(stored home)
finish laptop
