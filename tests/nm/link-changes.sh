#!/bin/bash
# Changes to the link from outside: set down and up, IPv6 disabled and enabled, networking off and
# on, deletion.
#
# needs: root nm
# shellcheck source=one-host.sh
. "$(dirname "$(realpath "$0")")/one-host.sh"
lab_begin "$@"
one_host_create || bail_out "the lab comes up" laptop

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
# what only NetworkManager knows of
check "it has routes of its own" nmcli_laptop connection modify laptop \
  ipv4.routes '192.0.2.0/24' ipv4.route-metric 77 ipv6.routes 'fd99::/64'
check "it is activated" nmcli_laptop connection up laptop || finish laptop
check "the other side answers" works
before=$(configuration) PID=$(service_pids)
check "the profile's own route is there" matches '^192.0.2.0/24 .* metric 77' "$before"

check "the link goes down" link down
check "and up" link up
check "addresses and routes are back" is_back
check "the other side answers" works
check "the link goes down for a while" link down
sleep 1
check "and up" link up
check "addresses and routes are back" is_back
check "the other side answers" works
check "IPv6 is turned off" ipv6 1
check "addresses and routes are back" is_back
check "the other side answers" works
check "networking goes off" nmcli_laptop networking off
check "addresses and routes stay" is_back
check "networking goes on" nmcli_laptop networking on
check "the other side answers" works
check "addresses and routes are as before" is_back
check "it was activated all the time" stays_activated

# --- deleted: the kernel's is made anew, with all it had; with the other one its program ends
# shellcheck disable=SC2016  # expanded inside the host
index() { host laptop sh -c 'cat /sys/class/net/$0/ifindex' "$(host_interface laptop)"; }
backend=$(host_backend laptop) old=$(index)
delete() { host laptop ip link delete "$(host_interface laptop)"; }
is_down() { ! is_activated; }
says() { matches "$1" "$(host_log laptop 40)"; }
check "the link is deleted" delete
if [ "$backend" = kernel ]; then
  check "it is back, with addresses and routes" is_back
  check "as what it was for others" matches "^$old\$" "$(index)"
  check "the log says so" says 'somebody deleted the link .*made anew'
  check "the other side answers" works
  check "it is still activated, by the same service" stays_activated
  check "the link is deleted again" delete
fi
check "then the VPN ends" wait_until 10 is_down
check "and the log says why" says 'was deleted by somebody else; bring the profile up again|deleted'
check "nothing is left" wait_host_clean laptop

# --- a name of the user's own, of which NetworkManager's configuration knows nothing
own_link() { host laptop ip -o "$@" dev wl-own; }
active() { nmcli_laptop -g name connection show --active | sort | tr '\n' ' '; }
is_unmanaged() { nmcli_laptop -t -f DEVICE,STATE device | grep -qx 'wl-own:unmanaged'; }
has_fe80() { own_link -6 addr show | grep -q fe80:; }
names_active() { matches '^laptop lo uplink $|^laptop uplink $' "$(active)"; }
check "the link gets a name" nmcli_laptop connection modify laptop +vpn.data link-name=wl-own
check "it is activated" nmcli_laptop connection up laptop || finish laptop
check "NetworkManager leaves the link alone" wait_until 5 is_unmanaged
check "the other side answers" works
check "there is no profile of the link beside ours" names_active
check "networking goes off" nmcli_laptop networking off
check "the link-local address stays" has_fe80
check "networking goes on" nmcli_laptop networking on
check "the other side answers" works
check "it is still activated" is_activated
check "it is deactivated" nmcli_laptop connection down laptop
check "nothing is left" wait_host_clean laptop

# --- a link of somebody else's that has the name
check "somebody has the name" host laptop ip link add wl-own type veth peer name wl-peer
refused() {
  local output
  wc -l < "$LAB_DIR/laptop/log/nm.log" > "$LAB_DIR/lines"
  ! output=$(nmcli_laptop connection up laptop) || { echo "it came up"; return 1; }
  matches 'interface "wl-own" exists and is not ours .*choose another' \
    "$(tail -n +"$(< "$LAB_DIR/lines")" "$LAB_DIR/laptop/log/nm.log")"
}
check "the profile is refused with a reason" refused
check "and the link is still there" own_link link show
check "it goes" host laptop ip link delete wl-own
check "nothing is left" wait_host_clean laptop
finish laptop
