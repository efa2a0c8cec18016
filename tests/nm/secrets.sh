#!/bin/bash
# The private key is nowhere but in NetworkManager's own root-only profile: no log at any level, no
# process list, no D-Bus signal, no file that others can read.
# shellcheck source=one-host.sh
. "$(dirname "$(realpath "$0")")/one-host.sh"
export LAB_NM_LOG=TRACE
lab_begin "$@"
one_host_create || bail_out "the lab comes up" laptop
key=$(< "$LAB_DIR/keys/laptop")
hex=$(base64 -d <<< "$key" | od -An -v -tx1 | tr -d '\n ')
spaced=$(sed 's/../& /g; s/ $//' <<< "$hex")
forms=(-e "$key" -e "$hex" -e "$spaced")

# Every process list of the host until it is told to stop.
# shellcheck disable=SC2016  # expanded inside the host
host laptop bash -c 'until [ -e "$0/stop" ]; do
  cat /proc/[0-9]*/cmdline /proc/[0-9]*/environ 2> /dev/null | tr "\0" "\n"
  sleep 0.01
done' "$LAB_DIR" > "$LAB_DIR/processes" &
watcher=$!
host laptop dbus-monitor --system type=signal > "$LAB_DIR/signals" 2>&1 &
wait_until 5 test -s "$LAB_DIR/signals" || bail_out "dbus-monitor starts" laptop

check "the profile is imported" import "$LAB_DIR/laptop/laptop.wirelink" || finish laptop
check "it is activated" nmcli_laptop connection up laptop
check "the other side answers" reaches 10.77.0.1
host laptop wirelinkctl status --json > "$LAB_DIR/status" 2>&1
nmcli_laptop connection show laptop > "$LAB_DIR/shown"
host laptop find /run /etc/NetworkManager /var/lib/NetworkManager -type f -perm /044 \
  -exec cat {} + > "$LAB_DIR/readable"
host laptop grep -rlF -f "$LAB_DIR/keys/laptop" /run /etc/NetworkManager /var/lib/NetworkManager \
  > "$LAB_DIR/holders"
check "it is deactivated" nmcli_laptop connection down laptop
touch "$LAB_DIR/stop"
wait "$watcher"

has_key() { grep -qaF "${forms[@]}" "$1"; }
no_key() { has_key "$1"; [ $? = 1 ]; }  # and not 2: cannot be read
# each of these must be able to show a key: it holds something else that was there at the time
seen() { grep -qaF -- "$2" "$1"; }
check "the search finds it where it is" \
  has_key "$LAB_DIR/laptop/etc/system-connections/laptop.nmconnection"
check "the journal has the details" seen "$LAB_DIR/laptop/log/nm.log" "<trace>"
check "and those of the service" grep -qF 'nm-wirelink-service[' "$LAB_DIR/laptop/log/nm.log"
check "no key in the journal" no_key "$LAB_DIR/laptop/log/nm.log"
check "no key in the bus's log" no_key "$LAB_DIR/laptop/log/dbus.log"
check "the process lists have the service" seen "$LAB_DIR/processes" nm-wirelink-service
check "no key in them" no_key "$LAB_DIR/processes"
check "the signals have the service's configuration" seen "$LAB_DIR/signals" Ip4Config
check "no key in them" no_key "$LAB_DIR/signals"
check "no key in a file that others can read" no_key "$LAB_DIR/readable"
check "the profile's own file is the only one with it" \
  matches '^/etc/NetworkManager/system-connections/laptop.nmconnection$' "$(< "$LAB_DIR/holders")"
check "the status has the peer" seen "$LAB_DIR/status" "${PUBLIC_KEY[other]}"
check "no key in the status" no_key "$LAB_DIR/status"
check "no key in what nmcli shows" no_key "$LAB_DIR/shown"
finish laptop
