#!/bin/bash
# wireguard-go is stopped while the profile is active: the service answers D-Bus calls all the time,
# says what is missing, and goes on with wireguard-go, with a changed profile. While it is stopped,
# the profile can be deactivated.
#
# needs: root nm
# shellcheck source=one-host.sh
. "$(dirname "$(realpath "$0")")/one-host.sh"
export WIRELINK_WIREGUARD=userspace
lab_begin "$@"
one_host_create || bail_out "the lab is set up" laptop

signal_program() {  # signal
  # shellcheck disable=SC2016  # expanded inside the host
  host laptop bash -c 'for d in /proc/[0-9]*; do
    case $(readlink "$d/exe") in */wireguard-go) kill -"$0" "${d#/proc/}" && found=1;; esac
  done; [ -n "$found" ]' "$1"
}
status() { host laptop wirelinkctl status 2>&1; }
limited() { matches 'limited: .*wireguard-go' "$(status)"; }
not_limited() { ! limited; }
# The longest of 20 calls, in ms.
slowest_call() {
  local i start took worst=0
  for ((i = 0; i < 20; i++)); do
    start=$(now_us)
    host laptop gdbus call --system --dest org.freedesktop.NetworkManager.wirelink \
      --object-path /org/freedesktop/NetworkManager/wirelink/link \
      --method org.freedesktop.DBus.Properties.GetAll \
      org.freedesktop.NetworkManager.wirelink1.Link > /dev/null || return 1
    took=$((($(now_us) - start) / 1000))
    [ "$took" -le "$worst" ] || worst=$took
  done
  echo "# the longest call took $worst ms"
  # the program that calls takes most of it; the service waited 2 s for each request
  [ "$worst" -lt 2000 ]
}
add_peer() {  # number key
  nmcli_laptop connection modify laptop +vpn.data "peer-$1-public-key=$2" \
    +vpn.data "peer-$1-allowed-ips=10.77.0.1$1/32"
}
has_peer() { matches "$1" "$(status)"; }
is_down() { ! is_activated; }

check "the profile is imported" import "$LAB_DIR/laptop/laptop.wirelink" || finish laptop
check "the profile is activated" nmcli_laptop connection up laptop || finish laptop
check "the peer answers" reaches 10.77.0.1
PID=$(service_pids)
check "wireguard-go is stopped" signal_program STOP
check "D-Bus calls are answered" slowest_call
check "status says that wireguard-go does not answer" wait_until 20 limited
check "D-Bus calls are still answered" slowest_call
keys_create more
check "the profile gets a peer" add_peer 2 "${PUBLIC_KEY[more]}"
check "status shows the new peer" wait_until 20 has_peer "${PUBLIC_KEY[more]:0:8}|10.77.0.12"
check "D-Bus calls are answered even now" slowest_call
check "wireguard-go goes on" signal_program CONT
check "status no longer says it" wait_until 20 not_limited
check "the peer answers" reaches 10.77.0.1
check "the service is the same" same_service
check "wireguard-go is stopped again" signal_program STOP
check "the profile is deactivated" nmcli_laptop --wait 10 connection down laptop
check "the host is clean" wait_host_clean laptop
finish laptop
