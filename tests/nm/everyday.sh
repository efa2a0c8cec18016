#!/bin/bash
# What people look at every day, with wirelinkctl alone, in a network of three: who answers and on
# which path, what happened, and what the log says.
#
# needs: root nm
# takes: long
# shellcheck source=../lab/tap.sh
. "$(dirname "$(realpath "$0")")/../lab/tap.sh"
# shellcheck source=../lab/lab.sh
. "$(dirname "$(realpath "$0")")/../lab/lab.sh"
# shellcheck source=../lab/three-hosts.sh
. "$LAB_HERE/three-hosts.sh"
# shellcheck source=../lab/nmcli.sh
. "$LAB_HERE/nmcli.sh"
lab_begin "$@"

doctor_says() { matches "$1" "$(host hub wirelinkctl doctor 2>&1 < /dev/null)"; }  # words
is_direct() { matches '^  desktop +direct' "$(host laptop wirelinkctl status)"; }

three_hosts_create cone || bail_out "the lab is set up" hub laptop desktop
three_hosts_profiles
for name in "${THREE_HOSTS[@]}"; do
  host_remember "$name"
done
for name in "${THREE_HOSTS[@]}"; do
  check "$name is activated" import_and_up "$name" || finish "${THREE_HOSTS[@]}"
done
check "the laptop is connected to the desktop directly" wait_until 30 is_direct

check "ping names the address and the path" \
  says '^desktop is 10\.77\.0\.3$' 0 laptop ping desktop --count 3
check "each reply has its round trip and its path" \
  says '^3  reply from desktop after [0-9.]+ ms  direct, 203\.0\.113\.12:[0-9]+$' 0 laptop ping desktop -c 3
check "ping counts what was lost" says '^desktop: 2 of 2 requests answered, 0 % lost; round trip' \
  0 laptop ping desktop -c 2

check "events shows when the profile came up" says \
  '^  [-0-9]{10} [:0-9]{8}  - +up' 0 laptop events
check "events shows when the hub was reached" says ' hub +direct +direct on 198\.51\.100\.5:' 0 laptop events

check "doctor says that packets of full size arrive" says \
  '^ok +laptop: packets of full size, [0-9]+ bytes, reach .*desktop' 0 laptop doctor
check "large packets to the desktop are dropped" host desktop nft -f - <<< 'table inet wl-test {
  chain in { type filter hook input priority 0; iifname "nmwl-*" meta length > 1340 drop; }
}'
check "doctor says which size arrives, and how to set it" says \
  '^warn +laptop: packets over 13[34][0-9] bytes do not reach desktop, and the MTU is 14' 0 laptop doctor
check "large packets arrive again" host desktop nft delete table inet wl-test

# The desktop with the profile of the laptop in place of its own.
check "the desktop is deactivated for a moment" nmcli_on desktop connection down desktop
cp "$LAB_DIR/laptop/laptop.wirelink" "$LAB_DIR/desktop/copy.wirelink"
check "a second machine has the profile of the laptop" nmcli_on desktop connection import \
  type wirelink file "$LAB_DIR/desktop/copy.wirelink"
check "it is activated there" nmcli_on desktop connection up copy
check "doctor on the hub finds that two machines use one key" wait_until 120 doctor_says \
  'laptop: seen at 203\.0\.113\.1[12]:[0-9]+ and 203\.0\.113\.1[12]:[0-9]+ in turn: two machines use its key'
check "the copy is deactivated" nmcli_on desktop connection down copy
check "the desktop is activated again" nmcli_on desktop connection up desktop

check "the desktop is deactivated" nmcli_on desktop connection down desktop
check "a member that is off does not answer" says \
  '^desktop: 0 of 2 requests answered, 100 % lost$' 1 laptop ping desktop -c 2
check "ping then names the command that explains it" says \
  'wirelinkctl explain desktop names the cause' 1 laptop ping desktop -c 1
check "the laptop is deactivated" nmcli_on laptop connection down laptop
check "root reads the events of an inactive profile" says '^  [^ ]+ [^ ]+  - +down' 0 laptop events laptop
check "the endpoint of the hub is set to an invalid value" nmcli_on laptop connection modify laptop \
  +vpn.data peer-1-endpoint=nowhere
refute "the laptop is not activated then" nmcli_on laptop connection up laptop
check "explain says so too" says 'laptop: cannot be activated: peer-1-endpoint: ' 1 laptop explain laptop
check "explain says when that was" says 'laptop: failed the last time, at .*: peer-1-endpoint: ' \
  1 laptop explain laptop
own=$(host laptop "$LAB_BUILD/src/ctl/wirelinkctl" pubkey < "$LAB_DIR/keys/laptop")
sed "0,/^PublicKey = .*/s||PublicKey = $own|" "$LAB_DIR/laptop/laptop.wirelink" > "$LAB_DIR/laptop/own.wirelink"
refute "a file with the own key as a peer is not imported" nmcli_on laptop connection import \
  type wirelink file "$LAB_DIR/laptop/own.wirelink"
check "events shows why" says ' failed +peer-1-endpoint: ' 0 laptop events laptop
for name in hub laptop; do
  nmcli_on "$name" connection down "$name" > /dev/null
  check "$name is clean" wait_host_clean "$name" 10
done
finish "${THREE_HOSTS[@]}"
