#!/bin/bash
# Changes to the link from outside: set down and up, IPv6 disabled and enabled, networking off and
# on, deletion.
#
# needs: root nm
# matrix: quick
# shellcheck source=one-host.sh
. "$(dirname "$(realpath "$0")")/one-host.sh"
lab_begin "$@"
one_host_create || bail_out "the lab is set up" laptop

# Addresses and routes of the link, in any order.
configuration() {
  local name
  name=$(host_interface laptop)
  {
    host laptop ip -o addr show dev "$name" | sed -E 's/^[0-9]+: //; s/\\.*//'
    host laptop ip -4 route show table all dev "$name"
    host laptop ip -6 route show table all dev "$name"
  } | sed -E 's/ linkdown| nodad//g; s/ +$//' | sort
}
is_back() { wait_until 10 is_as_before || { diff <(echo "$before") <(configuration); return 1; }; }
is_as_before() { [ "$(configuration)" = "$before" ]; }
link() { host laptop ip link set "$(host_interface laptop)" "$1"; }
ipv6() {
  # shellcheck disable=SC2016  # expanded inside the host
  host laptop sh -c 'echo $1 > /proc/sys/net/ipv6/conf/$0/disable_ipv6' "$(host_interface laptop)" "$1"
}
works() { reaches 10.77.0.1 60 && reaches fd77::1 && reaches 10.88.0.1; }

check "the profile is imported" import "$LAB_DIR/laptop/laptop.wirelink" || finish laptop
# known to NetworkManager only
check "routes are added to the profile" nmcli_laptop connection modify laptop \
  ipv4.routes '192.0.2.0/24' ipv4.route-metric 77 ipv6.routes 'fd99::/64'
check "the profile is activated" nmcli_laptop connection up laptop || finish laptop
check "the peer answers pings" works
before=$(configuration) PID=$(service_pids)
check "the profile's own route is present" matches '^192.0.2.0/24 .* metric 77' "$before"

check "the link is set down" link down
check "the link is set up" link up
check "addresses and routes are restored" is_back
check "the peer answers pings" works
check "the link is set down for a second" link down
sleep 1
check "the link is set up again" link up
check "addresses and routes are restored" is_back
check "the peer answers pings" works
check "IPv6 is disabled on the link" ipv6 1
check "addresses and routes are restored" is_back
check "the peer answers pings" works
check "networking is disabled" nmcli_laptop networking off
check "addresses and routes are unchanged" is_back
check "networking is enabled" nmcli_laptop networking on
check "the peer answers pings" works
check "addresses and routes are still unchanged" is_back
check "the profile stayed active in the same service" stays_activated

# --- deletion: the kernel's link is re-created; with wireguard-go the program ends
# shellcheck disable=SC2016  # expanded inside the host
index() { host laptop sh -c 'cat /sys/class/net/$0/ifindex' "$(host_interface laptop)"; }
backend=$(host_backend laptop) old=$(index)
delete() { host laptop ip link delete "$(host_interface laptop)"; }
is_down() { ! is_activated; }
says() { matches "$1" "$(host_log laptop 40)"; }
check "the link is deleted" delete
if [ "$backend" = kernel ]; then
  check "the link is re-created with addresses and routes" is_back
  check "the re-created link has its previous index" matches "^$old\$" "$(index)"
  check "the re-creation is logged" says 'another program deleted the link .*recreated it'
  check "the peer answers pings" works
  check "the profile stayed active in the same service after the deletion" stays_activated
  check "the link is deleted again" delete
fi
check "the VPN ends" wait_until 10 is_down
check "the log says that the link was deleted" \
  says 'another program deleted the link .*; activate the profile again|deleted'
check "the host is clean" wait_host_clean laptop

# --- an interface name that NetworkManager's configuration does not exclude
own_link() { host laptop ip -o "$@" dev wl-own; }
active() { nmcli_laptop -g name connection show --active | sort | tr '\n' ' '; }
is_unmanaged() { nmcli_laptop -t -f DEVICE,STATE device | grep -qx 'wl-own:unmanaged'; }
has_fe80() { own_link -6 addr show | grep -q fe80:; }
names_active() { matches '^laptop lo uplink $|^laptop uplink $' "$(active)"; }
check "an interface name is set in the profile" \
  nmcli_laptop connection modify laptop +vpn.data link-name=wl-own
check "the profile is activated" nmcli_laptop connection up laptop || finish laptop
check "NetworkManager does not manage the named link" wait_until 5 is_unmanaged
check "the peer answers pings" works
check "NetworkManager created no profile for the link" names_active
check "networking is disabled" nmcli_laptop networking off
check "the link keeps its link-local address" has_fe80
check "networking is enabled" nmcli_laptop networking on
check "the peer answers pings" works
check "the profile is still active" is_activated
check "the profile is deactivated" nmcli_laptop connection down laptop
check "the host is clean" wait_host_clean laptop

# --- a foreign interface that has the name
check "a foreign interface has the name" host laptop ip link add wl-own type veth peer name wl-peer
refused() {
  local output
  wc -l < "$LAB_DIR/laptop/log/nm.log" > "$LAB_DIR/lines"
  ! output=$(nmcli_laptop connection up laptop) || { echo "it came up"; return 1; }
  matches 'interface "wl-own" already exists .*choose another' \
    "$(tail -n +"$(< "$LAB_DIR/lines")" "$LAB_DIR/laptop/log/nm.log")"
}
check "activation fails and the reason is logged" refused
check "the foreign interface still exists" own_link link show
check "the foreign interface is deleted" host laptop ip link delete wl-own
check "the host is clean" wait_host_clean laptop
finish laptop
