#!/bin/bash
# A server with NetworkManager whose uplink another program manages: NetworkManager alone does not
# activate the profile, wirelinkctl up does.
#
# needs: root nm
# matrix: quick
# shellcheck source=one-host.sh
. "$(dirname "$(realpath "$0")")/one-host.sh"
lab_begin "$@"

# As ifupdown or systemd-networkd would set the uplink.
server_create() {
  inet_create && host_create laptop && host_install_plugin laptop &&
    printf '%s\n' '[keyfile]' 'unmanaged-devices=interface-name:eth0' \
      > "$LAB_DIR/laptop/conf.d/unmanaged.conf" &&
    cable_public laptop && host_start laptop &&
    host laptop ip addr add 203.0.113.5/24 dev eth0 &&
    host laptop ip link set eth0 up &&
    host laptop ip route add default via "$INET_GATEWAY" && keys_create laptop other &&
    namespace_create other && cable_public other &&
    ip -n other addr add 203.0.113.6/24 dev eth0 &&
    wireguard_create other wg-other other 51820 10.77.0.1/24 fd77::1/64 &&
    wireguard other set wg-other peer "${PUBLIC_KEY[laptop]}" \
      allowed-ips 10.77.0.2/32,fd77::2/128 &&
    laptop_profile "$LAB_DIR/laptop/laptop.wirelink" && host_remember laptop
}
ctl() { host laptop wirelinkctl "$@" 2>&1; }
shows_uplink() { matches 'uplink eth0' "$(ctl status -v)"; }
exit_status() { "$@" > /dev/null 2>&1; echo $?; }
uplink_is_unmanaged() {
  matches '^unmanaged$' "$(nmcli_laptop -g GENERAL.STATE device show eth0 | sed 's/.*(\(.*\))/\1/')"
}

server_create || bail_out "the lab is set up" laptop
check "NetworkManager does not manage the uplink" uplink_is_unmanaged
check "the profile is imported" import "$LAB_DIR/laptop/laptop.wirelink" || finish laptop
check "nmcli alone does not activate it" \
  matches 'source connection' "$(nmcli_laptop connection up laptop)"
check "wirelinkctl up activates it" ctl up laptop || finish laptop
check "the profile is active" is_activated
check "traffic passes" reaches 10.77.0.1
check "wirelinkctl shows the uplink" wait_until 10 shows_uplink
check "a second wirelinkctl up succeeds" ctl up laptop
check "wirelinkctl down deactivates it" ctl down laptop
check "the host is clean" wait_host_clean laptop
check "wirelinkctl down of an inactive profile has status 3" \
  matches '^3$' "$(exit_status ctl down laptop)"
check "the UUID names the profile, too" ctl up "$(profile_uuid)"
check "wirelinkctl down takes it as well" ctl down "$(profile_uuid)"
check "a profile that does not exist is said" \
  matches 'no wirelink profile is named "nothing"' "$(ctl up nothing)"
check "status 3 means that there is none" matches '^3$' "$(exit_status ctl up nothing)"

# nothing is managed
check "loopback is unmanaged, too" nmcli_laptop device set lo managed no
check "the missing base is said, with the remedy" \
  matches 'nmcli device set lo managed yes' "$(ctl up laptop)"
finish laptop
