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
one_host_create || bail_out "the lab is set up" laptop

journal() { host laptop journalctl --no-pager --quiet "$@"; }
ours() { journal --identifier=nm-wirelink-service "$@"; }
# has WORDS FIELD=VALUE...: the service logged WORDS with these journal fields
has() {  # words field=value...
  local words=$1
  shift
  wait_until 5 found "$words" "$@" || { ours --output=short "$@"; return 1; }
}
found() { ours --output=cat "${@:2}" | grep -qE -- "$1"; }
log_has() { host laptop wirelinkctl log "$2" < /dev/null | grep -qE -- "$1"; }  # words name
lines() { ours --output=cat | wc -l; }
hears_nothing() {  # 5 s long
  local before
  before=$(lines)
  sleep 5
  [ "$(lines)" = "$before" ] || { ours --output=short --lines 10; return 1; }
}
# Activation fails, and the command that nmcli suggests shows the words.
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
check "the profile is activated" nmcli_laptop connection up laptop || finish laptop
check "the peer answers pings" reaches 10.77.0.1
# The last message of an activation.
check "the service logs how the peer is reached" has 'other: direct-lan' "NM_CONNECTION=$UUID"
check "messages can be found by profile" has 'the link is up' "NM_CONNECTION=$UUID"
check "messages can be found by link" has 'the link is up' "NM_DEVICE=$LINK"
check "messages can be found by priority" has 'the link is up' PRIORITY=5
# What a kernel lacks is not about a profile.
check "every message names the profile" diff \
  <(ours --output=cat | grep -v 'no Landlock') <(ours --output=cat "NM_CONNECTION=$UUID")
check "wirelinkctl log shows the messages of the profile" log_has 'the link is up' laptop
check "wirelinkctl log shows the messages about a peer" log_has 'other: direct-lan' other
refute "it shows no other messages then" log_has 'the link is up' other
check "an idle service logs nothing" hears_nothing
check "an endpoint is set to an invalid value" \
  nmcli_laptop connection modify laptop +vpn.data peer-1-endpoint=nowhere
check "the invalid endpoint is logged as a warning" \
  has 'peer-1-endpoint: ' "NM_CONNECTION=$UUID" PRIORITY=4
check "the profile is deactivated" nmcli_laptop connection down laptop
check "the deactivation is logged" has 'removing the link' "NM_CONNECTION=$UUID"

check "the endpoint is corrected and an interface name set" nmcli_laptop connection modify laptop \
  +vpn.data peer-1-endpoint=203.0.113.6:51820 connection.interface-name wl-own
check "a foreign interface has that name" host laptop ip link add wl-own type veth peer name wl-peer
check "activation fails and nmcli points to the name conflict" fails_and_says laptop \
  'interface "wl-own" already exists'
refute "no message says that the foreign interface goes down" found 'goes down' NM_DEVICE=wl-own
host laptop ip link del wl-own

check "the endpoint is set to an invalid value again" nmcli_laptop connection modify laptop \
  +vpn.data peer-1-endpoint=nowhere connection.interface-name ''
check "activation fails and nmcli points to the invalid endpoint" fails_and_says laptop \
  'the profile is not valid: peer-1-endpoint: '
check "the endpoint is corrected and the private key is never saved" \
  nmcli_laptop connection modify laptop \
  +vpn.data peer-1-endpoint=203.0.113.6:51820 +vpn.data private-key-flags=2
check "activation fails and nmcli points to the missing key" \
  fails_and_says laptop 'the secret private-key is not stored'
check "wirelinkctl log shows why an inactive profile failed" log_has 'peer-1-endpoint: ' laptop
check "the host is clean" wait_host_clean laptop
finish laptop
