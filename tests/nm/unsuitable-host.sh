#!/bin/bash
# A host on which the profile cannot be activated: the port is in use, IPv6 is disabled, WireGuard
# or /dev/net/tun is missing, the bus name is taken. Each time activation fails within 10 s, logs
# the reason where nmcli points, and leaves nothing behind.
#
# needs: root nm
# vm: skip-emulated
# shellcheck source=one-host.sh
. "$(dirname "$(realpath "$0")")/one-host.sh"
# shellcheck source=failing-activation.sh
. "$(dirname "$(realpath "$0")")/failing-activation.sh"
# What is about wireguard-go is so, too, where the kernel would do.
export WIRELINK_WIREGUARD=userspace
lab_begin "$@"
one_host_create || bail_out "the lab is set up" laptop
import "$LAB_DIR/laptop/laptop.wirelink" > /dev/null || bail_out "the profile is imported" laptop

comes_up() { nmcli_laptop connection up laptop && reaches 10.77.0.1; }
goes_down() { nmcli_laptop connection down laptop && wait_host_clean laptop; }

# hold CODE: starts a program that holds a resource until let_go
hold() {
  host laptop /usr/bin/python3 -c "import os
$1" > "$LAB_DIR/holder" 2>&1 &
  wait_until 5 grep -q '^has it ' "$LAB_DIR/holder" || { cat "$LAB_DIR/holder"; return 1; }
}
holder_is_gone() { ! host laptop kill -0 "$1" 2> /dev/null; }
let_go() {
  local pid
  pid=$(sed -n 's/^has it //p' "$LAB_DIR/holder")
  host laptop kill "$pid" && wait_until 5 holder_is_gone "$pid"
}
hold_port() {  # family
  hold "
import signal, socket
s = socket.socket(socket.$1, socket.SOCK_DGRAM)
if socket.$1 == socket.AF_INET6: s.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 1)
s.bind(('', 51820))
print('has it', os.getpid(), flush=True)
signal.pause()"
}
hold_names() {  # name...
  hold "
from gi.repository import Gio, GLib
bus = Gio.bus_get_sync(Gio.BusType.SYSTEM)
for name in '$*'.split():
    bus.call_sync('org.freedesktop.DBus', '/org/freedesktop/DBus', 'org.freedesktop.DBus',
        'RequestName', GLib.Variant('(su)', (name, 4)), None, 0, -1)
print('has it', os.getpid(), flush=True)
GLib.MainLoop().run()"
}
# The number of the current activation; the bus name of the next service ends in a larger one.
active_number() {
  host laptop busctl get-property org.freedesktop.NetworkManager /org/freedesktop/NetworkManager \
    org.freedesktop.NetworkManager ActiveConnections | grep -oE '[0-9]+"' | tr -d '"' | sort -n | tail -n 1
}
ipv6_off() {  # 1|0, for present and future interfaces
  # shellcheck disable=SC2016  # expanded inside the host
  host laptop sh -c 'echo $0 > /proc/sys/net/ipv6/conf/default/disable_ipv6 &&
    echo $0 > /proc/sys/net/ipv6/conf/all/disable_ipv6' "$1"
}
has_link_local() { host laptop ip -o -6 addr show dev eth0 scope link | grep -q fe80; }
no_link() { [ -z "$(host_interfaces laptop)" ]; }
hide() { host laptop mount "$@"; }
show() { host laptop umount "$1"; }

check "the profile can be activated" comes_up || finish laptop
check "the profile is deactivated" goes_down

for family in AF_INET AF_INET6; do
  check "another program binds the listen port ($family)" hold_port $family
  check "activation fails because of the port" fails_with \
    'UDP port 51820 for interface .* is used by another program or link; choose another listen-port'
  check "the host is clean" wait_host_clean laptop
  check "the other program releases the port" let_go
done

check "wireguard-go is missing" hide --bind /dev/null /usr/bin/wireguard-go
check "activation fails without WireGuard" \
  fails_with 'has no WireGuard|requests userspace WireGuard.*install wireguard-go'
check "the host is clean" wait_host_clean laptop
check "wireguard-go is back" show /usr/bin/wireguard-go

check "/dev/net/tun is missing" hide -t tmpfs none /dev/net
check "activation fails without /dev/net/tun" fails_with '/dev/net/tun does not exist, .*modprobe tun'
check "the host is clean" wait_host_clean laptop
check "/dev/net/tun is back" show /dev/net

check "IPv6 is disabled on all interfaces" ipv6_off 1
check "the profile is activated, with IPv6 enabled on its link" comes_up
check "IPv6 stays disabled elsewhere" \
  matches '^1$' "$(host laptop cat /proc/sys/net/ipv6/conf/all/disable_ipv6)"
check "the profile is deactivated" nmcli_laptop connection down laptop
check "IPv6 is enabled again" ipv6_off 0
check "the link is gone" wait_until 5 no_link
# NetworkManager adds a new one with a delay.
check "the uplink has a link-local address again" wait_until 20 has_link_local
host_remember laptop

check "the profile is activated" comes_up
number=$(active_number)
check "the profile is deactivated" nmcli_laptop connection down laptop
name=org.freedesktop.NetworkManager.wirelink
# NetworkManager may activate another profile meanwhile, so the next number is not certain.
mapfile -t names < <(seq -f "$name.Connection_%g" $((number + 1)) $((number + 10)))
check "another program owns the service's next bus names" hold_names "${names[@]}"
# NetworkManager does not start the service then, and calls the owner of the name.
check "activation fails because of the bus name" fails_with 'vpn.*Object does not exist at path'
check "the other program releases the bus names" let_go
check "another program owns the shared bus name" hold_names $name
check "the profile is activated without the shared bus name" comes_up
check "the profile is deactivated" nmcli_laptop connection down laptop
check "the other program releases the shared bus name" let_go
check "the host is clean" wait_host_clean laptop
finish laptop
