#!/bin/bash
# Activation and deactivation of one profile: link, addresses, routes, traffic, and a clean host
# afterwards.
#
# needs: root nm
# matrix: quick
# shellcheck source=one-host.sh
. "$(dirname "$(realpath "$0")")/one-host.sh"
lab_begin "$@"
one_host_create || bail_out "the lab is set up" laptop

on_link() { host laptop ip -o "$@" dev "$(host_interface laptop)"; }
has_address() { on_link addr show | grep -qE "inet6? $1 "; }
has_route() { matches "^$1 " "$(host laptop ip "$2" route show dev "$(host_interface laptop)")"; }
link_is_named_after_uuid() { matches "^nmwl-${1:0:8}\$" "$(host_interface laptop)"; }
link_setting() { host laptop cat "/proc/sys/net/ipv6/conf/$(host_interface laptop)/$1"; }
is_link_local_of_key() {
  local expected
  expected=$(wirelinkctl link-local <<< "${PUBLIC_KEY[laptop]}") && has_address "${expected%/*}/[0-9]+"
}
as_nobody() { host laptop setpriv --reuid 65534 --regid 65534 --clear-groups "$@"; }
# Records the signals that a user receives from the service, until the host stops.
listen_as() {  # file command...
  local file=$1
  shift
  "$@" gdbus monitor --system --dest org.freedesktop.NetworkManager.wirelink > "$file" 2>&1 &
  wait_until 5 grep -q Monitoring "$file"
}
expected_backend() {
  if [ "${WIRELINK_WIREGUARD:-}" != userspace ] && kernel_has_wireguard; then
    echo kernel
  else
    echo userspace
  fi
}

uplink_routes() { host laptop ip route show dev eth0 | sort; }
uplink_routes_before=$(uplink_routes)

check "the profile is imported" import "$LAB_DIR/laptop/laptop.wirelink" || finish laptop
uuid=$(profile_uuid)
check "the imported profile is persistent" \
  matches '^yes$' "$(nmcli_laptop -g vpn.persistent connection show laptop)"
refute "the private key is not part of vpn.data" \
  matches "$(< "$LAB_DIR/keys/laptop")" "$(nmcli_laptop -g vpn.data connection show laptop)"
check "root can monitor the bus" listen_as "$LAB_DIR/root-hears" host laptop
check "another user can monitor the bus" listen_as "$LAB_DIR/nobody-hears" as_nobody
check "the profile is activated" nmcli_laptop connection up laptop || finish laptop
check "NetworkManager shows the profile as activated" is_activated
check "the link is named after the profile" link_is_named_after_uuid "$uuid"
check "the alias of the link has the profile's UUID" \
  matches "alias wirelink:$uuid" "$(on_link link show)"
check "NetworkManager does not manage the link" \
  matches "^$(host_interface laptop):.*unmanaged" "$(nmcli_laptop -t -f DEVICE,STATE device)"
check "the link's backend is $(expected_backend)" \
  matches "^$(expected_backend)\$" "$(host_backend laptop)"
check "the link has its IPv4 address" has_address 10.77.0.2/24
check "the link has its IPv6 address" has_address fd77::2/64
check "the link has the link-local address of its key" is_link_local_of_key
check "the link has the route of an allowed prefix" has_route 10.88.0.0/16 -4
check "the link has the route of the IPv4 network" has_route 10.77.0.0/24 -4
check "the link has the route of the IPv6 network" has_route fd77::/64 -6
check "the default route is unchanged" \
  matches 'via 203.0.113.1 dev eth0' "$(host laptop ip route show default)"
check "NetworkManager adds no route to the uplink" \
  diff <(echo "$uplink_routes_before") <(uplink_routes)
check "the link ignores router advertisements" matches '^0$' "$(link_setting accept_ra)"
check "the link ignores redirects" matches '^0$' "$(link_setting accept_redirects)"
check "the peer answers over IPv4" reaches 10.77.0.1
check "the peer answers over IPv6" reaches fd77::1
check "the host behind the peer answers" reaches 10.88.0.1
check "wirelinkctl status shows the peer" matches other "$(host laptop wirelinkctl status 2>&1)"
check "root receives the peer's endpoint in a signal" \
  wait_until 5 grep -q 203.0.113.6:51820 "$LAB_DIR/root-hears"
check "another user receives it too, since the profile has no owner" \
  wait_until 5 grep -q 203.0.113.6:51820 "$LAB_DIR/nobody-hears"
refute "another user receives no signal of NetworkManager's plugin interface" \
  grep -q VPN.Plugin "$LAB_DIR/nobody-hears"
check "the profile is deactivated" nmcli_laptop connection down laptop
check "the host is clean" wait_host_clean laptop

check "the profile is activated again" nmcli_laptop connection up laptop
check "the peer answers after the second activation" reaches 10.77.0.1
check "an active profile can be deleted" nmcli_laptop connection delete laptop
check "the host is clean again" wait_host_clean laptop
finish laptop
