# shellcheck shell=bash
# The network of a host goes away and comes back, again and again, while both ends of the tunnel
# send: how long the peer stays unreachable after the uplink has its address, and what was sent.
#
#   logind_start HOST                          for the kind sleep
#   cycles_run HOST KIND COUNT PEER-ADDRESS    KIND: networking, sleep
#   echo "$CYCLES_LATE of $CYCLES_DONE, $CYCLES_WORST s, $CYCLES_BYTES bytes"

CYCLES_LIMIT=2     # seconds within which the peer must answer
CYCLES_PATIENCE=20 # seconds after which a cycle is given up

# The peer answered late, or never; cycles done; the longest time (s); the most bytes that the uplink
# or the tunnel sent in one cycle.
CYCLES_LATE=0 CYCLES_DONE=0 CYCLES_WORST=0 CYCLES_BYTES=0

# NetworkManager does the same for a suspend as for "networking off", but not with virtual
# interfaces, which are all that a lab has. So it is told, and logind's signals come with it.
cycle_break() {  # host kind
  [ "$2" != sleep ] || logind_announces "$1" USR1 || return 1
  host "$1" nmcli networking off
}
cycle_mend() {  # host kind
  [ "$2" != sleep ] || logind_announces "$1" USR2 || return 1
  host "$1" nmcli networking on
}
logind_start() {  # host
  host "$1" "$LAB_BUILD/tests/nm/fake-logind" > "$LAB_DIR/$1/log/logind.log" 2>&1 &
  wait_until 5 grep -q ready "$LAB_DIR/$1/log/logind.log"
}
logind_announces() {  # host signal
  host "$1" pkill "-$2" -x fake-logind
}

host_has_address() { host "$1" ip -4 -o addr show dev eth0 scope global | grep -q inet; }
host_has_no_address() { ! host_has_address "$1"; }
host_sent() { host "$1" cat "/sys/class/net/$2/statistics/tx_bytes"; }
host_pings() { host "$1" ping -n -q -c 1 -W 0.3 "$2" > /dev/null 2>&1; }

# One cycle; prints how long the peer did not answer (s), and how many bytes were sent meanwhile.
cycle_once() {  # host kind peer-address
  local uplink tunnel link start more
  link=$(host_interface "$1")
  uplink=$(host_sent "$1" eth0) tunnel=$(host_sent "$1" "$link")
  cycle_break "$1" "$2" && wait_until 20 host_has_no_address "$1" || return 1
  cycle_mend "$1" "$2" && wait_until 20 host_has_address "$1" || return 1
  start=$(now_us)
  wait_until "$CYCLES_PATIENCE" host_pings "$1" "$3" || :
  seconds "$start"
  uplink=$(($(host_sent "$1" eth0) - uplink)) more=$(($(host_sent "$1" "$link") - tunnel))
  echo "$((more > uplink ? more : uplink))"
}

cycles_run() {  # host kind count peer-address
  local i result time bytes pinger
  CYCLES_LATE=0 CYCLES_DONE=0 CYCLES_WORST=0 CYCLES_BYTES=0
  host "$1" ping -n -q -i 0.1 "$4" > /dev/null 2>&1 &
  pinger=$!
  for ((i = 0; i < $3; i++)); do
    result=$(cycle_once "$1" "$2" "$4") || { echo "the uplink did not change"; break; }
    read -r -d '' time bytes <<< "$result"
    CYCLES_DONE=$((CYCLES_DONE + 1))
    [ "$((10#${time/./}))" -le "$((CYCLES_LIMIT * 10))" ] || CYCLES_LATE=$((CYCLES_LATE + 1))
    [ "$((10#${time/./}))" -le "$((10#${CYCLES_WORST/./}))" ] || CYCLES_WORST=$time
    [ "$bytes" -le "$CYCLES_BYTES" ] || CYCLES_BYTES=$bytes
    [ -z "${CYCLES_VERBOSE:-}" ] || echo "# cycle $i: $time s, $bytes bytes"
  done
  kill "$pinger" 2> /dev/null
  wait "$pinger" 2> /dev/null
  [ "$CYCLES_DONE" = "$3" ]
}
