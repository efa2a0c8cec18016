#!/bin/bash
# A network created with wirelinkctl alone, as a user would: a hub, two members behind NAT routers
# and a phone. All files are imported unchanged. Afterwards the idle network emits no D-Bus
# signals.
#
# needs: root nm
# takes: long
# shellcheck source=../lab/tap.sh
. "$(dirname "$(realpath "$0")")/../lab/tap.sh"
# shellcheck source=../lab/lab.sh
. "$(dirname "$(realpath "$0")")/../lab/lab.sh"
# shellcheck source=../lab/three-hosts.sh
. "$LAB_HERE/three-hosts.sh"
# shellcheck source=../lab/direct.sh
. "$LAB_HERE/direct.sh"
lab_begin "$@"
IDLE=35  # s: includes everything that happens every 30 s

here() { (cd "$LAB_DIR/files" && wirelinkctl "$@"); }
private_key_in() { sed -n 's/^PrivateKey = //p' "$LAB_DIR/files/$1"; }
nmcli_on() {  # host argument...
  local name=$1
  shift
  host "$name" nmcli "$@" < /dev/null
}
# The output of wirelinkctl new has the commands to type next.
makes_network() {
  here new laptop --network 10.77.0.0/24,fd77::/64 --endpoint "${OUTER_ADDRESS[hub]}" \
    > "$LAB_DIR/said" && matches 'nmcli connection import type wirelink file hub.wirelink' \
    "$(< "$LAB_DIR/said")"
}
adds_desktop() {
  here add desktop --write > "$LAB_DIR/said" && matches 'desktop.wirelink' "$(< "$LAB_DIR/said")"
}
# The QR code holds a private key, so it is shown on a terminal only. One line has two of its
# corners.
adds_phone() {
  fails here add phone --basic --qr --write > /dev/null && [ ! -e "$LAB_DIR/files/phone.conf" ] &&
    (cd "$LAB_DIR/files" && script -qefc "stty cols 120 rows 60; $LAB_BUILD/src/ctl/wirelinkctl add \
      phone --basic --qr --write" /dev/null > "$LAB_DIR/said" < /dev/null) &&
    matches '█▀▀▀▀▀█.*█▀▀▀▀▀█' "$(< "$LAB_DIR/said")"
}
is_for_root_only() { [ "$(stat -c %a "$LAB_DIR/files/$1")" = 600 ]; }
import_and_up() {  # host
  cp "$LAB_DIR/files/$1.wirelink" "$LAB_DIR/$1/" &&
    nmcli_on "$1" connection import type wirelink file "$LAB_DIR/$1/$1.wirelink" &&
    nmcli_on "$1" connection up "$1"
}
reaches_from() { wait_until "${3:-20}" host "$1" ping -n -q -c 1 -W 0.5 "$2" > /dev/null; }
shown_on() {  # host peer words
  matches "^  $2 +$3" "$(host "$1" wirelinkctl status)"
}
# The phone runs plain WireGuard with the file that the QR code holds.
phone_joins() {
  local file=$LAB_DIR/files/phone.conf address
  namespace_create phone && cable_public phone && ip -n phone addr add 203.0.113.20/24 dev eth0 &&
    ip -n phone route add default via "$INET_GATEWAY" || return 1
  mkdir -p "$LAB_DIR/keys"
  (umask 077 && private_key_in phone.conf > "$LAB_DIR/keys/phone")
  wireguard_create phone wg-phone phone 0 || return 1
  wg-quick strip "$file" > "$LAB_DIR/phone-stripped" &&
    wireguard phone setconf wg-phone "$LAB_DIR/phone-stripped" || return 1
  for address in $(sed -n 's/^Address = //p' "$file" | tr -d ','); do
    ip -n phone addr add "$address" dev wg-phone
  done
  ip -n phone route replace 10.77.0.0/24 dev wg-phone
  ip -n phone -6 route replace fd77::/64 dev wg-phone
}
phone_pings() { wait_until 20 ip netns exec phone ping -n -q -c 1 -W 0.5 "$1" > /dev/null; }
listen_on() {  # host
  host "$1" dbus-monitor --system \
    "type='signal',path_namespace='/org/freedesktop/NetworkManager/wirelink'" \
    "type='signal',path_namespace='/org/freedesktop/NetworkManager/VPN'" \
    > "$LAB_DIR/$1/hears" 2>&1 &
}
signals_on() { grep -cE '^signal .*(wirelink|VPN)' "$LAB_DIR/$1/hears"; }
listens() { grep -q NameAcquired "$LAB_DIR/$1/hears"; }
silent() { [ "$(signals_on "$1")" = "$2" ] || { tail -n 20 "$LAB_DIR/$1/hears"; return 1; }; }
calm() {  # no signal on any host for 3 s
  local before
  before=$(signals_on hub)$(signals_on laptop)$(signals_on desktop)
  sleep 3
  [ "$before" = "$(signals_on hub)$(signals_on laptop)$(signals_on desktop)" ]
}

three_hosts_create cone || bail_out "the lab is set up" hub laptop desktop
mkdir "$LAB_DIR/files"
check "a network is created" makes_network || finish
check "a member is added" adds_desktop || finish
check "a phone is added and its QR code shown" adds_phone || finish
for file in hub.wirelink laptop.wirelink desktop.wirelink phone.conf; do
  check "only the owner can read $file" is_for_root_only $file
done
for name in "${THREE_HOSTS[@]}"; do
  PUBLIC_KEY["$name"]=$(private_key_in "$name.wirelink" | wirelinkctl pubkey)
  host_remember "$name"
  listen_on "$name"
  check "a monitor records signals on $name" wait_until 5 listens "$name"
done
for name in "${THREE_HOSTS[@]}"; do
  check "$name is imported and activated" import_and_up "$name" || finish "$name"
done
check "laptop reaches the hub" reaches_from laptop 10.77.0.1
check "desktop reaches the hub" reaches_from desktop fd77::1
check "laptop and desktop connect directly" wait_until 60 pair_settled laptop desktop
check "the phone joins with its file" phone_joins
check "the phone reaches the hub" phone_pings 10.77.0.1
check "the phone reaches the laptop through the hub" phone_pings 10.77.0.2
check "the phone reaches the desktop over IPv6" phone_pings fd77::3
check "the hub shows the phone as direct" wait_until 10 shown_on hub phone direct
check "the laptop learns the phone from the hub" \
  wait_until 40 shown_on laptop phone '(routed via hub|direct)'
for name in "${THREE_HOSTS[@]}"; do
  check "wirelinkctl doctor finds no problem on $name" host "$name" wirelinkctl doctor
done

# --- an idle network emits no signals
check "the network becomes idle" wait_until 90 calm
declare -A heard
for name in "${THREE_HOSTS[@]}"; do
  heard[$name]=$(signals_on "$name")
  check "$name has emitted signals" test "${heard[$name]}" -gt 0
done
sleep "$IDLE"
for name in "${THREE_HOSTS[@]}"; do
  check "$name emits no signal in $IDLE s" silent "$name" "${heard[$name]}"
done
for name in "${THREE_HOSTS[@]}"; do
  check "$name is deactivated" nmcli_on "$name" connection down "$name"
  check "$name is clean" wait_host_clean "$name" 10
done
finish "${THREE_HOSTS[@]}"
