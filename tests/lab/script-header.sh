# shellcheck shell=bash
# Reads what a test script says about itself in the comment at its beginning (tests/lab/scripts).

# script_header FILE WORD: what follows "# WORD: ", or nothing
script_header() { sed -n "1d; /^#/!q; s/^# $2: //p" "$1"; }

# script_files FOLDER: the test scripts of it, those that take long first
script_files() {
  local file
  local -a long=() short=()
  for file in "$1"/*.sh; do
    [ -n "$(script_header "$file" needs)" ] || continue
    if [ "$(script_header "$file" takes)" = long ]; then long+=("$file"); else short+=("$file"); fi
  done
  printf '%s\n' "${long[@]}" "${short[@]}" | sed '/^$/d; s|^\./||'
}
