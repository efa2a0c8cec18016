#!/bin/bash
# The private key and a preshared key appear only in NetworkManager's own root-only profile: in no
# log at any level, no process list, no D-Bus signal and no file that other users can read; the
# memory that holds them is readable by no other process and part of no core dump.
#
# needs: root nm
# matrix: quick
# vm: skip-emulated
# shellcheck source=one-host.sh
. "$(dirname "$(realpath "$0")")/one-host.sh"
export LAB_NM_LOG=TRACE
lab_begin "$@"
one_host_create || bail_out "the lab is set up" laptop
keys_create preshared
forms=()
for name in laptop preshared; do
  key=$(< "$LAB_DIR/keys/$name")
  hex=$(base64 -d <<< "$key" | od -An -v -tx1 | tr -d '\n ')
  forms+=(-e "$key" -e "$hex" -e "$(sed 's/../& /g; s/ $//' <<< "$hex")")
done
# adds a preshared key for the peer
sed -i "s|^Basic = yes|&\nPresharedKey = $(< "$LAB_DIR/keys/preshared")|" "$LAB_DIR/laptop/laptop.wirelink"
wireguard other set wg-other peer "${PUBLIC_KEY[laptop]}" preshared-key "$LAB_DIR/keys/preshared"

# Records all command lines and environments of the host until the file stop exists.
# shellcheck disable=SC2016  # expanded inside the host
host laptop bash -c 'until [ -e "$0/stop" ]; do
  cat /proc/[0-9]*/cmdline /proc/[0-9]*/environ 2> /dev/null | tr "\0" "\n"
  sleep 0.01
done' "$LAB_DIR" > "$LAB_DIR/processes" &
watcher=$!
host laptop dbus-monitor --system type=signal > "$LAB_DIR/signals" 2>&1 &
wait_until 5 test -s "$LAB_DIR/signals" || bail_out "dbus-monitor starts" laptop

check "the profile is imported" import "$LAB_DIR/laptop/laptop.wirelink" || finish laptop
check "the profile is activated" nmcli_laptop connection up laptop
check "the peer answers pings" reaches 10.77.0.1
host laptop wirelinkctl status --json > "$LAB_DIR/status" 2>&1
nmcli_laptop connection show laptop > "$LAB_DIR/shown"
host laptop find /run /etc/NetworkManager /var/lib/NetworkManager -type f -perm /044 \
  -exec cat {} + > "$LAB_DIR/readable"
host laptop grep -rlF -f "$LAB_DIR/keys/laptop" -f "$LAB_DIR/keys/preshared" /run /etc/NetworkManager /var/lib/NetworkManager \
  > "$LAB_DIR/holders"
service=$(service_pids)
status_of() { host laptop sed -n "s/^$1:[[:space:]]*//p" "/proc/$service/status"; }
check "the service writes no core dump" \
  matches 'Max core file size +0 ' "$(host laptop cat "/proc/$service/limits")"
# root with the capabilities of the service
same_as_service() {
  host laptop setpriv --bounding-set=-all,+net_admin,+net_bind_service --inh-caps=-all "$@"
}
environment() { same_as_service grep -qaz PATH "/proc/$1/environ"; }
# shellcheck disable=SC2016  # expanded inside the host
same_as_service bash -c 'echo $$ > "$0"; exec sleep 900' "$LAB_DIR/sleeper" &
wait_until 5 test -s "$LAB_DIR/sleeper"
check "a process with the same capabilities is readable" environment "$(< "$LAB_DIR/sleeper")"
refute "the service is not readable" environment "$service"
check "memory with keys is locked" matches '^[1-9][0-9]* kB' "$(status_of VmLck)"
check "the service cannot gain new privileges" matches '^1$' "$(status_of NoNewPrivs)"
check "the profile is deactivated" nmcli_laptop connection down laptop
touch "$LAB_DIR/stop"
wait "$watcher"

has_key() { grep -qaF "${forms[@]}" "$1"; }
no_key() { has_key "$1"; [ $? = 1 ]; }  # 2 would mean that the file cannot be read
# proves that a recording was able to catch a key: it contains something else of that time
seen() { grep -qaF -- "$2" "$1"; }
check "the search finds the key in the profile" \
  has_key "$LAB_DIR/laptop/etc/system-connections/laptop.nmconnection"
check "the log of NetworkManager has trace messages" seen "$LAB_DIR/laptop/log/nm.log" "<trace>"
check "the log has messages of the service" \
  grep -qF 'nm-wirelink-service[' "$LAB_DIR/laptop/log/nm.log"
check "the log contains no key" no_key "$LAB_DIR/laptop/log/nm.log"
check "the log of the bus contains no key" no_key "$LAB_DIR/laptop/log/dbus.log"
check "the process lists contain the service" seen "$LAB_DIR/processes" nm-wirelink-service
check "the process lists contain no key" no_key "$LAB_DIR/processes"
check "the recorded signals contain the IP configuration" seen "$LAB_DIR/signals" Ip4Config
check "the recorded signals contain no key" no_key "$LAB_DIR/signals"
check "no file readable by other users contains a key" no_key "$LAB_DIR/readable"
check "only the profile's own file contains the private key" \
  matches '^/etc/NetworkManager/system-connections/laptop.nmconnection$' "$(< "$LAB_DIR/holders")"
check "the status contains the peer" seen "$LAB_DIR/status" "${PUBLIC_KEY[other]}"
check "the status contains no secret key" no_key "$LAB_DIR/status"
check "the output of nmcli contains no key" no_key "$LAB_DIR/shown"
finish laptop
