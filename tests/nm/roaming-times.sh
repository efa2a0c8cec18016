#!/bin/bash
# How soon traffic flows again after a change of the default route, over 20 changes between two
# uplinks. The figures are printed and compared with a generous limit only, because machines
# differ.
#
# needs: root nm kernel-wireguard
# takes: long
# shellcheck source=two-uplinks.sh
. "$(dirname "$(realpath "$0")")/two-uplinks.sh"
RUNS=20 LIMIT_MS=5000
lab_begin "$@"
two_uplinks_create || bail_out "the lab is set up" laptop hub

answers() { grep -c '^answered' "$LAB_DIR/probe"; }
more_answers() { [ "$(answers)" -gt "$1" ]; }
# change FROM TO: switches the uplink and waits for the first reply
change() {
  local before
  before=$(answers)
  base_down "$1" && base_up "$2" && wait_until 20 more_answers "$before"
}
changes() {
  local i from=home to=cafe swap
  for ((i = 0; i < RUNS; i++)); do
    change "$from" "$to" || { echo "change $i, to $to"; tail -n 5 "$LAB_DIR/probe"; return 1; }
    swap=$from from=$to to=$swap
  done
}
times() { sed -n 's/^answered .* +//p' "$LAB_DIR/probe" | sort -n; }
percentile() { times | sed -n "$((($(times | wc -l) * $1 + 99) / 100))p"; }

check "hub and laptop are activated" both_up || finish laptop hub
check "other answers through the hub" reaches $OTHER || finish laptop hub
nsenter --net=/run/netns/other "$TRAFFIC" serve 0.0.0.0 7000 > "$LAB_DIR/serve.log" 2>&1 &
probe_start
check "traffic flows after each of $RUNS changes" changes
echo "# new default route to traffic through the hub, ms: $(percentile 50) median," \
  "$(percentile 95) p95, $(percentile 100) most (goal: p95 500)"
check "no change took longer than $LIMIT_MS ms" at_most $LIMIT_MS "$(percentile 100)"
finish laptop hub
