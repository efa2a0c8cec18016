#!/bin/bash
# Other programs follow profiles, too. NetworkManager signals a change of the profile whenever a
# program reads its secrets: two programs that read them after each change could keep each other
# busy forever.
#
# needs: root nm
# vm: skip-emulated
# shellcheck source=one-host.sh
. "$(dirname "$(realpath "$0")")/one-host.sh"
lab_begin "$@"

second_profile() {  # file: another network, on the same host
  keys_create second && profile_begin "$1" second 10.78.0.2/24 51830 &&
    sed -i 's/^FactPort = .*/FactPort = 51831/' "$1" &&
    profile_peer "$1" other 10.78.0.1/32 'Endpoint = 203.0.113.6:51820' 'Basic = yes'
}
create() { one_host_create && second_profile "$LAB_DIR/laptop/second.wirelink"; }

profile_path() {  # name
  host laptop busctl --json=short call org.freedesktop.NetworkManager \
    /org/freedesktop/NetworkManager/Settings org.freedesktop.NetworkManager.Settings \
    GetConnectionByUuid s "$(profile_uuid "$1")" | sed -n 's/.*"data":\["\([^"]*\)"\].*/\1/p'
}
keepalive_is() {  # profile seconds
  local uuid
  uuid=$(profile_uuid "$1") &&
    host laptop wg show "nmwl-${uuid:0:8}" persistent-keepalive | grep -q "[[:space:]]$2\$"
}
# The change takes effect within a second.
changes() {  # profile seconds
  nmcli_laptop connection modify "$1" +vpn.data "peer-1-keepalive=$2" &&
    within 1 keepalive_is "$@"
}

# Records all method calls about profiles: one line each with caller, path and method.
record() {
  host laptop dbus-monitor --system --profile \
    "type='method_call',interface='org.freedesktop.NetworkManager.Settings.Connection'" \
    >> "$LAB_DIR/calls" 2>&1 &
  wait_until 5 test -s "$LAB_DIR/calls"
}
services() {  # the unique bus names of the services
  local name
  for name in $(host laptop busctl list --no-legend | awk '/\.Connection_/ { print $1 }'); do
    host laptop busctl call org.freedesktop.DBus /org/freedesktop/DBus org.freedesktop.DBus \
      GetNameOwner s "$name" | tr -d '"' | cut -d ' ' -f 2
  done
}
# calls METHOD PATH yes|no: number of calls by the services (yes) or by other programs (no)
calls() {
  awk -v services="$SERVICES" -v method="$1" -v path="$2" -v ours="$3" '
    BEGIN { n = split(services, list, " "); for (i = 1; i <= n; i++) is[list[i]] = 1 }
    $1 == "mc" && $NF == method && $6 == path && (($4 in is) == (ours == "yes")) { count++ }
    END { print count + 0 }' "$LAB_DIR/calls"
}
asked() { [ "$(calls GetSecrets "$2" "$1")" -ge "$3" ]; }
# few METHOD PATH MOST: the services made at most MOST calls
few() {
  local n
  n=$(calls "$1" "$2" yes)
  echo "$1 of $2: $n times by us, $(calls GetSecrets "$2" no) times GetSecrets by others"
  [ "$n" -le "$3" ]
}
starts_over() { : > "$LAB_DIR/calls"; }

asker_begins() {  # all|others
  : > "$LAB_DIR/asker"
  host laptop "$LAB_BUILD/tests/nm/secrets-asker" "$LAPTOP" "$1" >> "$LAB_DIR/asker" 2>&1 &
  ASKER=$!
}
asker_listens() { wait_until 5 grep -q ready "$LAB_DIR/asker"; }
asker_ends() {
  host_kill laptop secrets-asker
  wait "$ASKER" 2> /dev/null
}
# Time for thousands of requests by an endless program.
passes() { sleep 3; }

create || bail_out "the lab is set up" laptop
for name in laptop second; do
  check "the profile $name is imported" import "$LAB_DIR/laptop/$name.wirelink" || finish laptop
  check "the profile $name is activated" nmcli_laptop connection up "$name" || finish laptop
done
LAPTOP=$(profile_path laptop) SECOND=$(profile_path second) SERVICES=$(services | tr '\n' ' ')
check "both profiles have a service" matches '^:[0-9.]+ :[0-9.]+ $' "$SERVICES"
record || bail_out "the bus can be monitored" laptop

# --- two services
check "a change takes effect immediately" changes laptop 15
check "the service requests the secrets" wait_until 5 asked yes "$LAPTOP" 1
passes
check "the service requests the secrets once" few GetSecrets "$LAPTOP" 1
check "the service reads the profile twice: for the change and after its own request" \
  few GetSettings "$LAPTOP" 2
check "the other profile's service reads nothing" \
  matches '^0 0$' "$(calls GetSettings "$SECOND" yes) $(calls GetSecrets "$SECOND" yes)"

# --- a program that requests secrets only after requests of others
asker_begins others
check "a program requests secrets whenever others do" asker_listens
starts_over
check "a change takes effect immediately beside that program" changes laptop 16
passes
check "the service requests the secrets a few times" few GetSecrets "$LAPTOP" 6
starts_over
passes
check "the service stops requesting the secrets" few GetSecrets "$LAPTOP" 1
check "the next change takes effect immediately" changes laptop 17
asker_ends

# --- a program that requests secrets after each signal, including those that it causes
asker_begins all
check "a program requests secrets endlessly" asker_listens
starts_over
check "a change takes effect immediately beside the endless program" changes laptop 18
check "the program keeps requesting" wait_until 30 asked no "$LAPTOP" 1000
# the request for the change, and the four at once that the service allows itself
check "the service has used up its requests" wait_until 30 asked yes "$LAPTOP" 5
starts_over
passes
check "the service does not join in" few GetSecrets "$LAPTOP" 1
check "the service seldom reads the profile" few GetSettings "$LAPTOP" 20
check "the next change takes effect immediately" changes laptop 19
asker_ends

check "the profiles are deactivated" nmcli_laptop connection down laptop second
check "the host is clean" wait_host_clean laptop
finish laptop
