#!/bin/bash
# On a kernel booted without IPv6, which members need to exchange facts, activation fails within 10
# s, logs the reason where nmcli points, and leaves nothing behind.
#
# needs: root nm kernel-without-ipv6
# vm: append=ipv6.disable=1
# shellcheck source=one-host.sh
. "$(dirname "$(realpath "$0")")/one-host.sh"
# shellcheck source=failing-activation.sh
. "$(dirname "$(realpath "$0")")/failing-activation.sh"
lab_begin "$@"

create() {
  inet_create && host_with_plugin laptop cable_public &&
    host_uplink laptop 203.0.113.5/24 "$INET_GATEWAY" && keys_create laptop other &&
    laptop_profile "$LAB_DIR/laptop/laptop.wirelink" && host_remember laptop
}
check "the kernel has no IPv6" test ! -e /proc/sys/net/ipv6 || finish
create || bail_out "the lab is set up" laptop
import "$LAB_DIR/laptop/laptop.wirelink" > /dev/null || bail_out "the profile is imported" laptop
check "activation fails because of IPv6" \
  fails_with 'IPv6 is disabled on this host, .* start the kernel without ipv6.disable=1'
check "the host is clean" wait_host_clean laptop
finish laptop
