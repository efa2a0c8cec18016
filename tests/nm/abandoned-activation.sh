#!/bin/bash
# An activation that NetworkManager abandons, either before it has called the service or because
# vpn.timeout has passed: the service ends as well.
#
# needs: root nm
# shellcheck source=one-host.sh
. "$(dirname "$(realpath "$0")")/one-host.sh"
lab_begin "$@"

# A service that is started, but comes to nothing until it is let.
slow_service() {  # host
  local d=$LAB_DIR/$1
  cat > "$d/slow-service" <<X
#!/bin/bash
touch $d/started
until [ -e $d/go ]; do sleep 0.05; done
[ ! -e $d/stuck/wireguard-go ] || export WIRELINK_WIREGUARD=userspace PATH=$d/stuck:\$PATH
exec $LAB_BUILD/src/service/nm-wirelink-service "\$@"
X
  chmod 755 "$d/slow-service" &&
    sed -i "s|^program=.*|program=$d/slow-service|" "$d/etc/VPN/nm-wirelink-service.name"
}
create() {
  inet_create && host_create laptop && host_install_plugin laptop && slow_service laptop &&
    cable_public laptop && host_start laptop &&
    host_uplink laptop 203.0.113.5/24 "$INET_GATEWAY" && keys_create laptop other &&
    laptop_profile "$LAB_DIR/laptop/laptop.wirelink" && host_remember laptop
}
is_started() { [ -e "$LAB_DIR/laptop/started" ]; }
begins() {
  rm -f "$LAB_DIR/laptop"/{started,go}
  nmcli_laptop --wait 0 connection up laptop && wait_until 5 is_started
}
# A userspace WireGuard that never gets ready, nor ends when it is asked to.
gets_stuck() {
  local d=$LAB_DIR/laptop/stuck
  mkdir "$d" && printf '%s\n' '#!/bin/sh' "trap '' TERM" "echo \$\$ > $d/pid" 'exec sleep 60' \
    > "$d/wireguard-go" && chmod 755 "$d/wireguard-go"
}
program_began() { [ -s "$LAB_DIR/laptop/stuck/pid" ]; }
program_is_gone() { fails host laptop kill -0 "$(< "$LAB_DIR/laptop/stuck/pid")" 2> /dev/null; }
# times_out FROM TO: nmcli says so after that many seconds
times_out() {
  local output started took
  started=$(now_us)
  if output=$(nmcli_laptop connection up laptop); then echo "it came up"; return 1; fi
  took=$(($(now_us) - started))
  echo "after $(seconds 0 "$took") s: $output"
  [ "$took" -ge $(($1 * 1000000)) ] && [ "$took" -le $(($2 * 1000000)) ] && matches 'timed out' "$output"
}
goes_on() { touch "$LAB_DIR/laptop/go"; }
is_idle() { [ -z "$(nmcli_laptop -g GENERAL.STATE connection show laptop)" ]; }
uplink_is_back() {
  [ "$(nmcli_laptop -g GENERAL.STATE connection show uplink)" = activated ]
}
says() { host_log laptop 20 | grep -q 'given this activation up before it began'; }

create || bail_out "the lab comes up" laptop
check "the profile is imported" import "$LAB_DIR/laptop/laptop.wirelink" || finish laptop

check "an activation begins" begins
check "it is taken back" nmcli_laptop connection down laptop
check "NetworkManager is done with it" wait_until 5 is_idle
check "only now the service comes" goes_on
check "and says why it ends" wait_until 5 says
check "nothing is left" wait_host_clean laptop 2

check "an activation begins" begins
check "NetworkManager does not wait for its service" wait_until 10 is_idle
check "only now the service comes" goes_on
check "nothing is left" wait_host_clean laptop 2

# The number of its bus name may be that of another activation then: NetworkManager begins at 1.
check "an activation begins" begins
check "NetworkManager dies" host_kill_nm laptop
check "and comes again" wait_until 20 host_nm_is_up laptop
check "only now the service comes" goes_on
check "and says why it ends" wait_until 5 says
check "the uplink is back" wait_until 20 uplink_is_back
check "nothing is left" wait_host_clean laptop

# --- vpn.timeout
check "the profile allows 2 s" nmcli_laptop connection modify laptop vpn.timeout 2
check "the link gets stuck" gets_stuck
# A command alone takes seconds where the CPU is emulated; without the key it would be a minute.
check "the activation fails when those are over" times_out 1 20
check "the program had begun" program_began
check "it is gone, too" wait_until 5 program_is_gone
check "nothing is left" wait_host_clean laptop
rm -r "$LAB_DIR/laptop/stuck"

check "one that is in time" begins
check "comes" goes_on
check "and up" wait_until 20 is_activated
check "it goes down" nmcli_laptop connection down laptop
check "nothing is left" wait_host_clean laptop
finish laptop
