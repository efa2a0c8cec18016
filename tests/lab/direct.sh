# shellcheck shell=bash
# Whether two of the three hosts reach each other directly, as WireGuard sees it: each has the
# other's outer address as its endpoint, and pings through the tunnel increase the other's counters,
# not the hub's.

# wg_peers HOST PEER...: "ENDPOINT RX-BYTES TX-BYTES" of each, a line each
wg_peers() {
  local name=$1 dump peer
  shift
  dump=$(host "$name" wg show all dump) || return 1
  for peer in "$@"; do
    awk -v key="${PUBLIC_KEY[$peer]}" 'NF == 9 && $2 == key { print $4, $7, $8 }' <<< "$dump"
  done
}

wg_endpoint() {
  local endpoint
  read -r endpoint _ < <(wg_peers "$1" "$2")
  echo "${endpoint:-(none)}"
}

endpoints_right() {  # host peer
  [[ $(wg_endpoint "$1" "$2") == "${OUTER_ADDRESS[$2]}":* &&
    $(wg_endpoint "$2" "$1") == "${OUTER_ADDRESS[$1]}":* ]]
}

# pings HOST ADDRESS COUNT [PAYLOAD]: every ping is answered
pings() {  # host address count [payload]
  host "$1" ping -n -q -c "$3" -i 0.02 -W 0.3 -s "${4:-56}" "$2" > /dev/null 2>&1
}

hub_pair_reached() {  # host
  pings "$1" "${TUNNEL4[hub]}" 1 && pings "$1" "${TUNNEL6[hub]}" 1 && endpoints_right "$1" hub
}

# carried HOST PEER ADDRESS COUNT PAYLOAD: every one of COUNT pings is answered, and the counters of
# both hosts show that both directions used the direct path; from 10 pings on, the counters of the
# hub must show in addition that they did not use the path through it.
carried() {
  local total=$(($4 * $5)) i
  local -a before after
  mapfile -t before < <(pair_counters "$1" "$2")
  pings "$1" "$3" "$4" "$5" || return 1
  mapfile -t after < <(pair_counters "$1" "$2")
  [ ${#before[@]} = 8 ] && [ ${#after[@]} = 8 ] || return 1
  for i in 0 1 4 5; do [ $((after[i] - before[i])) -ge $total ] || return 1; done
  [ "$4" -ge 10 ] || return 0
  # facts are exchanged with the hub meanwhile
  for i in 2 3 6 7; do [ $((after[i] - before[i])) -lt $((total / 4)) ] || return 1; done
}

# Bytes that each of the two received and sent: with the other one, with the hub. One number a line.
pair_counters() {
  { wg_peers "$1" "$2" hub && wg_peers "$2" "$1" hub; } | awk '{ print $2; print $3 }'
}

# pair_direct HOST PEER [COUNT]: over IPv4 and IPv6
pair_direct() {
  endpoints_right "$1" "$2" && carried "$1" "$2" "${TUNNEL4[$2]}" "${3:-1}" 1000 &&
    carried "$1" "$2" "${TUNNEL6[$2]}" "${3:-1}" 1000
}

# pair_settled HOST PEER: direct now, and for 20 pings of each family from either side. Sets
# PAIR_SINCE to the moment when the pair was first direct.
pair_settled() {
  pair_direct "$1" "$2" || return 1
  # shellcheck disable=SC2034  # for the caller
  PAIR_SINCE=$(now_us)
  pair_direct "$1" "$2" 20 && pair_direct "$2" "$1" 20
}
