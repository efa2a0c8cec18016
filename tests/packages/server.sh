#!/bin/bash
# The packages of a server without NetworkManager under a real systemd: installation, an update while
# the profile is up, removal and purge.
#
# needs: root
# takes: long
# limit: 600
# shellcheck source=packages.sh
. "$(dirname "$(realpath "$0")")/packages.sh"
missing=$(packages_missing)
[ -z "$missing" ] || { echo "1..0 # SKIP $missing"; exit 0; }
lab_begin "$@"
export LAB_SYSTEMD_PLAIN=1

hub_create() {
  inet_create && host_with_systemd hub cable_server && packages_allow_services hub &&
    host_address hub 198.51.100.5/24 "$SERVER_GATEWAY" &&
    host_without_nm leaf cable_public && host_address leaf 203.0.113.5/24 "$INET_GATEWAY" &&
    keys_create hub leaf other && mkdir "$LAB_DIR/hub/wirelink" && hub_profile && leaf_profile &&
    packages_next hub && files_named > "$LAB_DIR/before"
}
# what is there of the name, without profiles and other files of the administrator
files_named() {
  host hub find /etc /usr /var/lib -xdev -iname '*wirelink*' | grep -v '^/etc/wirelink' | sort
}
put_profile() {
  host hub install -d -m 700 /etc/wirelink &&
    host hub install -m 600 "$(host_profile hub)" /etc/wirelink/hub.wirelink
}
unit() { host hub systemctl "$@" 2>&1; }
unit_property() { host hub systemctl show --value -p "$1" wirelinkd@hub; }
unit_is() { matches "$2" "$(unit_property "$1")"; }
program_of_main() { host hub readlink "/proc/$(unit_property MainPID)/exe"; }
own_link() { host hub ip -o link | grep nmwl-; }
has() { host hub test -e "$1"; }
end() {
  [ $FAILED = 0 ] ||
    host hub journalctl -q --no-pager -u 'wirelinkd@*' 2>&1 | tail -n 40 | sed 's/^/# hub| /'
  finish
}

refute "wirelinkd depends on a library of NetworkManager" depends_on wirelinkd 'libnm|network-manager'
refute "wirelink-common depends on a library of NetworkManager" \
  depends_on wirelink-common 'libnm|network-manager'
hub_create || bail_out "the lab is set up"
check "the packages are installed" packages_install hub "$PACKAGES" wirelink-common wirelinkd || end
check "wirelinkctl is the packaged one" host hub /usr/bin/wirelinkctl --version
refute "the installation starts an instance" own_link
check "the profile is put there" put_profile
check "the unit starts" unit enable --now wirelinkd@hub || end
check "the leaf is up" daemon_start leaf || end
check "the leaf reaches the hub" reaches leaf 10.77.0.1
check "the bus policy of the package lets wirelinkctl read" shows hub status 'leaf +direct'

pid=$(unit_property MainPID)
check "an update of both packages loses no packet" pings_while leaf 10.77.0.1 \
  packages_install hub "$LAB_DIR/hub/next" wirelink-common wirelinkd || end
check "the next version is installed" matches '\+next$' "$(installed_version hub wirelinkd)"
check "the process is the former one" unit_is MainPID "^$pid\$"
check "it runs the former program" matches ' \(deleted\)$' "$(program_of_main)"
check "systemd has read the unit of the new one" unit_is Description '\(next\)$'
check "wirelinkctl of the new version shows the peer" shows hub status 'leaf +direct'
check "a restart runs the new program" unit restart wirelinkd@hub
check "the process has the new program" matches '/usr/sbin/wirelinkd$' "$(program_of_main)"
check "the leaf reaches the hub again" reaches leaf 10.77.0.1 40

check "the plugin is installed beside it" packages_install hub "$LAB_DIR/hub/next" network-manager-wirelink
check "it is removed again" packages_purge hub network-manager-wirelink
check "the leaf still reaches the hub" reaches leaf 10.77.0.1

check "other files are there" host hub sh -c 'mkdir -p /var/lib/NetworkManager &&
  : > /var/lib/NetworkManager/other && : > /var/lib/wirelink-other'
check "wirelinkd is removed" packages_remove hub wirelinkd
refute "the link is still there" own_link
check "the profile is kept" has /etc/wirelink/hub.wirelink
check "the state is kept" has /var/lib/wirelink
check "both packages are purged" packages_purge hub wirelinkd wirelink-common
refute "the state is still there" has /var/lib/wirelink
check "the administrator's profile is kept" has /etc/wirelink/hub.wirelink
check "files of others are kept" host hub test -e /var/lib/NetworkManager/other -a -e /var/lib/wirelink-other
check "the other file is removed" host hub rm /var/lib/wirelink-other
check "nothing else of the packages is left" diff "$LAB_DIR/before" <(files_named)
end
