#!/bin/bash
# With a full tunnel, the hub's DNS name, and no other name, is resolved through the uplink's DNS
# server, outside the tunnel: with a kill switch, a strict reverse path filter, a server outside
# the uplink's subnet, IPv4 on one uplink and IPv6 on the other. A cached address needs no server
# at all.
#
# needs: root nm
# takes: long
# shellcheck source=one-host.sh
. "$(dirname "$(realpath "$0")")/one-host.sh"
export LAB_NM_DNS=default
lab_begin "$@"

SERVER=198.51.100.53 SERVER6=2001:db8:53::53
declare -A DNSMASQ_PID=()
two_cables() { cable_lan "$1" r1 && cable_lan "$1" r2 eth1; }

# dns_server NAMESPACE ADDRESS: starts dnsmasq, which logs queries to $LAB_DIR/dns-NAMESPACE.log
dns_server() {
  nsenter --net="/run/netns/$1" dnsmasq --keep-in-foreground --conf-file=/dev/null --pid-file= \
    --listen-address="$2" --bind-interfaces --no-resolv --no-hosts --user=root \
    --addn-hosts="$LAB_DIR/hosts-$1" --log-queries --log-facility="$LAB_DIR/dns-$1.log" \
    > "$LAB_DIR/dnsmasq-$1.log" 2>&1 &
  DNSMASQ_PID[$1]=$!
  wait_until 5 grep -qs 'read .*hosts' "$LAB_DIR/dns-$1.log"
}
dns_stop() { kill "${DNSMASQ_PID[@]}" && wait_gone 5 "${DNSMASQ_PID[@]}"; }
asked() { sed -n 's/.*query\[[A-Z]*\] \([^ ]*\) from.*/\1/p' "$LAB_DIR/dns-$1.log"; }
asked_of_uplink() { { asked dns; asked r2; } | sort -u; }

# Counts packets to an address that is not the hub's.
ELSEWHERE=198.51.100.99
elsewhere_counter() {
  ip netns exec r1 nft -f - <<RULES
table inet elsewhere {
  chain count {
    type filter hook prerouting priority -300;
    ip daddr $ELSEWHERE counter
  }
}
RULES
}
# Counts DNS packets of all kinds that leave through an uplink.
counter() {
  ip netns exec "$1" nft -f - <<'RULES'
table inet dns {
  chain count {
    type filter hook prerouting priority -300;
    iifname lan meta l4proto { udp, tcp } th dport { 53, 853, 5353, 5355 } counter
  }
}
RULES
}
counted() {  # namespace [table]
  ip netns exec "$1" nft list table inet "${2:-dns}" | grep -oE 'packets [0-9]+' |
    grep -oE '[0-9]+'
}

uplink() {  # name interface network argument...
  nmcli_laptop connection add type ethernet con-name "$1" ifname "$2" autoconnect no \
    ipv4.method manual ipv4.addresses "$3.2/24" ipv4.gateway "$3.1" \
    ipv4.route-metric 100 "${@:4}" > /dev/null
}
uplinks() {
  uplink first eth0 192.168.1 ipv4.dns "$SERVER" ipv6.method link-local &&
    uplink second eth1 192.168.2 ipv6.method manual ipv6.addresses 2001:db8:2::2/64 \
      ipv6.gateway 2001:db8:2::1 ipv6.dns "$SERVER6" &&
    ip -n r2 addr add 2001:db8:2::1/64 dev lan nodad && ip -n r2 addr add "$SERVER6/128" dev lo
}
servers_of_uplinks() {
  namespace_create dns && cable_server dns && ip -n dns addr add "$SERVER/24" dev eth0 &&
    ip -n dns route add default via "$SERVER_GATEWAY" && dns_server dns "$SERVER" &&
    dns_server r2 "$SERVER6"
}
hub_is_at() {  # address [old]
  [ -z "${2:-}" ] || ip -n hub addr del "$2/24" dev eth0
  ip -n hub addr replace "$1/24" dev eth0 &&
    ip -n hub route replace default via "$SERVER_GATEWAY" && servers_say "$1"
}
servers_say() {  # address
  local name
  for name in dns r2; do
    echo "$1 hub.example.net" > "$LAB_DIR/hosts-$name"
    [ -z "${DNSMASQ_PID[$name]:-}" ] || kill -HUP "${DNSMASQ_PID[$name]}" || return 1
  done
}
hub_create() {
  namespace_create hub && cable_server hub && hub_is_at 198.51.100.5 &&
    wireguard_create hub wg-hub hub 51820 10.77.0.1/24 &&
    wireguard hub set wg-hub peer "${PUBLIC_KEY[laptop]}" allowed-ips 10.77.0.2/32 &&
    echo 10.77.0.9 inside.example.net > "$LAB_DIR/hosts-hub" && dns_server hub 10.77.0.1
}
create() {
  inet_create && router_create r1 203.0.113.11 192.168.1 cone && counter r1 && elsewhere_counter &&
    router_create r2 203.0.113.12 192.168.2 cone && counter r2 &&
    host_with_plugin laptop two_cables && keys_create laptop hub && hub_create &&
    uplinks && servers_of_uplinks &&
    nmcli_laptop connection up first > /dev/null && write_profile "$LAB_DIR/laptop/laptop.wirelink" &&
    host_remember laptop
}
write_profile() {
  profile_begin "$1" laptop 10.77.0.2/24 51820 'FullTunnel = yes' 'KillSwitch = yes' &&
    profile_peer "$1" hub 0.0.0.0/0 'Endpoint = hub.example.net:51820' 'Basic = yes' &&
    sed -i 's/^Address.*/&\nDNS = 10.77.0.1/' "$1"
}
# The resolv.conf of the laptop's programs; NetworkManager replaces the file at each change.
use_resolver() {
  host laptop umount -q /etc/resolv.conf
  host laptop mount --bind /run/NetworkManager/no-stub-resolv.conf /etc/resolv.conf
}
resolves() { use_resolver && host laptop getent -s dns hosts "$1"; }
only_the_hub() { [ "$(asked_of_uplink)" = hub.example.net ] || { asked_of_uplink; return 1; }; }
worked() {  # address
  host laptop wirelinkctl peer hub > "$LAB_DIR/peer"
  grep -qE "^ *$1:51820 .* in-use$" "$LAB_DIR/peer"
}
known_to_work() { wait_until "$2" worked "$1" || { cat "$LAB_DIR/peer"; return 1; }; }

create || bail_out "the lab is set up" laptop
# shellcheck disable=SC2016  # expanded inside the host
host laptop sh -c 'for f in /proc/sys/net/ipv4/conf/*/rp_filter; do echo 1 > $f; done'
check "the profile is imported" import "$LAB_DIR/laptop/laptop.wirelink" || finish laptop
use_resolver
check "the profile is activated" nmcli_laptop connection up laptop || finish laptop
check "the hub answers at the address of its DNS name" reaches 10.77.0.1 20
check "the uplink's server was queried for the hub only" only_the_hub
before=$(counted r1)
check "a name is resolved inside the tunnel" resolves inside.example.net
check "the tunnel's server received the query" matches inside.example.net "$(asked hub)"
refute "an unknown name is not resolved" resolves nowhere.example.org
check "no query was sent on the uplink" test "$(counted r1)" = "$before"

check "the uplink is deactivated" nmcli_laptop connection down first
check "the hub gets another address meanwhile" hub_is_at 198.51.100.6 198.51.100.5
check "another uplink is activated" nmcli_laptop connection up second
check "the hub answers at its new address" reaches 10.77.0.1 60
check "the hub's name was queried on the new uplink" test "$(counted r2)" -gt 0
check "the uplinks' servers were queried for the hub only" only_the_hub
check "the profile stayed active" is_activated
check "the new address is in use" known_to_work 198.51.100.6 30
check "the first uplink is activated again" nmcli_laptop connection up first
check "the second uplink is deactivated" nmcli_laptop connection down second
check "the uplinks' servers were queried for the hub only" only_the_hub
check "the profile is deactivated" nmcli_laptop connection down laptop
check "the host is clean" wait_host_clean laptop

check "the DNS servers return a wrong address" servers_say $ELSEWHERE
times=$(asked dns | wc -l)
check "the profile is activated" nmcli_laptop connection up laptop
check "the hub answers at the cached address" reaches 10.77.0.1 20
# Nothing is left to be resolved if the cached address answers before the first lookup.
echo "# $(($(asked dns | wc -l) - times)) queries since the activation"
check "the wrong address was not tried" matches '^0$' \
  "$(counted r1 elsewhere)"
check "the profile is deactivated" nmcli_laptop connection down laptop
check "the host is clean" wait_host_clean laptop

check "the DNS servers are stopped" dns_stop
check "the profile is activated without DNS servers" nmcli_laptop connection up laptop
start=$(now_us)
check "the hub answers at the cached address without DNS" reaches 10.77.0.1 20
echo "# $(seconds "$start") s without any DNS server"
check "the hub answered before a failing lookup would end" took_at_most 4 "$start"
check "the profile is deactivated" nmcli_laptop connection down laptop
check "the host is clean" wait_host_clean laptop
finish laptop
