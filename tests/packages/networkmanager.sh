#!/bin/bash
# The packages of NetworkManager's plugin under a real systemd and NetworkManager: installation while
# NetworkManager runs, an update while the profile is active, removal and purge; and the test that Debian
# runs of the packages (debian/tests).
#
# needs: root nm
# takes: long
# limit: 600
# shellcheck source=packages.sh
. "$(dirname "$(realpath "$0")")/packages.sh"
missing=$(packages_missing)
[ -z "$missing" ] || { echo "1..0 # SKIP $missing"; exit 0; }
lab_begin "$@"
export LAB_SYSTEMD_PLAIN=1

laptop_create() {
  inet_create && host_with_systemd laptop cable_public && packages_allow_services laptop &&
    host_without_nm hub cable_server && host_address hub 198.51.100.5/24 "$SERVER_GATEWAY" &&
    keys_create hub leaf && hub_profile && mkdir -p "$LAB_DIR/leaf/wirelink" && leaf_profile &&
    cp "$(host_profile leaf)" "$LAB_DIR/laptop/" && daemon_start hub && packages_next laptop
}
nm_answers() { host laptop nmcli -t general status > /dev/null 2>&1; }
nm_start() { host laptop systemctl start NetworkManager && wait_until 30 nm_answers; }
import() { host laptop nmcli connection import type wirelink file "$LAB_DIR/laptop/leaf.wirelink"; }
up() { host laptop nmcli --wait 60 connection up leaf; }
is_active() { matches '^activated$' "$(host laptop nmcli -g GENERAL.STATE connection show leaf)"; }
service_pid() { host laptop systemctl show --value -p MainPID NetworkManager; }
services() {
  # shellcheck disable=SC2016  # expanded inside the host
  host laptop sh -c 'for d in /proc/[0-9]*; do
    case $(readlink "$d/exe") in /usr/libexec/nm-wirelink-service*) echo "${d#/proc/}";; esac
  done'
}
own_link() { host laptop ip -o link | grep nmwl-; }
no_link() { ! own_link; }
has() { host laptop test -e "$1"; }
has_profile() { host laptop nmcli -g NAME connection show | grep -qx leaf; }
# with autopkgtest if it and dpkg-dev, which it needs, are installed
packaged_test() {
  local run=("$LAB_TOP/debian/tests/activate")
  ! { command -v autopkgtest && command -v dpkg-source; } > /dev/null ||
    run=(autopkgtest --ignore-restrictions=isolation-container -B "$LAB_TOP" -- null)
  host laptop env PATH=/usr/sbin:/usr/bin:/sbin:/bin "${run[@]}"
}
end() {
  [ $FAILED = 0 ] ||
    host laptop journalctl -q --no-pager -u NetworkManager 2>&1 | tail -n 60 | sed 's/^/# laptop| /'
  finish
}

laptop_create || bail_out "the lab is set up"
check "NetworkManager runs before the plugin is installed" nm_start || end
check "the uplink is up" host_uplink laptop 203.0.113.5/24 "$INET_GATEWAY" || end
manager=$(service_pid)
check "the packages are installed" \
  packages_install laptop "$PACKAGES" wirelink-common network-manager-wirelink || end
check "the profile is imported" import || end
check "the profile is activated" up || end
check "the laptop reaches the hub" reaches laptop 10.77.0.1
check "wirelinkctl shows the peer" shows laptop status 'hub +direct'

before=$(services)
check "one service runs" matches '^[0-9]+$' "$before"
check "an update of all packages loses no packet" pings_while laptop 10.77.0.1 packages_install laptop \
  "$LAB_DIR/laptop/next" wirelink-common network-manager-wirelink wirelinkd || end
check "the next version is installed" \
  matches '\+next$' "$(installed_version laptop network-manager-wirelink)"
check "the profile is still active" is_active
check "the service is the former one" matches "^$before\$" "$(services)"
check "wirelinkctl of the new version shows the peer" shows laptop status 'hub +direct'
check "the profile is deactivated" host laptop nmcli connection down leaf
check "the next activation runs the new service" up
check "the laptop reaches the hub" reaches laptop 10.77.0.1
refute "the service is still the former one" matches "^$before\$" "$(services)"
check "the link is unmanaged" matches ':unmanaged$' \
  "$(host laptop nmcli -t -f DEVICE,STATE device | grep '^nmwl-' || echo nmwl-none:unmanaged)"
check "a removal of wirelinkd leaves the profile active" packages_purge laptop wirelinkd
check "the laptop reaches the hub" reaches laptop 10.77.0.1
check "NetworkManager was not restarted" matches "^$manager\$" "$(service_pid)"

check "the profile is deactivated" host laptop nmcli connection down leaf
check "wirelinkd is installed again" packages_install laptop "$LAB_DIR/laptop/next" wirelinkd
check "the test in debian/tests passes" packaged_test

check "the profile is activated" up
check "a file of NetworkManager is there" host laptop touch /var/lib/NetworkManager/other
check "the plugin is removed" packages_remove laptop network-manager-wirelink
check "the profile is deactivated" wait_until 20 no_link
check "the profile itself is kept" has_profile
check "the state is kept" has /var/lib/NetworkManager/wirelink
check "the packages are purged" packages_purge laptop network-manager-wirelink wirelinkd wirelink-common
refute "the state is still there" has /var/lib/NetworkManager/wirelink
check "files of NetworkManager are kept" has /var/lib/NetworkManager/other
check "the profile itself is kept" has_profile
end
