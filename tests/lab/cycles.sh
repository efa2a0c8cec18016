# shellcheck shell=bash
# The network of a host goes away and comes back, again and again, while both ends of the tunnel
# send: how long the peer stays unreachable after the uplink has its address, and what was sent.
#
#   logind_start HOST                          for the kind sleep
#   cycles_run HOST KIND COUNT PEER-ADDRESS    KIND: networking, sleep
#   echo "$CYCLES_LATE of $CYCLES_DONE, $CYCLES_WORST ms, $CYCLES_BYTES bytes"
#
# The times are those of the kernel's messages and of ping's replies, and do not depend on how fast
# the lab notices.

# shellcheck disable=SC2034  # for scripts
CYCLES_LIMIT=2000  # ms within which the peer must answer
CYCLES_PATIENCE=20 # seconds after which a cycle is given up
CYCLES_AWAY=${WIRELINK_CYCLE_AWAY:-0} # seconds without a network; after 180 there is no session

# Cycles done; those in which the peer answered late, or never; the longest time (ms); the most bytes
# that the uplink or the tunnel sent in one cycle.
CYCLES_DONE=0 CYCLES_LATE=0 CYCLES_WORST=0 CYCLES_BYTES=0

# NetworkManager does the same for a suspend as for "networking off", but not with virtual
# interfaces, which are all that a lab has. So it is told, and logind's signal of the resume, which
# the service gets as well, comes with it.
cycle_break() { host "$1" nmcli networking off; }  # host
cycle_mend() {  # host kind
  [ "$2" != sleep ] || logind_resumes "$1" || return 1
  host "$1" nmcli networking on
}
logind_start() {  # host
  host "$1" "$LAB_BUILD/tests/nm/fake-logind" > "$LAB_DIR/$1/log/logind.log" 2>&1 &
  wait_until 5 grep -q ready "$LAB_DIR/$1/log/logind.log"
}
logind_resumes() {  # host
  host "$1" kill -USR1 "$(sed -n 's/^ready //p' "$LAB_DIR/$1/log/logind.log")"
}

host_has_address() { host "$1" ip -4 -o addr show dev eth0 scope global | grep -q inet; }
host_has_no_address() { ! host_has_address "$1"; }
host_sent() { host "$1" cat "/sys/class/net/$2/statistics/tx_bytes"; }

# cycle_address_ms FILE LINES, cycle_reply_ms FILE LINES: when the address came, and the first reply,
# in milliseconds, from what `ip -ts monitor` and `ping -D` printed after that many LINES
cycle_address_ms() {
  local time
  time=$(tail -n "+$(($2 + 1))" "$1" | grep -v Deleted |
    sed -n 's/^\[\([^]]*\)\].* eth0 *inet .*/\1/p' | tail -n 1)
  [ -n "$time" ] && date -d "$time" +%s%3N
}
cycle_reply_ms() {
  tail -n "+$(($2 + 1))" "$1" | sed -n 's/^\[\([0-9]*\)\.\([0-9]\{3\}\).* bytes from .*/\1\2/p' |
    head -n 1 | grep .
}

# One cycle; prints how long the peer did not answer (ms), and how many bytes were sent meanwhile.
cycle_once() {  # host kind
  local uplink tunnel link more replies addresses address reply
  link=$(host_interface "$1")
  uplink=$(host_sent "$1" eth0) tunnel=$(host_sent "$1" "$link")
  cycle_break "$1" && wait_until 20 host_has_no_address "$1" || return 1
  sleep "$CYCLES_AWAY"
  replies=$(wc -l < "$LAB_DIR/replies") addresses=$(wc -l < "$LAB_DIR/addresses")
  cycle_mend "$1" "$2" && wait_until 20 host_has_address "$1" || return 1
  wait_until "$CYCLES_PATIENCE" cycle_reply_ms "$LAB_DIR/replies" "$replies" > /dev/null
  address=$(cycle_address_ms "$LAB_DIR/addresses" "$addresses") || return 1
  reply=$(cycle_reply_ms "$LAB_DIR/replies" "$replies") || reply=$((address + CYCLES_PATIENCE * 1000))
  uplink=$(($(host_sent "$1" eth0) - uplink)) more=$(($(host_sent "$1" "$link") - tunnel))
  echo "$((reply > address ? reply - address : 0)) $((more > uplink ? more : uplink))"
}

# Notes addresses and replies as long as the file "cycling" is there.
cycles_watch() {  # host peer-address
  # shellcheck disable=SC2016  # for the inner shell
  host "$1" sh -c 'cd "$0" && ip -ts -o monitor address > addresses 2>&1 & monitor=$!
    cd "$0" && ping -n -D -i 0.1 "$1" > replies 2>&1 & ping=$!
    while [ -e "$0/cycling" ]; do sleep 0.1; done
    kill $monitor $ping; wait' "$LAB_DIR" "$2" > /dev/null 2>&1
}

cycles_run() {  # host kind count peer-address
  local i result time bytes watch
  CYCLES_LATE=0 CYCLES_DONE=0 CYCLES_WORST=0 CYCLES_BYTES=0
  rm -f "$LAB_DIR/addresses" "$LAB_DIR/replies"
  touch "$LAB_DIR/cycling"
  cycles_watch "$1" "$4" &
  watch=$!
  wait_until 10 grep -q 'bytes from' "$LAB_DIR/replies" 2> /dev/null
  for ((i = 0; i < $3; i++)); do
    result=$(cycle_once "$1" "$2") || { echo "the uplink did not change"; break; }
    read -r time bytes <<< "$result"
    CYCLES_DONE=$((CYCLES_DONE + 1))
    at_most "$CYCLES_LIMIT" "$time" || CYCLES_LATE=$((CYCLES_LATE + 1))
    [ "$time" -le "$CYCLES_WORST" ] || CYCLES_WORST=$time
    [ "$bytes" -le "$CYCLES_BYTES" ] || CYCLES_BYTES=$bytes
    [ -z "${CYCLES_VERBOSE:-}" ] || echo "# cycle $i: $time ms, $bytes bytes"
  done
  rm -f "$LAB_DIR/cycling"
  wait "$watch" 2> /dev/null
  [ "$CYCLES_DONE" = "$3" ]
}
