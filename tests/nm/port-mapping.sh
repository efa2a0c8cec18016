#!/bin/bash
# Laptop and desktop are behind NATs that give each destination another port, so that no pair of
# them is ever direct. Once a gateway opens ports on request, they are.
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
# shellcheck source=../lab/mapping-gateway.sh
. "$LAB_HERE/mapping-gateway.sh"
lab_begin "$@"

# shellcheck disable=SC2034  # for inet.sh
INET_GATEWAY=11.0.0.1
OUTER_ADDRESS[laptop]=11.0.0.11 OUTER_ADDRESS[desktop]=11.0.0.12

nmcli_on() {  # host argument...
  local name=$1
  shift
  host "$name" nmcli "$@" < /dev/null > /dev/null
}
import_and_up() {
  nmcli_on "$1" connection import type wirelink file "$LAB_DIR/$1/$1.wirelink" &&
    nmcli_on "$1" connection up "$1"
}
state_is() { host "$1" wirelinkctl status | grep -qE "^ *$2 +$3( |$)"; }  # host peer state
both_are() { state_is laptop desktop "$1" && state_is desktop laptop "$1"; }
says() {  # host sentence
  matches "$2" "$(host "$1" wirelinkctl status -v | tr -s '\n ' ' ')" 2> /dev/null
}
passed_on() { matches "^$2$" "$(mapping_rules "$1")"; }  # router rule
nothing_passed_on() { [ -z "$(mapping_rules "$1")" ]; }
# Requests that reach the gateway of a host.
requests_count() {
  ip netns exec "$1" nft -f - <<'X'
table inet requests {
  counter seen { }
  chain in { type filter hook input priority -10; iifname "lan" udp dport 5351 counter name seen; }
}
X
}
requests() {
  ip netns exec "$1" nft list counter inet requests seen | sed -n 's/.*packets \([0-9]*\) .*/\1/p'
}
few_requests() { at_most "$2" "$(requests "$1")"; }  # router limit

lab_up() { three_hosts_create symmetric && three_hosts_profiles && requests_count nat-l; }
lab_up || bail_out "the lab is set up"
for name in "${THREE_HOSTS[@]}"; do
  check "$name is activated" import_and_up "$name" || finish "$name"
done
check "laptop and desktop reach each other through the hub" wait_until 30 both_are routed
check "the laptop says that its gateway does not answer, and which port to forward" \
  wait_until 20 says laptop "192.168.1.1 answers neither PCP nor NAT-PMP.* UDP port 51820 to 192.168.1.2"
check "a gateway that does not answer got three requests" few_requests nat-l 3

nmcli_on laptop connection down laptop
mapping_start nat-l 'allow 1024-65535 0.0.0.0/0 1024-65535' || bail_out "miniupnpd runs on nat-l"
check "the laptop is activated again" nmcli_on laptop connection up laptop
up=$(now_us)
check "the gateway passes WireGuard's port on" wait_until 10 passed_on nat-l '51820 192.168.1.2:51820'
check "the laptop says where" wait_until 5 says laptop '192.168.1.1 passes on what arrives at 11.0.0.11:51820 \(PCP\)'
check "laptop and desktop are direct" wait_until 30 both_are direct
echo "# $(seconds "$up") s after the activation"
check "traffic between them takes that path" wait_until 20 pair_settled laptop desktop

nmcli_on laptop connection down laptop
check "after the deactivation the port is closed" wait_until 10 nothing_passed_on nat-l

mapping_stop nat-l
mapping_start nat-l ext_ifname=lan || bail_out "miniupnpd runs on nat-l behind another NAT"
check "the laptop is activated behind a gateway that refuses" nmcli_on laptop connection up laptop
check "it says that the gateway refuses, and why" wait_until 20 says laptop \
  '192.168.1.1 does not pass on UDP port 51820: it cannot open a port now \(PCP\)'

nmcli_on laptop connection down laptop
nmcli_on laptop connection modify laptop +vpn.data port-mapping=off
asked=$(requests nat-l)
check "the laptop is activated without port mapping" nmcli_on laptop connection up laptop
check "laptop and hub are direct" wait_until 20 state_is laptop hub direct
check "the gateway is not asked" few_requests nat-l "$asked"
check "the gateway's daemon ends" mapping_end
finish hub laptop desktop
