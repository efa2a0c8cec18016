#!/bin/bash
# What a new user does in the first week, each task as a person would type it, with the steps that it
# takes, the seconds until it has worked, and what a ping of the others lost meanwhile. Prints TAP, and
# at the end a table of tasks as comments. The seconds are those of this machine, and no bound depends
# on them.
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

WITHIN=60  # s, for a network that changes; more on a busy machine
N_PINGS=0

# ---- tasks and their figures ----
# task NAME COMMAND...: COMMAND uses type for each step and returns when the task has worked.
task() {
  local started
  : > "$LAB_DIR/steps"
  started=$(now_us)
  check "$1" "${@:2}" || return 1
  printf '# %-44s %5s %8s %6s\n' "$1" "$(wc -l < "$LAB_DIR/steps")" \
    "$(awk -v us=$(($(now_us) - started)) 'BEGIN { printf "%.1f", us / 1e6 }')" "${LOST:--}" >> "$LAB_DIR/table"
  LOST=
}
# One step: what a person types on a host, in a directory of that host.
type() {
  local name=$1
  shift
  echo "$name: $*" >> "$LAB_DIR/steps"
  host "$name" sh -c "cd '$LAB_DIR/$name' && $*" < /dev/null > "$LAB_DIR/said" 2>&1 || { cat "$LAB_DIR/said"; return 1; }
}
copy() { echo "scp $3 $1 $2" >> "$LAB_DIR/steps"; cp "$LAB_DIR/$1/$3" "$LAB_DIR/$2/"; }  # from to file
# task_undisturbed FROM TO NAME COMMAND...: a task during which a ping between two members loses nothing
task_undisturbed() {
  local name=$3
  ping_begin "$1" "$2" || { check "$name: the members reach each other" false; return; }
  LOST='?' task "${@:3}"
  check "$name: the ping goes on" ping_end
  sed -i "s|^\(# $name .*\) ?\$|\1 $(lost)|" "$LAB_DIR/table"
  check "$name: no ping of the others is lost" none_lost
}
# Each ping has a file of its own, and ends when that says so: its process is in the namespaces of a host.
ping_begin() {  # from to
  PINGS=$LAB_DIR/pings-$((N_PINGS += 1))
  : > "$PINGS.go"
  # shellcheck disable=SC2016  # for the inner shell
  host "$1" sh -c 'ping -n -i 0.2 "$1" > "$2" 2>&1 & ping=$!
    while [ -e "$2.go" ] && kill -0 $ping; do sleep 0.05; done
    kill $ping; wait $ping' sh "$2" "$PINGS" > /dev/null 2>&1 < /dev/null &
  PING=$!
  wait_until "$WITHIN" grep -q 'icmp_seq=3 ' "$PINGS"
}
# Ends after another reply than the last one.
ping_end() {
  local before
  before=$(grep -c time= "$PINGS")
  wait_until "$WITHIN" more_replies "$before"
  rm "$PINGS.go"
  wait_gone 5 "$PING"
}
more_replies() { [ "$(grep -c time= "$PINGS")" -gt "$1" ]; }
# Requests before the last one that was answered, without a reply.
lost() {
  sed -n 's/.*icmp_seq=\([0-9]*\) .*time=.*/\1/p' "$PINGS" | sort -nu | awk '{ last = $1 } END { print last - NR }'
}
none_lost() { [ "$(lost)" = 0 ] || { echo "$(lost) lost:"; tail -n 40 "$PINGS"; return 1; }; }
matches_of() { local words=$1 name=$2; shift 2; host "$name" wirelinkctl "$@" 2> /dev/null < /dev/null | grep -qE -- "$words"; }
shows() { wait_until "$WITHIN" matches_of "$3" "$1" "$2"; }      # host command words
shows_not() { wait_until "$WITHIN" fails matches_of "$3" "$1" "$2"; }
answers() { wait_until "$WITHIN" host "$1" ping -n -q -c 1 -W 0.5 "$2" > /dev/null; }  # from to
answers_no_more() { wait_until "$WITHIN" fails host "$1" ping -n -q -c 2 -i 0.3 -W 0.5 "$2" > /dev/null; }
import_and_up() { type "$1" "nmcli connection import type wirelink file $1.wirelink" && type "$1" "wirelinkctl up $1"; }

# ---- the tasks ----
new_network() {
  type hub "wirelinkctl new laptop --network 10.77.0.0/24,fd77::/64 --endpoint ${OUTER_ADDRESS[hub]}" &&
    import_and_up hub && copy hub laptop laptop.wirelink && import_and_up laptop && answers laptop 10.77.0.1
}
own_address() { type laptop "wirelinkctl status" && matches '10\.77\.0\.2' "$(< "$LAB_DIR/said")"; }
their_address() { type laptop "wirelinkctl ip hub" && matches '^10\.77\.0\.1$' "$(< "$LAB_DIR/said")"; }
add_member() {
  type hub "wirelinkctl add desktop" && copy hub desktop desktop.wirelink && import_and_up desktop &&
    answers desktop 10.77.0.2
}
becomes_direct() { shows laptop status '^  desktop +direct'; }
add_phone() { type hub "wirelinkctl add phone --basic --qr-force" && shows hub status '^  phone '; }
rename_member() { type hub "wirelinkctl rename phone tablet" && shows hub status '^  tablet '; }
remove_member() { type hub "wirelinkctl remove tablet" && shows_not hub status '^  (tablet|phone) '; }
why_not() { type laptop "wirelinkctl explain desktop" && matches 'Conclusion' "$(< "$LAB_DIR/said")"; }
what_happened() { type laptop "wirelinkctl events" && matches 'desktop +direct' "$(< "$LAB_DIR/said")"; }
export_profile() {
  type laptop "nmcli connection export laptop out.wirelink" &&
    grep -q '^# PrivateKey' "$LAB_DIR/laptop/out.wirelink"
}
from_wg_quick() {
  printf '[Interface]\nPrivateKey = %s\nAddress = 10.9.0.2/24\n\n[Peer]\nPublicKey = %s\nEndpoint = 203.0.113.77:51820\nAllowedIPs = 10.9.0.0/24\n' \
    "$(wirelinkctl genkey)" "$(wirelinkctl genkey | wirelinkctl pubkey)" > "$LAB_DIR/laptop/office.conf"
  type laptop "wirelinkctl convert office.conf office.wirelink" &&
    type laptop "nmcli connection import type wirelink file office.wirelink"
}
second_network() { type laptop "wirelinkctl up office" && answers laptop 10.77.0.1; }
move_laptop() {
  host laptop nmcli connection modify uplink ipv4.addresses 192.168.1.77/24 < /dev/null > /dev/null &&
    host laptop nmcli connection up uplink < /dev/null > /dev/null && answers laptop 10.77.0.1
}
# To the address that it has, so that the network goes on.
hub_moves() {
  type laptop "wirelinkctl set-endpoint hub ${OUTER_ADDRESS[hub]}:51820" && answers laptop 10.77.0.1
}
# Members that know it from the hub alone drop it within 5 minutes, which the simulator tests.
lost_laptop() { type hub "wirelinkctl remove laptop" && answers_no_more hub 10.77.0.2; }

three_hosts_create cone || bail_out "the lab is set up" hub laptop desktop
task "a new network of a hub and a laptop" new_network || finish hub laptop
task "the own address" own_address
task "the address of another member" their_address
task_undisturbed laptop 10.77.0.1 "a member is added while others work" add_member
task "the new member and the laptop become direct" becomes_direct
task_undisturbed laptop 10.77.0.1 "a phone is added" add_phone
task_undisturbed laptop 10.77.0.1 "a member is renamed" rename_member
task_undisturbed laptop 10.77.0.1 "a member is removed" remove_member
task_undisturbed laptop 10.77.0.1 "the endpoint of the hub is set" hub_moves
task "why a member is direct or not" why_not
task "what happened" what_happened
task "a profile is exported" export_profile
task "a wg-quick file is converted" from_wg_quick
task_undisturbed laptop 10.77.0.1 "a second network is activated" second_network
task "the laptop moves to another address" move_laptop
task "a lost laptop is removed on the hub" lost_laptop

printf '#\n# %-44s %5s %8s %6s\n' task steps seconds lost
cat "$LAB_DIR/table"
finish hub laptop desktop
