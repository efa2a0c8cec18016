#!/bin/bash
# The service, NetworkManager and wireguard-go are killed at 20 random moments, spread evenly over
# activation, steady state and teardown. NetworkManager must show the true state each time, and
# after the next activation or `wirelinkctl cleanup` nothing of ours may be left and nothing foreign
# may be gone.
#
# The moments are drawn from the time that activation and teardown take on this machine. A kill
# that hits nothing, because its target has not started or has already ended, does not count, and
# the range of the next ones is adjusted.
#
# NetworkManager has 2 s to show the true state, from the kill or from the moment when it responds
# again. In a virtual machine, where programs start slowly, there are only 10 kills. NetworkManager does
# not notice the death of a service that has no bus name yet; it reports after 5 s of its own that none
# appeared.
#
# WIRELINK_SEED=N repeats a run, WIRELINK_ROUNDS=N changes the number of kills.
#
# needs: root nm
# takes: long
# shellcheck source=one-host.sh
. "$(dirname "$(realpath "$0")")/one-host.sh"
lab_begin "$@"
RANDOM=${WIRELINK_SEED:=$RANDOM}
echo "# seed $WIRELINK_SEED"
one_host_create || bail_out "the lab is set up" laptop

TRUTH=2 ROUNDS=20
case ${VM_RUN:-} in tcg|uml) ROUNDS=10;; esac

uses_wireguard_go() { [ "${WIRELINK_WIREGUARD:-}" = userspace ] || ! kernel_has_wireguard; }
foreign_things() {
  host laptop ip link add nmwl-0abcdef0 type veth peer name theirs &&
    host laptop ip rule add pref 31100 fwmark 7 lookup 99 &&
    host laptop ip rule add pref 100 protocol 87 fwmark 8 lookup 99 &&
    host laptop ip -6 rule add pref 31251 lookup 51820 &&
    host laptop ip route add 198.51.100.0/24 dev lo table 99 protocol 87 &&
    host laptop ip route add unreachable default table 51820 &&
    host laptop mkdir -p /run/wireguard && host laptop touch /run/wireguard/theirs.sock
}
# The state of NetworkManager has settled and is true: a service runs if and only if it is active.
is_true() {
  local state
  state=$(nmcli_laptop -g GENERAL.STATE connection show laptop) || return 1
  case $state in
    activated) [ -n "$(service_pids)" ] && [ -n "$(host_interface laptop)" ];;
    '') [ -z "$(service_pids)" ];;
    *) return 1;;
  esac
}
uplink_is_back() {
  host_nm_is_up laptop && [ "$(nmcli_laptop -g GENERAL.STATE connection show uplink)" = activated ]
}
begin() { nmcli_laptop --wait 90 connection "$1" laptop > /dev/null; }
slept() { sleep "$(printf '%d.%03d' $(($1 / 1000)) $(($1 % 1000)))"; }

# range of moments to kill at, in ms, for each phase and victim
declare -A FROM=() TO=()
no_service() { [ -z "$(service_pids)" ]; }
measure() {
  local start
  start=$(now_us)
  begin up || return 1
  UP=$((($(now_us) - start) / 1000)) start=$(now_us)
  begin down || return 1
  DOWN=$((($(now_us) - start) / 1000))
  wait_until 5 no_service
}

# Every victim in every phase, in random order.
DEALT=()
deal() {
  local victims=(nm-wirelink-service NetworkManager) victim i other swap
  ! uses_wireguard_go || victims+=(wireguard-go)
  for victim in "${victims[@]}"; do
    DEALT+=("activation $victim" "steady $victim" "teardown $victim")
    TO["activation $victim"]=$UP TO["steady $victim"]=300 TO["teardown $victim"]=$DOWN
  done
  for ((i = ${#DEALT[@]} - 1; i > 0; i--)); do
    other=$((RANDOM % (i + 1))) swap=${DEALT[i]}
    DEALT[i]=${DEALT[other]} DEALT[other]=$swap
  done
}

# A killed NetworkManager never answers nmcli, which would wait for 90 s. Ends nmcli and waits until
# a request that the restarted NetworkManager received is done.
give_up() {  # pid of the subshell
  host_kill laptop nmcli || :
  wait "$1"
  wait_until 20 is_true || { echo "it comes to no rest"; return 1; }
}

# NetworkManager was waiting for a service to own its bus name; it shows the true state after that.
gave_up_waiting() {
  tail -n +$(($1 + 1)) "$LAB_DIR/laptop/log/nm.log" | grep -q 'starting: timed out waiting'
}
waits_for_name() { wait_until 6 gave_up_waiting "$1" && within $TRUTH is_true && TOOK_LONG=yes; }

# kill_in PHASE VICTIM MILLISECONDS
kill_in() {
  local nmcli='' lines
  lines=$(wc -l < "$LAB_DIR/laptop/log/nm.log")
  case $1 in
    activation)
      begin up &
      nmcli=$!;;
    steady)
      begin up || { echo "it does not come up"; return 1; };;
    teardown)
      begin up || { echo "it does not come up"; return 1; }
      begin down &
      nmcli=$!;;
  esac
  slept "$3"
  KILLED=yes
  case $2 in
    NetworkManager) host_kill_nm laptop || KILLED=no;;
    *) host_kill laptop "$2" || KILLED=no;;
  esac
  [ "$2" != NetworkManager ] || wait_until 20 host_nm_is_up laptop || { echo "not back"; return 1; }
  # Nothing was killed, so nothing is to be shown: let the activation or deactivation end.
  [ $KILLED = yes ] || [ -z "$nmcli" ] || wait "$nmcli"
  DEAD=$(now_us)
  within $TRUTH is_true || waits_for_name "$lines" ||
    { echo "NetworkManager shows what is not so"; return 1; }
  [ -n "$TOOK_LONG" ] || TOOK=$(($(now_us) - DEAD))
  [ "$2" != NetworkManager ] || wait_until 20 uplink_is_back || { echo "no uplink"; return 1; }
  [ -n "$nmcli" ] || return 0
  if [ "$2" = NetworkManager ]; then give_up "$nmcli"; else wait "$nmcli" || :; fi
}
said() { local output; output=$("$@") || { echo "$*: $output"; return 1; }; }
# What was killed may end the activation between the question and the request.
not_active() {
  ! is_activated || said nmcli_laptop connection down laptop > "$LAB_DIR/down" ||
    within "$TRUTH" fails is_activated || { cat "$LAB_DIR/down"; return 1; }
}
removed() {  # cleanup|activation
  not_active || return 1
  case $1 in
    cleanup) host laptop env WIRELINK_SERVICE="$LAB_BUILD/src/service/nm-wirelink-service" \
      wirelinkctl cleanup || return 1;;
    activation)
      said nmcli_laptop connection up laptop && reaches 10.77.0.1 20 &&
        said nmcli_laptop connection down laptop || return 1;;
  esac
  wait_host_clean laptop
}
round() {  # number; in this shell, so that RANDOM advances
  local pair=${DEALT[$((($1 - 1) % ${#DEALT[@]}))]} file=$LAB_DIR/round phase victim from until moment how
  phase=${pair% *} victim=${pair#* } from=${FROM[$pair]:-0} until=${TO[$pair]}
  moment=$((from + RANDOM % (until > from ? until - from : 1)))
  how=$([ $((RANDOM % 2)) = 0 ] && echo cleanup || echo activation)
  KILLED='' TOOK=0 TOOK_LONG=''
  kill_in "$phase" "$victim" "$moment" > "$file" 2>&1
  case $KILLED$phase in
    nosteady) echo "there is none" >> "$file";;
    noactivation) FROM[$pair]=$((moment + 1));;
    noteardown) TO[$pair]=$moment;;
  esac
  check "$1: the state is true after $victim is killed $moment ms into $phase (hit: ${KILLED:-no})" test ! -s "$file" ||
    sed 's/^/#   /' "$file"
  check "$1: the host is clean after $how" removed "$how" || return 1
  [ "$TOOK" -le "$worst" ] || worst=$TOOK
}
rounds() {
  local n=1 missed=0
  while [ $n -le "${WIRELINK_ROUNDS:-$ROUNDS}" ]; do
    round "$n" || return
    if [ "$KILLED" = yes ]; then n=$((n + 1)) missed=0; else missed=$((missed + 1)); fi
    [ $missed -lt 10 ] || { check "$n: the victim is running" false; return; }
  done
}

import "$LAB_DIR/laptop/laptop.wirelink" > /dev/null || bail_out "the profile is imported" laptop
# so that rules and routes may be left behind, too
check "the profile is a full tunnel" \
  nmcli_laptop connection modify laptop +vpn.data full-tunnel=yes \
  +vpn.data kill-switch=yes +vpn.data 'peer-1-allowed-ips=10.77.0.1/32 0.0.0.0/0 ::/0'
check "foreign links, rules and routes are added" foreign_things || finish laptop
host_remember laptop
worst=0
measure || bail_out "the profile is activated and deactivated" laptop
echo "# $UP ms to come up, $DOWN ms to go down"
deal
rounds
echo "# at most $((worst / 1000)) ms until NetworkManager showed what was true"

# --- a restart of NetworkManager ends the VPN cleanly, and it can be activated again
check "the profile is activated" nmcli_laptop connection up laptop
check "the peer answers pings" reaches 10.77.0.1 20
check "NetworkManager is killed" host_kill_nm laptop
check "NetworkManager and the uplink are back" wait_until 20 uplink_is_back
check "the service has exited" within $TRUTH is_true
check "the host is clean" wait_host_clean laptop
check "the profile is activated again" nmcli_laptop connection up laptop
check "the peer answers pings" reaches 10.77.0.1 20
check "the profile is deactivated" nmcli_laptop connection down laptop
check "the host is clean again" wait_host_clean laptop
finish laptop
