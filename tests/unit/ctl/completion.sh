#!/bin/bash
# The bash completion with stubs of nmcli and of wirelinkctl status, and the real help. Prints TAP.
# Usage: completion.sh WIRELINKCTL COMPLETION PAGE
#
# Checks besides that --help, the manual page and the completion know the same commands and options.
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

# offers WORD...: what is offered for the last one, a line each
offers() {
  COMP_WORDS=(wirelinkctl "$@") COMP_CWORD=$# COMPREPLY=()
  _wirelinkctl
  [ ${#COMPREPLY[@]} -eq 0 ] || printf '%s\n' "${COMPREPLY[@]}"
}
lines() { printf '%s\n' "$@"; }
commands() {
  "$wirelinkctl" --help | sed -n '/^Commands:/,/^$/s/^  \([a-z][a-z-]*\).*/\1/p'
}
# the options of a command, from its help
options() { "$wirelinkctl" "$1" --help | sed -n 's/^  \(--[a-z-]*\).*/\1/p'; }
# what the page says of a command: from its item to the next one on the same level
section() {
  awk -v name="$1" '
    /^\.Bl / { level++ } /^\.El/ { level--; if (level == 0) found = 0 }
    level == 1 && /^\.It Cm / { found = $3 == name }
    found' "$page"
}

is 'there are commands' yes "$([ "$(commands | wc -l)" -gt 5 ] && echo yes)"
is 'the commands are offered' "$(commands; lines --help --version)" "$(offers '')"
is 'those that begin so' "$(commands | grep '^li')" "$(offers li)"
is 'the page has the same commands' "$(commands | sort)" \
  "$(awk '/^\.Sh/ { in_commands = $2 == "COMMANDS" }
    /^\.Bl / { level++ } /^\.El/ { level-- }
    in_commands && level == 1 && /^\.It Cm / { print $3 }' "$page" | sort)"
for command in $(commands); do
  is "the options of $command are offered" "$(options "$command"; echo --help)" \
    "$(offers "$command" --)"
  missing=''
  for option in $(options "$command"); do
    grep -q -e "Fl -${option#--}\b" <(section "$command") || missing+=" $option"
  done
  is "the page has the options of $command" '' "$missing"
done
is 'profiles' "$(lines home 'my\ net' 'a:b\\c')" "$(offers status '')"
is 'a profile by its beginning' 'my\ net' "$(offers status my)"
is 'profiles of other kinds are not offered' '' "$(offers status eth)"
if commands | grep -qx peer; then
  # shellcheck disable=SC2016
  is 'peers, which are never run' \
    "$(lines AAAA= hub '\$\(touch\ pwned\)\ \`touch\ pwned\`' BBBB= CCCC=)" "$(offers peer '')"
  is 'a peer by its key' BBBB= "$(offers peer B)"
fi
is 'nothing was run' '' "$(ls "$directory/pwned" 2> /dev/null)"
is 'formats' "$(lines wg-quick wirelink go wirehub)" "$(offers convert --from '')"
is 'files' "$(lines nmcli)" "$(offers convert nm)"
is 'files of options' "$(lines status.json)" "$(offers convert --with st)"
is 'a word of an option is left alone' '' "$(offers add --endpoint '')"
is 'no guess for a new name' '' "$(offers new '')"

echo "1..$number"
exit $failed
