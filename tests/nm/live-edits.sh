#!/bin/bash
# Everyday changes of a running network with wirelinkctl alone: a member is added, renamed, moved and
# removed on the hub, and a ping between others loses nothing meanwhile.
#
# needs: root nm
# takes: long
# shellcheck source=../lab/tap.sh
. "$(dirname "$(realpath "$0")")/../lab/tap.sh"
# shellcheck source=../lab/lab.sh
. "$(dirname "$(realpath "$0")")/../lab/lab.sh"
# shellcheck source=../lab/three-hosts.sh
. "$LAB_HERE/three-hosts.sh"
lab_begin "$@"

nmcli_on() {  # host argument...
  local name=$1
  shift
  host "$name" nmcli "$@" < /dev/null
}
creates() {
  (cd "$LAB_DIR/files" && wirelinkctl new laptop --network 10.77.0.0/24,fd77::/64 \
    --endpoint "${OUTER_ADDRESS[hub]}" > /dev/null)
}
import_and_up() {  # host
  cp "$LAB_DIR/files/$1.wirelink" "$LAB_DIR/$1/" &&
    nmcli_on "$1" connection import type wirelink file "$LAB_DIR/$1/$1.wirelink" > /dev/null &&
    nmcli_on "$1" connection up "$1" > /dev/null
}
reaches_from() { wait_until "${3:-30}" host "$1" ping -n -q -c 1 -W 0.5 "$2" > /dev/null; }
on_hub() { host hub wirelinkctl "$@" > "$LAB_DIR/said" 2>&1; }
says() { matches "$1" "$(< "$LAB_DIR/said")"; }
ping_start() {
  host laptop ping -n -i 0.1 10.77.0.1 > "$LAB_DIR/pings" 2>&1 &
  PING=$!
}
ping_stop() { kill "$PING" && wait_gone 5 "$PING"; }
# The number of replies is that of the last request that was answered.
none_lost() {
  sed -n 's/.*icmp_seq=\([0-9]*\) .*time=.*/\1/p' "$LAB_DIR/pings" | sort -nu > "$LAB_DIR/seqs"
  [ "$(wc -l < "$LAB_DIR/seqs")" = "$(tail -n 1 "$LAB_DIR/seqs")" ] || { tail -n 3 "$LAB_DIR/pings"; return 1; }
}
# The file of the new member is written where the command runs.
adds() {
  host hub sh -c "cd '$LAB_DIR/files' && wirelinkctl add desktop" > "$LAB_DIR/said" 2>&1 &&
    says 'Added to the active profile "hub"; no peer was disconnected'
}
shown_on() {  # host peer words
  matches "^  $2 +($3)" "$(host "$1" wirelinkctl status)"
}
not_shown_on() { fails shown_on "$1" "$2" ''; }
reaches_no_more() { fails host desktop ping -n -q -c 2 -i 0.3 -W 0.5 10.77.0.1 > /dev/null; }

three_hosts_create cone || bail_out "the lab is set up" hub laptop desktop
mkdir "$LAB_DIR/files"
check "a network is created" creates || finish
for name in "${THREE_HOSTS[@]}"; do
  host_remember "$name"
done
check "the hub is activated" import_and_up hub || finish hub
check "the laptop is activated" import_and_up laptop || finish laptop
check "the laptop reaches the hub" reaches_from laptop 10.77.0.1 || finish hub laptop
ping_start
check "a member is added to the running hub without a file of it" adds
check "the new member is activated" import_and_up desktop
check "the new member reaches the hub" reaches_from desktop 10.77.0.1
check "the member is renamed" on_hub rename desktop pc
check "the hub shows the new name at once" shown_on hub pc direct
check "the endpoint of a member is set" on_hub set-endpoint pc 203.0.113.99
check "the session of the member goes on" reaches_from desktop 10.77.0.1
check "the member is removed" on_hub remove pc
check "the hub says that it was disconnected" says 'it is disconnected from this machine'
check "the hub knows the member no more" not_shown_on hub pc
check "the removed member reaches the hub no more" reaches_no_more
check "the ping of another member was stopped" ping_stop
check "it lost nothing" none_lost
check "the keys of the hub are still stored" nmcli_on hub connection down hub
check "the hub is activated again" nmcli_on hub connection up hub
check "the laptop reaches it again" reaches_from laptop 10.77.0.1
for name in "${THREE_HOSTS[@]}"; do
  nmcli_on "$name" connection down "$name" > /dev/null
  check "$name is clean" wait_host_clean "$name" 10
done
finish "${THREE_HOSTS[@]}"
