# shellcheck shell=bash
# Runs the commands that a document tells its readers to type.
#
# A block of commands names the host on which it is typed after the language:
#
#   ```sh laptop
#   wirelinkctl status
#   ```
#
# "```sh @SUITE" names the suite that tests such commands elsewhere.

# Prints the hosts of all blocks of FILE, in their order, one per line; "-" for a block that names none.
commands_hosts() {  # file
  # shellcheck disable=SC2016  # the backquotes are those of Markdown
  sed -n 's/^ *```sh *$/-/p; s/^ *```sh \([^ ]*\)$/\1/p' "$1"
}

# Prints block NUMBER, from 1, of FILE.
commands_block() {  # file number
  awk -v wanted="$2" '
    /^ *```/ && inside { inside = 0; next }
    /^ *```sh/ { number++; inside = number == wanted; next }
    inside' "$1"
}

# Types block NUMBER of FILE into a terminal of HOST, in the folder of the host. The names of the document
# stand for addresses of the lab, and "scp FILE HOST:" copies to the folder of another host.
commands_type() {  # file number host
  local script=$LAB_DIR/$3/home/.commands
  mkdir -p "$LAB_DIR/$3/home" &&
    { echo 'set -eu'; commands_block "$1" "$2" | sed "s/hub\.example\.net/${OUTER_ADDRESS[hub]}/g"; } > "$script" &&
    (cd "$LAB_DIR/$3/home" && host "$3" env PATH="$LAB_DIR/bin:$LAB_BUILD/src/ctl:$PATH" TERM=xterm \
      script -qefc "stty cols 120 rows 60; bash $script" /dev/null < /dev/null)
}

# commands_prepare: once, before the first block.
commands_prepare() {
  # shellcheck disable=SC2016  # expanded when it runs
  mkdir -p "$LAB_DIR/bin" &&
    printf '#!/bin/sh\nexec cp "$1" "%s/${2%%:}/home/"\n' "$LAB_DIR" > "$LAB_DIR/bin/scp" && chmod 755 "$LAB_DIR/bin/scp"
}

# A check for each block of FILE that names a host.
commands_run() {  # file
  local name number=0
  for name in $(commands_hosts "$1"); do
    number=$((number + 1))
    case $name in
      @*) ;;
      -) check "block $number of ${1##*/} names a host" false;;
      *) check "block $number of ${1##*/} works on the $name" commands_type "$1" "$number" "$name";;
    esac
  done
}
