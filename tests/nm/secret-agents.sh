#!/bin/bash
# Keys that NetworkManager does not store: entered on a terminal, read from a password file, kept
# in a user's keyring; and preshared keys, each with flags of its own.
#
# needs: root nm
# vm: skip-emulated
# shellcheck source=one-host.sh
. "$(dirname "$(realpath "$0")")/one-host.sh"
lab_begin "$@"
one_host_create || bail_out "the lab is set up" laptop
key=$(< "$LAB_DIR/keys/laptop")
preshared=$(wirelinkctl genkey)
both="private-key=$key, peer-1-preshared-key=$preshared"  # nmcli replaces all secrets at once
stored=$LAB_DIR/laptop/etc/system-connections/laptop.nmconnection
keyring=$LAB_DIR/keyring
agent_log=$LAB_DIR/agent.log

modify() { nmcli_laptop connection modify laptop "$@"; }
# on_terminal ANSWER COMMAND...: runs COMMAND on a terminal and types ANSWER
on_terminal() {
  local answer=$1 output status
  shift
  output=$(
    { wait_until 10 grep -q ':' "$LAB_DIR/typescript"; echo "$answer"; wait_until 20 test -e "$LAB_DIR/typed"; } |
      { host laptop script -qefc "$*" "$LAB_DIR/typescript"; echo "status $?"; touch "$LAB_DIR/typed"; } 2>&1
  )
  rm -f "$LAB_DIR/typescript" "$LAB_DIR/typed"
  status=${output##*status }
  echo "$output"
  [ "$status" = 0 ]
}
is_not_stored() { fails grep -qF -- "$1" "$stored"; }
# Makes the peer require a preshared key.
other_wants_preshared() {
  wireguard other set wg-other peer "${PUBLIC_KEY[laptop]}" preshared-key /dev/stdin <<< "$preshared"
}
goes_down() { nmcli_laptop connection down laptop && wait_host_clean laptop; }
# refused_up MESSAGE COMMAND...: COMMAND fails in time with MESSAGE from nmcli or the service
refused_up() {
  local words=$1 output started
  shift
  started=$(now_us)
  if output=$("$@" 2>&1); then echo "it came up: $output"; return 1; fi
  took_at_most 10 "$started" || return 1
  matches "$words" "$output"
}
agent_start() {
  # shellcheck disable=SC2016  # expanded inside the host
  host laptop bash -c 'echo $$ > "$0.pid"; exec "$1" "$0"' "$keyring" \
    "$LAB_BUILD/tests/nm/secret-agent" > "$agent_log" 2>&1 &
  agent=$!
  wait_until 5 grep -q registered "$agent_log"
}
agent_stop() { host laptop bash -c "kill $(< "$keyring.pid")" && wait_gone 5 "$agent"; }
agent_said() { wait_until 5 grep -q -- "$1" "$agent_log" || { cat "$agent_log"; return 1; }; }
up() { nmcli_laptop connection up laptop "$@"; }

import "$LAB_DIR/laptop/laptop.wirelink" > /dev/null || bail_out "the profile is imported" laptop

# --- flag 2: never saved
check "the private key is set to be never saved" modify +vpn.data private-key-flags=2
check "NetworkManager no longer stores the private key" is_not_stored "$key"
check "activation fails without a secret agent" refused_up 'No agents|No valid secrets' up
check "activation succeeds with the key entered on a terminal" \
  on_terminal "$key" nmcli --ask connection up laptop
check "the peer answers pings" reaches 10.77.0.1
check "the entered key is not stored" is_not_stored "$key"
check "the profile is deactivated and the host is clean" goes_down
check "activation fails with an invalid key from the terminal" \
  refused_up 'No valid secrets|secrets' on_terminal nonsense nmcli --ask connection up laptop
printf 'vpn.secrets.private-key:%s\n' "$key" > "$LAB_DIR/passwords"
check "activation succeeds with a password file" up passwd-file "$LAB_DIR/passwords"
check "the peer answers pings" reaches 10.77.0.1
check "the profile is deactivated and the host is clean" goes_down

# --- flag 1: the user's keyring
agent_start || bail_out "a secret agent with a keyring is registered" laptop
check "the private key is moved to the user's keyring" \
  modify +vpn.data private-key-flags=1 +vpn.secrets "private-key=$key"
check "NetworkManager passes the key to the agent" agent_said 'saved private-key'
check "NetworkManager does not store the key itself" is_not_stored "$key"
check "activation succeeds with the key in the keyring" up
check "NetworkManager requests the key from the agent" agent_said 'asked for vpn'
check "the peer answers pings" reaches 10.77.0.1
check "the profile is deactivated and the host is clean" goes_down
sed -i 's/^\(private-key=\).*/\1nonsense/' "$keyring"
check "an invalid key in the keyring is requested again" refused_up 'secrets' up
sed -i '/^private-key=/d' "$keyring"

# --- flag 0: NetworkManager; and preshared keys
check "the private key is moved back to NetworkManager" \
  modify +vpn.data private-key-flags=0 +vpn.secrets "private-key=$key"
check "NetworkManager stores the private key" grep -qF "$key" "$stored"
other_wants_preshared || bail_out "the peer requires a preshared key" laptop
check "the profile is activated without the preshared key" up
check "the peer does not answer without the preshared key" never_within 2 echo_returns 10.77.0.1
check "the profile is deactivated and the host is clean" goes_down
check "a preshared key is added that NetworkManager stores" \
  modify +vpn.data peer-1-preshared-key-flags=0 vpn.secrets "$both"
check "the profile is activated with the stored preshared key" up
check "the peer answers pings" reaches 10.77.0.1
check "the profile is deactivated and the host is clean" goes_down
check "the preshared key is moved to the keyring" \
  modify +vpn.data peer-1-preshared-key-flags=1 vpn.secrets "$both"
check "the agent receives the preshared key" agent_said 'saved peer-1-preshared-key'
check "NetworkManager no longer stores the preshared key" is_not_stored "$preshared"
check "the profile is activated with the preshared key from the keyring" up
check "the peer answers pings" reaches 10.77.0.1
check "the profile is deactivated and the host is clean" goes_down
check "the agent exits" agent_stop
# NetworkManager keeps a secret in memory until other secrets replace it.
check "the preshared key is set to be never saved" \
  modify +vpn.data peer-1-preshared-key-flags=2 vpn.secrets "private-key=$key"
check "activation fails without the preshared key" refused_up 'secrets' up
printf 'vpn.secrets.peer-1-preshared-key:%s\n' "$preshared" > "$LAB_DIR/passwords"
check "activation succeeds with the preshared key from a password file" \
  up passwd-file "$LAB_DIR/passwords"
check "the peer answers pings" reaches 10.77.0.1
check "the profile is deactivated and the host is clean" goes_down
check "the preshared key is marked as not required" modify +vpn.data peer-1-preshared-key-flags=4
check "activation succeeds without the optional preshared key" up
check "the profile is deactivated and the host is clean" goes_down
finish laptop
