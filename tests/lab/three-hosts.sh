# shellcheck shell=bash
# The network of the demo: a hub with a public address, and laptop and desktop behind a NAT router
# each. Both know the hub's endpoint and all public keys, but not each other's endpoint.

THREE_HOSTS=(hub laptop desktop)
declare -gA OUTER_ADDRESS=([hub]=198.51.100.5 [laptop]=203.0.113.11 [desktop]=203.0.113.12)
declare -gA TUNNEL4=([hub]=10.77.0.1 [laptop]=10.77.0.2 [desktop]=10.77.0.3)
declare -gA TUNNEL6=([hub]=fd77::1 [laptop]=fd77::2 [desktop]=fd77::3)

# three_hosts_create [KIND-OF-ROUTER [KIND-OF-ROUTER]]
three_hosts_create() {
  inet_create &&
    router_create nat-l "${OUTER_ADDRESS[laptop]}" 192.168.1 "${1:-cone}" &&
    router_create nat-d "${OUTER_ADDRESS[desktop]}" 192.168.2 "${2:-${1:-cone}}" &&
    host_with_plugin hub cable_server &&
    host_with_plugin laptop cable_lan nat-l &&
    host_with_plugin desktop cable_lan nat-d &&
    host_uplink hub "${OUTER_ADDRESS[hub]}/24" "$SERVER_GATEWAY" &&
    host_uplink laptop 192.168.1.2/24 192.168.1.1 &&
    host_uplink desktop 192.168.2.2/24 192.168.2.1 &&
    forwarding_on hub
}

# Writes $LAB_DIR/HOST/HOST.wirelink for each.
three_hosts_profiles() {
  local name other file
  keys_create "${THREE_HOSTS[@]}" || return 1
  for name in "${THREE_HOSTS[@]}"; do
    file=$LAB_DIR/$name/$name.wirelink
    profile_begin "$file" "$name" "${TUNNEL4[$name]}/24, ${TUNNEL6[$name]}/64" 51820
    [ "$name" != hub ] || echo 'Role = router' >> "$file"
    for other in "${THREE_HOSTS[@]}"; do
      case $other in
        "$name") ;;
        hub) profile_peer "$file" hub '10.77.0.0/24, fd77::/64' \
          "Endpoint = ${OUTER_ADDRESS[hub]}:51820";;
        *) profile_peer "$file" "$other" "${TUNNEL4[$other]}/32, ${TUNNEL6[$other]}/128";;
      esac
    done
  done
}
