# shellcheck shell=bash
# Building, quiet unless it fails. Needs $TOP.

# configure_build DIRECTORY OPTION...: configures again only if the options have changed
configure_build() {
  local directory=$1 stamp
  shift
  stamp="$directory/tools-options"
  if [ ! -e "$directory/build.ninja" ]; then
    meson setup "$@" "$directory" "$TOP" || return 1
  elif [ $# -gt 0 ] && [ "$*" != "$(cat "$stamp" 2>/dev/null)" ]; then
    meson configure "$directory" "$@" || return 1
  fi
  [ $# = 0 ] || echo "$*" > "$stamp"
}

# build_project DIRECTORY OPTION...
build_project() {
  local log status=0
  log=$(mktemp) || return 1
  { configure_build "$@" && meson compile -C "$1"; } > "$log" 2>&1 < /dev/null || status=$?
  if [ $status != 0 ]; then
    grep -E 'error:|ERROR:|FAILED:|warning:' "$log" >&2
    tail -n 40 "$log" >&2
  fi
  rm -f "$log"
  return $status
}
