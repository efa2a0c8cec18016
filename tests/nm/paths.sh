#!/bin/bash
# The direct path fails under traffic and recovers: both members fall back to the path through the
# hub and promote to the direct path together; lost packets are counted.
#
# needs: root nm
# shellcheck source=../lab/tap.sh
. "$(dirname "$(realpath "$0")")/../lab/tap.sh"
# shellcheck source=../lab/lab.sh
. "$(dirname "$(realpath "$0")")/../lab/lab.sh"
# shellcheck source=../lab/three-hosts.sh
. "$LAB_HERE/three-hosts.sh"
# shellcheck source=../lab/direct.sh
. "$LAB_HERE/direct.sh"
# shellcheck source=../lab/echoes.sh
. "$LAB_HERE/echoes.sh"
lab_begin "$@"

come_up() {
  host "$1" nmcli connection import type wirelink file "$LAB_DIR/$1/$1.wirelink" < /dev/null &&
    host "$1" nmcli connection up "$1" < /dev/null
}
state_is() { host "$1" wirelinkctl status | grep -qE "^ *$2 +$3( |$)"; }  # host peer state
both_are() { state_is laptop desktop "$1" && state_is desktop laptop "$1"; }
few_lost() { at_most "$1" "$LOST" || { echo "$LOST lost"; return 1; }; }

lab_up() { three_hosts_create cone && three_hosts_profiles; }
lab_up || bail_out "the lab is set up"
for name in "${THREE_HOSTS[@]}"; do
  check "$name is activated" come_up "$name" || finish "$name"
done
check "laptop and desktop are direct" \
  wait_until 60 pair_direct laptop desktop || finish laptop desktop

echoes_begin v4 laptop "${TUNNEL4[desktop]}"
echoes_begin v6 desktop "${TUNNEL6[laptop]}"
check "echo replies arrive" wait_until 10 echo_comes v6
echoes_mark v4
sleep 2  # of traffic, so that the engine notices it
path_cut nat-l "${OUTER_ADDRESS[desktop]}"
cut=$(now_us)
sleep 1
echoes_mark v4
echoes_mark v6
check "direct path cut: echo replies arrive through the hub" within 20 echo_comes v4
echo "# after $(seconds "$cut") s (to be: 5)"
check "direct path cut: echo replies arrive in the other direction" wait_until 10 echo_comes v6
check "both members show the path as routed" wait_until 5 both_are routed
echoes_end v4 v6
check "less than 10 s of packets were lost" few_lost 1000

echoes_begin v4 laptop "${TUNNEL4[desktop]}"
echoes_begin v6 desktop "${TUNNEL6[laptop]}"
path_restore nat-l
mended=$(now_us)
check "direct path restored: both members promote to it" wait_until 60 both_are direct
echo "# after $(seconds "$mended") s"
sleep 1
echoes_end v4 v6
check "few packets were lost by the promotion" few_lost 20
finish hub laptop desktop
