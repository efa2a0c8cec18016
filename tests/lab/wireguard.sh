# shellcheck shell=bash
# Plain WireGuard interfaces without our service, as peers for a test: the kernel's WireGuard if it
# has one, else wireguard-go.
#
#   wireguard_create NAMESPACE INTERFACE KEY-NAME PORT ADDRESS/LEN...
#   wireguard NAMESPACE set INTERFACE peer ...
#
# All namespaces of the lab other than hosts share the control sockets of wireguard-go, which are
# named after the interface, so each interface needs a name of its own.

declare -ga WIREGUARD_PIDS=()

kernel_has_wireguard() {
  if [ -z "${LAB_KERNEL_WIREGUARD:-}" ]; then
    if ip link add lab-probe type wireguard 2>/dev/null; then
      ip link del lab-probe
      LAB_KERNEL_WIREGUARD=yes
    else
      LAB_KERNEL_WIREGUARD=no
    fi
  fi
  [ "$LAB_KERNEL_WIREGUARD" = yes ]
}

wireguard() {  # namespace argument of wg...
  local namespace=$1
  shift
  nsenter --net="/run/netns/$namespace" wg "$@"
}

wireguard_create() {  # namespace interface key-name port address/len...
  local namespace=$1 name=$2 key=$3 port=$4 address
  shift 4
  if kernel_has_wireguard; then
    ip -n "$namespace" link add "$name" type wireguard || return 1
  else
    mkdir -p /run/wireguard
    nsenter --net="/run/netns/$namespace" \
      env WG_PROCESS_FOREGROUND=1 wireguard-go -f "$name" > "$LAB_DIR/$name.log" 2>&1 &
    WIREGUARD_PIDS+=($!)
    wait_until 5 test -S "/run/wireguard/$name.sock" || return 1
  fi
  wireguard "$namespace" set "$name" private-key "$LAB_DIR/keys/$key" listen-port "$port" || return 1
  for address in "$@"; do ip -n "$namespace" addr add "$address" dev "$name" || return 1; done
  ip -n "$namespace" link set "$name" mtu 1420 up
}

wireguard_stop() {
  [ ${#WIREGUARD_PIDS[@]} = 0 ] || kill "${WIREGUARD_PIDS[@]}" 2>/dev/null
  WIREGUARD_PIDS=()
}

# wireguard_exchange_facts NAMESPACE INTERFACE KEY-NAME PEER-KEY-NAME ALLOWED-IPS: adds the
# link-local address of the interface's own key, and takes the one of the peer's key beside
# ALLOWED-IPS. A test program can then exchange facts with that peer.
wireguard_exchange_facts() {
  local own theirs
  own=$(wirelinkctl link-local <<< "${PUBLIC_KEY[$3]}") &&
    theirs=$(wirelinkctl link-local <<< "${PUBLIC_KEY[$4]}") &&
    ip -n "$1" addr add "$own/64" dev "$2" nodad &&
    wireguard "$1" set "$2" peer "${PUBLIC_KEY[$4]}" allowed-ips "$5,$theirs/128"
}
