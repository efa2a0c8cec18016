#!/bin/bash
# Tests the bash completion with stubs of nmcli and "wirelinkctl status" and the real help. Prints TAP.
# Usage: completion.sh WIRELINKCTL COMPLETION PAGE
#
# Also checks that --help, the manual page and the completion have the same commands and options.
set -u
wirelinkctl=$(realpath "$1") completion=$(realpath "$2") page=$(realpath "$3")
directory=$(mktemp -d) || exit 1
trap 'rm -rf "$directory"' EXIT
number=0 failed=0

# is WHAT EXPECTED GOT
is() {
  number=$((number + 1))
  if [ "$2" = "$3" ]; then
    echo "ok $number - $1"
  else
    failed=1
    echo "not ok $number - $1"
    printf '# expected: %s\n# got:      %s\n' "${2//$'\n'/ }" "${3//$'\n'/ }"
  fi
}

cat > "$directory/nmcli" <<'X'
#!/bin/bash
[ "$*" = '-t -f NAME,TYPE connection show' ] || exit 1
printf '%s\n' home:vpn 'my net:vpn' 'a\:b\\c:vpn' eth0:802-3-ethernet 'vpn:wireguard'
X
cat > "$directory/wirelinkctl" <<X
#!/bin/bash
[ "\$*" != 'status --json' ] || exec cat '$directory/status.json'
exec '$wirelinkctl' "\$@"
X
chmod 755 "$directory"/nmcli "$directory"/wirelinkctl
cat > "$directory/status.json" <<'X'
{
  "profiles" : [
    {
      "id" : "home",
      "public_key" : "OWN=",
      "peers" : [
        {
          "public_key" : "AAAA=",
          "name" : "hub"
        },
        {
          "name" : "$(touch pwned) `touch pwned`",
          "public_key" : "BBBB=",
        },
        {
          "name" : "bad\u001bname",
          "public_key" : "CCCC="
        }
      ]
    }
  ]
}
X
PATH=$directory:$PATH
cd "$directory" || exit 1
# shellcheck source=../../../data/completion/wirelinkctl
. "$completion"

# offers WORD...: the completions of the last word, one per line
offers() {
  COMP_WORDS=(wirelinkctl "$@") COMP_CWORD=$# COMPREPLY=()
  _wirelinkctl
  [ ${#COMPREPLY[@]} -eq 0 ] || printf '%s\n' "${COMPREPLY[@]}"
}
lines() { printf '%s\n' "$@"; }
commands() {
  "$wirelinkctl" --help | sed -n '/^Commands:/,/^$/s/^  \([a-z][a-z-]*\).*/\1/p'
}
# options COMMAND: its options according to its help
options() { "$wirelinkctl" "$1" --help | sed -n 's/^  \(--[a-z-]*\).*/\1/p'; }
# section COMMAND: its item of the manual page, up to the next one on the same level
section() {
  awk -v name="$1" '
    /^\.Bl / { level++ } /^\.El/ { level--; if (level == 0) found = 0 }
    level == 1 && /^\.It Cm / { found = $3 == name }
    found' "$page"
}

is 'the help lists commands' yes "$([ "$(commands | wc -l)" -gt 5 ] && echo yes)"
is 'the completion offers the commands' "$(commands; lines --help --version)" "$(offers '')"
is 'the completion offers the commands that start with the word' "$(commands | grep '^li')" "$(offers li)"
is 'the manual page has the same commands' "$(commands | sort)" \
  "$(awk '/^\.Sh/ { in_commands = $2 == "COMMANDS" }
    /^\.Bl / { level++ } /^\.El/ { level-- }
    in_commands && level == 1 && /^\.It Cm / { print $3 }' "$page" | sort)"
for command in $(commands); do
  is "the completion offers the options of $command" "$(options "$command"; echo --help)" \
    "$(offers "$command" --)"
  missing=''
  for option in $(options "$command"); do
    grep -q -e "Fl -${option#--}\b" <(section "$command") || missing+=" $option"
  done
  is "the manual page has the options of $command" '' "$missing"
done
is 'the completion offers profiles' "$(lines home 'my\ net' 'a:b\\c')" "$(offers status '')"
is 'the completion finds a profile by its start' 'my\ net' "$(offers status my)"
is 'the completion omits connections of other types' '' "$(offers status eth)"
if commands | grep -qx peer; then
  # shellcheck disable=SC2016
  is 'the completion offers peers and quotes their names' \
    "$(lines AAAA= hub '\$\(touch\ pwned\)\ \`touch\ pwned\`' BBBB= CCCC=)" "$(offers peer '')"
  is 'the completion finds a peer by its key' BBBB= "$(offers peer B)"
fi
if commands | grep -qx log; then
  is 'the completion offers profiles and peers' "$(lines home hub)" "$(offers log h)"
fi
is 'no name of a peer was executed' '' "$(ls "$directory/pwned" 2> /dev/null)"
is 'the completion offers formats' "$(lines wg-quick wirelink go wirehub)" "$(offers convert --from '')"
is 'the completion offers files' "$(lines nmcli)" "$(offers convert nm)"
is 'the completion offers files for an option' "$(lines status.json)" "$(offers convert --with st)"
is 'the completion offers nothing for a free argument of an option' '' "$(offers add --endpoint '')"
is 'the completion offers nothing for a new name' '' "$(offers new '')"

echo "1..$number"
exit $failed
