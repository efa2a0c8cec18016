#!/bin/bash
# The service, NetworkManager and wireguard-go are killed at 20 random moments of activation, steady
# state and teardown. NetworkManager shows what is true, and after the next activation, or
# `wirelinkctl sweep`, nothing of ours is left and nothing of others is gone.
#
# NetworkManager has 2 s to show what is true, from the moment of the kill, or from the moment when it
# answers again. Where the CPU is emulated, which makes everything about 14 times slower, it has 10, and
# there are 10 moments.
#
# WIRELINK_SEED=N repeats a run, WIRELINK_ROUNDS=N makes it another number of rounds.
# shellcheck source=one-host.sh
. "$(dirname "$(realpath "$0")")/one-host.sh"
lab_begin "$@"
RANDOM=${WIRELINK_SEED:=$RANDOM}
echo "# seed $WIRELINK_SEED"
one_host_create || bail_out "the lab comes up" laptop

TRUTH=2 ROUNDS=20
[ "${VM_RUN:-}" != tcg ] || TRUTH=10 ROUNDS=10

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
# The last word of NetworkManager, which is right when the service is there exactly if it should.
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
# Not 90 s for a NetworkManager that was killed before it answered.
begin() { nmcli_laptop --wait 20 connection "$1" laptop > /dev/null; }
slept() { sleep "$(printf '0.%03d' "$1")"; }

# kill_in PHASE VICTIM MILLISECONDS
kill_in() {
  local nmcli=''
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
  # Of what was not there yet, or not any more, nothing is to be shown: the rest takes its course.
  [ $KILLED = yes ] || [ -z "$nmcli" ] || wait "$nmcli"
  DEAD=$(now_us)
  wait_until $TRUTH is_true || { echo "NetworkManager shows what is not so"; return 1; }
  TOOK=$(($(now_us) - DEAD))
  [ "$2" != NetworkManager ] || wait_until 20 uplink_is_back || { echo "no uplink"; return 1; }
  [ -z "$nmcli" ] || wait "$nmcli"
}
removed() {  # sweep|activation
  ! is_activated || nmcli_laptop connection down laptop > /dev/null || return 1
  case $1 in
    sweep) host laptop env WIRELINK_SERVICE="$LAB_BUILD/src/service/nm-wirelink-service" \
      wirelinkctl sweep || return 1;;
    activation)
      nmcli_laptop connection up laptop > /dev/null && reaches 10.77.0.1 20 &&
        nmcli_laptop connection down laptop > /dev/null || return 1;;
  esac
  wait_host_clean laptop
}
round() {  # number; in this shell, for RANDOM to go on
  local phases=(activation steady teardown) victims=(nm-wirelink-service NetworkManager wireguard-go)
  local phase victim span how file=$LAB_DIR/round
  uses_wireguard_go || victims=(nm-wirelink-service NetworkManager)
  phase=${phases[RANDOM % 3]} victim=${victims[RANDOM % ${#victims[@]}]}
  case $phase in activation) span=400;; steady) span=300;; teardown) span=80;; esac
  span=$((RANDOM % span))
  how=$([ $((RANDOM % 2)) = 0 ] && echo sweep || echo activation)
  kill_in "$phase" "$victim" "$span" > "$file" 2>&1
  check "$1: $victim killed $span ms into $phase (hit: ${KILLED:-no})" test ! -s "$file" ||
    sed 's/^/#   /' "$file"
  check "$1: nothing is left after $how" removed "$how" || return 1
  [ "${TOOK:-0}" -le "$worst" ] || worst=$TOOK
}

import "$LAB_DIR/laptop/laptop.wirelink" > /dev/null || bail_out "the profile is imported" laptop
# rules and routes to leave behind, too
check "it is a full tunnel" nmcli_laptop connection modify laptop +vpn.data full-tunnel=yes \
  +vpn.data kill-switch=yes +vpn.data 'peer-1-allowed-ips=10.77.0.1/32 0.0.0.0/0 ::/0'
check "others have things here" foreign_things || finish laptop
host_remember laptop
worst=0
for ((n = 1; n <= ${WIRELINK_ROUNDS:-$ROUNDS}; n++)); do
  round "$n" || break
done
echo "# at most $((worst / 1000)) ms until NetworkManager showed what was true"

# --- a restart of NetworkManager ends the VPN, in order, and it can come up again
check "it is activated" nmcli_laptop connection up laptop
check "the other side answers" reaches 10.77.0.1 20
check "NetworkManager is killed" host_kill_nm laptop
check "it is back, and the uplink with it" wait_until 20 uplink_is_back
check "the service has ended" wait_until $TRUTH is_true
check "nothing is left" wait_host_clean laptop
check "it is activated again" nmcli_laptop connection up laptop
check "the other side answers" reaches 10.77.0.1 20
check "it is deactivated" nmcli_laptop connection down laptop
check "nothing is left again" wait_host_clean laptop
finish laptop
