#!/bin/bash
# Under systemd the service logs to the journal, as NetworkManager does: the command that nmcli
# suggests after a failure shows the reason, and every message can be found by profile and by link.
#
# needs: root nm
# vm: skip-emulated
# shellcheck source=one-host.sh
. "$(dirname "$(realpath "$0")")/one-host.sh"
export LAB_NM_JOURNAL=1
lab_begin "$@"
one_host_create || bail_out "the lab comes up" laptop

journal() { host laptop journalctl --no-pager --quiet "$@"; }
ours() { journal --identifier=nm-wirelink-service "$@"; }
# The log has WORDS, as of the service, where FIELD=VALUE... are
has() {  # words field=value...
  local words=$1
  shift
  wait_until 5 found "$words" "$@" || { ours --output=short "$@"; return 1; }
}
found() { ours --output=cat "${@:2}" | grep -qE -- "$1"; }
lines() { ours --output=cat | wc -l; }
hears_nothing() {  # 5 s long
  local before
  before=$(lines)
  sleep 5
  [ "$(lines)" = "$before" ] || { ours --output=short --lines 10; return 1; }
}
# What nmcli says when it fails, and what one reads where it points to.
fails_and_says() {  # profile words
  local output hint
  if output=$(nmcli_laptop connection up "$1"); then echo "it came up"; return 1; fi
  hint=$(grep -oE "journalctl -xe NM_CONNECTION=[-0-9a-f]+" <<< "$output") ||
    { echo "no hint: $output"; return 1; }
  # shellcheck disable=SC2086  # a command with its arguments
  wait_until 5 hint_has "$2" $hint || { host laptop $hint --no-pager; return 1; }
}
hint_has() { host laptop "${@:2}" --no-pager --identifier=nm-wirelink-service | grep -qE -- "$1"; }

check "the profile is imported" import "$LAB_DIR/laptop/laptop.wirelink" || finish laptop
UUID=$(profile_uuid)
LINK=nmwl-${UUID:0:8}
check "it is activated" nmcli_laptop connection up laptop || finish laptop
check "the other side answers" reaches 10.77.0.1
# The last that it has to say for now.
check "the service says how it is reached" has 'other: direct-lan' "NM_CONNECTION=$UUID"
check "the service's lines are found by the profile" has 'the link is up' "NM_CONNECTION=$UUID"
check "by the link" has 'the link is up' "NM_DEVICE=$LINK"
check "and by how much they matter" has 'the link is up' PRIORITY=5
check "no line of the service is without the profile" diff \
  <(ours --output=cat) <(ours --output=cat "NM_CONNECTION=$UUID")
check "nothing is written while nothing happens" hears_nothing
check "a change is wrong" nmcli_laptop connection modify laptop +vpn.data peer-1-endpoint=nowhere
check "that is a warning" has 'peer-1-endpoint: ' "NM_CONNECTION=$UUID" PRIORITY=4
check "it is deactivated" nmcli_laptop connection down laptop
check "that is said" has 'the link goes down' "NM_CONNECTION=$UUID"

check "it is mended, and wants a link's name that somebody has" nmcli_laptop connection modify laptop \
  +vpn.data peer-1-endpoint=203.0.113.6:51820 connection.interface-name wl-own
check "somebody has it" host laptop ip link add wl-own type veth peer name wl-peer
check "it does not come up; nmcli points to why" fails_and_says laptop \
  'interface "wl-own" exists and is not ours'
refute "nobody says that that link goes down" found 'goes down' NM_DEVICE=wl-own
host laptop ip link del wl-own

check "nonsense again" nmcli_laptop connection modify laptop \
  +vpn.data peer-1-endpoint=nowhere connection.interface-name ''
check "it does not come up with that; nmcli points to why" fails_and_says laptop \
  'the profile cannot be used: peer-1-endpoint: '
check "it is mended, and nobody keeps its key" nmcli_laptop connection modify laptop \
  +vpn.data peer-1-endpoint=203.0.113.6:51820 +vpn.data private-key-flags=2
check "nmcli points to why" fails_and_says laptop 'does not have the secret private-key'
check "nothing is left" wait_host_clean laptop
finish laptop
