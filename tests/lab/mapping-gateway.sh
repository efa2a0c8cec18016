# shellcheck shell=bash
# A NAT router of the lab that opens ports on request: miniupnpd with PCP and NAT-PMP. It refuses
# documentation addresses as external ones, so the outer addresses of its router must not be such.

declare -gA MAPPING_PID=()

# mapping_start ROUTER [CONFIGURATION-LINE...]: serves the router's LAN
mapping_start() {
  local router=$1
  shift
  mapping_tables "$router" &&
    printf '%s\n' ext_ifname=wan listening_ip=lan enable_natpmp=yes enable_upnp=no \
      uuid=8f5c1c1e-6d0a-4c52-9f3c-0d6a3a3b7c11 "$@" > "$LAB_DIR/miniupnpd-$router.conf" || return 1
  nsenter --net="/run/netns/$router" miniupnpd -d -f "$LAB_DIR/miniupnpd-$router.conf" \
    -P "$LAB_DIR/miniupnpd-$router.pid" > "$LAB_DIR/miniupnpd-$router.log" 2>&1 &
  MAPPING_PID[$router]=$!
  wait_until 10 mapping_listens "$router"
}
mapping_listens() { nsenter --net="/run/netns/$1" ss -Hlnu 'sport = :5351' | grep -q .; }

# Where miniupnpd puts its rules, which a daemon that is gone leaves, and the way of its announcements.
mapping_tables() {
  ip -n "$1" route replace 224.0.0.0/4 dev lan && ip netns exec "$1" nft -f - <<'X'
table inet filter
delete table inet filter
table inet filter {
  chain forward { type filter hook forward priority 0; policy accept; jump miniupnpd; }
  chain prerouting { type nat hook prerouting priority dstnat; jump prerouting_miniupnpd; }
  chain postrouting { type nat hook postrouting priority srcnat; jump postrouting_miniupnpd; }
  chain miniupnpd { }
  chain prerouting_miniupnpd { }
  chain postrouting_miniupnpd { }
}
X
}

# mapping_stop ROUTER: without removing the mappings first, as when the power fails
mapping_stop() {
  { kill -KILL "${MAPPING_PID[$1]}" && wait "${MAPPING_PID[$1]}"; } 2> /dev/null
  unset "MAPPING_PID[$1]"
}
mapping_end() {
  local router
  for router in "${!MAPPING_PID[@]}"; do mapping_stop "$router"; done
}

# mapping_rules ROUTER: the destinations of what is passed on, one a line
mapping_rules() {
  ip netns exec "$1" nft list chain inet filter prerouting_miniupnpd |
    sed -n 's/.*dport \([0-9]*\).*dnat ip to \([0-9.:]*\).*/\1 \2/p'
}
