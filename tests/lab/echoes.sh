# shellcheck shell=bash
# What a pair loses when its way changes: an echo every 20 ms through the tunnel, and the direct way
# between two NAT routers cut and mended meanwhile.

# way_cut ROUTER OUTER-ADDRESS: nothing between the router and that address, in either direction
way_cut() {
  ip netns exec "$1" nft -f - <<X
table ip lab_cut {
  chain both {
    type filter hook prerouting priority raw; policy accept;
    ip saddr $2 drop
    ip daddr $2 drop
  }
}
X
}
way_mend() { ip netns exec "$1" nft delete table ip lab_cut; }

# echoes_begin NAME HOST ADDRESS; at most 120 s
echoes_begin() {
  local file=$LAB_DIR/echoes-$1
  : > "$file.go"
  # shellcheck disable=SC2016  # for the inner shell
  host "$2" sh -c 'ping -n -D -i 0.02 -w 120 "$1" > "$2" 2>&1 & ping=$!
    while [ -e "$2.go" ] && kill -0 $ping; do sleep 0.05; done
    kill -INT $ping; wait $ping' sh "$3" "$file" > /dev/null 2>&1 &
  printf -v "ECHOES_PID_$1" %s $!
}
# echoes_end NAME...: sets LOST (of all) and says how many of each, and the longest time without any
echoes_end() {
  local name pid file line
  LOST=0
  for name; do rm -f "$LAB_DIR/echoes-$name.go"; done
  for name; do
    file=$LAB_DIR/echoes-$name pid=ECHOES_PID_$name
    wait "${!pid}"
    line=$(awk '/icmp_seq=/ {
        time = substr($1, 2) + 0
        if (last && time - last > gap) gap = time - last
        last = time
      }
      / packets transmitted/ { sent = $1; got = $4 }
      END { print sent - got, sent, int(gap * 1000) }' "$file")
    # shellcheck disable=SC2086  # three numbers
    set -- $line
    LOST=$((LOST + $1))
    echo "# $name: $1 of $2 echoes of 20 ms lost, at most $3 ms without one"
  done
}
# echo_comes NAME: an answer since the last call for this name
echo_comes() {
  local before=ECHOES_SEEN_$1 now
  now=$(grep -c icmp_seq= "$LAB_DIR/echoes-$1")
  [ "$now" -gt "${!before:-0}" ]
}
echoes_mark() { printf -v "ECHOES_SEEN_$1" %s "$(grep -c icmp_seq= "$LAB_DIR/echoes-$1")"; }
