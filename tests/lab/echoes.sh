# shellcheck shell=bash
# Packet loss while a pair changes its path: a ping every 20 ms through the tunnel, while the direct
# path between two NAT routers is cut and restored.

# path_cut ROUTER OUTER-ADDRESS: drops all packets between the router and that address
path_cut() {
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
path_restore() { ip netns exec "$1" nft delete table ip lab_cut; }

# echoes_begin NAME HOST ADDRESS: pings for at most 20 minutes
echoes_begin() {
  local file=$LAB_DIR/echoes-$1
  : > "$file.go"
  # shellcheck disable=SC2016  # for the inner shell
  host "$2" sh -c 'ping -n -D -i 0.02 -w 1200 "$1" > "$2" 2>&1 & ping=$!
    while [ -e "$2.go" ] && kill -0 $ping; do sleep 0.05; done
    kill -INT $ping; wait $ping' sh "$3" "$file" > /dev/null 2>&1 &
  printf -v "ECHOES_PID_$1" %s $!
}
# echoes_end NAME...: sets LOST to the number of lost pings of all, and prints for each how many
# were lost and the longest time without a reply
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
    echo "# $name: $1 of $2 pings lost (one every 20 ms), at most $3 ms without a reply"
  done
}
# echo_comes NAME: a reply has arrived since echoes_mark
echo_comes() {
  local before=ECHOES_SEEN_$1 now
  now=$(grep -c icmp_seq= "$LAB_DIR/echoes-$1")
  [ "$now" -gt "${!before:-0}" ]
}
echoes_mark() { printf -v "ECHOES_SEEN_$1" %s "$(grep -c icmp_seq= "$LAB_DIR/echoes-$1")"; }
