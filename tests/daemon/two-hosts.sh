# shellcheck shell=bash
# A hub and a leaf without NetworkManager, each with wirelinkd.

# shellcheck source=../lab/tap.sh
. "$(dirname "${BASH_SOURCE[0]}")/../lab/tap.sh"
# shellcheck source=../lab/lab.sh
. "$(dirname "${BASH_SOURCE[0]}")/../lab/lab.sh"
[ "$(id -u)" = 0 ] || { echo "1..0 # SKIP must be run as root"; exit 0; }

two_hosts_create() {
  inet_create &&
    host_without_nm hub cable_server && host_address hub 198.51.100.5/24 "$SERVER_GATEWAY" &&
    host_without_nm leaf cable_public && host_address leaf 203.0.113.5/24 "$INET_GATEWAY" &&
    keys_create hub leaf other && hub_profile && leaf_profile && host_remember leaf
}
# hub_profile [LINE...]: LINEs go into [Wirelink]
hub_profile() {
  local file
  file=$(host_profile hub)
  profile_begin "$file" hub '10.77.0.1/24, fd77::1/64, 10.78.0.1/32' 51820 'Role = router' "$@" &&
    profile_peer "$file" leaf '10.77.0.2/32, fd77::2/128'
}
leaf_profile() {
  local file
  file=$(host_profile leaf)
  profile_begin "$file" leaf '10.77.0.2/24, fd77::2/64' 51820 "$@" &&
    profile_peer "$file" hub '10.77.0.0/24, fd77::/64, 10.78.0.0/16' \
      'Endpoint = 198.51.100.5:51820'
}
reaches() { wait_until "${3:-20}" host "$1" ping -n -q -c 1 -W 0.5 "$2" > /dev/null; }
ctl() { host "$1" wirelinkctl "${@:2}" 2>&1; }
shows() { matches "$3" "$(ctl "$1" "$2")"; }  # host command pattern
link_property() {  # host name
  host "$1" busctl get-property org.freedesktop.NetworkManager.wirelink \
    /org/freedesktop/NetworkManager/wirelink/link \
    org.freedesktop.NetworkManager.wirelink1.Link "$2"
}
property_is() { matches "$3" "$(link_property "$1" "$2")"; }
links() { host "$1" ip -o link | grep -c 'wirelink:'; }
